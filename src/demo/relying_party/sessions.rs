//! Who is signed in to the relying party: in memory, found by a random cookie.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use openidconnect::core::CoreIdToken;
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};

/// The most sessions that are kept; the next one starts over.
const MOST: usize = 1000;

/// What a browser has reached.
pub(super) enum Session {
    /// It was sent to the provider.
    Waiting(Box<Attempt>),
    /// It came back with good tokens.
    SignedIn(Box<SignedIn>),
}

/// What must be remembered from the question until the answer (OIDC Core §3.1.2.1, RFC 7636 §4.1).
pub(super) struct Attempt {
    pub(super) state: CsrfToken,
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
}

/// A person, by the tokens.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) id_token: CoreIdToken,
    pub(super) access_token: String,
    pub(super) name: String,
    pub(super) last_answer: Option<Answer>,
}

/// What the API answered last.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) request: String,
    pub(super) status: String,
    pub(super) body: String,
}

/// The sessions by cookie.
#[derive(Default)]
pub(super) struct Sessions(Mutex<BTreeMap<String, Session>>);

impl Sessions {
    /// Keeps a session under a new random name, which goes into the cookie.
    pub(super) fn open(&self, session: Session) -> String {
        let name = CsrfToken::new_random_len(32).secret().clone();
        self.with(|all| {
            if all.len() >= MOST {
                all.clear();
            }
            all.insert(name.clone(), session);
        });
        name
    }

    /// Takes the session out: what it held is used once.
    pub(super) fn take(&self, name: &str) -> Option<Session> {
        self.with(|all| all.remove(name))
    }

    /// The signed-in person, if there is one.
    pub(super) fn person(&self, name: &str) -> Option<SignedIn> {
        self.with(|all| match all.get(name) {
            Some(Session::SignedIn(person)) => Some((**person).clone()),
            Some(Session::Waiting(_)) | None => None,
        })
    }

    /// Remembers what the API answered.
    pub(super) fn remember(&self, name: &str, answer: Answer) {
        self.with(|all| {
            if let Some(Session::SignedIn(person)) = all.get_mut(name) {
                person.last_answer = Some(answer);
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Session>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
