//! A virtual scheduling meter (GCRA) for each key, in memory (D31, R71): told the time from outside, with a bound on the
//! number of keys.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::model::rate::Rate;
use crate::model::time::Timestamp;

/// How many keys a meter holds. Past that, those that are idle go first, and then all: strangers cannot make the
/// memory grow, and the worst they reach is that old failures are forgotten.
const MOST_KEYS: usize = 65_536;

/// How many locks share the keys.
const SHARDS: usize = 16;

/// How many may wait for one key, an office that signs in at nine o'clock. No key fills the server with those that wait.
const MOST_WAITING: usize = 64;

/// The longest wait for what others have under way: as long as their verdicts take on a busy machine.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Too much; the same may be tried again after this time, in whole seconds and at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// For `Retry-After`.
    pub seconds: u64,
}

/// Counts one kind of event for each key.
#[derive(Debug)]
pub struct Meter<K> {
    rate: Rate,
    hasher: RandomState,
    shards: [Shard<K>; SHARDS],
}

/// Some of the keys.
#[derive(Debug)]
struct Shard<K> {
    keys: Mutex<HashMap<K, Share>>,
    /// Tells those that wait for one of these keys that a try has ended.
    ended: Notify,
}

/// What one key has used up.
#[derive(Debug, Clone, Copy)]
struct Share {
    /// Until when it pays for what was counted, in microseconds.
    paid_until: i64,
    /// How many tries have no outcome yet.
    under_way: i64,
    /// How many wait for those.
    waiting: usize,
}

impl Share {
    const UNUSED: Self = Self { paid_until: i64::MIN, under_way: 0, waiting: 0 };

    const fn is_idle(self, now: Timestamp) -> bool {
        self.under_way == 0 && self.waiting == 0 && self.paid_until <= now.as_micros()
    }
}

impl<K: Hash + Eq + Clone> Meter<K> {
    /// A meter that lets this rate through.
    pub fn new(rate: Rate) -> Self {
        let shards = std::array::from_fn(|_| Shard { keys: Mutex::default(), ended: Notify::new() });
        Self { rate, hasher: RandomState::new(), shards }
    }

    /// Whether one more would be let through; counts nothing.
    ///
    /// # Errors
    /// [`TooMany`] with the time until one more is.
    pub fn peek(&self, key: &K, now: Timestamp) -> Result<(), TooMany> {
        self.with(key, |keys| self.judge(self.share(keys, key, now), now))
    }

    /// Counts one, over the rate or not.
    pub fn charge(&self, key: &K, now: Timestamp) {
        self.with(key, |keys| {
            let share = self.share(keys, key, now);
            // Never further ahead than one window beyond the limit, so that a flood is forgiven in the end.
            let paid_until = self.one_more(share, now).min(self.ceiling(now));
            Self::put(keys, key, Share { paid_until, ..share }, now);
        });
    }

    /// Counts one if it is let through.
    ///
    /// # Errors
    /// [`TooMany`] where it is not; then nothing is counted.
    pub fn take(&self, key: &K, now: Timestamp) -> Result<(), TooMany> {
        self.with(key, |keys| {
            let share = self.share(keys, key, now);
            self.judge(share, now)?;
            Self::put(keys, key, Share { paid_until: self.one_more(share, now), ..share }, now);
            Ok(())
        })
    }

    /// Leave to try once, where only the outcome tells whether it counts. However many try at the same time, no more are
    /// let in than may fail. Some of the rest wait for the outcome of those before them, so that what succeeds keeps nobody
    /// out.
    ///
    /// # Errors
    /// [`TooMany`] where it is not let through, or too many wait already.
    pub async fn enter(self: &Arc<Self>, key: K, now: Timestamp) -> Result<Leave<K>, TooMany> {
        self.peek(&key, now)?;
        if !self.begin(&key, now)? {
            // Whoever waits longer than this comes again.
            let turn = tokio::time::timeout(LONGEST_WAIT, self.turn(&key, now));
            turn.await.unwrap_or(Err(TooMany { seconds: 1 }))?;
        }
        Ok(Leave { meter: Arc::clone(self), key, now, open: true })
    }

    /// Waits until a try may begin, and begins it.
    async fn turn(&self, key: &K, now: Timestamp) -> Result<(), TooMany> {
        let _place = self.queue(key, now)?;
        let shard = self.shard(key);
        loop {
            // Before the question, so that no end between the two is missed.
            let ended = shard.ended.notified();
            if self.begin(key, now)? {
                return Ok(());
            }
            ended.await;
        }
    }

    /// A place among those that wait.
    fn queue<'a>(&'a self, key: &'a K, now: Timestamp) -> Result<Waiting<'a, K>, TooMany> {
        self.with(key, |keys| {
            let share = keys.get(key).copied().unwrap_or(Share::UNUSED);
            if share.waiting >= MOST_WAITING {
                return Err(TooMany { seconds: 1 });
            }
            Self::put(keys, key, Share { waiting: share.waiting.saturating_add(1), ..share }, now);
            Ok(Waiting { meter: self, key, now })
        })
    }

