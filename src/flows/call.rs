//! What one request brings to every flow: its time, its randomness, and who asks.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::effects::Clock;
use crate::effects::random::Random;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::ids::{ClientId, Id, RequestId, UserId};
use crate::model::issuer::Issuer;
use crate::model::secret::Secret;
use crate::model::time::Timestamp;

/// One request, or one run of a job. It has one `now`, whatever happens in it.
#[derive(Clone)]
pub struct Call {
    /// The time of the whole request.
    pub now: Timestamp,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
    /// Names the request in the log, in events and on error pages.
    pub request_id: RequestId,
    /// The browser's or client's address, after listed proxies were taken off (P123).
    pub address: Option<IpAddr>,
    /// What the program calls itself, cut to 200 characters.
    pub user_agent: Option<String>,
    /// Who sits at the machine where the operator acts, by the name that the operating system knows them by (R60).
    pub system_user: Option<String>,
    /// The hashes of the secrets by which the browser may be one that is remembered (D33).
    pub devices: Vec<String>,
    /// Our own name.
    pub issuer: Arc<Issuer>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("now", &self.now)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// A call that no request brings: the operator's at the machine, or a job's.
    pub fn of_process(clock: &dyn Clock, random: Arc<dyn Random>, issuer: Arc<Issuer>) -> Self {
        let now = clock.now();
        let request_id = random.id(now);
        let (address, user_agent, system_user) = (None, None, None);
        Self { now, random, request_id, address, user_agent, system_user, devices: Vec::new(), issuer }
    }

    /// The same, made by whoever sits at the machine.
    #[must_use]
    pub fn by_system_user(self, name: String) -> Self {
        Self { system_user: Some(name), ..self }
    }

    /// A new id.
    pub fn id<I: Id>(&self) -> I {
        self.random.id(self.now)
    }

    /// `N` random bytes, zeroed after use.
    pub fn secret_bytes<const N: usize>(&self) -> Secret<[u8; N]> {
        Secret::new(self.random.bytes())
    }

    /// An event of this request with its address, user agent and system user on the erasable side; the caller adds what
    /// it knows.
    pub fn event(&self, kind: EventKind, result: EventResult, actor: Actor) -> Event {
        let mut personal = BTreeMap::new();
        if let Some(address) = self.address {
            personal.insert("address", address.to_string());
        }
        if let Some(agent) = &self.user_agent {
            personal.insert("user_agent", agent.clone());
        }
        if let Some(name) = &self.system_user {
            personal.insert("system_user", name.clone());
        }
        Event {
            id: self.id(),
            at: self.now,
            kind,
            result,
            actor,
            on_behalf_of: None,
            client_id: None,
            target: None,
            request_id: Some(self.request_id),
            details: BTreeMap::new(),
            personal,
            salt: self.random.bytes(),
        }
    }
}

impl Event {
    /// The same event, naming the client that was involved.
    #[must_use]
    pub fn by_client(mut self, client: &ClientId) -> Self {
        self.client_id = Some(client.clone());
        self
    }

    /// The same event, naming the person on whose behalf it happened (R60).
    #[must_use]
    pub fn for_user(mut self, user: UserId) -> Self {
        self.on_behalf_of = Some(user);
        self
    }

    /// The same event, naming what it was done to.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: impl fmt::Display) -> Self {
        self.target = Some((kind, id.to_string()));
        self
    }

    /// The same event with one more fact that names no person.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: impl Into<serde_json::Value>) -> Self {
        self.details.insert(name, fact.into());
        self
    }

    /// The same event with one more fact about a person, on the erasable side.
    #[must_use]
    pub fn with_personal(mut self, name: &'static str, fact: impl Into<String>) -> Self {
        self.personal.insert(name, fact.into());
        self
    }
}
