//! Who is signed in to the relying party: in memory, found by a random cookie.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use openidconnect::core::CoreIdToken;
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};
use subtle::ConstantTimeEq as _;

/// The most sessions that are kept; the next one starts over.
const MOST: usize = 1000;

/// The most sign-ins that one browser may have under way; the oldest is forgotten.
const MOST_ATTEMPTS: usize = 8;

/// What a browser has reached: its tabs may each be at the provider, and one of them back with good tokens.
#[derive(Default)]
struct Session {
    attempts: Vec<Attempt>,
    person: Option<SignedIn>,
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
    /// Remembers a sign-in that begins in this browser; answers with the
    /// session's new name, which goes into the cookie.
    pub(super) fn begin(&self, name: Option<&str>, attempt: Attempt) -> String {
        self.renew(name, |session| {
            if session.attempts.len() >= MOST_ATTEMPTS {
                session.attempts.remove(0);
            }
            session.attempts.push(attempt);
        })
    }

    /// Takes out the sign-in that an answer with this `state` belongs to: it is used once.
    pub(super) fn attempt(&self, name: &str, state: &str) -> Option<Attempt> {
        self.with(|all| {
            let attempts = &mut all.get_mut(name)?.attempts;
            let fits = |attempt: &Attempt| attempt.state.secret().as_bytes().ct_eq(state.as_bytes()).into();
            let at = attempts.iter().position(fits)?;
            Some(attempts.remove(at))
        })
    }

    /// Signs the person in; answers with the session's new name.
    pub(super) fn sign_in(&self, name: Option<&str>, person: SignedIn) -> String {
        self.renew(name, |session| session.person = Some(person))
    }

    /// Ends the session; answers with the person who was signed in.
    pub(super) fn end(&self, name: &str) -> Option<SignedIn> {
        self.with(|all| all.remove(name))?.person
    }

    /// The signed-in person, if there is one.
    pub(super) fn person(&self, name: &str) -> Option<SignedIn> {
        self.with(|all| all.get(name)?.person.clone())
    }

    /// Changes a session, which gets a new random name each time: nobody can have planted it.
    fn renew(&self, name: Option<&str>, change: impl FnOnce(&mut Session)) -> String {
        let fresh = CsrfToken::new_random_len(32).secret().clone();
        self.with(|all| {
            let mut session = name.and_then(|name| all.remove(name)).unwrap_or_default();
            change(&mut session);
            if all.len() >= MOST {
                all.clear();
            }
            all.insert(fresh.clone(), session);
        });
        fresh
    }

    /// Remembers what the API answered.
    pub(super) fn remember(&self, name: &str, answer: Answer) {
        self.with(|all| {
            if let Some(person) = all.get_mut(name).and_then(|session| session.person.as_mut()) {
                person.last_answer = Some(answer);
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Session>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
