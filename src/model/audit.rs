//! Audit events: their one format, fixed from the first event (D22), and the chain over them (D21).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::digest::{hex, sha256_hex};
use super::failure::Failure;
use super::ids::{ClientId, EventId, RequestId, TenantId, UserId};
use super::time::Timestamp;

/// The hash before the first event of a chain.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Something that happened, before it has its place in the chain.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// When it happened: the call's `now`.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// How it ended.
    pub result: EventResult,
    /// Who did it.
    pub actor: Actor,
    /// The person on whose behalf a service acted (R60).
    pub on_behalf_of: Option<UserId>,
    /// The client that was involved.
    pub client_id: Option<ClientId>,
    /// What it was done to: a kind and an id, such as `("user", "0191…")`.
    pub target: Option<(&'static str, String)>,
    /// The request it belongs to.
    pub request_id: Option<RequestId>,
    /// Facts that name no person: words, numbers, ids.
    pub details: BTreeMap<&'static str, Value>,
    /// Facts about a person, which can be erased: they stand beside the chain, which holds a salted commitment to
    /// them.
    pub personal: BTreeMap<&'static str, String>,
    /// Sixteen random bytes for that commitment.
    pub salt: [u8; 16],
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody who proved anything.
    Anonymous,
    /// A person.
    User(UserId),
    /// A client that authenticated.
    Client(ClientId),
    /// The operator, on the machine itself.
    Operator,
    /// The product, on its own schedule.
    System,
}