    /// Begins a try; false where it has to wait for those that are under way.
    fn begin(&self, key: &K, now: Timestamp) -> Result<bool, TooMany> {
        self.with(key, |keys| {
            // As it stands: this time may be that of the beginning of a wait, and is no measure of others' counts.
            let share = keys.get(key).copied().unwrap_or(Share::UNUSED);
            self.judge(share, now)?;
            let ahead = self.step().saturating_mul(share.under_way);
            let all_fail = share.paid_until.max(now.as_micros()).saturating_add(ahead);
            if self.judge(Share { paid_until: all_fail, ..share }, now).is_err() {
                return Ok(false);
            }
            Self::put(keys, key, Share { under_way: share.under_way.saturating_add(1), ..share }, now);
            Ok(true)
        })
    }

    /// Ends a try that began then.
    fn end(&self, key: &K, then: Timestamp, counts: bool) {
        self.with(key, |keys| {
            let share = keys.get(key).copied().unwrap_or(Share::UNUSED);
            let paid_until = if counts { self.one_more(share, then) } else { share.paid_until };
            let under_way = share.under_way.saturating_sub(1).max(0);
            Self::put(keys, key, Share { paid_until, under_way, ..share }, then);
        });
        self.shard(key).ended.notify_waiters();
    }

    /// The share of this key. After the clock was set back it holds a time that nothing can have reached; were that kept,
    /// the door would stay shut until then.
    fn share(&self, keys: &mut HashMap<K, Share>, key: &K, now: Timestamp) -> Share {
        let Some(share) = keys.get_mut(key) else { return Share::UNUSED };
        share.paid_until = share.paid_until.min(self.ceiling(now));
        *share
    }

    fn put(keys: &mut HashMap<K, Share>, key: &K, share: Share, now: Timestamp) {
        if share.is_idle(now) {
            keys.remove(key);
            return;
        }
        if keys.len() >= MOST_KEYS / SHARDS && !keys.contains_key(key) {
            keys.retain(|_, share| !share.is_idle(now));
            if keys.len() >= MOST_KEYS / SHARDS {
                keys.clear();
            }
        }
        keys.insert(key.clone(), share);
    }

    fn judge(&self, share: Share, now: Timestamp) -> Result<(), TooMany> {
        // One more must not reach beyond a window from now.
        let over = share
            .paid_until
            .saturating_add(self.step())
            .saturating_sub(now.as_micros().saturating_add(self.window()));
        if over <= 0 {
            return Ok(());
        }
        let micros = u64::try_from(over).unwrap_or(u64::MAX);
        Err(TooMany { seconds: micros.div_ceil(1_000_000).max(1) })
    }

    fn one_more(&self, share: Share, now: Timestamp) -> i64 {
        share.paid_until.max(now.as_micros()).saturating_add(self.step())
    }

    /// The furthest that anything can be counted ahead.
    fn ceiling(&self, now: Timestamp) -> i64 {
        now.as_micros().saturating_add(self.window()).saturating_add(self.step())
    }

    /// Microseconds that one event uses up.
    fn step(&self) -> i64 {
        self.window() / i64::from(self.rate.count.get())
    }

