//! Rate limits in memory (D31, R71): a virtual scheduling meter (GCRA) for each key, told the time from outside, with a
//! bound on the number of keys.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::model::ids::ClientId;
use crate::model::rate::Rate;
use crate::model::time::Timestamp;
use crate::web::knocker::Knocker;

/// How many keys a meter holds. Past that, those that are idle go first, and then all: strangers cannot make the
/// memory grow, and the worst they reach is that old failures are forgotten.
const MOST_KEYS: usize = 65_536;

/// How many locks share the keys.
const SHARDS: usize = 16;

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
    shards: [Mutex<HashMap<K, i64>>; SHARDS],
}

impl<K: Hash + Eq + Clone> Meter<K> {
    /// A meter that lets this rate through.
    pub fn new(rate: Rate) -> Self {
        Self { rate, hasher: RandomState::new(), shards: std::array::from_fn(|_| Mutex::default()) }
    }

    /// Whether one more would be let through; counts nothing.
    ///
    /// # Errors
    /// [`TooMany`] with the time until one more is.
    pub fn peek(&self, key: &K, now: Timestamp) -> Result<(), TooMany> {
        let theoretical = self.with(key, |keys| keys.get(key).copied());
        self.judge(theoretical.unwrap_or(i64::MIN), now)
    }

    /// Counts one, over the rate or not.
    pub fn charge(&self, key: &K, now: Timestamp) {
        self.with(key, |keys| self.count(keys, key, now));
    }

    /// Counts one if it is let through.
    ///
    /// # Errors
    /// [`TooMany`] where it is not; then nothing is counted.
    pub fn take(&self, key: &K, now: Timestamp) -> Result<(), TooMany> {
        self.with(key, |keys| {
            self.judge(keys.get(key).copied().unwrap_or(i64::MIN), now)?;
            self.count(keys, key, now);
            Ok(())
        })
    }

    fn count(&self, keys: &mut HashMap<K, i64>, key: &K, now: Timestamp) {
        if keys.len() >= MOST_KEYS / SHARDS {
            keys.retain(|_, theoretical| *theoretical > now.as_micros());
            if keys.len() >= MOST_KEYS / SHARDS {
                keys.clear();
            }
        }
        let theoretical = keys.entry(key.clone()).or_insert(i64::MIN);
        // Never further ahead than one window beyond the limit, so that a flood is forgiven in the end.
        let ceiling = now.as_micros().saturating_add(self.window()).saturating_add(self.step());
        *theoretical = (*theoretical).max(now.as_micros()).saturating_add(self.step()).min(ceiling);
    }

    fn judge(&self, theoretical: i64, now: Timestamp) -> Result<(), TooMany> {
        // One more must not reach beyond a window from now.
        let over = theoretical
            .saturating_add(self.step())
            .saturating_sub(now.as_micros().saturating_add(self.window()));
        if over <= 0 {
            return Ok(());
        }
        let micros = u64::try_from(over).unwrap_or(u64::MAX);
        Err(TooMany { seconds: micros.div_ceil(1_000_000).max(1) })
    }

    /// Microseconds that one event uses up.
    fn step(&self) -> i64 {
        self.window() / i64::from(self.rate.count.get())
    }

    fn window(&self) -> i64 {
        i64::try_from(self.rate.window.as_micros()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
    }

    fn with<T>(&self, key: &K, work: impl FnOnce(&mut HashMap<K, i64>) -> T) -> T {
        let shard = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or_default();
        let [first, ..] = &self.shards;
        let keys = self.shards.get(shard).unwrap_or(first);
        // A meter is right again after any panic: it holds numbers only.
        work(&mut keys.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The rates of the deployment, from its configuration.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Failed sign-ins.
    pub sign_in_address: Rate,
    /// Authorization requests without a session.
    pub authorize_address: Rate,
    /// Refused token requests.
    pub token_address: Rate,
    /// Requests of a client.
    pub token_client: Rate,
    /// Invalid bearer tokens.
    pub bearer_address: Rate,
    /// Wrong set-up links.
    pub setup_address: Rate,
}

/// All meters of a server.
#[derive(Debug)]
pub struct Limits {
    addresses: [(Door, Meter<Knocker>); 5],
    clients: Meter<ClientId>,
    public_clients: Meter<(ClientId, Knocker)>,
}

/// A door whose use is limited by address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Sign-in pages: failures count.
    SignIn,
    /// The authorization endpoint: requests without a session count, and sign-ins that begin without one.
    Authorize,
    /// Token, introspection, revocation: refusals count, but for those of a confidential client that proved itself.
    Token,
    /// Resources behind a bearer token: refusals count, and shut nobody out who has a good token.
    Bearer,
    /// The set-up page: refusals count.
    Setup,
}

impl Limits {
    /// Fresh meters with these rates.
    pub fn new(rates: &Rates) -> Self {
        Self {
            addresses: [
                (Door::SignIn, Meter::new(rates.sign_in_address)),
                (Door::Authorize, Meter::new(rates.authorize_address)),
                (Door::Token, Meter::new(rates.token_address)),
                (Door::Bearer, Meter::new(rates.bearer_address)),
                (Door::Setup, Meter::new(rates.setup_address)),
            ],
            clients: Meter::new(rates.token_client),
            public_clients: Meter::new(rates.token_client),
        }
    }

    /// Whether whoever knocks at this door may.
    ///
    /// # Errors
    /// [`TooMany`] where they failed there too often.
    pub fn peek(&self, door: Door, knocker: &Knocker, now: Timestamp) -> Result<(), TooMany> {
        self.meter(door).map_or(Ok(()), |meter| meter.peek(knocker, now))
    }

    /// Counts a failure, or a request of somebody who has proved nothing.
    pub fn charge(&self, door: Door, knocker: &Knocker, now: Timestamp) {
        if let Some(meter) = self.meter(door) {
            meter.charge(knocker, now);
        }
    }

    /// Counts one where it is let through.
    ///
    /// # Errors
    /// [`TooMany`] where it is not; then nothing is counted.
    pub fn take(&self, door: Door, knocker: &Knocker, now: Timestamp) -> Result<(), TooMany> {
        self.meter(door).map_or(Ok(()), |meter| meter.take(knocker, now))
    }

    /// Counts a request of a client. Called once the client has authenticated, so that nobody can use up the share of
    /// another. A public client only says its name, which anybody can: whoever does has a share of their own.
    ///
    /// # Errors
    /// [`TooMany`] where the client asks too often.
    pub fn client(
        &self,
        client: &ClientId,
        public_from: Option<Knocker>,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        match public_from {
            None => self.clients.take(client, now),
            Some(knocker) => self.public_clients.take(&(client.clone(), knocker), now),
        }
    }

    fn meter(&self, door: Door) -> Option<&Meter<Knocker>> {
        self.addresses.iter().find(|(own, _)| *own == door).map(|(_, meter)| meter)
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
        let held: usize = meter.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= MOST_KEYS, "{held}");
    }
}
