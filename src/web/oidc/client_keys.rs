//! Keys that clients publish at their `jwks_uri` (OIDC Registration §2, P126): fetched through the guarded client, kept
//! for an hour, and fetched again for a key that is not among them, but not more often than the deployment allows.

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
    keys: Option<VerificationKeys>,
    asked_at: Timestamp,
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
        if let Some(set) = &held {
            let knows = set.keys.as_ref().is_some_and(|keys| kid.is_none_or(|kid| keys.knows(kid)));
            let age = now.since(set.asked_at);
            if (knows && age < KEPT) || age < self.delay {
                return set.keys.clone();
            }
        }
        let before = held.and_then(|set| set.keys);
        // Noted before the request, so that a flood of assertions makes one.
        self.keep(uri, Set { keys: before.clone(), asked_at: now });
        let fetched = fetch(http, uri).await;
        match fetched {
            Some(keys) => {
                self.keep(uri, Set { keys: Some(keys.clone()), asked_at: now });
                Some(keys)
            }
            None => before,
        }
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
