//! An offer of an account: who is meant, what they will be, and where it stands.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::ids::{GroupId, InvitationId, UserId};
use super::role::Role;
use super::time::Timestamp;

/// An invitation. What the account will be stands here, and nothing that a browser brings changes it (P066, P067).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id, which its account will have too: so a passkey can be made for the account before there is one.
    pub id: InvitationId,
    /// How it came to be.
    pub origin: Origin,
    /// The address as it was given.
    pub email: String,
    /// The form that decides equality (D3).
    pub email_canonical: String,
    /// The roles of the account itself.
    pub roles: BTreeSet<Role>,
    /// Its groups.
    pub groups: BTreeSet<GroupId>,
    /// The language of the mail, a tag; empty where nobody knows.
    pub language: String,
    /// Who invites; nobody where the operator did, or the person signed up.
    pub invited_by: Option<UserId>,
    /// Where it stands.
    pub state: InvitationState,
    /// How often it was mailed.
    pub sent: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it stands.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// The id of the account that it becomes.
    pub fn user_id(&self) -> UserId {
        UserId::from_bytes(*self.id.as_bytes())
    }

    /// Whether it may be accepted at this time.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.state == InvitationState::Open && now < self.expires_at
    }
}

/// How an invitation came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody invited.
    Invited,
    /// The person asked for it, where the policy of the tenant allows that.
    SignUp,
}

impl Origin {
    /// The word stored in the database and in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::SignUp => "sign_up",
        }
    }
}

impl FromStr for Origin {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        [Self::Invited, Self::SignUp].into_iter().find(|it| it.as_str() == word).ok_or(UnknownWord)
    }
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// Nobody has answered it; it may have expired.
    Open,
    /// It became an account.
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// It was taken back, or another one took its place.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

impl InvitationState {
    /// The word stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted { .. } => "accepted",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// When it ended.
    pub const fn ended_at(self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Accepted { at } | Self::Withdrawn { at } => Some(at),
        }
    }

    /// Reads the stored form; what cannot be read is withdrawn, so that nobody accepts it.
    pub fn from_stored(word: &str, ended_at: Option<Timestamp>) -> Self {
        match (word, ended_at) {
            ("open", None) => Self::Open,
            ("accepted", Some(at)) => Self::Accepted { at },
            (_, at) => Self::Withdrawn { at: at.unwrap_or(Timestamp::from_unix(0)) },
        }
    }
}

/// The word is none of those that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an unknown word")]
pub struct UnknownWord;

/// What an invitation is to those who look at a list: expired ones are no longer open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may be accepted.
    Open,
    /// It was open when its time was over.
    Expired,
    /// It became an account.
    Accepted,
    /// It was taken back.
    Withdrawn,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [Self::Open, Self::Expired, Self::Accepted, Self::Withdrawn];

    /// How this invitation stands at this time.
    pub fn of(invitation: &Invitation, now: Timestamp) -> Self {
        match invitation.state {
            InvitationState::Open if invitation.stands(now) => Self::Open,
            InvitationState::Open => Self::Expired,
            InvitationState::Accepted { .. } => Self::Accepted,
            InvitationState::Withdrawn { .. } => Self::Withdrawn,
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Expired => "expired",
            Self::Accepted => "accepted",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl FromStr for Standing {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|it| it.as_str() == word).ok_or(UnknownWord)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
