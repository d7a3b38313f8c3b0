//! Finds lists of leaked passwords being tried (D31): one password that fails at many accounts, or one address that fails at
//! many. No account is locked by it; further tries of that password, or from that address, wait, for longer each time. A passkey
//! never does. In the memory of this process alone, under a key that goes with it.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::crypto::hmac::KeyedHash;
use crate::crypto::password::Password;
use crate::effects::Random;
use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::rate::Rate;
use crate::model::time::Timestamp;
use crate::storage::Directory;

/// The most trails of one kind that are remembered; the one that tells least makes room.
const MOST_TRAILS: usize = 8192;

/// The most accounts that are told apart on one trail.
const MOST_ACCOUNTS: usize = 1000;

/// The first wait is this part of the window, and each is twice as long as the one before, up to the whole of it.
const FIRST_WAIT: u32 = 16;

/// How many accounts one password, or one address, may fail at in a window.
#[derive(Debug, Clone, Copy)]
pub struct StuffingRates {
    /// One password.
    pub password: Rate,
    /// One address.
    pub address: Rate,
}

/// What this process saw of failed passwords. Cloning shares it.
#[derive(Clone)]
pub struct Stuffing(Arc<Inner>);

struct Inner {
    key: KeyedHash,
    passwords: Trails<PasswordTag>,
    addresses: Trails<IpAddr>,
}

/// Tells one password from another to this process, and nothing to anybody else: a truncated keyed hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PasswordTag(u64);

/// What a try leaves behind.
#[derive(Debug, Clone, Copy)]
pub struct Trace {
    /// Which password, where it is one.
    pub password: Option<PasswordTag>,
    /// From where, where that is the person's own address.
    pub address: Option<IpAddr>,
}

impl fmt::Debug for Stuffing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stuffing(..)")
    }
}

impl Stuffing {
    /// Nothing seen yet, under a fresh key.
    pub fn new(random: &dyn Random, rates: StuffingRates) -> Self {
        Self(Arc::new(Inner {
            key: KeyedHash::of_process(random),
            passwords: Trails::new(rates.password),
            addresses: Trails::new(rates.address),
        }))
    }

    /// The tag of a password.
    pub fn tag(&self, password: &Password) -> PasswordTag {
        PasswordTag(self.0.key.short(&[b"password", password.text().as_bytes()]))
    }

    /// Until when tries like this one wait, if they do.
    pub fn held_until(&self, trace: Trace, now: Timestamp) -> Option<Timestamp> {
        let password = trace.password.and_then(|tag| self.0.passwords.held_until(&tag, now));
        let address = trace.address.and_then(|address| self.0.addresses.held_until(&network(address), now));
        password.max(address)
    }

    /// Counts a failure at the account with this key. Where it makes a list out of single failures, that is recorded on the
    /// platform's chain, once for each list, and told in the log and the metrics.
    ///
    /// # Errors
    /// The database fails.
    pub fn failed(
        &self,
        directory: &mut Directory<'_>,
        call: &Call,
        trace: Trace,
        account: &str,
    ) -> Result<(), Failure> {
        let account = self.0.key.short(&[b"account", account.as_bytes()]);
        let by_password = trace.password.and_then(|tag| self.0.passwords.failed(tag, account, call.now));
        let by_address =
            trace.address.and_then(|address| self.0.addresses.failed(network(address), account, call.now));
        for (by, accounts) in [("password", by_password), ("address", by_address)] {
            let Some(accounts) = accounts else { continue };
            metrics::counter!("symbolon_stuffing_suspected_total", "by" => by).increment(1);
            tracing::warn!(request = %call.request_id, by, accounts, "passwords are being tried at many accounts");
            let event = call
                .event(EventKind::StuffingSuspected, EventResult::Denied, Actor::Anonymous)
                .with("by", by)
                .with("accounts", accounts);
            let platform = directory.platform()?;
            directory.enter(&platform)?.record(event);
        }
        Ok(())
    }
}

/// What counts as one address: an IPv6 address is its /64, as everywhere (D31).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(four) => four.into(),
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64)).into(),
    }
}

/// The failures of one password, or of one address.
#[derive(Debug, Clone)]
struct Trail {
    accounts: Vec<u64>,
    /// When the last one that counted was.
    last: Timestamp,
    /// Waits that were given.
    waits: u32,
    held_until: Option<Timestamp>,
}

struct Trails<K> {
    rate: Rate,
    trails: Mutex<HashMap<K, Trail>>,
}

impl<K: Hash + Eq + Clone> Trails<K> {
    fn new(rate: Rate) -> Self {
        Self { rate, trails: Mutex::default() }
    }

