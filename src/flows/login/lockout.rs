//! Locks an account name after failures, known or not, for longer each time (D31, P037).

use std::time::Duration;

use crate::model::failure::Failure;
use crate::model::rate::Rate;
use crate::model::time::Timestamp;
use crate::storage::records::counters::{self, Begins, Counter};
use crate::storage::tx::Transaction;

/// What the counter is called in its table.
const KIND: &str = "sign_in";

/// The longest lock, and how long a quiet counter is remembered.
const LONGEST: Duration = Duration::from_hours(24);

/// Until when this name is locked, if it is.
pub fn locked_until(
    tx: &mut impl Transaction,
    key: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let counter = counters::find(tx, key)?;
    Ok(counter.and_then(|counter| counter.locked_until).filter(|until| *until > now))
}

/// The same for whoever is about to judge a guess: the counter stays locked until the transaction ends, so that guesses
/// sent at the same time are judged one after the other, and none after the name is locked.
pub fn hold(tx: &mut impl Transaction, key: &str, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let counter = counters::hold(tx, begins(key, now))?;
    Ok(counter.locked_until.filter(|until| *until > now))
}

fn begins(key: &str, now: Timestamp) -> Begins<'_> {
    Begins { key, kind: KIND, now, expires_at: now + LONGEST }
}

/// Counts a failure. Says until when the name is locked, where this failure locked it.
pub fn count(
    tx: &mut impl Transaction,
    key: &str,
    rate: Rate,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let mut counter = counters::raise(tx, begins(key, now))?;
    let locked = judge(&mut counter, rate, now);
    counters::put(tx, &counter)?;
    Ok(locked)
}

/// Forgets the failures of a name: its owner signed in, or the operator knows better. False where there were none.
pub fn clear(tx: &mut impl Transaction, key: &str) -> Result<bool, Failure> {
    counters::delete(tx, key)
}

/// Judges a counter that was just raised. Its count holds two things: the whole multiples of the limit are the locks so
/// far, each twice as long as the one before; the rest are the failures of this window.
fn judge(counter: &mut Counter, rate: Rate, now: Timestamp) -> Option<Timestamp> {
    let limit = i64::from(rate.count.get());
    if counter.expires_at <= now {
        counter.count = 1;
        counter.window_started_at = now;
        counter.locked_until = None;
    } else if counter.locked_until.is_some_and(|until| until > now) {
        // It was sent before the lock and arrived after: refused already, and counted by the lock.
        counter.count -= 1;
        return None;
    } else if now.since(counter.window_started_at) >= rate.window {
        counter.count = (counter.count - 1) / limit * limit + 1;
        counter.window_started_at = now;
    }
    if counter.count % limit != 0 {
        counter.expires_at = now + LONGEST;
        return None;
    }
    let doublings = u32::try_from(counter.count / limit - 1).unwrap_or(u32::MAX).min(16);
    let until = now + rate.window.saturating_mul(1 << doublings).min(LONGEST);
    counter.locked_until = Some(until);
    counter.window_started_at = until;
    counter.expires_at = until + LONGEST;
    Some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p037_each_lock_is_twice_as_long_and_a_quiet_window_forgives_what_did_not_lock() {
        let rate: Rate = "3 per 10m".parse().unwrap();
        let mut now = Timestamp::from_unix(1_800_000_000);
        let mut counter = Counter {
            key: "k".into(),
            kind: KIND.into(),
            count: 0,
            window_started_at: now,
            locked_until: None,
            expires_at: now + LONGEST,
        };
        let mut fail = |now: Timestamp| {
            counter.count += 1;
            judge(&mut counter, rate, now).map(|until| until.since(now).as_secs() / 60)
        };
        assert_eq!([fail(now), fail(now), fail(now)], [None, None, Some(10)]);
        assert_eq!(fail(now), None, "a failure inside a lock is not counted");
        now = now + Duration::from_mins(10);
        assert_eq!([fail(now), fail(now)], [None, None]);
        now = now + Duration::from_mins(10);
        assert_eq!([fail(now), fail(now), fail(now)], [None, None, Some(20)], "the second is longer");
        now = now + Duration::from_hours(24) + Duration::from_mins(20);
        assert_eq!([fail(now), fail(now), fail(now)], [None, None, Some(10)], "a quiet day forgives all");
    }
}
