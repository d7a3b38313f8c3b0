//! What a downstream service uses to check Symbolon's tokens, alone: no call per request, no OpenSSL, no database.
//!
//! ```no_run
//! use symbolon::verify::{RequestHeaders, Verifier};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::builder("https://id.example.com").audience("https://notes.example.com").start().await?;
//!
//! // For each request, with the headers of any framework:
//! let headers = [("Authorization", &b"Bearer eyJ..."[..]), ("X-Tenant-ID", &b"0191c7..."[..])];
//! let caller = verifier.verify_request(&RequestHeaders::from_headers(headers)).await?;
//! caller.require_scope("notes")?;
//! caller.require_entitlement("notes", "write")?;
//! println!("{} of tenant {}", caller.claims().sub, caller.claims().tenant);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Refusal`] knows its status and its `WWW-Authenticate` header. With the feature `actix`, [`Verified`] is an
//! extractor: put the [`Verifier`] into the application's data and take `Verified` as an argument of a handler.

#[cfg(feature = "actix")]
mod actix;
mod claims;
mod clock;
mod jws;
mod keys;
mod refusal;
mod request_headers;
mod revocations;
mod settings;
mod source;
mod verified;
mod verifier;

pub use self::clock::{SystemTime, TimeSource};
pub use self::refusal::{AccessFault, Outage, Refusal, RequestFault, TokenFault};
pub use self::request_headers::RequestHeaders;
pub use self::settings::{InvalidSettings, MAX_LEEWAY, RevocationPolicy, VerifierBuilder};
pub use self::source::{FETCH_TIMEOUT, FetchError, Fetching, HttpSource, MAX_DOCUMENT, Source};
pub use self::verified::Verified;
pub use self::verifier::{MAX_TOKEN, REVOCATION_POLL, Verifier};
pub use crate::model::role::Role;
pub use crate::model::time::Timestamp;
pub use crate::protocol::scope_headers::{Demand, RequestScope};
pub use crate::protocol::token_claims::AccessTokenClaims;

/// The programs in the guide compile.
#[cfg(all(doctest, feature = "actix"))]
#[doc = include_str!("../../docs/verify-tokens.md")]
mod guide {}
