//! Keys that clients publish at their `jwks_uri` (OIDC Registration §2, P126): fetched through the guarded client, kept
//! for an hour, and fetched again for a key that is not among them, but not more often than the deployment allows. Where
//! they cannot be had, the last ones serve for a day.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
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
    sets: Mutex<HashMap<String, Set>>,
}

#[derive(Debug, Clone)]
struct Set {
    found: Option<Found>,
    asked_at: Timestamp,
}

/// Keys that were fetched.
#[derive(Debug, Clone)]
struct Found {
    keys: VerificationKeys,
    at: Timestamp,
}

impl ClientKeys {
    /// No sets yet; `delay` is the least time between two requests to the same place.
    pub fn new(delay: Duration) -> Self {
        Self { delay, sets: Mutex::default() }
    }

    /// The keys at this place, with the one of this name among them if it can be had.
    pub async fn at(
        &self,
        http: &dyn HttpClient,
        uri: &str,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Option<VerificationKeys> {
        let held = self.held(uri);
        let last = held.as_ref().and_then(|set| set.found.clone());
        let last = last.filter(|found| now.since(found.at) < LAST_RESORT);
        if let Some(set) = &held {
            let knows = last.as_ref().is_some_and(|found| kid.is_none_or(|kid| found.keys.knows(kid)));
            let age = now.since(set.asked_at);
            if (knows && age < KEPT) || age < self.delay {
                return last.map(|found| found.keys);
            }
        }
        // Noted before the request, so that a flood of assertions makes one.
        self.keep(uri, Set { found: last.clone(), asked_at: now });
        let found = match fetch(http, uri).await {
            Some(keys) => Some(Found { keys, at: now }),
            None => last,
        };
        self.keep(uri, Set { found: found.clone(), asked_at: now });
        found.map(|found| found.keys)
    }

    fn held(&self, uri: &str) -> Option<Set> {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).get(uri).cloned()
    }

    fn keep(&self, uri: &str, set: Set) {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.len() >= MOST && !sets.contains_key(uri) {
            sets.clear();
        }
        sets.insert(uri.to_owned(), set);
    }
}

async fn fetch(http: &dyn HttpClient, uri: &str) -> Option<VerificationKeys> {
    let target = http.judge(uri).ok()?;
    let document = http.get_json(target).await.ok()?;
    let keys = jwk::parse_set(&document).ok()?;
    Some(VerificationKeys::new(&keys, &ASSERTION_ALGORITHMS))
}
