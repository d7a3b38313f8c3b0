//! What a service says about itself before it verifies anything.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::clock::{SystemTime, TimeSource};
use super::keys::KeyCache;
use super::revocations::Revocations;
use super::source::{HttpSource, Source};
use super::verifier::{Inner, Verifier};
use crate::model::issuer::{InvalidIssuer, Issuer};
use crate::protocol::metadata::paths;
use crate::protocol::scope_headers::Demand;

/// The most that clocks may differ, whatever a service asks for.
pub const MAX_LEEWAY: Duration = Duration::from_secs(30);

/// What to do about the revocation list (D14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationPolicy {
    /// Refuse every token with 503 while no fresh list is at hand. The default.
    FailClosed,
    /// Go on with the last list that came, however old. A revocation may then go unseen until the token expires.
    FailOpen,
    /// Fetch no list. Tokens live until they expire.
    Ignore,
}

/// Settings of a [`Verifier`] before it is made.
pub struct VerifierBuilder {
    issuer: String,
    audiences: Vec<String>,
    leeway: Duration,
    key_refresh: Duration,
    refetch_after: Duration,
    key_max_age: Duration,
    keys_url: Option<String>,
    revocations_url: Option<String>,
    revocations: RevocationPolicy,
    scope_headers: Demand,
    source: Option<Arc<dyn Source>>,
    time: Arc<dyn TimeSource>,
}

impl VerifierBuilder {
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audiences: Vec::new(),
            leeway: MAX_LEEWAY,
            key_refresh: Duration::from_mins(5),
            refetch_after: Duration::from_secs(10),
            key_max_age: Duration::from_hours(1),
            keys_url: None,
            revocations_url: None,
            revocations: RevocationPolicy::FailClosed,
            scope_headers: Demand::Tenant,
            source: None,
            time: Arc::new(SystemTime),
        }
    }

    /// Adds an identifier under which this service is known to the issuer. A token must name one of them in `aud`.
    #[must_use]
    pub fn audience(mut self, identifier: impl Into<String>) -> Self {
        self.audiences.push(identifier.into());
        self
    }

    /// How far an `iat` may lie ahead and an `exp` behind; 30 s when not said, and never more. The issuer dates what it
    /// issues just after a revocation up to 16 s ahead of its clock, and clocks differ: under 20 s such a token may be
    /// refused at first.
    #[must_use]
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// How often the key set is fetched in the background; 5 minutes when not said.
    #[must_use]
    pub const fn refresh_keys_every(mut self, period: Duration) -> Self {
        self.key_refresh = period;
        self
    }

    /// The least time between two fetches of the key set because of an unknown `kid`; 10 s when not said.
    #[must_use]
    pub const fn refetch_keys_after(mut self, least: Duration) -> Self {
        self.refetch_after = least;
        self
    }

    /// How old a key set may become, when no newer one can be fetched, before every token is refused; an hour when
    /// not said.
    #[must_use]
    pub const fn keys_live(mut self, max_age: Duration) -> Self {
        self.key_max_age = max_age;
        self
    }

    /// Fetches the key set from here and not from the issuer's own address: from inside its network, say.
    #[must_use]
    pub fn keys_url(mut self, url: impl Into<String>) -> Self {
        self.keys_url = Some(url.into());
        self
    }

    /// Fetches the revocation list from here and not from the issuer's own address.
    #[must_use]
    pub fn revocations_url(mut self, url: impl Into<String>) -> Self {
        self.revocations_url = Some(url.into());
        self
    }

    /// What to do about the revocation list; fail closed when not said.
    #[must_use]
    pub const fn revocations(mut self, policy: RevocationPolicy) -> Self {
        self.revocations = policy;
        self
    }

    /// Which scope headers must come; `X-Tenant-ID` when not said. Those that come are always compared with the token.
    #[must_use]
    pub const fn scope_headers(mut self, demand: Demand) -> Self {
        self.scope_headers = demand;
        self
    }

    /// Fetches documents in another way than [`HttpSource`].
    #[must_use]
    pub fn source(mut self, source: impl Source) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Reads the time elsewhere than from the machine.
    #[must_use]
    pub fn time(mut self, time: impl TimeSource) -> Self {
        self.time = Arc::new(time);
        self
    }

    /// Makes the verifier and leaves fetching to the caller ([`Verifier::refresh`]). Services want
    /// [`VerifierBuilder::start`].
    ///
    /// # Errors
    /// When the settings make no sense.
    pub fn build(self) -> Result<Verifier, InvalidSettings> {
        let issuer: Issuer = self.issuer.parse().map_err(InvalidSettings::Issuer)?;
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            return Err(InvalidSettings::Audience);
        }
        if self.leeway > MAX_LEEWAY {
            return Err(InvalidSettings::Leeway);
        }
        let url = |given: Option<String>, path: &str| {
            Url::parse(&given.unwrap_or_else(|| issuer.url(path))).map_err(|_| InvalidSettings::Url)
        };
        let keys_url = url(self.keys_url, paths::JWKS)?;
        let revocations_url = url(self.revocations_url, paths::REVOCATIONS)?;
        let source = match self.source {
            Some(source) => source,
            None => Arc::new(HttpSource::new().map_err(|_| InvalidSettings::Tls)?),
        };
        let keys = KeyCache::new(Arc::clone(&source), keys_url, self.refetch_after, self.key_max_age);
        let revocations =
            Revocations::new(source, revocations_url, issuer.clone(), self.revocations, self.leeway);
        Ok(Verifier::from_inner(Inner {
            issuer,
            audiences: self.audiences,
            leeway: self.leeway,
            scope_headers: self.scope_headers,
            time: self.time,
            keys: Arc::new(keys),
            key_refresh: self.key_refresh,
            revocations,
        }))
    }

    /// Makes the verifier, fetches keys and revocations once, and goes on fetching in the background as long as a
    /// clone of the verifier lives. An issuer that can't be reached yet is no error: until it can, every token is
    /// refused with 503.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub async fn start(self) -> Result<Verifier, InvalidSettings> {
        let verifier = self.build()?;
        verifier.refresh().await;
        verifier.go_on_refreshing();
        Ok(verifier)
    }
}

/// Why a verifier cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// The issuer is none.
    #[error("the issuer is not one: {0}")]
    Issuer(InvalidIssuer),
    /// No audience, or an empty one: any token of the issuer would do.
    #[error("name at least one audience: the identifier of this service")]
    Audience,
    /// More than [`MAX_LEEWAY`].
    #[error("the leeway is 30 seconds at most")]
    Leeway,
    /// An address to fetch from is no URL.
    #[error("an address to fetch from is not a URL")]
    Url,
    /// The TLS library could not be set up.
    #[error("TLS could not be set up")]
    Tls,
}
