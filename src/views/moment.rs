//! A point in time as the pages show it: in UTC and in one form that every language reads.

use crate::model::time::Timestamp;

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(Timestamp);

impl Moment {
    /// The moment for machines, as `datetime` wants it.
    pub fn machine(&self) -> String {
        self.0.to_naive().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The moment for people, to the minute.
    pub fn words(&self) -> String {
        self.0.to_naive().format("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// A moment for tests and for the gallery of pages.
    pub fn sample() -> Self {
        Self(Timestamp::from_unix(1_795_342_800))
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}
