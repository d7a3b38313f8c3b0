//! Whether something may be used: tenants, users, clients, resource servers all share these states.

use super::time::Timestamp;

/// The state of an entity that an administrator can switch off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// In use, and never switched off.
    Active,
    /// In use again after it was switched off. What was given before then stays ended ([`Status::stood_at`]).
    Resumed {
        /// When it came back.
        since: Timestamp,
    },
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
        match self {
            Self::Active | Self::Resumed { .. } => true,
            Self::Suspended { .. } | Self::Deleted { .. } => false,
        }
    }

    /// Whether it is in use, and was not switched off since this time. Sessions, refresh tokens, codes and sign-ins under
    /// way are good while everything they stand on has stood since they began: a refresh token may outlive a logout, nothing
    /// outlives a suspension, also when it is over (D12, P104).
    pub fn stood_at(self, time: Timestamp) -> bool {
        match self {
            Self::Active => true,
            Self::Resumed { since } => since <= time,
            Self::Suspended { .. } | Self::Deleted { .. } => false,
        }
    }

    /// The state after it was switched on at this time.
    #[must_use]
    pub const fn resumed(self, now: Timestamp) -> Self {
        match self {
            Self::Active | Self::Resumed { .. } => self,
            Self::Suspended { .. } | Self::Deleted { .. } => Self::Resumed { since: now },
        }
    }

    /// What is left where something stands on both: the worse of two states, and of two like ones the later.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let rank = |status: Self| match status {
            Self::Active => 0,
            Self::Resumed { .. } => 1,
            Self::Suspended { .. } => 2,
            Self::Deleted { .. } => 3,
        };
        if (rank(self), self.since()) >= (rank(other), other.since()) { self } else { other }
    }

    /// The word stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active | Self::Resumed { .. } => "active",
            Self::Suspended { .. } => "suspended",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// When the state was entered, where it has a beginning.
    pub const fn since(self) -> Option<Timestamp> {
        match self {
            Self::Active => None,
            Self::Resumed { since } | Self::Suspended { since } | Self::Deleted { since } => Some(since),
        }
    }

    /// Reads the stored form. Anything unreadable is deleted: a state that cannot be understood grants nothing.
    pub fn from_stored(word: &str, since: Option<Timestamp>) -> Self {
        let begin = since.unwrap_or(Timestamp::from_micros(0));
        match word {
            "active" => since.map_or(Self::Active, |since| Self::Resumed { since }),
            "suspended" => Self::Suspended { since: begin },
            _ => Self::Deleted { since: begin },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_states_the_worse_and_the_later_one_counts() {
        let at = Timestamp::from_unix;
        let ordered = [
            Status::Active,
            Status::Resumed { since: at(20) },
            Status::Resumed { since: at(30) },
            Status::Suspended { since: at(10) },
            Status::Deleted { since: at(5) },
        ];
        for (index, better) in ordered.into_iter().enumerate() {
            for worse in ordered.into_iter().skip(index) {
                assert_eq!((better.and(worse), worse.and(better)), (worse, worse));
            }
        }
    }

    #[test]
    fn what_was_given_before_a_suspension_stays_ended() {
        let at = Timestamp::from_unix;
        let suspended = Status::Suspended { since: at(20) };
        let resumed = suspended.resumed(at(30));
        for (status, before, after) in
            [(Status::Active, true, true), (suspended, false, false), (resumed, false, true)]
        {
            assert_eq!((status.stood_at(at(10)), status.stood_at(at(40))), (before, after), "{status:?}");
            assert_eq!(Status::from_stored(status.as_str(), status.since()), status);
        }
        assert_eq!(resumed.resumed(at(50)), resumed, "it was not switched off again");
    }
}