    fn held_until(&self, key: &K, now: Timestamp) -> Option<Timestamp> {
        self.with(|trails| trails.get(key)?.held_until.filter(|until| *until > now))
    }

    /// Counts; says how many accounts there are, where this one is the first too many.
    fn failed(&self, key: K, account: u64, now: Timestamp) -> Option<usize> {
        let limit = usize::try_from(self.rate.count.get()).unwrap_or(MOST_ACCOUNTS).min(MOST_ACCOUNTS);
        self.with(|trails| {
            if !trails.contains_key(&key) && trails.len() >= MOST_TRAILS {
                self.make_room(trails, now);
            }
            let new = || Trail { accounts: Vec::new(), last: now, waits: 0, held_until: None };
            let trail = trails.entry(key).or_insert_with(new);
            if self.is_over(trail, now) {
                *trail = new();
            }
            if trail.accounts.len() < limit && !trail.accounts.contains(&account) {
                trail.accounts.push(account);
                trail.last = now;
            }
            if trail.accounts.len() < limit {
                return None;
            }
            trail.last = now;
            trail.waits = trail.waits.saturating_add(1);
            trail.held_until = Some(now + self.wait(trail.waits));
            (trail.waits == 1).then_some(trail.accounts.len())
        })
    }

    fn wait(&self, number: u32) -> Duration {
        let doubled = 1_u32.checked_shl(number.saturating_sub(1)).unwrap_or(u32::MAX);
        (self.rate.window / FIRST_WAIT).saturating_mul(doubled).min(self.rate.window)
    }

    /// A window without one more account, or without a failure after a wait, forgives.
    fn is_over(&self, trail: &Trail, now: Timestamp) -> bool {
        now >= trail.held_until.unwrap_or(trail.last).max(trail.last) + self.rate.window
    }

    fn make_room(&self, trails: &mut HashMap<K, Trail>, now: Timestamp) {
        trails.retain(|_, trail| !self.is_over(trail, now));
        if trails.len() < MOST_TRAILS {
            return;
        }
        // Whoever fills the memory with failures of one account each takes nothing from what tells of a list.
        let least = trails.iter().min_by_key(|(_, trail)| (trail.accounts.len(), trail.last));
        if let Some(key) = least.map(|(key, _)| key.clone()) {
            trails.remove(&key);
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<K, Trail>) -> T) -> T {
        // Right again after any panic: it holds numbers only.
        work(&mut self.trails.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trails() -> (Trails<u32>, Timestamp) {
        (Trails::new("3 per 16m".parse().unwrap()), Timestamp::from_unix(1_800_000_000))
    }

    #[test]
    fn many_accounts_make_a_list_and_one_account_never_does() {
        let (trails, start) = trails();
        for _ in 0..100 {
            assert_eq!(trails.failed(1, 7, start), None);
        }
        assert_eq!(trails.held_until(&1, start), None, "the lock of the account is for that");
        assert_eq!(trails.failed(1, 8, start), None);
        assert_eq!(trails.failed(1, 9, start), Some(3), "told once");
        assert_eq!(trails.held_until(&1, start), Some(start + Duration::from_mins(1)));
        assert_eq!(trails.held_until(&2, start), None, "and others are let alone");
    }

    #[test]
    fn each_wait_is_twice_as_long_up_to_the_window_and_a_quiet_window_forgives() {
        let (trails, mut now) = trails();
        for account in 0..3 {
            trails.failed(1, account, now);
        }
        for minutes in [1, 2, 4, 8, 16, 16] {
            let until = trails.held_until(&1, now).unwrap();
            assert_eq!(until, now + Duration::from_mins(minutes));
            now = until;
            assert_eq!(trails.held_until(&1, now), None);
            assert_eq!(
                trails.failed(1, 99, now),
                None,
                "any failure goes on with it, and none is told again"
            );
        }
        now = trails.held_until(&1, now).unwrap() + Duration::from_mins(16);
        assert_eq!(trails.failed(1, 1, now), None);
        assert_eq!(trails.held_until(&1, now), None);
    }

    #[test]
    fn p132_strangers_cannot_make_the_memory_grow_nor_a_list_be_forgotten() {
        let (trails, start) = trails();
        trails.failed(1, 1, start);
        trails.failed(1, 2, start);
        for key in 0..50_000 {
            trails.failed(key + 10, 1, start + Duration::from_secs(1));
        }
        assert!(trails.with(|trails| trails.len()) <= MOST_TRAILS);
        assert_eq!(trails.failed(1, 3, start + Duration::from_secs(2)), Some(3));
    }
}
