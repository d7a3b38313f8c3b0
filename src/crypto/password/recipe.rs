//! What a stored hash says: how it was computed, and what came out. Ours and those of other systems, within bounds that
//! keep every sign-in affordable.

use std::num::NonZeroU32;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Params, Version};

use super::foreign;
use super::{MEMORY, PASSES};
use crate::model::hash_cost::{Effort, HashFamily};

/// The longest stored hash that is read, in bytes.
const LONGEST: usize = 512;

/// The most KiB that a hash may hold while it is computed: what scrypt with N = 2^17 and r = 8 takes.
const MOST_MEMORY: u64 = 128 * 1024;

/// The most blocks of Argon2, over all passes: 64 MiB eight times, 128 MiB four times.
const MOST_ARGON2: u64 = 512 * 1024;

/// The most lanes or parallel parts of a hash.
const MOST_LANES: u32 = 16;

/// The most blocks of scrypt: N = 2^17, r = 8, p = 1.
const MOST_SCRYPT: u64 = 1 << 20;

/// The largest block size of scrypt.
const MOST_R: u32 = 64;

/// The dearest cost of bcrypt.
pub(super) const MOST_BCRYPT: u32 = 14;

/// The cheapest cost of bcrypt: below it there is none.
const LEAST_BCRYPT: u32 = 4;

/// The most iterations of PBKDF2, over all blocks of output.
const MOST_PBKDF2: u64 = 2_000_000;

/// How long the output of a hash is: a shorter one could be met by chance.
const OUTPUT: std::ops::RangeInclusive<usize> = 16..=64;

/// The longest salt, in bytes.
const LONGEST_SALT: usize = 128;

/// What is needed to compute a hash again.
pub(super) struct Recipe {
    pub(super) method: Method,
    pub(super) salt: Vec<u8>,
    pub(super) expected: Vec<u8>,
}

/// How a hash is computed.
pub(super) enum Method {
    Argon2 {
        algorithm: Algorithm,
        version: Version,
        params: Params,
    },
    Bcrypt {
        cost: u32,
        /// The password is first made the hexadecimal SHA-256 of itself, as Django does.
        digested: bool,
    },
    Scrypt {
        log_n: u8,
        r: u32,
        p: u32,
    },
    Pbkdf2 {
        family: HashFamily,
        iterations: NonZeroU32,
    },
}

/// Why a text is no hash that we compare with. It says nothing of the hash itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHash {
    /// Of a kind that is not read here.
    #[error(
        "not a password hash that is read here: Argon2, bcrypt, scrypt or PBKDF2 in the forms of docs/import.md"
    )]
    Unknown,
    /// bcrypt as `crypt_blowfish` had it before 2011: it confuses passwords.
    #[error("bcrypt in the form `$2x$` is broken, and not accepted")]
    Broken,
    /// Of a known kind, but damaged.
    #[error("the password hash is damaged: its parameters, salt or output cannot be read")]
    Damaged,
    /// Computing it would tire the server at every sign-in.
    #[error("the password hash costs more time or memory than is accepted (docs/import.md)")]
    TooDear,
}

impl Recipe {
    /// Reads a stored hash.
    ///
    /// # Errors
    /// [`InvalidHash`].
    pub(super) fn read(stored: &str) -> Result<Self, InvalidHash> {
        if stored.len() > LONGEST || !stored.is_ascii() {
            return Err(InvalidHash::Unknown);
        }
        let recipe = if stored.starts_with("$argon2") { argon2(stored)? } else { foreign::read(stored)? };
        let sound =
            OUTPUT.contains(&recipe.expected.len()) && (1..=LONGEST_SALT).contains(&recipe.salt.len());
        if !sound || !recipe.method.is_defined() {
            return Err(InvalidHash::Damaged);
        }
        if recipe.is_affordable() { Ok(recipe) } else { Err(InvalidHash::TooDear) }
    }