    fn window(&self) -> i64 {
        i64::try_from(self.rate.window.as_micros()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
    }

    fn shard(&self, key: &K) -> &Shard<K> {
        let number = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or_default();
        let [first, ..] = &self.shards;
        self.shards.get(number).unwrap_or(first)
    }

    fn with<T>(&self, key: &K, work: impl FnOnce(&mut HashMap<K, Share>) -> T) -> T {
        // A meter is right again after any panic: it holds numbers only.
        work(&mut self.shard(key).keys.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A place among those that wait for a key, given back however the wait ends.
struct Waiting<'a, K: Hash + Eq + Clone> {
    meter: &'a Meter<K>,
    key: &'a K,
    now: Timestamp,
}

impl<K: Hash + Eq + Clone> Drop for Waiting<'_, K> {
    fn drop(&mut self) {
        self.meter.with(self.key, |keys| {
            // None where all keys were forgotten meanwhile.
            let Some(share) = keys.get(self.key).copied() else { return };
            Meter::put(keys, self.key, Share { waiting: share.waiting.saturating_sub(1), ..share }, self.now);
        });
    }
}

/// Leave to try once. Where nobody says what came of it, it counts.
#[derive(Debug)]
pub struct Leave<K: Hash + Eq + Clone> {
    meter: Arc<Meter<K>>,
    key: K,
    now: Timestamp,
    open: bool,
}

impl<K: Hash + Eq + Clone> Leave<K> {
    /// Says whether the try counts.
    pub fn end(mut self, counts: bool) {
        self.open = false;
        self.meter.end(&self.key, self.now, counts);
    }
}

impl<K: Hash + Eq + Clone> Drop for Leave<K> {
    fn drop(&mut self) {
        if self.open {
            self.meter.end(&self.key, self.now, true);
        }
    }
}

impl TooMany {
    /// The time as a duration.
    pub const fn wait(self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn p133_the_documented_number_is_let_through_and_then_one_for_each_share_of_the_window() {
        let meter = Meter::new("20 per 10m".parse().unwrap());
        let start = Timestamp::from_unix(1_800_000_000);
        for n in 0..20 {
            assert_eq!(meter.take(&"a", start), Ok(()), "{n}");
        }
        assert_eq!(meter.take(&"a", start), Err(TooMany { seconds: 30 }));
        assert_eq!(meter.take(&"b", start), Ok(()));
        let later = start + Duration::from_secs(29);
        assert_eq!(meter.take(&"a", later), Err(TooMany { seconds: 1 }));
        assert_eq!(meter.take(&"a", start + Duration::from_secs(30)), Ok(()));
        assert!(meter.take(&"a", start + Duration::from_secs(30)).is_err());
        let day = start + Duration::from_hours(24);
        assert!((0..20).all(|_| meter.take(&"a", day).is_ok()) && meter.take(&"a", day).is_err());
    }

    #[test]
    fn p133_no_more_are_under_way_than_may_fail_and_what_succeeds_uses_nothing_up() {
        let meter = Meter::new("2 per 10s".parse().unwrap());
        let start = Timestamp::from_unix(1_800_000_000);
        assert_eq!([(); 3].map(|()| meter.begin(&"a", start)), [Ok(true), Ok(true), Ok(false)]);
        assert_eq!(meter.begin(&"b", start), Ok(true));
        meter.end(&"a", start, false);
        assert_eq!(
            [(); 2].map(|()| meter.begin(&"a", start)),
            [Ok(true), Ok(false)],
            "one gave its place back"
        );
        meter.end(&"a", start, true);
        assert_eq!(meter.begin(&"a", start), Ok(false), "the last may succeed still");
        meter.end(&"a", start, true);
        assert_eq!(meter.begin(&"a", start), Err(TooMany { seconds: 5 }));
        assert_eq!(meter.begin(&"a", start + Duration::from_secs(5)), Ok(true));
    }

    #[test]
    fn p133_a_try_that_ends_late_takes_back_nothing_that_was_counted_meanwhile() {
        let meter = Meter::new("2 per 10s".parse().unwrap());
        let start = Timestamp::from_unix(1_800_000_000);
        assert_eq!(meter.begin(&"a", start), Ok(true));
        let later = start + Duration::from_mins(1);
        assert_eq!(meter.take(&"a", later), Ok(()));
        assert_eq!(meter.take(&"a", later), Ok(()));
        meter.end(&"a", start, false);
        assert_eq!(meter.peek(&"a", later), Err(TooMany { seconds: 5 }));
    }

    /// What comes of a future at once; `None` where it waits.
    fn at_once<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => Some(outcome),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn p132_no_more_wait_for_one_key_than_may_and_each_gives_its_place_back() {
        let meter = Arc::new(Meter::new("1 per 10s".parse().unwrap()));
        let start = Timestamp::from_unix(1_800_000_000);
        let first = meter.enter("a", start).await.unwrap();
        let mut waiting: Vec<_> = (0..MOST_WAITING).map(|_| Box::pin(meter.enter("a", start))).collect();
        for each in &mut waiting {
            assert!(at_once(each.as_mut()).is_none(), "it waits");
        }
        let one_more = || at_once(pin!(meter.enter("a", start))).map(Result::err);
        assert_eq!(one_more(), Some(Some(TooMany { seconds: 1 })));
        meter.enter("b", start).await.expect("another key has places of its own").end(false);

        waiting.pop();
        assert_eq!(one_more(), None, "whoever goes away gives the place back");
        assert_eq!(one_more(), None, "and so does each that took it");
        first.end(false);
        for each in waiting {
            each.await.expect("its turn").end(false);
        }
        assert!(meter.shards.iter().all(|shard| shard.keys.lock().unwrap().is_empty()), "nothing is held");
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out_for_longer_than_the_limit_does() {
        let meter = Meter::new("2 per 10s".parse().unwrap());
        let start = Timestamp::from_unix(1_800_000_000);
        let ahead = start + Duration::from_hours(24);
        meter.charge(&"a", ahead);
        meter.charge(&"a", ahead);
        assert_eq!(meter.peek(&"a", start), Err(TooMany { seconds: 10 }));
        assert_eq!(meter.peek(&"a", start + Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn a_flood_is_forgiven_after_a_window_and_a_step() {
        let meter = Meter::new("2 per 10s".parse().unwrap());
        let start = Timestamp::from_unix(1_800_000_000);
        for _ in 0..1000 {
            meter.charge(&"a", start);
        }
        assert_eq!(meter.peek(&"a", start), Err(TooMany { seconds: 10 }));
        assert_eq!(meter.peek(&"a", start + Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn p132_strangers_cannot_make_the_memory_grow() {
        let meter = Meter::new("2 per 10s".parse().unwrap());
        let start = Timestamp::from_unix(1_800_000_000);
        for n in 0..200_000_u32 {
            meter.charge(&n, start);
        }
        let held: usize = meter.shards.iter().map(|shard| shard.keys.lock().unwrap().len()).sum();
        assert!(held <= MOST_KEYS, "{held}");
    }
}
