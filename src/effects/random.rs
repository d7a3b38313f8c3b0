//! The source of random bytes. Ids, codes, keys and salts all begin here.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::digest::sha256;
use crate::model::ids::Id;
use crate::model::time::Timestamp;

/// Gives random bytes that nobody can foresee.
pub trait Random: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random + '_ {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A new id for something created `at` this time.
    pub fn id<I: Id>(&self, at: Timestamp) -> I {
        I::from_parts(at, self.bytes())
    }
}

/// The generator of aws-lc, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// Ends the process when the system gives no entropy: every secret made after that would be guessable.
    fn fill(&self, bytes: &mut [u8]) {
        if aws_lc_rs::rand::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}

/// Repeatable bytes for tests: SHA-256 over a seed and a counter. Never for a running deployment.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    counter: AtomicU64,
}

impl SeededRandom {
    /// The sequence that belongs to this seed, from its beginning.
    pub const fn new(seed: u64) -> Self {
        Self { seed, counter: AtomicU64::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::Relaxed);
            let mut input = [0; 16];
            for (place, byte) in
                input.iter_mut().zip(self.seed.to_be_bytes().into_iter().chain(counter.to_be_bytes()))
            {
                *place = byte;
            }
            for (place, byte) in chunk.iter_mut().zip(sha256(&input)) {
                *place = byte;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence_without_repeats() {
        let first: &dyn Random = &SeededRandom::new(7);
        let second: &dyn Random = &SeededRandom::new(7);
        let (a, b) = (first.bytes::<40>(), first.bytes::<40>());
        assert_ne!(a, b);
        assert_eq!(second.bytes::<40>(), a);
        assert_ne!((&SeededRandom::new(8) as &dyn Random).bytes::<40>(), a);
    }

    #[test]
    fn the_system_source_fills_the_whole_slice() {
        let random: &dyn Random = &SystemRandom;
        assert_ne!(random.bytes::<32>(), [0; 32]);
    }
}