    /// Whether it is what we make now.
    pub(super) fn is_current(&self) -> bool {
        match &self.method {
            Method::Argon2 { algorithm, version, params } => {
                (*algorithm, *version) == (Algorithm::Argon2id, Version::V0x13)
                    && (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, 1)
            }
            Method::Bcrypt { .. } | Method::Scrypt { .. } | Method::Pbkdf2 { .. } => false,
        }
    }

    /// What computing it takes.
    pub(super) fn cost(&self) -> (HashFamily, Effort) {
        match &self.method {
            Method::Argon2 { params, .. } => {
                let memory = u64::from(params.m_cost());
                (HashFamily::Argon2, Effort { work: memory * u64::from(params.t_cost()), memory })
            }
            Method::Bcrypt { cost, .. } => {
                let work = 1_u64.checked_shl(*cost).unwrap_or(u64::MAX);
                (HashFamily::Bcrypt, Effort { work, memory: 4 })
            }
            Method::Scrypt { log_n, r, p } => {
                let n = 1_u64.checked_shl(u32::from(*log_n)).unwrap_or(u64::MAX);
                let blocks = n.saturating_mul(u64::from(*r));
                let effort = Effort { work: blocks.saturating_mul(u64::from(*p)), memory: blocks / 8 };
                (HashFamily::Scrypt, effort)
            }
            Method::Pbkdf2 { family, iterations } => {
                let block = match family {
                    HashFamily::Pbkdf2Sha1 => 20,
                    HashFamily::Pbkdf2Sha256 => 32,
                    HashFamily::Pbkdf2Sha512
                    | HashFamily::Argon2
                    | HashFamily::Bcrypt
                    | HashFamily::Scrypt => 64,
                };
                let blocks = u64::try_from(self.expected.len().div_ceil(block)).unwrap_or(u64::MAX);
                (*family, Effort { work: blocks.saturating_mul(u64::from(iterations.get())), memory: 0 })
            }
        }
    }

    fn is_affordable(&self) -> bool {
        let (_, Effort { work, memory }) = self.cost();
        let within = match &self.method {
            Method::Argon2 { params, .. } => work <= MOST_ARGON2 && params.p_cost() <= MOST_LANES,
            Method::Bcrypt { cost, .. } => *cost <= MOST_BCRYPT,
            Method::Scrypt { r, p, .. } => work <= MOST_SCRYPT && *r <= MOST_R && *p <= MOST_LANES,
            Method::Pbkdf2 { .. } => work <= MOST_PBKDF2,
        };
        within && memory <= MOST_MEMORY
    }
}

impl Method {
    /// Whether the parameters are such that the algorithm has a meaning for them.
    const fn is_defined(&self) -> bool {
        match self {
            Self::Argon2 { .. } | Self::Pbkdf2 { .. } => true,
            Self::Bcrypt { cost, .. } => *cost >= LEAST_BCRYPT,
            Self::Scrypt { log_n, r, p } => *log_n > 0 && *r > 0 && *p > 0,
        }
    }
}

/// Argon2 in PHC form (RFC 9106), as everybody writes it. Without a version it is the first, 1.0.
fn argon2(stored: &str) -> Result<Recipe, InvalidHash> {
    let phc = Phc::new(stored).map_err(|_| InvalidHash::Damaged)?;
    let algorithm = Algorithm::try_from(phc.algorithm.as_str()).map_err(|_| InvalidHash::Unknown)?;
    let version = match phc.version {
        Some(version) => Version::try_from(version).map_err(|_| InvalidHash::Damaged)?,
        None => Version::V0x10,
    };
    let params = Params::try_from(&phc).map_err(|_| InvalidHash::Damaged)?;
    match (phc.salt, phc.hash) {
        // With the id of a key it was made with a secret that we do not have.
        (Some(salt), Some(hash)) if params.keyid().is_empty() => Ok(Recipe {
            method: Method::Argon2 { algorithm, version, params },
            salt: salt.to_vec(),
            expected: hash.as_bytes().to_vec(),
        }),
        _ => Err(InvalidHash::Damaged),
    }
}
