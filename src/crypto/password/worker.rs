//! Computes hashes, counts what that takes, and makes every comparison take the same (P036, D31).

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::pbkdf2;
use subtle::ConstantTimeEq as _;

use super::recipe::{MOST_BCRYPT, Method, Recipe};
use super::{MEMORY, PASSES, Password, PasswordHash, Verdict};
use crate::model::digest::sha256_hex;
use crate::model::failure::Failure;
use crate::model::hash_cost::{Effort, HashFamily, HashFloor};

/// Memory that is used again, for hashes that take no more than ours.
pub(super) type Spare = Mutex<Vec<Vec<Block>>>;

/// Bytes that bcrypt looks at; it cuts what is longer.
const BCRYPT_BYTES: usize = 72;

/// The block size of scrypt where nothing but time is wanted of it.
const SCRYPT_R: u32 = 8;

/// What our own hashes take: the least that a comparison costs.
pub(super) const OURS: Effort = Effort { work: MEMORY as u64 * PASSES as u64, memory: MEMORY as u64 };

/// One request's hashes.
pub(super) struct Worker<'a> {
    spare: &'a Spare,
    /// The work done so far.
    pub(super) spent: BTreeMap<HashFamily, u64>,
}

impl<'a> Worker<'a> {
    pub(super) const fn new(spare: &'a Spare) -> Self {
        Self { spare, spent: BTreeMap::new() }
    }

    /// Compares, and does besides whatever the floor asks and the stored hash leaves undone: the work in each family is the
    /// same for every account, and for none.
    pub(super) fn compare(
        &mut self,
        password: &Password,
        stored: Option<&PasswordHash>,
        floor: &HashFloor,
    ) -> Result<Verdict, Failure> {
        let verdict = match stored {
            Some(stored) => {
                let recipe = Recipe::read(stored.as_str())
                    .map_err(|error| Failure::internal("reading a password hash").because(error))?;
                let equal = self.matches(password, &recipe)?;
                if equal { Verdict::Match { outdated: !recipe.is_current() } } else { Verdict::Mismatch }
            }
            None => Verdict::Mismatch,
        };
        let mut floor = floor.clone();
        floor.raise(HashFamily::Argon2, OURS);
        for (family, effort) in floor.iter() {
            let done = self.spent.get(&family).copied().unwrap_or_default();
            self.spend(family, Effort { work: effort.work.saturating_sub(done), ..effort })?;
        }
        Ok(verdict)
    }

    fn matches(&mut self, password: &Password, recipe: &Recipe) -> Result<bool, Failure> {
        // Other systems hashed what was typed; we hash its form NFKC.
        let text = if recipe.is_current() { password.text() } else { password.typed() };
        let (salt, length) = (recipe.salt.as_slice(), recipe.expected.len());
        let (family, effort) = recipe.cost();
        let (computed, whole) = match &recipe.method {
            Method::Argon2 { algorithm, version, params } => {
                let how = (*algorithm, *version, params.clone());
                (self.argon2(text.as_bytes(), salt, how, length)?, true)
            }
            Method::Bcrypt { cost, digested } => {
                let digest = digested.then(|| sha256_hex(text.as_bytes()));
                bcrypt(digest.as_deref().unwrap_or(text).as_bytes(), salt, *cost)?
            }
            Method::Scrypt { log_n, r, p } => {
                (scrypt(text.as_bytes(), salt, (*log_n, *r, *p), length)?, true)
            }
            Method::Pbkdf2 { family, iterations } => {
                (pbkdf2(*family, *iterations, (text.as_bytes(), salt), length), true)
            }
        };
        self.count(family, effort.work);
        let equal: bool = computed.ct_eq(&recipe.expected).into();
        Ok(equal && whole)
    }

