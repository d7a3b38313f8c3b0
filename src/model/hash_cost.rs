//! What password hashes cost to compute, in units that do not depend on the machine (D31).

use std::collections::BTreeMap;

/// Hashes whose work is counted in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HashFamily {
    /// Argon2i, Argon2d, Argon2id: blocks of 1 KiB filled, over all passes (RFC 9106 §3.2).
    Argon2,
    /// bcrypt: rounds of its key schedule, two to the power of the cost.
    Bcrypt,
    /// scrypt: blocks of 128 bytes mixed, `N * r * p` (RFC 7914 §2).
    Scrypt,
    /// PBKDF2 with HMAC-SHA-1: iterations of one block of output (RFC 8018 §5.2).
    Pbkdf2Sha1,
    /// PBKDF2 with HMAC-SHA-256: iterations of one block of output.
    Pbkdf2Sha256,
    /// PBKDF2 with HMAC-SHA-512: iterations of one block of output.
    Pbkdf2Sha512,
}

impl HashFamily {
    /// Every family.
    pub const ALL: [Self; 6] =
        [Self::Argon2, Self::Bcrypt, Self::Scrypt, Self::Pbkdf2Sha1, Self::Pbkdf2Sha256, Self::Pbkdf2Sha512];

    /// The word in the database, in metrics and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Argon2 => "argon2",
            Self::Bcrypt => "bcrypt",
            Self::Scrypt => "scrypt",
            Self::Pbkdf2Sha1 => "pbkdf2-sha1",
            Self::Pbkdf2Sha256 => "pbkdf2-sha256",
            Self::Pbkdf2Sha512 => "pbkdf2-sha512",
        }
    }
}

/// What computing a hash takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// In the unit of its family.
    pub work: u64,
    /// KiB held while it is computed.
    pub memory: u64,
}

/// What every comparison of a password costs at least, whoever is named: in each family as much as the dearest hash that
/// the deployment holds, so that neither the kind of an account's hash nor the lack of an account shows in the time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HashFloor(BTreeMap<HashFamily, Effort>);

impl HashFloor {
    /// Takes another hash in.
    pub fn raise(&mut self, family: HashFamily, effort: Effort) {
        let highest = self.0.entry(family).or_default();
        highest.work = highest.work.max(effort.work);
        highest.memory = highest.memory.max(effort.memory);
    }

    /// The families in it, and the effort in each.
    pub fn iter(&self) -> impl Iterator<Item = (HashFamily, Effort)> {
        self.0.iter().map(|(family, effort)| (*family, *effort))
    }

    /// The effort in this family; nothing where no hash is of it.
    pub fn of(&self, family: HashFamily) -> Effort {
        self.0.get(&family).copied().unwrap_or_default()
    }

    /// The most memory that any of it takes, in KiB.
    pub fn memory(&self) -> u64 {
        self.0.values().map(|effort| effort.memory).max().unwrap_or_default()
    }
}
