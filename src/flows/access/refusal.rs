//! Why the API refuses. The edge maps each to one problem document (RFC 9457).

use std::borrow::Cow;

use crate::protocol::acr::Acr;
use crate::protocol::api_scope::ApiScope;

/// A refusal of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The token is revoked, or what it stands on is gone: `invalid_token` (RFC 6750 §3.1).
    InvalidToken,
    /// The token is for somebody else, or lacks this scope: `insufficient_scope`.
    LacksScope(ApiScope),
    /// A service account has no roles, and so may do nothing here.
    NotAPerson,
    /// The person's roles do not allow it.
    LacksPermission,
    /// A personal access token does not open what asks for a fresh sign-in (P114).
    PersonalToken,
    /// The tenant's policy does not let them do it from where they are, or by what they proved.
    Policy,
    /// The sign-in is too old or too weak: `insufficient_user_authentication` (RFC 9470 §3).
    StepUp(StepUp),
    /// Nothing of this id is in the tenant, whatever is in others (P098).
    NotFound(Kind),
    /// It would be done to an owner by somebody who is none, or would give a role that may do more than the caller (P101).
    Above,
    /// Nobody changes their own roles, nor suspends or deletes themselves here (P101, P102).
    OwnAccount,
    /// The tenant would be left without an active owner (P102).
    LastOwner,
    /// It does not fit what is there.
    Conflict(Conflict),
    /// Somebody changed it meanwhile (RFC 9110 §13.1.1).
    Changed,
    /// The body is of another media type.
    MediaType,
    /// Values that cannot be taken.
    Invalid(Vec<Fault>),
}

/// What the sign-in behind a token lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepUp {
    /// The strength that is asked for, where it is more than the token has.
    pub acr: Option<Acr>,
}

/// A kind of thing that an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    User,
    /// A session.
    Session,
    /// A personal access token.
    PersonalToken,
    /// An invitation.
    Invitation,
    /// A group.
    Group,
    /// A factor of a person.
    Factor,
    /// A guest of the tenant.
    Membership,
}

impl Kind {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::PersonalToken => "personal_access_token",
            Self::Invitation => "invitation",
            Self::Group => "group",
            Self::Factor => "factor",
            Self::Membership => "membership",
        }
    }
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Another account has this address (D3).
    AddressTaken,
    /// The account is not in the state that this leads from.
    Status,
    /// It is the account for emergencies, which only the declaration changes.
    BreakGlass,
    /// There are as many as there may be.
    TooMany,
    /// The tenant's policy lets nobody in who is new.
    Closed,
    /// The invitation was accepted or withdrawn.
    Answered,
    /// So many mails went to this address of late that it gets none now (P068).
    MailedEnough,
    /// The person has a second factor already.
    HasFactor,
    /// The tenant's policy has no passwords for this person.
    NoPassword,
    /// Another group has this name.
    NameTaken,
    /// With this policy no active owner could sign in.
    LocksOutOwners,
    /// With this policy the caller could not administer the tenant as they do now.
    LocksOutCaller,
}

/// One value that cannot be taken: where it stands (RFC 6901), and what would be right. Never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer into the body, or the name of a parameter of the URL.
    pub at: String,
    /// What is wrong, in fixed words.
    pub detail: Cow<'static, str>,
}

impl Fault {
    /// A fault at this place.
    pub fn at(at: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { at: at.into(), detail: detail.into() }
    }
}

impl Refused {
    /// One value that cannot be taken.
    pub fn invalid(at: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid(vec![Fault::at(at, detail)])
    }

    /// The word in the record; `None` for what is no more than a mistake.
    pub(super) const fn recorded_as(&self) -> Option<&'static str> {
        match self {
            Self::InvalidToken => Some("not_live"),
            Self::LacksScope(_) => Some("scope"),
            Self::NotAPerson => Some("no_person"),
            Self::LacksPermission => Some("role"),
            Self::PersonalToken => Some("personal_token"),
            Self::Policy => Some("policy"),
            Self::StepUp(_) => Some("step_up"),
            Self::NotFound(_) => Some("not_found"),
            Self::Above => Some("above"),
            Self::OwnAccount => Some("own_account"),
            Self::LastOwner => Some("last_owner"),
            Self::Conflict(_) | Self::Changed | Self::MediaType | Self::Invalid(_) => None,
        }
    }
}