    /// Works for nothing, in pieces of the memory that is given.
    fn spend(&mut self, family: HashFamily, effort: Effort) -> Result<(), Failure> {
        const NOTHING: &[u8; 16] = &[0; 16];
        let mut left = effort.work;
        loop {
            let done = match family {
                HashFamily::Argon2 if left >= u64::from(Params::MIN_M_COST) => {
                    let memory = left.min(effort.memory.max(OURS.memory));
                    let passes = left / memory;
                    let params = params(narrow(memory)?, narrow(passes)?)?;
                    self.argon2(NOTHING, NOTHING, (Algorithm::Argon2id, Version::V0x13, params), 32)?;
                    memory * passes
                }
                HashFamily::Bcrypt if left >= 16 => {
                    let cost = left.ilog2().min(MOST_BCRYPT);
                    bcrypt(NOTHING, NOTHING, cost)?;
                    1 << cost
                }
                HashFamily::Scrypt if left >= 2 * u64::from(SCRYPT_R) => {
                    let fits = left.min(effort.memory.max(2) * 8) / u64::from(SCRYPT_R);
                    let log_n = fits.ilog2();
                    let each = u64::from(SCRYPT_R) << log_n;
                    let cost = (narrow(u64::from(log_n))?, SCRYPT_R, narrow(left / each)?);
                    scrypt(NOTHING, NOTHING, cost, 32)?;
                    each * (left / each)
                }
                HashFamily::Pbkdf2Sha1 | HashFamily::Pbkdf2Sha256 | HashFamily::Pbkdf2Sha512 => {
                    let Some(iterations) = NonZeroU32::new(narrow(left)?) else { return Ok(()) };
                    pbkdf2(family, iterations, (NOTHING, NOTHING), 1);
                    left
                }
                HashFamily::Argon2 | HashFamily::Bcrypt | HashFamily::Scrypt => return Ok(()),
            };
            self.count(family, done);
            left -= done;
        }
    }

    fn count(&mut self, family: HashFamily, work: u64) {
        *self.spent.entry(family).or_default() += work;
    }

    /// Computes Argon2.
    pub(super) fn argon2(
        &self,
        password: &[u8],
        salt: &[u8],
        (algorithm, version, params): (Algorithm, Version, Params),
        length: usize,
    ) -> Result<Vec<u8>, Failure> {
        let blocks = params.block_count();
        let mut memory = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        let mut output = vec![0; length];
        let done = Argon2::new(algorithm, version, params).hash_password_into_with_memory(
            password,
            salt,
            &mut output,
            &mut memory,
        );
        // What a dearer hash took beyond ours is given back.
        memory.truncate(usize::try_from(MEMORY).unwrap_or(usize::MAX));
        memory.shrink_to_fit();
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        done.map_err(|error| Failure::internal("hashing a password").because(error))?;
        Ok(output)
    }
}

/// The parameters of Argon2 with one lane.
pub(super) fn params(memory: u32, passes: u32) -> Result<Params, Failure> {
    Params::new(memory, passes, 1, None)
        .map_err(|error| Failure::internal("choosing hash parameters").because(error))
}

/// bcrypt, and whether it saw the whole password: it cuts after 72 bytes, and a zero byte ends a password and begins it
/// again, so that other passwords would open the same account (P038).
fn bcrypt(password: &[u8], salt: &[u8], cost: u32) -> Result<(Vec<u8>, bool), Failure> {
    let salt = salt.try_into().map_err(|_| Failure::internal("the salt of a bcrypt hash"))?;
    let whole = password.len() <= BCRYPT_BYTES && !password.contains(&0);
    let mut key = zeroize::Zeroizing::new(password.to_vec());
    key.push(0);
    key.truncate(BCRYPT_BYTES);
    let mut output = ::bcrypt::bcrypt(cost, salt, &key).to_vec();
    // The last byte of the cipher's output is in no stored hash.
    output.pop();
    Ok((output, whole))
}

fn scrypt(
    password: &[u8],
    salt: &[u8],
    (log_n, r, p): (u8, u32, u32),
    length: usize,
) -> Result<Vec<u8>, Failure> {
    let params = ::scrypt::Params::new(log_n, r, p)
        .map_err(|error| Failure::internal("choosing hash parameters").because(error))?;
    let mut output = vec![0; length];
    ::scrypt::scrypt(password, salt, &params, &mut output)
        .map_err(|error| Failure::internal("hashing a password").because(error))?;
    Ok(output)
}

