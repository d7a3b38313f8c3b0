//! Keys that clients publish at their `jwks_uri` (OIDC Registration §2, P126): fetched through the guarded client, kept
//! for an hour, and fetched again for a key that is not among them, but not more often than the deployment allows.
//! Where they cannot be had, the last ones serve for a day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::crypto::jwk;
use crate::crypto::jwt::VerificationKeys;
use crate::effects::http::HttpClient;
use crate::flows::known::ASSERTION_ALGORITHMS;
use crate::model::time::Timestamp;

/// How long a set is used without asking again.
const KEPT: Duration = Duration::from_hours(1);
/// How long a set serves that could not be fetched again.
const LAST_RESORT: Duration = Duration::from_hours(24);
/// The most sets kept; then all are forgotten.
const MOST: usize = 1024;

/// The sets of this node.
#[derive(Debug)]
pub struct ClientKeys {
    delay: Duration,
    places: Mutex<HashMap<String, Arc<Place>>>,
}

/// One place where keys are published.
#[derive(Debug, Default)]
struct Place {
    /// Held by whoever asks there: the others wait for that answer.
    asking: tokio::sync::Mutex<()>,
    set: Mutex<Option<Set>>,
}

#[derive(Debug, Clone)]
struct Set {
    found: Option<FetchedKeys>,
    asked_at: Timestamp,
}

/// Keys that were fetched.
#[derive(Debug, Clone)]
struct FetchedKeys {
    keys: VerificationKeys,
    at: Timestamp,
}

impl ClientKeys {
    /// No sets yet; `delay` is the least time between two requests to the same place.
    pub fn new(delay: Duration) -> Self {
        Self { delay, places: Mutex::default() }
    }

    /// The keys at this place, with the one of this name among them if it can be had.
    pub async fn at(
        &self,
        http: &dyn HttpClient,
        uri: &str,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Option<VerificationKeys> {
        let place = self.place(uri);
        if let Ok(keys) = place.settled(kid, now, self.delay) {
            return keys;
        }
        let _alone = place.asking.lock().await;
        let last = match place.settled(kid, now, self.delay) {
            Ok(keys) => return keys,
            Err(last) => last,
        };
        let found = match fetch(http, uri).await {
            Some(keys) => Some(FetchedKeys { keys, at: now }),
            None => last,
        };
        place.keep(Set { found: found.clone(), asked_at: now });
        found.map(|found| found.keys)
    }

    fn place(&self, uri: &str) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST && !places.contains_key(uri) {
            places.clear();
        }
        Arc::clone(places.entry(uri.to_owned()).or_default())
    }
}

impl Place {
    /// What there is to say without asking; else the keys that serve where asking fails.
    fn settled(
        &self,
        kid: Option<&str>,
        now: Timestamp,
        delay: Duration,
    ) -> Result<Option<VerificationKeys>, Option<FetchedKeys>> {
        let Some(set) = self.set.lock().unwrap_or_else(PoisonError::into_inner).clone() else {
            return Err(None);
        };
        let last = set.found.filter(|found| now.since(found.at) < LAST_RESORT);
        let knows = last.as_ref().is_some_and(|found| kid.is_none_or(|kid| found.keys.knows(kid)));
        let age = now.since(set.asked_at);
        if (knows && age < KEPT) || age < delay { Ok(last.map(|found| found.keys)) } else { Err(last) }
    }

    fn keep(&self, set: Set) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = Some(set);
    }
}

async fn fetch(http: &dyn HttpClient, uri: &str) -> Option<VerificationKeys> {
    let target = http.judge(uri).ok()?;
    let document = http.get_json(target).await.ok()?;
    let keys = jwk::parse_set(&document).ok()?;
    Some(VerificationKeys::new(&keys, &ASSERTION_ALGORITHMS))
}
