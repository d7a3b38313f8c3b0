//! Hashing on threads of its own, of lower priority: as many at once as there are cores, a short queue before them, and
//! memory that is used again. A flood gets [`HashError::Busy`], and memory stays flat (P039).

use std::fmt;
use std::sync::Arc;

use argon2::{Algorithm, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::worker::{OURS, Spare, Worker, params};
use super::{Against, MEMORY, PASSES, Password, PasswordHash, PasswordRules, Verdict, Weakness, check};
use crate::effects::Random;
use crate::model::failure::Failure;

const SALT_LEN: usize = 16;
const OUTPUT_LEN: usize = 32;

/// How much lower the priority of a hash is, in steps of `nice`.
const LOWER: i32 = 10;

/// How much the pool takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimits {
    /// Hashes computed at once; each holds 19 MiB, and one of another system's that holds more takes the place of several.
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
    spare: Spare,
    random: Arc<dyn Random>,
    /// Hashes of ours computed at once.
    parallel: u32,
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
        Self(Arc::new(Inner {
            admission: Arc::new(Semaphore::new(parallel + limits.waiting)),
            work: Arc::new(Semaphore::new(parallel)),
            spare: Spare::default(),
            random,
            parallel: u32::try_from(parallel).unwrap_or(u32::MAX),
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
        (rules, context): (PasswordRules, Vec<String>),
    ) -> Result<Result<PasswordHash, Weakness>, HashError> {
        let place = self.admit()?;
        let judged = place.run(OURS.memory, move |inner| {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            match check(&password, rules, &context) {
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
    pub async fn verify(&self, password: Password, against: Against) -> Result<Verdict, HashError> {
        self.admit()?.verify(password, against).await
    }
}

impl Place {
    /// Hashes a password that was judged, or that we made ourselves.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashError> {
        self.run(OURS.memory, move |inner| inner.hash(&password)).await
    }

    /// Compares a password with a stored hash. Without one (no such account, or one without a password) the same work is
    /// done and the answer is [`Verdict::Mismatch`] (P036).
    pub async fn verify(&self, password: Password, against: Against) -> Result<Verdict, HashError> {
        let own = against.stored.as_ref().and_then(|stored| stored.cost().ok());
        let memory = own.map_or(0, |(_, effort)| effort.memory).max(against.floor.memory());
        self.run(memory, move |inner| inner.verify(&password, &against)).await
    }

    /// Runs a job that holds so many KiB at its turn: one that takes the memory of several hashes of ours takes the place of
    /// as many, so that memory stays what it is without it; what takes more than all of them runs alone.
    async fn run<T: Send + 'static>(
        &self,
        memory: u64,
        job: impl FnOnce(&Inner) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, HashError> {
        let places = memory.div_ceil(OURS.memory).clamp(1, u64::from(self.pool.0.parallel));
        let turn = Arc::clone(&self.pool.0.work)
            .acquire_many_owned(u32::try_from(places).unwrap_or(u32::MAX))
            .await
            .map_err(|error| Failure::internal("waiting for a password hash").because(error))?;
        let (inner, place) = (Arc::clone(&self.pool.0), Arc::clone(&self.permit));
        let (done, answer) = oneshot::channel();
        std::thread::Builder::new()
            .name("password-hash".to_owned())
            .spawn(move || {
                give_way();
                let computed = job(&inner);
                drop((turn, place));
                // Whoever waited may have gone away.
                let _gone = done.send(computed);
            })
            .map_err(|error| Failure::internal("starting a thread for a password hash").because(error))?;
        let answer =
            answer.await.map_err(|error| Failure::internal("hashing a password").because(error))??;
        metrics::counter!("symbolon_password_hash_total").increment(1);
        Ok(answer)
    }
}

/// Lets every other thread of the process go first, so that a flood of sign-ins does not keep a refresh waiting. A thread can
/// not take this back: hence one for each hash, which costs a thousandth of what the hash does.
fn give_way() {
    // Elsewhere the call is about the whole process. Where the system refuses it, hashes are computed all the same.
    if cfg!(target_os = "linux") {
        let _refused = rustix::process::nice(LOWER);
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
        let how = (Algorithm::Argon2id, Version::V0x13, params(MEMORY, PASSES)?);
        let output = Worker::new(&self.spare).argon2(password.text().as_bytes(), &salt, how, OUTPUT_LEN)?;
        Ok(write_phc(&salt, &output))
    }

    fn verify(&self, password: &Password, against: &Against) -> Result<Verdict, Failure> {
        let mut worker = Worker::new(&self.spare);
        let verdict = worker.compare(password, against.stored.as_ref(), &against.floor);
        for (family, work) in worker.spent {
            metrics::counter!("symbolon_password_hash_work_total", "family" => family.as_str())
                .increment(work);
        }
        verdict
    }
}

/// The PHC form of a hash of ours.
fn write_phc(salt: &[u8], output: &[u8]) -> PasswordHash {
    let salt = STANDARD_NO_PAD.encode(salt);
    let output = STANDARD_NO_PAD.encode(output);
    PasswordHash(format!("$argon2id$v=19$m={MEMORY},t={PASSES},p=1${salt}${output}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustix::process::getpriority_process;

    use super::{LOWER, PasswordPool, PoolLimits};
    use crate::effects::SystemRandom;

    /// A flood of sign-ins keeps nothing else waiting (P039).
    #[tokio::test]
    async fn p039_hashes_give_way_to_everything_else() {
        let pool = PasswordPool::new(PoolLimits::default(), Arc::new(SystemRandom));
        let place = pool.admit().expect("a place");
        let there = place.run(0, |_| Ok(getpriority_process(None))).await.expect("an answer");
        let here = getpriority_process(None).expect("a priority");
        assert_eq!(there.expect("a priority"), (here + LOWER).min(19));
    }
}
