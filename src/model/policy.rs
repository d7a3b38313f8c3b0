//! A tenant's rules for signing in (`OrgIdentityPolicy`): one versioned object with a default for every key.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The rules. A value that the product does not enforce yet is refused when it is set, never stored and ignored (D27).
/// `session` is judged whenever a session is used. `registration` is judged nowhere, since there is no sign-up: accounts
/// come by a declaration, or by the set-up link of the first owner, under either value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Who may get an account.
    pub registration: Registration,
    /// How long a session lives.
    pub session: SessionLimits,
}

impl Default for Policy {
    fn default() -> Self {
        Self { registration: Registration::InviteOnly, session: SessionLimits::default() }
    }
}

/// Who may get an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Those whom an administrator asked.
    InviteOnly,
    /// Nobody new, but whom a declaration names.
    Closed,
}

/// How long a session lives. Enforced by the server, whatever the cookie says (P076).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionLimits {
    /// Seconds without a request after which it ends.
    pub idle_seconds: u64,
    /// Seconds after which it ends in any case.
    pub absolute_seconds: u64,
}

impl SessionLimits {
    /// Time without a request after which a session ends.
    pub const fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    /// Time after which a session ends in any case.
    pub const fn absolute(&self) -> Duration {
        Duration::from_secs(self.absolute_seconds)
    }
}

impl Default for SessionLimits {
    /// Eight hours idle, seven days in all.
    fn default() -> Self {
        Self { idle_seconds: 8 * 3600, absolute_seconds: 7 * 24 * 3600 }
    }
}
