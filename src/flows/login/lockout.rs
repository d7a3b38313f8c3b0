//! Locks an account name after failures, known or not, for longer each time (D31, P037).

use std::time::Duration;

use super::{SignInRules, notices};
use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::rate::Rate;
use crate::model::time::Timestamp;
use crate::storage::records::counters::{self, Begins, Counter};
use crate::storage::tx::Transaction;
use crate::storage::{Directory, TenantScope};

/// What the counter is called in its table.
const KIND: &str = "sign_in";

/// The longest lock before [`MOST_IN_A_ROW`].
const LONGEST: Duration = Duration::from_hours(24);

/// How long failures are remembered: for names that nobody has just as long, or it would tell which there are.
const MEMORY: Duration = Duration::from_hours(30 * 24);

/// After so many failures without a success between them, a name is locked for [`MEMORY`] (NIST SP 800-63B-4 §3.2.2).
const MOST_IN_A_ROW: i64 = 100;

/// Until when this name is locked, if it is.
pub fn locked_until(
    tx: &mut impl Transaction,
    key: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    Ok(still_locked(counters::find(tx, key)?, now))
}

/// The same for whoever is about to judge a guess: the counter stays locked until the transaction ends, so that guesses
/// sent at the same time are judged one after the other, and none after the name is locked.
pub fn hold(tx: &mut impl Transaction, key: &str, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    Ok(still_locked(counters::hold_to_read(tx, begins(key, now))?, now))
}

fn still_locked(counter: Option<Counter>, now: Timestamp) -> Option<Timestamp> {
    counter.and_then(|counter| counter.locked_until).filter(|until| *until > now)
}

fn begins(key: &str, now: Timestamp) -> Begins<'_> {
    Begins { key, kind: KIND, now, expires_at: now + MEMORY }
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

/// The same for whoever failed at a door; a lock is recorded, and the owner of the account told, once.
pub fn count_and_record(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (tenant, user, key): (Option<&TenantScope>, Option<UserId>, &str),
) -> Result<(), Failure> {
    let Some(until) = count(directory, key, rules.account, call.now)? else { return Ok(()) };
    let Some(scope) = tenant else { return Ok(()) };
    let mut event = call
        .event(EventKind::AccountLocked, EventResult::Denied, Actor::System)
        .with("account", key)
        .with("until", until.to_string());
    if let Some(user) = user {
        event = event.on("user", user);
    }
    let mut tx = directory.enter(scope)?;
    tx.record(event);
    match user {
        Some(user) => notices::locked(&mut tx, call, &rules.mail, (user, until)),
        None => Ok(()),
    }
}

/// Forgets the failures of a name: its owner signed in, or the operator knows better. False where there were none.
pub fn clear(tx: &mut impl Transaction, key: &str) -> Result<bool, Failure> {
    counters::delete(tx, key)
}

/// Judges a counter that was just raised. Its count is the failures in a row: neither a quiet window nor a lock shorter than
/// [`MEMORY`] forgives them, or guesses at the right pace would never end. Each full limit locks for twice as long as the one
/// before.
fn judge(counter: &mut Counter, rate: Rate, now: Timestamp) -> Option<Timestamp> {
    let limit = i64::from(rate.count.get()).min(MOST_IN_A_ROW);
    if counter.expires_at <= now {
        counter.count = 1;
        counter.locked_until = None;
    } else if counter.locked_until.is_some_and(|until| until > now) {
        // It was sent before the lock and arrived after: refused already, and counted by the lock.
        counter.count -= 1;
        return None;
    }
    let locks = counter.count / limit;
    counter.expires_at = now + MEMORY;
    let length = if counter.count >= MOST_IN_A_ROW {
        MEMORY
    } else if counter.count % limit == 0 {
        let doublings = u32::try_from(locks - 1).unwrap_or(u32::MAX).min(16);
        rate.window.saturating_mul(1 << doublings).min(LONGEST)
    } else {
        return None;
    };
    counter.locked_until = Some(now + length);
    counter.locked_until
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails at these times, in minutes; gives the locks in minutes.
    fn locks(rate: &str, times: impl IntoIterator<Item = u64>) -> Vec<Option<u64>> {
        let rate: Rate = rate.parse().unwrap();
        let start = Timestamp::from_unix(1_800_000_000);
        let mut counter = Counter {
            key: "k".into(),
            kind: KIND.into(),
            count: 0,
            window_started_at: start,
            locked_until: None,
            expires_at: start + MEMORY,
        };
        let fail = |minute| {
            let now = start + Duration::from_mins(minute);
            counter.count += 1;
            judge(&mut counter, rate, now).map(|until| until.since(now).as_secs() / 60)
        };
        times.into_iter().map(fail).collect()
    }

    #[test]
    fn p037_each_lock_is_twice_as_long_until_a_quiet_month() {
        const MONTH: u64 = 30 * 24 * 60;
        let times = [0, 0, 0, 5, 10, 10, 10, 15, 30 + MONTH, 30 + MONTH, 30 + MONTH];
        let found = locks("3 per 10m", times);
        let expected = [
            [None, None, Some(10)].as_slice(),
            &[None],
            &[None, None, Some(20)],
            &[None],
            &[None, None, Some(10)],
        ];
        assert_eq!(found, expected.concat(), "a failure inside a lock is not counted");
    }

    #[test]
    fn p037_guesses_paced_below_the_window_lock_too() {
        assert_eq!(locks("3 per 10m", [0, 10, 20, 30, 40, 50]), [None, None, Some(10), None, None, Some(20)]);
        let month = 30 * 24 * 60;
        assert_eq!(locks("3 per 10m", [0, 0, month, month]), [None; 4], "a quiet month forgives");
    }

    #[test]
    fn p037_no_more_than_a_hundred_in_a_row() {
        const DAY: u64 = 24 * 60;
        for (rate, pace) in
            [("10 per 1s", DAY - 60), ("9 per 1m", DAY + 60), ("1000 per 1m", 7 * DAY), ("100 per 1m", 0)]
        {
            let found = locks(rate, (0..104).map(|n| n * pace));
            let first = found.iter().position(|lock| *lock == Some(30 * DAY));
            assert_eq!(first, Some(99), "{rate}: {found:?}");
            assert!(found[100..].iter().all(Option::is_none), "all inside that lock, {rate}: {found:?}");
        }
    }
}
