//! The issuer's key set in memory: refreshed in the background, and once more for an unknown `kid`, but one fetch
//! at a time and not oftener than the limit, whatever strangers send (RFC 8725 §3.10).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::jws::PreparedKey;
use super::source::{self, Source};
use crate::model::time::Timestamp;

/// The most keys that we read from a set; more would be no set of ours.
const MAX_KEYS: usize = 64;

/// What a key of the issuer is for. A key of one purpose is unknown for the other (D14): whoever has stolen the one
/// that signs tokens cannot hide its revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// Signing tokens.
    Tokens,
    /// Signing the revocation list.
    Revocations,
}

/// One fetched key set.
struct KeySet {
    by_name: HashMap<(Purpose, String), Arc<PreparedKey>>,
    fetched: Timestamp,
}

/// A JWK set (RFC 7517 §5), its keys not yet read.
#[derive(Deserialize)]
struct Listed {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a JWK set (RFC 7517 §5). Keys that can't verify RS256 are passed over, as §5 demands.
    fn parse(document: &[u8], fetched: Timestamp) -> Option<Self> {
        let set: Listed = serde_json::from_slice(document).ok()?;
        let mut by_name = HashMap::new();
        for (name, key) in set.keys.into_iter().take(MAX_KEYS).filter_map(prepare) {
            by_name.entry(name).or_insert(key);
        }
        Some(Self { by_name, fetched })
    }
}

fn prepare(listed: Value) -> Option<((Purpose, String), Arc<PreparedKey>)> {
    // RFC 7517 §4 lets issuers add members; ours marks its second kind of key with this one.
    let purpose = match listed.get("purpose") {
        None => Purpose::Tokens,
        Some(purpose) if purpose == "revocations" => Purpose::Revocations,
        Some(_) => return None,
    };
    let jwk: Jwk = serde_json::from_value(listed).ok()?;
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let rs256 = matches!(jwk.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
    let AlgorithmParameters::RSA(rsa) = &jwk.algorithm else { return None };
    if !signs || !rs256 {
        return None;
    }
    let key = PreparedKey::from_jwk_parts(&rsa.n, &rsa.e)?;
    Some(((purpose, jwk.common.key_id?), Arc::new(key)))
}

/// What a look-up by `kid` found.
pub(super) enum Found {
    /// The key.
    Key(Arc<PreparedKey>),
    /// The issuer's present set has no such key.
    Unknown,
    /// There is no set, or none young enough to trust: we can't tell.
    NoSet,
}

/// Fetches, keeps and finds keys.
pub(super) struct KeyCache {
    source: Arc<dyn Source>,
    url: Url,
    refetch_after: Duration,
    max_age: Duration,
    current: ArcSwapOption<KeySet>,
    attempts: Arc<Mutex<Attempts>>,
}

/// When a fetch was begun last; held for as long as one is running.
#[derive(Default)]
struct Attempts {
    for_any_reason: Option<Timestamp>,
    for_age: Option<Timestamp>,
}

/// Why the set is to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its age. Whatever else was tried meanwhile does not put this off: strangers would keep the set from being renewed.
    Age,
    /// Somebody named a key that is not in it, which strangers can do as often as they like.
    UnknownKey,
}

impl KeyCache {
    /// An empty cache over this address. `refetch_after` is the least time between two fetches, `max_age` the
    /// greatest age at which a set is still used.
    pub(super) fn new(source: Arc<dyn Source>, url: Url, refetch_after: Duration, max_age: Duration) -> Self {
        Self {
            source,
            url,
            refetch_after,
            max_age,
            current: ArcSwapOption::empty(),
            attempts: Arc::default(),
        }
    }

    /// The key of this name, fetching the set again for an unknown one if that was not done just now.
    pub(super) async fn find(self: &Arc<Self>, purpose: Purpose, kid: &str, now: Timestamp) -> Found {
        let name = (purpose, kid.to_owned());
        match self.look(&name, now) {
            Found::Key(key) => Found::Key(key),
            Found::Unknown | Found::NoSet => {
                self.refetch(Reason::UnknownKey, now).await;
                self.look(&name, now)
            }
        }
    }

    /// Fetches the set again, unless that was tried less than `refetch_after` ago. Callers that come during a fetch
    /// wait for it and then find that it was just done.
    pub(super) async fn refetch(self: &Arc<Self>, reason: Reason, now: Timestamp) {
        let mut attempts = Arc::clone(&self.attempts).lock_owned().await;
        let last = match reason {
            Reason::Age => &mut attempts.for_age,
            Reason::UnknownKey => &mut attempts.for_any_reason,
        };
        // A clock set back must not lock the cache until it has caught up.
        let too_soon = last.is_some_and(|last| last <= now && now.since(last) < self.refetch_after);
        if too_soon {
            return;
        }
        *last = Some(now);
        attempts.for_any_reason = Some(now);
        let cache = Arc::clone(self);
        let fetching = tokio::spawn(async move {
            cache.fetch(now).await;
            drop(attempts);
        });
        // Whoever asked may go away: what they began is finished, for it has used up the turn of all others.
        let _ended = fetching.await;
    }

    async fn fetch(&self, now: Timestamp) {
        match source::fetch(&*self.source, &self.url).await {
            Ok(document) => {
                let Some(set) = KeySet::parse(&document, now) else {
                    return tracing::warn!("the issuer's key set could not be read");
                };
                self.current.store(Some(Arc::new(set)));
            }
            Err(fault) => tracing::warn!(%fault, "the issuer's key set could not be fetched"),
        }
    }

    /// When the present set was fetched.
    pub(super) fn fetched_at(&self) -> Option<Timestamp> {
        self.current.load().as_ref().map(|set| set.fetched)
    }

    fn look(&self, name: &(Purpose, String), now: Timestamp) -> Found {
        let current = self.current.load();
        match current.as_ref() {
            Some(set) if set.fetched.is_younger_than(self.max_age, now) => {
                set.by_name.get(name).map_or(Found::Unknown, |key| Found::Key(Arc::clone(key)))
            }
            Some(_) | None => Found::NoSet,
        }
    }
}
