//! Hashing on blocking threads: as many at once as there are cores, a short queue before them, and memory that is used
//! again. A flood gets [`HashError::Busy`], and memory stays flat (P039).

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{MEMORY, PASSES, Password, PasswordHash, Recipe, Weakness, check, work};
use crate::effects::Random;
use crate::model::failure::Failure;

const SALT_LEN: usize = 16;
const OUTPUT_LEN: usize = 32;

/// How much the pool takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimits {
    /// Hashes computed at once; each holds 19 MiB.
    pub parallel: usize,
    /// Requests that may wait for their turn, so that nobody waits longer than their hashes take.
    pub waiting: usize,
}

impl Default for PoolLimits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Self { parallel: cores, waiting: 25 * cores }
    }
}

/// The pool. Cloning shares it.
#[derive(Clone)]
pub struct PasswordPool(Arc<Inner>);

/// A place in the pool, for one request. Whoever has one is never told to wait again; cloned into the work, it stays taken
/// until both are done, so that a caller that goes away frees nothing that is still in use.
#[derive(Debug, Clone)]
pub struct Place {
    pool: PasswordPool,
    permit: Arc<OwnedSemaphorePermit>,
}

struct Inner {
    admission: Arc<Semaphore>,
    work: Arc<Semaphore>,
    spare: Mutex<Vec<Vec<Block>>>,
    random: Arc<dyn Random>,
    /// What the password of an account that does not exist is compared with.
    nobody: PasswordHash,
}

/// How a comparison ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right.
    Match {
        /// Whether the stored hash is weaker than those we make now, and should be replaced.
        outdated: bool,
    },
    /// The password is wrong, or there is no account.
    Mismatch,
}

/// Why there is no hash or verdict.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The queue is full: 503 with `Retry-After`.
    #[error("password hashing is busy")]
    Busy,
    /// A defect.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::unavailable("password hashing is busy"),
            HashError::Failed(failure) => failure,
        }
    }
}

impl PasswordPool {
    /// An idle pool; its memory is taken when the first hash is computed.
    pub fn new(limits: PoolLimits, random: Arc<dyn Random>) -> Self {
        let parallel = limits.parallel.max(1);
        // The output is random instead of computed: nobody will find a password for it.
        let salt: [u8; SALT_LEN] = random.bytes();
        let output: [u8; OUTPUT_LEN] = random.bytes();
        Self(Arc::new(Inner {
            admission: Arc::new(Semaphore::new(parallel + limits.waiting)),
            work: Arc::new(Semaphore::new(parallel)),
            spare: Mutex::default(),
            random,
            nobody: write_phc(&salt, &output),
        }))
    }

    /// Takes a place, before anything is done for a request that will need one: what a flood is refused costs nothing
    /// then (P039).
    ///
    /// # Errors
    /// All places are taken.
    pub fn admit(&self) -> Result<Place, HashError> {
        let Ok(permit) = Arc::clone(&self.0.admission).try_acquire_owned() else {
            metrics::counter!("symbolon_password_hash_refused_total").increment(1);
            return Err(HashError::Busy);
        };
        Ok(Place { pool: self.clone(), permit: Arc::new(permit) })
    }

    /// Judges a new password by [`check`] and hashes it.
    pub async fn accept(
        &self,
        password: Password,
        context: Vec<String>,
    ) -> Result<Result<PasswordHash, Weakness>, HashError> {
        let place = self.admit()?;
        let judged = place.run(move |inner| {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            match check(&password, &context) {
                Ok(()) => inner.hash(&password).map(Ok),
                Err(weakness) => Ok(Err(weakness)),
            }
        });
        judged.await
    }

    /// [`Place::hash`] at a place of its own.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashError> {
        self.admit()?.hash(password).await
    }

    /// [`Place::verify`] at a place of its own.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, HashError> {
        self.admit()?.verify(password, stored).await
    }
}

impl Place {
    /// Hashes a password that was judged, or that we made ourselves.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashError> {
        self.run(move |inner| inner.hash(&password)).await
    }

    /// Compares a password with a stored hash. Without one (`None`: no such account, or one without a password) the
    /// same work is done and the answer is [`Verdict::Mismatch`] (P036).
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, HashError> {
        self.run(move |inner| inner.verify(&password, stored.as_ref())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Inner) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = Arc::clone(&self.pool.0.work)
            .acquire_owned()
            .await
            .map_err(|error| Failure::internal("waiting for a password hash").because(error))?;
        let (inner, place) = (Arc::clone(&self.pool.0), Arc::clone(&self.permit));
        let done = tokio::task::spawn_blocking(move || {
            let answer = job(&inner);
            drop((turn, place));
            answer
        });
        let answer = done.await.map_err(|error| Failure::internal("hashing a password").because(error))??;
        metrics::counter!("symbolon_password_hash_total").increment(1);
        Ok(answer)
    }
}

impl fmt::Debug for PasswordPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordPool").field("free", &self.0.work.available_permits()).finish_non_exhaustive()
    }
}

impl Inner {
    fn hash(&self, password: &Password) -> Result<PasswordHash, Failure> {
        let salt: [u8; SALT_LEN] = self.random.bytes();
        let output = self.compute(password, &salt, params(MEMORY, PASSES)?, OUTPUT_LEN)?;
        Ok(write_phc(&salt, &output))
    }

    fn verify(&self, password: &Password, stored: Option<&PasswordHash>) -> Result<Verdict, Failure> {
        let recipe = Recipe::read(stored.unwrap_or(&self.nobody).as_str())
            .map_err(|error| Failure::internal("reading a password hash").because(error))?;
        let length = recipe.expected.len();
        let computed = self.compute(password, &recipe.salt, recipe.params.clone(), length)?;
        self.pad(password, &recipe)?;
        let equal: bool = computed.ct_eq(&recipe.expected).into();
        if equal && stored.is_some() {
            Ok(Verdict::Match { outdated: !recipe.is_current() })
        } else {
            Ok(Verdict::Mismatch)
        }
    }

    /// Does the work that a cheaper hash left undone, so that its age does not show in the time (D31).
    fn pad(&self, password: &Password, recipe: &Recipe) -> Result<(), Failure> {
        let missing = (u64::from(MEMORY) * u64::from(PASSES)).saturating_sub(work(&recipe.params));
        let memory = u32::try_from(missing / u64::from(PASSES)).unwrap_or(MEMORY);
        if memory >= Params::MIN_M_COST {
            self.compute(password, &recipe.salt, params(memory, PASSES)?, OUTPUT_LEN)?;
        }
        Ok(())
    }

    fn compute(
        &self,
        password: &Password,
        salt: &[u8],
        params: Params,
        length: usize,
    ) -> Result<Vec<u8>, Failure> {
        let blocks = params.block_count();
        let mut memory = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        let mut output = vec![0; length];
        let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
            password.text().as_bytes(),
            salt,
            &mut output,
            &mut memory,
        );
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        done.map_err(|error| Failure::internal("hashing a password").because(error))?;
        Ok(output)
    }
}

fn params(memory: u32, passes: u32) -> Result<Params, Failure> {
    Params::new(memory, passes, 1, None)
        .map_err(|error| Failure::internal("choosing hash parameters").because(error))
}

fn write_phc(salt: &[u8; SALT_LEN], output: &[u8]) -> PasswordHash {
    let salt = STANDARD_NO_PAD.encode(salt);
    let output = STANDARD_NO_PAD.encode(output);
    PasswordHash(format!("$argon2id$v=19$m={MEMORY},t={PASSES},p=1${salt}${output}"))
}
