//! The real client: reqwest behind a resolver that hands out judged addresses only, so that the address judged is the
//! address connected to (P127).

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Certificate, redirect};

use super::{
    AddressRules, FetchError, Fetching, ForbiddenAddress, HttpClient, OutboundRequest, Response, Target,
};

/// Addresses that arrive later.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name.
pub trait Lookup: Send + Sync {
    /// All addresses of this host.
    fn lookup(&self, host: &str) -> LookingUp;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str) -> LookingUp {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// What an operator may set (docs/configuration.md, `[outbound]`).
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Which addresses may be asked.
    pub rules: AddressRules,
    /// PEM certificates that are trusted besides the system's.
    pub extra_roots: Option<Vec<u8>>,
    /// How long one request may take, its answer included.
    pub timeout: Duration,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self { rules: AddressRules::default(), extra_roots: None, timeout: Duration::from_secs(5) }
    }
}

/// The client that every outgoing request of ours goes through.
pub struct GuardedClient {
    /// `None` where the machine has no root certificates at all: then nothing can be reached.
    inner: Option<reqwest::Client>,
    rules: Arc<AddressRules>,
}

impl GuardedClient {
    /// A client that asks the system's resolver.
    ///
    /// # Errors
    /// The extra roots are not certificates in PEM form.
    pub fn new(settings: ClientSettings) -> Result<Self, InvalidRoots> {
        Self::with_lookup(settings, Arc::new(SystemLookup))
    }

    /// A client that asks this resolver.
    ///
    /// # Errors
    /// The extra roots are not certificates in PEM form.
    pub fn with_lookup(settings: ClientSettings, lookup: Arc<dyn Lookup>) -> Result<Self, InvalidRoots> {
        let rules = Arc::new(settings.rules);
        let extra_roots = match settings.extra_roots {
            Some(pem) => parse_roots(&pem)?,
            None => Vec::new(),
        };
        let has_extra_roots = !extra_roots.is_empty();
        #[expect(clippy::disallowed_methods, reason = "this is the guard that everything else has to use")]
        let built = reqwest::Client::builder()
            .https_only(!rules.allows_http())
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("symbolon/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(extra_roots)
            .dns_resolver(Arc::new(JudgedResolver { lookup, rules: Arc::clone(&rules) }))
            .build();
        let inner = match built {
            Ok(client) => Some(client),
            Err(_) if has_extra_roots => return Err(InvalidRoots),
            Err(error) => {
                tracing::warn!(%error, "outgoing requests are off: the system has no root certificates");
                None
            }
        };
        Ok(Self { inner, rules })
    }

    async fn fetch(&self, request: OutboundRequest) -> Result<Response, FetchError> {
        // The text was judged when the target was made; the rules may have been others then.
        Target::parse(request.url().as_str(), &self.rules).map_err(|_| FetchError::Forbidden)?;
        let client = self.inner.as_ref().ok_or(FetchError::Unreachable)?;
        let outgoing = match request.body {
            None => client.get(request.target.url().clone()),
            Some(body) => client
                .post(request.target.url().clone())
                .header(CONTENT_TYPE, body.content_type)
                .body(body.bytes),
        };
        let mut incoming =
            outgoing.header(ACCEPT, request.accept).send().await.map_err(|error| explain(&error))?;
        let status = incoming.status().as_u16();
        let content_type = incoming
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(|value| value.trim().to_ascii_lowercase());
        let mut body = Vec::new();
        while let Some(chunk) = incoming.chunk().await.map_err(|error| explain(&error))? {
            if body.len() + chunk.len() > request.most {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, content_type, body })
    }
}

impl HttpClient for GuardedClient {
    fn rules(&self) -> &AddressRules {
        &self.rules
    }

    fn send(&self, request: OutboundRequest) -> Fetching<'_> {
        Box::pin(self.fetch(request))
    }
}

/// The extra roots are not certificates in PEM form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the extra root certificates are not PEM certificates")]
pub struct InvalidRoots;

fn parse_roots(pem: &[u8]) -> Result<Vec<Certificate>, InvalidRoots> {
    match Certificate::from_pem_bundle(pem) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        Ok(_) | Err(_) => Err(InvalidRoots),
    }
}

/// Refuses a name when any of its addresses is forbidden: a mixed answer is an attack or a mistake.
struct JudgedResolver {
    lookup: Arc<dyn Lookup>,
    rules: Arc<AddressRules>,
}

impl Resolve for JudgedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let looking_up = self.lookup.lookup(name.as_str());
        let rules = Arc::clone(&self.rules);
        Box::pin(async move {
            let found = looking_up.await?;
            for address in &found {
                rules.check(*address)?;
            }
            let found: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(found)
        })
    }
}

fn explain(error: &reqwest::Error) -> FetchError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if current.is::<ForbiddenAddress>() {
            return FetchError::Forbidden;
        }
        cause = current.source();
    }
    if error.is_timeout() {
        FetchError::TimedOut
    } else if error.is_body() || error.is_decode() {
        FetchError::Malformed
    } else {
        FetchError::Unreachable
    }
}
