//! What the product does: synchronous functions over a transaction; no HTTP, no SQL.
//!
//! A flow answers `Result<Result<Answer, Refusal>, Failure>`: a refusal is a value and commits with what it recorded,
//! only a [`Failure`](crate::model::failure::Failure) rolls back (D18).

pub mod access;
pub mod account;
pub mod active_client;
pub mod allowed_origins;
pub mod audit;
pub mod authorization;
pub mod authorize;
pub mod bearer;
pub mod call;
pub mod client_auth;
pub mod client_logo;
pub mod cross_site;
pub mod factors;
pub mod failures;
mod foreign;
mod id_token_hint;
pub mod initialise;
pub mod interaction;
pub mod interaction_store;
pub mod introspect;
pub mod invitations;
pub mod keys;
pub mod known;
pub mod links;
pub mod login;
pub mod logout;
pub mod mail;
mod owners;
pub mod passwords;
pub mod people;
pub mod policy;
pub mod provision;
pub mod registered;
pub mod revocation;
pub mod revocation_feed;
pub mod revoke;
pub mod session;
pub mod setup;
pub mod target;
pub mod token;
pub mod tokens;
pub mod userinfo;

pub use call::Call;
