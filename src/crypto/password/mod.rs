//! Passwords: what is accepted as a new one, and Argon2id hashes on a bounded pool (P038, P039, P040).

mod pool;
mod strength;

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Params, Version};
use unicode_normalization::UnicodeNormalization as _;

use crate::model::secret::Secret;

pub use pool::{HashError, PasswordPool, Place, PoolLimits, Verdict};
pub use strength::{Weakness, check, guesses};

/// The fewest characters of a new password.
pub const MIN_CHARS: usize = 12;

/// The most characters; a longer one is refused before any hashing, and none is ever cut.
pub const MAX_CHARS: usize = 128;

/// Memory in KiB and passes of every new hash, one lane.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;

/// A password as somebody typed it, in Unicode form NFKC, so that every keyboard gives the same one.
#[derive(Debug, Clone)]
pub struct Password(Secret<String>);

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
        if normal.expose().chars().count() > MAX_CHARS { Err(Weakness::TooLong) } else { Ok(Self(normal)) }
    }

    fn text(&self) -> &str {
        self.0.expose()
    }
}

/// A stored hash: a PHC string of Argon2id.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Reads a stored hash.
    ///
    /// # Errors
    /// It is not Argon2id, or costs more than ours do: a hash that somebody brings must not tire the server.
    pub fn parse(stored: &str) -> Result<Self, InvalidHash> {
        Recipe::read(stored).map(|_| Self(stored.to_owned()))
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// The text is no hash that we verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Argon2id hash of at most 19456 KiB and two passes")]
pub struct InvalidHash;

/// What is needed to compute a hash again.
struct Recipe {
    params: Params,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Recipe {
    fn read(stored: &str) -> Result<Self, InvalidHash> {
        let phc = Phc::new(stored).map_err(|_| InvalidHash)?;
        let params = Params::try_from(&phc).map_err(|_| InvalidHash)?;
        let known = phc.algorithm == Algorithm::Argon2id.ident()
            && phc.version == Some(Version::V0x13.into())
            && work(&params) <= u64::from(MEMORY) * u64::from(PASSES)
            && params.m_cost() <= MEMORY
            && params.p_cost() == 1;
        match (known, phc.salt, phc.hash) {
            (true, Some(salt), Some(hash)) => {
                Ok(Self { params, salt: salt.to_vec(), expected: hash.as_bytes().to_vec() })
            }
            _ => Err(InvalidHash),
        }
    }

    fn is_current(&self) -> bool {
        self.params.m_cost() == MEMORY && self.params.t_cost() == PASSES
    }
}

/// Blocks computed in all.
fn work(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}
