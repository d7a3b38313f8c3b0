//! Passwords: what is accepted as a new one, Argon2id hashes on a bounded pool, and the hashes of other systems, which are
//! compared with until they are made anew (P036, P038, P039, P040).

mod foreign;
mod pool;
mod recipe;
mod strength;
mod worker;

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::model::hash_cost::{Effort, HashFamily, HashFloor};
use crate::model::secret::Secret;

pub use pool::{HashError, PasswordPool, Place, PoolLimits};
pub use recipe::InvalidHash;
pub use strength::{PasswordRules, Weakness, check, guesses};

use recipe::Recipe;

/// The fewest characters of a new password; a tenant's policy may ask for more.
pub const MIN_CHARS: usize = 12;

/// The most characters; a longer one is refused before any hashing, and none is ever cut.
pub const MAX_CHARS: usize = 128;

/// Memory in KiB and passes of every new hash, one lane.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;

/// A password as somebody typed it, and in Unicode form NFKC, so that every keyboard gives the same one.
#[derive(Clone)]
pub struct Password {
    typed: Secret<String>,
    normal: Secret<String>,
}

impl Password {
    /// Takes what was typed.
    ///
    /// # Errors
    /// It has more than [`MAX_CHARS`] characters in form NFKC.
    pub fn new(typed: &Secret<String>) -> Result<Self, Weakness> {
        // No character of form NFKC comes from more than 18 code points of four bytes.
        if typed.expose().len() > MAX_CHARS * 18 * 4 {
            return Err(Weakness::TooLong);
        }
        let normal = Secret::new(typed.expose().nfkc().collect::<String>());
        if normal.expose().chars().count() > MAX_CHARS {
            return Err(Weakness::TooLong);
        }
        Ok(Self { typed: typed.clone(), normal })
    }

    /// In form NFKC: what is judged, and what we hash.
    pub(crate) fn text(&self) -> &str {
        self.normal.expose()
    }

    /// As it came: what other systems hashed.
    fn typed(&self) -> &str {
        self.typed.expose()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A stored hash: ours, or one that another system made (docs/import.md).
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Reads a stored hash.
    ///
    /// # Errors
    /// It is of no kind that is read here, damaged, or too dear: a hash that somebody brings must not tire the server.
    pub fn parse(stored: &str) -> Result<Self, InvalidHash> {
        Recipe::read(stored).map(|_| Self(stored.to_owned()))
    }

    /// What comparing with it takes.
    ///
    /// # Errors
    /// None for a hash that was read.
    pub fn cost(&self) -> Result<(HashFamily, Effort), InvalidHash> {
        Recipe::read(&self.0).map(|recipe| recipe.cost())
    }

    /// Whether it is what we make now, and not to be replaced when its person signs in.
    pub fn is_current(&self) -> bool {
        Recipe::read(&self.0).is_ok_and(|recipe| recipe.is_current())
    }

    /// The text that is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// What a password is compared with.
#[derive(Debug, Clone, Default)]
pub struct Against {
    /// The hash that the account has; none where there is no account, or it has no password.
    pub stored: Option<PasswordHash>,
    /// What the comparison costs in any case.
    pub floor: HashFloor,
}

/// How a comparison ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right.
    Match {
        /// Whether the stored hash is not of those that we make now, and should be replaced.
        outdated: bool,
    },
    /// The password is wrong, or there is no account.
    Mismatch,
}
