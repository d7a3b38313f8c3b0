//! What is mailed to people: every kind of mail, with what it says beside its fixed words.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::issuer::Issuer;
use super::secret::Secret;
use super::session::Factor;
use super::time::Timestamp;

/// A link into a page of ours. It is made from the issuer of the configuration alone, so that nothing in a request can
/// lead it elsewhere (P057).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailedLink(#[serde(with = "for_sealing")] Secret<String>);

impl MailedLink {
    /// The link to this path of ours, which begins with a slash and may hold a token.
    pub fn new(issuer: &Issuer, path: &str) -> Self {
        Self(Secret::new(issuer.url(path)))
    }

    /// The absolute URL, for the mail alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A short code that a person types in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailedCode(#[serde(with = "for_sealing")] Secret<String>);

impl MailedCode {
    /// The code.
    pub const fn new(code: String) -> Self {
        Self(Secret::new(code))
    }

    /// The code, for the mail alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What a mail is about. Those with a link or a code are nothing once that has run out, and are not sent any more then.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailKind {
    /// A link that signs in.
    MagicLink {
        /// Where it leads.
        link: MailedLink,
        /// How long it works.
        minutes: u32,
    },
    /// A code that proves a factor.
    EmailCode {
        /// The code.
        code: MailedCode,
        /// How long it works.
        minutes: u32,
    },
    /// An offer to join the tenant.
    Invitation {
        /// Where it leads.
        link: MailedLink,
        /// Who invites, as people know them.
        inviter: Option<String>,
        /// How long it stands.
        days: u32,
    },
    /// Asks whether an address is its owner's.
    VerifyEmail {
        /// Where it leads.
        link: MailedLink,
        /// How long it works.
        minutes: u32,
    },
    /// The same for an address that an account is to change to, sent to that one.
    EmailChangeConfirm {
        /// Where it leads.
        link: MailedLink,
        /// How long it works.
        minutes: u32,
    },
    /// Tells the owner of an account that somebody wants to sign up with its address: there is nothing to sign up for.
    AccountExists,
    /// Tells the address of an account that it is to have another, as soon as that one is confirmed.
    EmailChangeAsked,
    /// Tells the address that an account had until now that it has another.
    EmailChanged,
    /// A link to set a new password.
    PasswordReset {
        /// Where it leads.
        link: MailedLink,
        /// How long it works.
        minutes: u32,
    },
    /// A link from an administrator to set up a second factor.
    FirstFactor {
        /// Where it leads.
        link: MailedLink,
        /// How long it works.
        minutes: u32,
    },
    /// Somebody signed in with a browser that was not seen before.
    NewDevice,
    /// The account has one more factor.
    FactorAdded {
        /// Which.
        factor: Factor,
        /// What its owner calls it, where it has a name.
        name: Option<String>,
    },
    /// The account has one factor less.
    FactorRemoved {
        /// Which.
        factor: Factor,
        /// What its owner called it, where it had a name.
        name: Option<String>,
    },
    /// The password is another.
    PasswordChanged,
    /// A personal access token was made.
    TokenMade {
        /// What its owner calls it.
        name: String,
    },
    /// A recovery code was used up.
    RecoveryUsed {
        /// How many are left.
        left: u32,
    },
    /// The account is locked after too many wrong guesses.
    AccountLocked {
        /// For how long.
        minutes: u32,
    },
    /// The account is deleted, and can be brought back for a while.
    AccountDeleted {
        /// For how long.
        days: u32,
    },
    /// The account for emergencies signed in; for the owners of the tenant.
    BreakGlass {
        /// Whose account it is, as people know them.
        person: String,
    },
}

impl MailKind {
    /// The word for this kind, in the table, the log and the lists of the operator.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::MagicLink { .. } => "magic_link",
            Self::EmailCode { .. } => "email_code",
            Self::Invitation { .. } => "invitation",
            Self::VerifyEmail { .. } => "verify_email",
            Self::EmailChangeConfirm { .. } => "email_change_confirm",
            Self::AccountExists => "account_exists",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
            Self::PasswordReset { .. } => "password_reset",
            Self::FirstFactor { .. } => "first_factor",
            Self::NewDevice => "new_device",
            Self::FactorAdded { .. } => "factor_added",
            Self::FactorRemoved { .. } => "factor_removed",
            Self::PasswordChanged => "password_changed",
            Self::TokenMade { .. } => "token_made",
            Self::RecoveryUsed { .. } => "recovery_used",
            Self::AccountLocked { .. } => "account_locked",
            Self::AccountDeleted { .. } => "account_deleted",
            Self::BreakGlass { .. } => "break_glass",
        }
    }

    /// For how many minutes the mail is of use; `None` where it is a notice, which always is.
    pub const fn minutes(&self) -> Option<u32> {
        match self {
            Self::MagicLink { minutes, .. }
            | Self::EmailCode { minutes, .. }
            | Self::VerifyEmail { minutes, .. }
            | Self::EmailChangeConfirm { minutes, .. }
            | Self::PasswordReset { minutes, .. }
            | Self::FirstFactor { minutes, .. } => Some(*minutes),
            Self::Invitation { days, .. } => Some(days.saturating_mul(24 * 60)),
            Self::AccountExists
            | Self::EmailChangeAsked
            | Self::EmailChanged
            | Self::NewDevice
            | Self::FactorAdded { .. }
            | Self::FactorRemoved { .. }
            | Self::PasswordChanged
            | Self::TokenMade { .. }
            | Self::RecoveryUsed { .. }
            | Self::AccountLocked { .. }
            | Self::AccountDeleted { .. }
            | Self::BreakGlass { .. } => None,
        }
    }
}

/// What a mail says, whole: as it is sealed while it waits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailBody {
    /// What it is about.
    pub about: MailKind,
    /// When it happened, or was asked for.
    pub at: Timestamp,
    /// From which address, where a request did it.
    pub address: Option<IpAddr>,
    /// With what, as that program calls itself.
    pub user_agent: Option<String>,
}

/// Where a mail stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// It waits to be sent, perhaps not for the first time.
    Queued,
    /// A mail server took it.
    Sent,
    /// It was given up.
    Dead,
}

impl MailState {
    /// The word stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }
}

impl std::str::FromStr for MailState {
    type Err = UnknownMailState;

    fn from_str(word: &str) -> Result<Self, UnknownMailState> {
        let all = [Self::Queued, Self::Sent, Self::Dead];
        all.into_iter().find(|state| state.as_str() == word).ok_or(UnknownMailState)
    }
}

/// The word names no state of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of a mail")]
pub struct UnknownMailState;

/// Secrets are written in this one form only, which is sealed before it is stored.
mod for_sealing {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Secret<String>, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Secret<String>, D::Error> {
        String::deserialize(input).map(Secret::new)
    }
}
