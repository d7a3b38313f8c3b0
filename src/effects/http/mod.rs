//! Outbound HTTP: what we fetch because somebody named a URL. Every address is judged before a connection opens
//! (D15, P126, P127); no redirect is followed, and size and time are bounded.

mod address;
mod client;
mod memory;
mod target;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use url::Url;

use crate::model::strict_json;

pub use address::{AddressRules, ForbiddenAddress};
pub use client::{ClientSettings, GuardedClient, InvalidRoots, LookingUp, Lookup, SystemLookup};
pub use memory::MemoryClient;
pub use target::{InvalidTarget, Target};

/// The longest body that is read, in bytes, where the request says nothing else; a longer one is
/// [`FetchError::TooLarge`].
pub const MAX_BODY: usize = 1024 * 1024;

/// An answer that arrives later.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Response, FetchError>> + Send + 'a>>;

/// Sends requests out.
pub trait HttpClient: Send + Sync {
    /// Which targets may be asked; the rule to apply when a URL is saved.
    fn rules(&self) -> &AddressRules;

    /// Sends one request and reads the whole answer, whatever its status.
    fn send(&self, request: OutboundRequest) -> Fetching<'_>;
}

impl dyn HttpClient + '_ {
    /// Judges a URL when it is saved or configured, without asking DNS.
    pub fn judge(&self, url: &str) -> Result<Target, InvalidTarget> {
        Target::parse(url, self.rules())
    }

    /// Fetches a JSON document with status 200, in which no member stands twice.
    pub async fn get_json(&self, target: Target) -> Result<serde_json::Value, FetchError> {
        let response = self.send(OutboundRequest::get(target).accept("application/json")).await?;
        if response.status != 200 {
            return Err(FetchError::Status(response.status));
        }
        strict_json::read(&response.body).map_err(|_| FetchError::Malformed)
    }
}

/// One outgoing request.
#[derive(Clone)]
pub struct OutboundRequest {
    target: Target,
    accept: &'static str,
    most: usize,
    body: Option<Body>,
}

#[derive(Clone)]
struct Body {
    content_type: &'static str,
    bytes: Vec<u8>,
}

impl OutboundRequest {
    /// A GET.
    pub const fn get(target: Target) -> Self {
        Self { target, accept: "*/*", most: MAX_BODY, body: None }
    }

    /// A POST of these bytes.
    pub const fn post(target: Target, content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { target, accept: "*/*", most: MAX_BODY, body: Some(Body { content_type, bytes }) }
    }

    /// Says which media type is wanted.
    #[must_use]
    pub const fn accept(mut self, media_type: &'static str) -> Self {
        self.accept = media_type;
        self
    }

    /// Reads at most this many bytes of the answer.
    #[must_use]
    pub const fn at_most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// Where it goes.
    pub const fn url(&self) -> &Url {
        self.target.url()
    }

    /// What it carries; `None` for a GET.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_ref().map(|body| body.bytes.as_slice())
    }
}

impl fmt::Debug for OutboundRequest {
    /// Shows the host only: paths, queries and bodies may carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundRequest").field("host", &self.url().host_str()).finish_non_exhaustive()
    }
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code. A redirect arrives as it is: nobody follows it.
    pub status: u16,
    /// The media type without its parameters, in lower case.
    pub content_type: Option<String>,
    /// At most as many bytes as the request takes.
    pub body: Vec<u8>,
}

/// Why there is no usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The name leads to an address that we do not talk to.
    #[error("the address may not be asked")]
    Forbidden,
    /// No such name, no connection, or no trusted certificate.
    #[error("the server could not be reached")]
    Unreachable,
    /// It took longer than the limit.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The answer is longer than the request takes.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer has another status than the one asked for.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// The answer is not what it should be.
    #[error("the answer could not be read")]
    Malformed,
}