impl Actor {
    fn to_json(&self) -> Value {
        match self {
            Self::Anonymous => json!({"type": "anonymous"}),
            Self::User(id) => json!({"type": "user", "id": id}),
            Self::Client(id) => json!({"type": "client", "id": id}),
            Self::Operator => json!({"type": "operator"}),
            Self::System => json!({"type": "system"}),
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventResult {
    /// It was done.
    Success,
    /// It was refused.
    Denied,
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What happened. The words are part of the interface: they never change their meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind { $($(#[$doc])* $name),+ }

        impl EventKind {
            /// Every kind, for the documents.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in the record.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

event_kinds! {
    /// A person proved a factor and was signed in, or was refused.
    SignIn = "session.sign_in",
    /// A person proved a factor, and one more was asked for.
    FactorProved = "session.factor_proved",
    /// A person ended a session, or was to be led away afterwards to where no client has registered.
    SignOut = "session.sign_out",
    /// A session was ended by somebody else.
    SessionRevoked = "session.revoked",
    /// An account was locked for a while after failures.
    AccountLocked = "account.locked",
    /// One password, or one address, failed at many accounts (D31).
    StuffingSuspected = "session.stuffing_suspected",
    /// Several refusals of one kind, account or client, and address, folded into one record (D23).
    FailuresFolded = "session.failures_folded",
    /// An authorization code was issued, or an authorization request refused.
    Authorize = "oauth.authorize",
    /// A person gave, refused or withdrew consent.
    Consent = "oauth.consent",
    /// Tokens were issued, or refused.
    TokenIssued = "oauth.token",
    /// An authorization code came back a second time.
    CodeReused = "oauth.code_reused",
    /// A refresh token came back after its rotation; its family is dead.
    RefreshReused = "oauth.refresh_reused",
    /// A token was revoked, or all that a person held.
    TokenRevoked = "oauth.token_revoked",
    /// A client failed to authenticate.
    ClientAuthentication = "oauth.client_authentication",
    /// A signing key was created.
    KeyCreated = "key.created",
    /// A signing key became the active one.
    KeyActivated = "key.activated",
    /// A signing key was retired.
    KeyRetired = "key.retired",
    /// A signing key was revoked.
    KeyRevoked = "key.revoked",
    /// The declared configuration was applied.
    ConfigurationApplied = "configuration.applied",
    /// The tenant was written as a declaration, with its people.
    ConfigurationExported = "configuration.exported",
    /// A tenant was created, changed, suspended, resumed or deleted.
    TenantChanged = "tenant.changed",
    /// A user was created, changed, suspended, resumed or deleted.
    UserChanged = "user.changed",
    /// What is held of a person was read as a whole.
    UserExported = "user.exported",
    /// A person was erased: nothing names them any more.
    UserErased = "user.erased",
    /// People were brought from another system.
    PeopleImported = "users.imported",
    /// A person's password was set or changed.
    PasswordChanged = "password.changed",
    /// A group was created, changed or deleted.
    GroupChanged = "group.changed",
    /// A workspace or context was created, changed or deleted.
    WorkspaceChanged = "workspace.changed",
    /// A client was created, changed, suspended, resumed or deleted.
    ClientChanged = "client.changed",
    /// A client's secret was added or ended.
    ClientSecretChanged = "client.secret_changed",
    /// A resource server was created, changed, suspended, resumed or deleted.
    ResourceServerChanged = "resource_server.changed",
    /// A product or plan was created, changed or deleted.
    CatalogueChanged = "catalogue.changed",
    /// A personal access token was made or revoked.
    PersonalTokenChanged = "personal_token.changed",
    /// Somebody was invited, or an invitation was sent again, withdrawn, accepted, or refused to whoever had its link.
    InvitationChanged = "invitation.changed",
    /// A tenant's sign-in policy was changed.
    PolicyChanged = "policy.changed",
    /// The deployment was made: its first event.
    DeploymentInitialised = "deployment.initialised",
    /// A link was made through which the first owner is set up; the ones before it are dead.
    SetupLinkIssued = "deployment.setup_link_issued",
    /// The first owner was made through the set-up page, or a link was refused there.
    SetupCompleted = "deployment.setup_completed",
    /// A person set up one more way to prove who they are.
    FactorAdded = "factor.added",
    /// A way to prove who a person is was taken away.
    FactorRemoved = "factor.removed",
    /// A person was given a sheet of recovery codes; the one before it is dead.
    RecoveryCodesMade = "factor.recovery_codes_made",
    /// A browser stands in for a person's second factor from now on.
    DeviceRemembered = "factor.device_remembered",
    /// No browser does any more.
    DevicesForgotten = "factor.devices_forgotten",
    /// A link or a code was mailed to a person, or asked for an account that gets none.
    LinkMailed = "link.mailed",
    /// A mailed link was presented that is used up, too old, or ended by what happened since.
    LinkRefused = "link.refused",
    /// The audit trail was read or exported.
    AuditRead = "audit.read",
    /// Somebody reached for something that is not theirs: a client for a token of another client or tenant, or whoever
    /// holds a token of ours for what it does not open, or no longer.
    AccessDenied = "access.denied",
    /// A request that no page of ours sent came with the cookie of somebody who is signed in, and was refused.
    CrossSite = "session.cross_site",
}

/// The place of an event in its tenant's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The sequence number of the last event; 0 before the first.
    pub seq: i64,
    /// Its hash in hexadecimal; [`GENESIS`] before the first.
    pub hash: String,
}

impl Head {
    /// The head of a chain without events.
    pub fn genesis() -> Self {
        Self { seq: 0, hash: GENESIS.to_owned() }
    }
}

/// An event with its place, as it is stored, exported and verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainedEvent {
    /// One more than the event before.
    pub seq: i64,
    /// The canonical JSON (RFC 8785) that is hashed: it holds `seq`, `prev` and everything else.
    pub body: String,
    /// SHA-256 of `body`, in hexadecimal.
    pub hash: String,
    /// The erasable side: canonical JSON of the personal facts and the salt in hexadecimal. `None` when there were
    /// none, or when they were erased.
    pub personal: Option<PersonalFacts>,
}

/// An event as a row holds it: with the columns by which it is looked for, which no hash covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The event.
    pub event: ChainedEvent,
    /// When it happened, by its column.
    pub at: Timestamp,
    /// What happened, by its column.
    pub kind: String,
}

/// The erasable side of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalFacts {
    /// Sixteen random bytes in hexadecimal.
    pub salt: String,
    /// Canonical JSON of the facts.
    pub facts: String,
}

impl PersonalFacts {
    /// What the event commits to: SHA-256 over the salt's text and the facts, in hexadecimal.
    pub fn commitment(&self) -> String {
        sha256_hex(format!("{}:{}", self.salt, self.facts).as_bytes())
    }
}

impl EventKind {
    /// Whether it happens to an account, and so stands in the history that its owner reads.
    pub const fn is_of_account(self) -> bool {
        matches!(
            self,
            Self::SignIn
                | Self::FactorProved
                | Self::SignOut
                | Self::SessionRevoked
                | Self::AccountLocked
                | Self::Consent
                | Self::PersonalTokenChanged
                | Self::PasswordChanged
                | Self::FactorAdded
                | Self::FactorRemoved
                | Self::RecoveryCodesMade
                | Self::DeviceRemembered
                | Self::DevicesForgotten
                | Self::UserChanged
                | Self::UserExported
        )
    }
}

impl Event {
    /// Whose history it belongs to: that of the person to whom it was done, else of the one who did it.
    pub fn of_account(&self) -> Option<UserId> {
        if !self.kind.is_of_account() {
            return None;
        }
        let target = self.target.as_ref().filter(|(kind, _)| *kind == "user");
        let detail = || self.details.get("user").and_then(Value::as_str);
        let named = target.map(|(_, id)| id.as_str()).or_else(detail);
        match (named.and_then(|id| id.parse().ok()), &self.actor) {
            (Some(user), _) => Some(user),
            (None, Actor::User(user)) => Some(*user),
            (None, Actor::Anonymous | Actor::Client(_) | Actor::Operator | Actor::System) => None,
        }
    }

    /// Gives the event the place behind `head`.
    pub fn chain(self, tenant: TenantId, head: &Head) -> Result<ChainedEvent, Failure> {
        let personal = if self.personal.is_empty() {
            None
        } else {
            Some(PersonalFacts { salt: hex(&self.salt), facts: canonical(&json!(self.personal))? })
        };
        let seq = head.seq + 1;
        let mut body = Map::new();
        body.insert("v".into(), json!(1));
        body.insert("tenant_id".into(), json!(tenant));
        body.insert("seq".into(), json!(seq));
        body.insert("prev".into(), json!(head.hash));
        body.insert("id".into(), json!(self.id));
        body.insert("at".into(), json!(self.at));
        body.insert("kind".into(), json!(self.kind.as_str()));
        body.insert("result".into(), json!(self.result.as_str()));
        body.insert("actor".into(), self.actor.to_json());
        if let Some(user) = self.on_behalf_of {
            body.insert("on_behalf_of".into(), json!(user));
        }
        if let Some(client) = &self.client_id {
            body.insert("client_id".into(), json!(client));
        }
        if let Some((kind, id)) = &self.target {
            body.insert("target".into(), json!({"type": kind, "id": id}));
        }
        if let Some(request) = self.request_id {
            body.insert("request_id".into(), json!(request));
        }
        if !self.details.is_empty() {
            body.insert("details".into(), json!(self.details));
        }
        if let Some(personal) = &personal {
            body.insert("personal".into(), json!(personal.commitment()));
        }
        let body = canonical(&Value::Object(body))?;
        let hash = sha256_hex(body.as_bytes());
        Ok(ChainedEvent { seq, body, hash, personal })
    }
}

impl EventResult {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Denied => "denied",
        }
    }
}

/// Canonical JSON (RFC 8785).
pub fn canonical(value: &Value) -> Result<String, Failure> {
    serde_json_canonicalizer::to_string(value)
        .map_err(|error| Failure::internal("writing canonical JSON").because(error))
}
