//! The change number (D25): each write to cached data raises it in its transaction; nodes read it at most a second
//! apart and drop what they remember.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::database::Database;
use super::records::change_number;
use crate::model::failure::Failure;
use crate::model::time::Timestamp;

/// A node that could not read the change number for this long answers 503.
pub const MAX_STALENESS: Duration = Duration::from_secs(5);

/// What this node knows of the change number.
#[derive(Debug, Default)]
pub struct Changes {
    number: AtomicI64,
    read_at: AtomicI64,
}

impl Changes {
    /// Reads the number once. Called at start, and then at most a second apart.
    pub async fn refresh(&self, database: &Database, now: Timestamp) -> Result<i64, Failure> {
        let number = database.read_directory(|directory| change_number::read(directory)).await?;
        self.number.store(number, Ordering::Release);
        self.read_at.store(now.as_micros(), Ordering::Release);
        Ok(number)
    }

    /// The number last read.
    pub fn number(&self) -> i64 {
        self.number.load(Ordering::Acquire)
    }

    /// Whether this node may still answer from what it remembers.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        Timestamp::from_micros(self.read_at.load(Ordering::Acquire)).is_younger_than(MAX_STALENESS, now)
    }
}

/// Values remembered until the change number moves; at most `capacity`, then all are forgotten and begun anew.
#[derive(Debug)]
pub struct Cached<K, V> {
    capacity: usize,
    entries: Mutex<(i64, HashMap<K, Arc<V>>)>,
}

impl<K: Hash + Eq, V> Cached<K, V> {
    /// An empty cache.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::new((0, HashMap::new())) }
    }

    /// The value remembered at this change number.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, number: i64, key: &Q) -> Option<Arc<V>>
    where
        K: std::borrow::Borrow<Q>,
    {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.0 == number { entries.1.get(key).cloned() } else { None }
    }

    /// Remembers a value that was read when the change number was `number`, as it was *before* the read.
    pub fn put(&self, number: i64, key: K, value: Arc<V>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.0 < number || entries.1.len() >= self.capacity {
            *entries = (number.max(entries.0), HashMap::new());
        }
        if entries.0 == number {
            entries.1.insert(key, value);
        }
    }
}
