//! Keyed hashes of values that must be found again but not read: account names of lock counters (D31).

use std::fmt;

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::master_key::{MasterKey, Purpose};
use crate::effects::Random;
use crate::model::secret::Secret;

/// HMAC-SHA-256 under a key of one purpose.
#[derive(Clone)]
pub struct KeyedHash(Key);

impl KeyedHash {
    /// The hash for this purpose, the same on every node of the deployment.
    pub fn new(master: &MasterKey, purpose: Purpose) -> Self {
        Self(Key::new(HMAC_SHA256, master.subkey(purpose).expose()))
    }

    /// A hash under a key that nobody has but this process, and that goes with it.
    pub fn of_process(random: &dyn Random) -> Self {
        let key = Secret::new(random.bytes::<32>());
        Self(Key::new(HMAC_SHA256, key.expose()))
    }

    /// The keyed hash of these parts in base64url, 43 characters. Each part goes in with its length, so that moving
    /// a character from one to the next gives another hash.
    pub fn of(&self, parts: &[&[u8]]) -> String {
        URL_SAFE_NO_PAD.encode(self.sign(parts))
    }

    /// The first eight bytes of it: enough to tell a few thousand values apart, and too few to find one again.
    pub fn short(&self, parts: &[&[u8]]) -> u64 {
        self.sign(parts).as_ref().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    fn sign(&self, parts: &[&[u8]]) -> Tag {
        let mut context = Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign()
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::SeededRandom;

    #[test]
    fn parts_do_not_run_together_and_purposes_differ() {
        let master = MasterKey::generate(&SeededRandom::new(1));
        let names = KeyedHash::new(&master, Purpose::AccountNames);
        assert_eq!(names.of(&[b"ab", b"c"]), names.of(&[b"ab", b"c"]));
        assert_ne!(names.of(&[b"ab", b"c"]), names.of(&[b"a", b"bc"]));
        assert_ne!(names.of(&[b"a"]), KeyedHash::new(&master, Purpose::BrowserTokens).of(&[b"a"]));
    }
}
