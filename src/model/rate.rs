//! A rate: so many in so long a time, as limits are written (D31, R71).

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// At most `count` in any `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many are let through, at least one.
    pub count: NonZeroU32,
    /// The time in which they count; whole seconds, at least one.
    pub window: Duration,
}

impl FromStr for Rate {
    type Err = InvalidRate;

    /// Reads `20 per 10m`.
    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let (count, window) = text.split_once(" per ").ok_or(InvalidRate)?;
        let count = count.trim().parse().map_err(|_| InvalidRate)?;
        let window = parse_duration(window.trim()).ok_or(InvalidRate)?;
        if window < Duration::from_secs(1) { Err(InvalidRate) } else { Ok(Self { count, window }) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} per {}s", self.count, self.window.as_secs())
    }
}

/// The text is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a rate like `20 per 10m`: a number of at least 1, the word per, a time of at least 1s")]
pub struct InvalidRate;

/// Reads a length of time as files and flags spell it: a whole number and one of `ms`, `s`, `m`, `h`, `d`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits)?;
    let number = digits.parse::<u64>().ok()?;
    let seconds = match unit {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => number,
        "m" => number.checked_mul(60)?,
        "h" => number.checked_mul(3600)?,
        "d" => number.checked_mul(86400)?,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}

/// Writes a length of time as [`parse_duration`] reads it, in the largest unit that divides it; whole seconds only.
pub fn format_duration(length: Duration) -> String {
    let seconds = length.as_secs();
    for (size, unit) in [(86_400, "d"), (3_600, "h"), (60, "m")] {
        if seconds > 0 && seconds.is_multiple_of(size) {
            return format!("{}{unit}", seconds / size);
        }
    }
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_and_a_time() {
        let rate: Rate = "20 per 10m".parse().unwrap();
        assert_eq!((rate.count.get(), rate.window.as_secs()), (20, 600));
        for bad in
            ["", "20", "0 per 1s", "20 per 10", "20 per 0s", "20 per 10 minutes", "-1 per 1s", "1 per 999ms"]
        {
            assert_eq!(bad.parse::<Rate>(), Err(InvalidRate), "{bad}");
        }
    }

    #[test]
    fn a_written_duration_reads_back() {
        for text in ["0s", "59s", "90s", "10m", "8h", "7d", "25h"] {
            assert_eq!(format_duration(parse_duration(text).unwrap()), text);
        }
    }
}
