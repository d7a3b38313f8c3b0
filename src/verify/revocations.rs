//! The issuer's revocation list in memory (D14): polled, signature and age checked, never an older one, and by default
//! no list means no pass.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use url::Url;

use super::jws;
use super::keys::{Found, KeyCache, Purpose};
use super::refusal::{Outage, Refusal, TokenFault};
use super::settings::RevocationPolicy;
use super::source::{self, Source};
use crate::model::issuer::Issuer;
use crate::model::time::Timestamp;
use crate::protocol::revocation_feed::{
    self, EntryHash, LIFE_SECONDS, MAX_BYTES, RevocationFeed, RevokedKind, entry_hash,
};
use crate::protocol::token_claims::AccessTokenClaims;

/// One accepted list.
struct List {
    seq: u64,
    /// When it came, by our own clock.
    came: Timestamp,
    /// How long it is good from then.
    good_for: Duration,
    /// What is revoked, with the last second of issue that it covers.
    cut_offs: HashMap<EntryHash, i64>,
}

/// Fetches, keeps and asks the list.
pub(super) struct Revocations {
    source: Arc<dyn Source>,
    url: Url,
    issuer: Issuer,
    policy: RevocationPolicy,
    leeway: Duration,
    current: ArcSwapOption<List>,
}

impl Revocations {
    /// Nothing fetched yet.
    pub(super) fn new(
        source: Arc<dyn Source>,
        url: Url,
        issuer: Issuer,
        policy: RevocationPolicy,
        leeway: Duration,
    ) -> Self {
        Self { source, url, issuer, policy, leeway, current: ArcSwapOption::empty() }
    }

    /// Fetches the list and takes it over if it is good; else the present one stays until it is too old.
    pub(super) async fn poll(&self, keys: &Arc<KeyCache>, now: Timestamp) {
        if self.policy == RevocationPolicy::Ignore {
            return;
        }
        let fetched = match source::fetch(&*self.source, &self.url).await {
            Ok(document) => document,
            Err(fault) => return tracing::warn!(%fault, "the revocation list could not be fetched"),
        };
        match self.read(&fetched, keys, now).await {
            Ok(list) => self.current.store(Some(Arc::new(list))),
            Err(fault) => tracing::warn!(%fault, "the revocation list was refused"),
        }
    }

    async fn read(&self, document: &[u8], keys: &Arc<KeyCache>, now: Timestamp) -> Result<List, ListFault> {
        let text = std::str::from_utf8(document).map_err(|_| ListFault::Malformed)?.trim_ascii_end();
        // The payload is in base64, a third longer, and header and signature come on top.
        let unchecked = jws::take_apart(text, MAX_BYTES * 2).map_err(|_| ListFault::Malformed)?;
        if !unchecked.has_type(revocation_feed::TYPE) {
            return Err(ListFault::Malformed);
        }
        let kid = unchecked.kid().ok_or(ListFault::Signature)?;
        let Found::Key(key) = keys.find(Purpose::Revocations, kid, now).await else {
            return Err(ListFault::Signature);
        };
        let payload = unchecked.open(&key).map_err(|_| ListFault::Signature)?;
        let feed: RevocationFeed = serde_json::from_slice(&payload).map_err(|_| ListFault::Malformed)?;
        self.judge(&feed, now)
    }

    fn judge(&self, feed: &RevocationFeed, now: Timestamp) -> Result<List, ListFault> {
        if feed.iss != self.issuer.as_str() {
            return Err(ListFault::Issuer);
        }
        let life = feed.exp.saturating_sub(feed.iat);
        let made = Timestamp::from_unix(feed.iat);
        let ends = Timestamp::from_unix(feed.exp);
        if !(1..=LIFE_SECONDS).contains(&life) || made > now + self.leeway || ends + self.leeway <= now {
            return Err(ListFault::Age);
        }
        if self.current.load().as_ref().is_some_and(|current| feed.seq < current.seq) {
            return Err(ListFault::Sequence);
        }
        // Whatever the two clocks say, one copy counts no longer than its life from when it came.
        let held = now + Duration::from_secs(u64::try_from(life).unwrap_or(0));
        let mut cut_offs = HashMap::with_capacity(feed.revoked.len());
        for entry in &feed.revoked {
            let hash = entry.hash().ok_or(ListFault::Malformed)?;
            let last = cut_offs.entry(hash).or_insert(entry.t);
            *last = entry.t.max(*last);
        }
        let good_for = held.min(ends + self.leeway).since(now);
        Ok(List { seq: feed.seq, came: now, good_for, cut_offs })
    }

    /// Whether a token with these claims, signed by this key, may pass.
    pub(super) fn check(&self, claims: &AccessTokenClaims, kid: &str, now: Timestamp) -> Result<(), Refusal> {
        let current = self.current.load();
        let list = match (self.policy, current.as_ref()) {
            (RevocationPolicy::Ignore, _) | (RevocationPolicy::FailOpen, None) => return Ok(()),
            (RevocationPolicy::FailClosed, None) => return Err(Outage::Revocations.into()),
            (RevocationPolicy::FailClosed, Some(list)) if !list.came.is_younger_than(list.good_for, now) => {
                return Err(Outage::Revocations.into());
            }
            (RevocationPolicy::FailClosed | RevocationPolicy::FailOpen, Some(list)) => list,
        };
        if list.cut_offs.is_empty() {
            return Ok(());
        }
        let tenant = claims.tenant_id.to_string();
        let home = claims.home_tenant_id.map(|home| home.to_string());
        let session = claims.sid.map(|sid| sid.to_string());
        let is_revoked = |kind, value: &str| {
            list.cut_offs.get(&entry_hash(kind, value)).is_some_and(|last| claims.iat <= *last)
        };
        let revoked = is_revoked(RevokedKind::Token, &claims.jti)
            || is_revoked(RevokedKind::Subject, &claims.sub)
            || is_revoked(RevokedKind::Client, &claims.client_id)
            || is_revoked(RevokedKind::Tenant, &tenant)
            || home.is_some_and(|home| is_revoked(RevokedKind::Tenant, &home))
            || is_revoked(RevokedKind::Key, kid)
            || session.is_some_and(|sid| is_revoked(RevokedKind::Session, &sid));
        if revoked { Err(TokenFault::Revoked.into()) } else { Ok(()) }
    }
}

/// Why a list was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum ListFault {
    #[error("it is malformed or of another type")]
    Malformed,
    #[error("its signature is not the issuer's")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is too old, or lies ahead, or claims too long a life")]
    Age,
    #[error("it is older than the one at hand")]
    Sequence,
}