fn pbkdf2(
    family: HashFamily,
    iterations: NonZeroU32,
    (password, salt): (&[u8], &[u8]),
    length: usize,
) -> Vec<u8> {
    let algorithm = match family {
        HashFamily::Pbkdf2Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
        HashFamily::Pbkdf2Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        HashFamily::Pbkdf2Sha512 | HashFamily::Argon2 | HashFamily::Bcrypt | HashFamily::Scrypt => {
            pbkdf2::PBKDF2_HMAC_SHA512
        }
    };
    let mut output = vec![0; length];
    pbkdf2::derive(algorithm, iterations, salt, password, &mut output);
    output
}

fn narrow<T: TryFrom<u64>>(number: u64) -> Result<T, Failure> {
    T::try_from(number).map_err(|_| Failure::internal("choosing hash parameters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Secret;

    /// One of each family, with the costs of their systems' tests.
    const STORED: [&str; 7] = [
        "$2b$06$.qh0zQE7rkGHcZliQ6r0qO6RAIGC.SsjzErRIifQJSgdy5cFiiM5S",
        "$2b$04$2efrMNJUMEzB1S5zTkMCKuN7ZeECpUrG243snqqrmljMrkYabhxau",
        "$scrypt$ln=10,r=8,p=2$VAoBACCE8L7XGkOoNeb8Hw$Tl74wXlcpJ+eRRdfc9PYIDAiOhGIVGC/JVFlgiMuuZk",
        "$pbkdf2-sha256$2900$HGPMWQvBeO/dO.e8VwqBUA$JWL.DgiPD9t6XaNVvfAywiLoqtqLWborR1DvfvIKxuY",
        "$pbkdf2$1000$MGZMiTEGgFCKMcZ4r/XeGw$1GJ01NfA0KK.7YQDfStW3Qyj4pc",
        "$argon2d$v=19$m=1024,t=2,p=2$l5JSynkPYYyR0lprrdW6lw$f9f988STHINIAibRBZt3PAQvVlUseQdzx+fjgDUnMmM",
        "$argon2id$v=19$m=65536,t=3,p=4$y1mL8X7vnTNmjPFeK+Uc4w$R/SE5aY8ibf/naKGXxcZSW7mH2seM1DNZFqbYTuanuE",
    ];

    fn spent(typed: &str, stored: Option<&str>, floor: &HashFloor) -> BTreeMap<HashFamily, u64> {
        let spare = Spare::default();
        let mut worker = Worker::new(&spare);
        let stored = stored.map(|stored| PasswordHash::parse(stored).unwrap());
        let typed = Password::new(&Secret::new(typed.to_owned())).unwrap();
        worker.compare(&typed, stored.as_ref(), floor).unwrap();
        worker.spent
    }

    fn floor_of(stored: &[&str]) -> HashFloor {
        let mut floor = HashFloor::default();
        for stored in stored {
            let (family, effort) = PasswordHash::parse(stored).unwrap().cost().unwrap();
            floor.raise(family, effort);
        }
        floor
    }

    /// Counted and not timed: whoever is named, with whatever hash or none, the same work is done in every family.
    #[test]
    fn p036_every_comparison_does_the_same_work_whatever_the_hash() {
        for count in [0, 1, 2, 5, 7] {
            let held = &STORED[..count];
            let floor = floor_of(held);
            let nobody = spent("violet tram forgets spoons", None, &floor);
            for (family, effort) in floor.iter() {
                let least =
                    if family == HashFamily::Argon2 { effort.work.max(OURS.work) } else { effort.work };
                assert_eq!(nobody[&family], least, "{}", family.as_str());
            }
            assert!(nobody[&HashFamily::Argon2] >= OURS.work);
            for stored in held {
                // The right one, a wrong one, one that bcrypt would cut, one with a zero byte.
                for typed in ["violet tram forgets spoons", "wrong", &"x".repeat(100), "a\0b"] {
                    assert_eq!(spent(typed, Some(stored), &floor), nobody, "{stored} {typed:?}");
                }
            }
        }
    }

    #[test]
    fn memory_of_a_dearer_hash_is_given_back() {
        let spare = Spare::default();
        let floor = floor_of(&STORED[6..]);
        let typed = Password::new(&Secret::new("whatever it is".to_owned())).unwrap();
        Worker::new(&spare).compare(&typed, None, &floor).unwrap();
        let kept: usize = spare.into_inner().unwrap().iter().map(Vec::capacity).sum();
        assert!(kept <= 19_456, "{kept} blocks");
    }
}
