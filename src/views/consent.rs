//! The consent page: what a client asks for, in words (RFC 6749 §10.2, OIDC Core §3.1.2.4, D7).

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::person::Person;
use crate::protocol::api_scope::ApiScope;

/// Asks whether a client may have what it asks for.
#[derive(Debug, Template)]
#[template(path = "pages/consent/consent.html")]
pub struct ConsentPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks.
    pub client: ClientCard,
    /// Whose consent it would be, and for which tenant.
    pub person: Person,
    /// The host that the answer goes to.
    pub returns_to: String,
    /// What is asked for, in the order it is shown.
    pub scopes: Vec<ScopeLine>,
    /// Which question this is, sent as `question`.
    pub question: String,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeLine {
    /// A scope of `OpenID` Connect; the catalogue has its words.
    Standard(StandardScope),
    /// A scope of our own API; the catalogue has its words.
    OfApi(ApiScope),
    /// Use of a resource server by its name, where none of its scopes is asked for: a token for it says who comes and what their
    /// organisation bought.
    Use {
        /// The resource server's name.
        api: String,
    },
    /// A scope of a resource server, in that server's own words.
    Api {
        /// The resource server's name.
        api: String,
        /// What the scope allows.
        description: String,
    },
}

/// The scopes of OIDC Core §5.4 and §11.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandardScope {
    /// `openid`
    OpenId,
    /// `profile`
    Profile,
    /// `email`
    Email,
    /// `address`
    Address,
    /// `phone`
    Phone,
    /// `offline_access`
    OfflineAccess,
}

impl StandardScope {
    /// Every standard scope, in the order people read them.
    pub const ALL: [Self; 6] =
        [Self::OpenId, Self::Profile, Self::Email, Self::Address, Self::Phone, Self::OfflineAccess];

    /// The scope with this name, or `None`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::OfflineAccess => "offline_access",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::OpenId => "scope-openid",
            Self::Profile => "scope-profile",
            Self::Email => "scope-email",
            Self::Address => "scope-address",
            Self::Phone => "scope-phone",
            Self::OfflineAccess => "scope-offline-access",
        }
    }
}

const fn of_api(scope: ApiScope) -> &'static str {
    match scope {
        ApiScope::PeopleRead => "scope-people-read",
        ApiScope::PeopleWrite => "scope-people-write",
        ApiScope::InvitationsRead => "scope-invitations-read",
        ApiScope::InvitationsWrite => "scope-invitations-write",
        ApiScope::GroupsRead => "scope-groups-read",
        ApiScope::GroupsWrite => "scope-groups-write",
        ApiScope::PolicyRead => "scope-policy-read",
        ApiScope::PolicyWrite => "scope-policy-write",
        ApiScope::SessionsRead => "scope-sessions-read",
        ApiScope::SessionsWrite => "scope-sessions-write",
        ApiScope::AccountRead => "scope-account-read",
        ApiScope::AccountWrite => "scope-account-write",
    }
}

impl ScopeLine {
    /// It in words, as the consent page and the account pages say it.
    pub fn words(&self, frame: &Frame) -> String {
        match self {
            Self::Standard(scope) => frame.say(scope.message()),
            Self::OfApi(scope) => frame.say(of_api(*scope)),
            Self::Use { api } => frame.say_with("consent-use", "api", api),
            Self::Api { description, .. } => description.clone(),
        }
    }
}

impl ConsentPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/consent";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-consent";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let mut scopes: Vec<_> = StandardScope::ALL.into_iter().map(ScopeLine::Standard).collect();
        scopes.extend(ApiScope::ALL.map(ScopeLine::OfApi));
        scopes.push(ScopeLine::Api {
            api: "Notes API".to_owned(),
            description: "Read and change your notes".to_owned(),
        });
        Self {
            frame,
            form: Form::sample(),
            client: ClientCard::sample(),
            person: Person::sample(),
            returns_to: "notes.example".to_owned(),
            scopes,
            question: "0".repeat(64),
        }
    }
}
