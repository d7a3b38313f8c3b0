//! The scopes of our own JSON API. They belong to the issuer itself, and stand in no token that is for anybody else: a
//! resource server that is handed a token could use it at our API (RFC 9068 §3, RFC 9700 §2.3).

use super::scope::STANDARD;

/// What a token may be used for at `/api/v1`. Beside it the person's roles decide, read at each request (D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApiScope {
    /// See people.
    PeopleRead,
    /// Create, change, suspend and delete people, and give them roles.
    PeopleWrite,
    /// See invitations.
    InvitationsRead,
    /// Invite, and withdraw invitations.
    InvitationsWrite,
    /// See groups.
    GroupsRead,
    /// Change groups and who is in them.
    GroupsWrite,
    /// See the sign-in policy.
    PolicyRead,
    /// Change the sign-in policy.
    PolicyWrite,
    /// See where other people are signed in.
    SessionsRead,
    /// Sign other people out.
    SessionsWrite,
    /// See one's own account: where it is signed in, which tokens it has.
    AccountRead,
    /// Change one's own account.
    AccountWrite,
}

impl ApiScope {
    /// Every scope, in the order people read them.
    pub const ALL: [Self; 12] = [
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::InvitationsRead,
        Self::InvitationsWrite,
        Self::GroupsRead,
        Self::GroupsWrite,
        Self::PolicyRead,
        Self::PolicyWrite,
        Self::SessionsRead,
        Self::SessionsWrite,
        Self::AccountRead,
        Self::AccountWrite,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
            Self::InvitationsRead => "invitations:read",
            Self::InvitationsWrite => "invitations:write",
            Self::GroupsRead => "groups:read",
            Self::GroupsWrite => "groups:write",
            Self::PolicyRead => "policy:read",
            Self::PolicyWrite => "policy:write",
            Self::SessionsRead => "sessions:read",
            Self::SessionsWrite => "sessions:write",
            Self::AccountRead => "account:read",
            Self::AccountWrite => "account:write",
        }
    }

    /// What it allows, in the document of the API; pages have it in the words of their language.
    pub const fn description(self) -> &'static str {
        match self {
            Self::PeopleRead => "See people.",
            Self::PeopleWrite => "Create, change, suspend and delete people, and give them roles.",
            Self::InvitationsRead => "See invitations.",
            Self::InvitationsWrite => "Invite, and withdraw invitations.",
            Self::GroupsRead => "See groups.",
            Self::GroupsWrite => "Change groups and who is in them.",
            Self::PolicyRead => "See the sign-in policy.",
            Self::PolicyWrite => "Change the sign-in policy.",
            Self::SessionsRead => "See where other people are signed in.",
            Self::SessionsWrite => "Sign other people out.",
            Self::AccountRead => "See one's own account: where it is signed in, which tokens it has.",
            Self::AccountWrite => "Change one's own account.",
        }
    }

    /// The scope with this name, or `None`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// Whether a scope is one of `OpenID` Connect or of our own API: no resource server may define one of this name.
pub fn is_reserved(name: &str) -> bool {
    STANDARD.contains(&name) || ApiScope::parse(name).is_some()
}

/// Every scope that [`is_reserved`].
pub fn reserved() -> impl Iterator<Item = &'static str> {
    STANDARD.into_iter().chain(ApiScope::ALL.map(ApiScope::as_str))
}
