//! How the verifier fetches the issuer's keys and revocations: a trait, and the real one over HTTPS.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use url::Url;

/// The most that a key set or a revocation list may weigh, in bytes. Ours stay under a quarter of it (D14).
pub const MAX_DOCUMENT: usize = 1024 * 1024;

/// The longest that a fetch may take, connection included.
pub const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// The answer of a [`Source`], later.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, FetchError>> + Send + 'a>>;

/// Fetches a document of the issuer. Implement it to serve keys without a network in tests, or to go through a
/// proxy of your own.
pub trait Source: Send + Sync + 'static {
    /// The body at this address. Anything but a complete answer of status 200 is an error.
    fn get<'a>(&'a self, url: &'a Url) -> Fetching<'a>;
}

/// The document, within [`FETCH_TIMEOUT`] whatever the source is.
pub(super) async fn fetch(source: &dyn Source, url: &Url) -> Result<Vec<u8>, FetchError> {
    tokio::time::timeout(FETCH_TIMEOUT, source.get(url)).await.unwrap_or(Err(FetchError::Unreachable))
}

/// Why a document could not be fetched. Carries no text of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No connection, no answer in time, or a broken one.
    #[error("the issuer could not be reached")]
    Unreachable,
    /// An answer other than 200; redirects are not followed.
    #[error("the issuer answered with status {0}")]
    Status(u16),
    /// More than [`MAX_DOCUMENT`] bytes.
    #[error("the issuer's answer is too long")]
    TooLong,
}

/// The real source: HTTPS with the machine's trusted roots, 5 s and 1 MiB at most, no redirects, no proxy cookies.
#[derive(Debug, Clone)]
pub struct HttpSource(reqwest::Client);

impl HttpSource {
    /// A source with a connection pool of its own.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    #[expect(
        clippy::disallowed_methods,
        reason = "the verifier runs in services, without the server's guarded client; it only asks the configured issuer"
    )]
    pub fn new() -> Result<Self, FetchError> {
        reqwest::Client::builder()
            .timeout(FETCH_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("symbolon-verify/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
            .map_err(|_| FetchError::Unreachable)
    }

    /// A source over a client that the service has set up itself (private roots, a proxy). The bound on the length
    /// still holds; the time limit is [`FETCH_TIMEOUT`] per request.
    pub const fn with_client(client: reqwest::Client) -> Self {
        Self(client)
    }

    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        let unreachable = |_| FetchError::Unreachable;
        let mut answer = self.0.get(url.clone()).timeout(FETCH_TIMEOUT).send().await.map_err(unreachable)?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(FetchError::Status(status));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if body.len().saturating_add(chunk.len()) > MAX_DOCUMENT {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl Source for HttpSource {
    fn get<'a>(&'a self, url: &'a Url) -> Fetching<'a> {
        Box::pin(self.fetch(url))
    }
}
