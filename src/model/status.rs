//! Whether something may be used: tenants, users, clients, resource servers all share these states.

use super::time::Timestamp;

/// The state of an entity that an administrator can switch off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// In use.
    Active,
    /// Switched off, and may come back.
    Suspended {
        /// When it was switched off.
        since: Timestamp,
    },
    /// Gone for everyone; kept until the recovery window ends.
    Deleted {
        /// When it was deleted.
        since: Timestamp,
    },
}

impl Status {
    /// Whether it may be used now.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active)
    }

    /// The word stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended { .. } => "suspended",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// When the state was entered, where it has a beginning.
    pub const fn since(self) -> Option<Timestamp> {
        match self {
            Self::Active => None,
            Self::Suspended { since } | Self::Deleted { since } => Some(since),
        }
    }

    /// Reads the stored form. Anything unreadable is deleted: a state that cannot be understood grants nothing.
    pub fn from_stored(word: &str, since: Option<Timestamp>) -> Self {
        let since = since.unwrap_or(Timestamp::from_micros(0));
        match word {
            "active" => Self::Active,
            "suspended" => Self::Suspended { since },
            _ => Self::Deleted { since },
        }
    }
}
