//! Time as the product knows it: UTC in whole microseconds, the precision that both databases keep.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// How far a clock may be set back before what was read by it counts for nothing.
const STEP: Duration = Duration::from_secs(2);

/// How far ahead of our clock what another node wrote may lie before it counts for nothing.
const SKEW: Duration = Duration::from_secs(30);

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The moment this many whole seconds after the epoch, as `iat` and `exp` count (RFC 7519 §2 `NumericDate`).
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down (RFC 7519 §2 `NumericDate`).
    pub const fn unix(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whether what was read at this time is younger than `limit`. What lies ahead by more than two seconds is not: the
    /// clock was set back since, and nobody knows how old it is.
    pub fn is_younger_than(self, limit: Duration, now: Self) -> bool {
        self.is_young(limit, now, STEP)
    }

    /// The same for what is in the database: the node that wrote it may be ahead by thirty seconds.
    pub fn is_younger_across_nodes(self, limit: Duration, now: Self) -> bool {
        self.is_young(limit, now, SKEW)
    }

    fn is_young(self, limit: Duration, now: Self, ahead: Duration) -> bool {
        self <= now + ahead && now.since(self) < limit
    }

    /// The form the database columns hold.
    pub fn to_naive(self) -> NaiveDateTime {
        DateTime::<Utc>::from_timestamp_micros(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC).naive_utc()
    }

    /// Reads the form the database columns hold.
    pub fn from_naive(stored: NaiveDateTime) -> Self {
        Self(stored.and_utc().timestamp_micros())
    }

    /// Reads RFC 3339 text with any offset. Its year must have four digits in UTC too, or it could not be written again.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
        (0..=9999).contains(&at.year()).then(|| Self(at.timestamp_micros()))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(later.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(earlier.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 with microseconds and `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_naive().and_utc().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::parse_rfc3339(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_node_wrote_may_lie_a_little_ahead() {
        let written = Timestamp::from_unix(1_800_000_000);
        let limit = Duration::from_secs(5);
        for (now, within) in [(0, true), (4, true), (5, false), (3600, false)] {
            assert_eq!(
                written.is_younger_across_nodes(limit, written + Duration::from_secs(now)),
                within,
                "{now} later"
            );
        }
        for (now, within) in [(1, true), (30, true), (31, false), (3600, false)] {
            assert_eq!(
                written.is_younger_across_nodes(limit, written - Duration::from_secs(now)),
                within,
                "{now} earlier"
            );
        }
    }

    #[test]
    fn what_was_read_before_a_clock_was_set_back_is_not_young() {
        let read = Timestamp::from_unix(1_800_000_000);
        let limit = Duration::from_secs(5);
        for (now, young) in [(0, true), (4, true), (5, false), (3600, false)] {
            assert_eq!(read.is_younger_than(limit, read + Duration::from_secs(now)), young, "{now} later");
        }
        for (now, young) in [(1, true), (2, true), (3, false), (3600, false)] {
            assert_eq!(read.is_younger_than(limit, read - Duration::from_secs(now)), young, "{now} earlier");
        }
    }

    #[test]
    fn what_is_read_can_be_written_and_read_again() {
        for text in ["1969-07-20T20:17:40+02:00", "2026-11-21T00:00:00.123456Z", "9999-12-31T23:59:59-00:00"]
        {
            let read = Timestamp::parse_rfc3339(text).unwrap();
            assert_eq!(Timestamp::parse_rfc3339(&read.to_string()), Some(read), "{text}");
        }
        for text in ["9999-12-31T23:59:59-12:00", "0000-01-01T00:00:00+12:00", "10000-01-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse_rfc3339(text), None, "{text}");
        }
    }
}
