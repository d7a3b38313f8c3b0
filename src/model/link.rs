//! Links and codes that are mailed to people: what each is for, and what it stands on.

use std::str::FromStr;

use super::ids::{InteractionHandle, UserId};
use super::time::Timestamp;

/// What a mailed link or code does. One for one purpose is nothing for another (P058).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkPurpose {
    /// Signs in the person, in the browser that asked for it.
    MagicLink,
    /// A code that proves the mailbox as a second factor.
    EmailCode,
    /// Sets a new password.
    PasswordReset,
    /// Confirms the address that the account has.
    VerifyEmail,
    /// Confirms the address that the account is to have.
    ChangeEmail,
    /// Lets somebody whom an administrator vouches for set up a first factor.
    FirstFactor,
}

impl LinkPurpose {
    /// Every purpose.
    pub const ALL: [Self; 6] = [
        Self::MagicLink,
        Self::EmailCode,
        Self::PasswordReset,
        Self::VerifyEmail,
        Self::ChangeEmail,
        Self::FirstFactor,
    ];

    /// The word in the table and in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MagicLink => "magic_link",
            Self::EmailCode => "email_code",
            Self::PasswordReset => "password_reset",
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::FirstFactor => "first_factor",
        }
    }
}

impl FromStr for LinkPurpose {
    type Err = UnknownLinkPurpose;

    fn from_str(word: &str) -> Result<Self, UnknownLinkPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word).ok_or(UnknownLinkPurpose)
    }
}

/// The word names no purpose of a mailed link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a purpose of a mailed link")]
pub struct UnknownLinkPurpose;

/// A link or code that was mailed, without the secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it does.
    pub purpose: LinkPurpose,
    /// For whom.
    pub user_id: UserId,
    /// The canonical address (D3) of the account when it was made: a change of it ends the link.
    pub account: String,
    /// Where it was mailed to, as it was written there.
    pub address: String,
    /// The sign-in that it belongs to, where it belongs to one.
    pub interaction: Option<InteractionHandle>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used, if it was.
    pub consumed_at: Option<Timestamp>,
}
