//! A browser's signed-in state: one session holds one or several accounts, each with its own `sid` (D12).

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Serialize};

use super::ids::{BrowserSessionId, SessionId, TenantId, UserId};
use super::time::Timestamp;

/// A browser session, found by the hash of its cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserSession {
    /// Its id.
    pub id: BrowserSessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// The accounts in it, in the order they were added; each still has to be read in its own tenant.
    pub accounts: Vec<SessionRef>,
}

/// Where an account of a browser session is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRef {
    /// The tenant it is signed in to.
    pub tenant_id: TenantId,
    /// The session of that account.
    pub sid: SessionId,
}

/// One account in a browser session: what the `sid` claim names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The tenant the account is signed in to.
    pub tenant_id: TenantId,
    /// The `sid` claim.
    pub id: SessionId,
    /// The browser session it stands in.
    pub browser_session_id: BrowserSessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// What was proved, and when; never empty.
    pub proofs: Vec<Proof>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// Where its browser was when it was last seen.
    pub address: Option<IpAddr>,
    /// When it ended, if it did.
    pub ended_at: Option<Timestamp>,
    /// The hash of the secret by which its browser is remembered, where it is (D33): a second factor was proved there, in this
    /// session or in one before. Ending the session at will forgets the device.
    pub device: Option<String>,
}

impl Session {
    /// How long after a proof a sensitive change may be made without another one (D13).
    pub const FRESH: Duration = Duration::from_mins(10);

    /// What was proved a moment ago. A proof of the future, after a clock was set back, is none.
    pub fn fresh(&self, now: Timestamp) -> impl Iterator<Item = Factor> {
        let fresh = move |proof: &&Proof| proof.at.is_younger_across_nodes(Self::FRESH, now);
        self.proofs.iter().filter(fresh).map(|proof| proof.factor)
    }

    /// The `auth_time` claim: when a factor was last proved.
    pub fn auth_time(&self) -> Timestamp {
        self.proofs.iter().map(|proof| proof.at).max().unwrap_or(self.created_at)
    }
}

/// A factor that was proved in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Which.
    pub factor: Factor,
    /// When.
    pub at: Timestamp,
}

/// One way to prove identity. [`Factor::OFFERED`] names those that a person can use today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// A pass phrase.
    Password,
    /// A `WebAuthn` credential.
    Passkey,
    /// A time-based code (RFC 6238).
    Totp,
    /// A code from the sheet made for the day a factor is lost.
    RecoveryCode,
    /// A link sent by mail.
    MagicLink,
    /// A code sent by mail.
    EmailCode,
    /// The word of an upstream identity provider.
    Connection,
    /// A session at the home of a guest (D4), whatever it stands on.
    Home,
    /// The same, where two factors or a passkey were proved there.
    HomeTwo,
}

impl FromStr for Factor {
    type Err = serde::de::value::Error;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::deserialize(word.into_deserializer())
    }
}

impl Factor {
    /// The factors that a person can prove here: those with a page for it. What a sign-in can reach follows from it (D13).
    pub const OFFERED: [Self; 6] =
        [Self::Password, Self::Passkey, Self::Totp, Self::RecoveryCode, Self::MagicLink, Self::EmailCode];

    /// Whether it is the word of a guest's home.
    pub const fn is_home(self) -> bool {
        matches!(self, Self::Home | Self::HomeTwo)
    }

    /// The word in events, files and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::MagicLink => "magic_link",
            Self::EmailCode => "email_code",
            Self::Connection => "connection",
            Self::Home => "home",
            Self::HomeTwo => "home_two",
        }
    }
}
