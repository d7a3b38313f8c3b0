//! The verifier: one token, or one request with its scope headers, checked as docs/verify-tokens.md says.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::claims::{Expected, NotBefore};
use super::clock::TimeSource;
use super::jws;
use super::keys::{Found, KeyCache, Purpose, Reason};
use super::refusal::{AccessFault, Outage, Refusal, RequestFault, TokenFault};
use super::request_headers::RequestHeaders;
use super::revocations::Revocations;
use super::settings::VerifierBuilder;
use super::verified::Verified;
use crate::model::issuer::Issuer;
use crate::protocol::revocation_feed::POLL_SECONDS;
use crate::protocol::scope_headers::{self, Demand, RequestScope, ScopeHeaderError};
use crate::protocol::token_claims::{ACCESS_TOKEN_TYPE, AccessTokenClaims};

/// The longest token that is looked at, in bytes. Ours stay under 12 KiB: what grows in them is bounded (D10).
pub const MAX_TOKEN: usize = 16 * 1024;

/// How often the revocation list is fetched (D14): with the way there and back, under the 5 s of invariant 8.
pub const REVOCATION_POLL: Duration = Duration::from_secs(POLL_SECONDS);

/// Checks access tokens of one issuer for one service. Cheap to clone; clones share keys and revocations.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

pub(super) struct Inner {
    pub(super) issuer: Issuer,
    pub(super) audiences: Vec<String>,
    pub(super) leeway: Duration,
    pub(super) scope_headers: Demand,
    pub(super) time: Arc<dyn TimeSource>,
    pub(super) keys: Arc<KeyCache>,
    pub(super) key_refresh: Duration,
    pub(super) revocations: Revocations,
}

impl Verifier {
    /// Begins a verifier for this issuer, `https://id.example.com`, spelled as in `iss`.
    pub fn builder(issuer: &str) -> VerifierBuilder {
        VerifierBuilder::new(issuer)
    }

    pub(super) fn from_inner(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Checks a request: one bearer token, good for this service, and scope headers that fit it.
    ///
    /// # Errors
    /// The refusal to answer with.
    pub async fn verify_request(&self, headers: &RequestHeaders<'_>) -> Result<Verified, Refusal> {
        let asked = headers.scope_headers()?;
        let claims = self.claims(headers.bearer()?).await?;
        let scope = scope_headers::check(&claims, asked, self.0.scope_headers).map_err(refuse_scope)?;
        Ok(Verified::new(claims, scope))
    }

    /// Checks a token alone. A service with scope headers wants [`Verifier::verify_request`].
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`], or [`Refusal::Unavailable`] when keys or revocations are not at hand.
    pub async fn verify(&self, token: &str) -> Result<Verified, Refusal> {
        let claims = self.claims(token).await?;
        Ok(Verified::new(claims, RequestScope { workspace: None, context: None }))
    }

    async fn claims(&self, token: &str) -> Result<AccessTokenClaims, Refusal> {
        let now = self.0.time.now();
        let unchecked = jws::take_apart(token, MAX_TOKEN).map_err(|_| TokenFault::Malformed)?;
        if !unchecked.has_type(ACCESS_TOKEN_TYPE) {
            return Err(TokenFault::WrongType.into());
        }
        let kid = unchecked.kid().ok_or(TokenFault::UnknownKey)?;
        let key = match self.0.keys.find(Purpose::Tokens, kid, now).await {
            Found::Key(key) => key,
            Found::Unknown => return Err(TokenFault::UnknownKey.into()),
            Found::NoSet => return Err(Outage::Keys.into()),
        };
        let payload = unchecked.open(&key).map_err(|_| TokenFault::Signature)?;
        let claims: AccessTokenClaims = serde_json::from_slice(&payload).map_err(|_| TokenFault::Claims)?;
        let not_before: NotBefore = serde_json::from_slice(&payload).map_err(|_| TokenFault::Claims)?;
        let Inner { issuer, audiences, leeway, .. } = &*self.0;
        Expected { issuer, audiences, leeway: *leeway, now }.check(&claims, &not_before)?;
        self.0.revocations.check(&claims, kid, now)?;
        Ok(claims)
    }

    /// Fetches keys and revocations once, now.
    pub async fn refresh(&self) {
        let now = self.0.time.now();
        let Inner { keys, revocations, .. } = &*self.0;
        tokio::join!(keys.refetch(Reason::Age, now), revocations.poll(keys, now));
    }

    /// Keeps refreshing until the last clone of the verifier is dropped.
    pub(super) fn go_on_refreshing(&self) {
        tokio::spawn(refresh_while_alive(Arc::downgrade(&self.0)));
    }
}

/// A header that is missing is the caller's slip (400); one that does not fit is an attempt (403).
fn refuse_scope(error: ScopeHeaderError) -> Refusal {
    match error {
        ScopeHeaderError::Missing(_) => RequestFault::ScopeHeaderMissing.into(),
        // Workspaces by reference cannot be judged here, so nobody enters one by header (D10).
        ScopeHeaderError::Tenant
        | ScopeHeaderError::Workspace
        | ScopeHeaderError::Context
        | ScopeHeaderError::ByReference => AccessFault::ScopeHeader.into(),
    }
}

async fn refresh_while_alive(verifier: Weak<Inner>) {
    let mut ticks = tokio::time::interval(REVOCATION_POLL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first tick comes at once, and `start` has just fetched everything.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Some(inner) = verifier.upgrade() else { return };
        let now = inner.time.now();
        let due = !inner.keys.fetched_at().is_some_and(|at| at.is_younger_than(inner.key_refresh, now));
        if due {
            // Not waited for: revocations must not come late because the keys do (invariant 8).
            let keys = Arc::clone(&inner.keys);
            tokio::spawn(async move { keys.refetch(Reason::Age, now).await });
        }
        inner.revocations.poll(&inner.keys, now).await;
    }
}
