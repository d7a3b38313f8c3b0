//! What a job is, and what it has at hand.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::effects::http::HttpClient;
use crate::effects::{Clock, Random};
use crate::flows::Call;
use crate::flows::keys::{KeyRing, RotationRule};
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::storage::{Database, PlatformScope, TenantScope};

/// A job that runs: it answers with how many things it did.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<u64, Failure>> + Send + 'a>>;

/// Work that comes back. Running it twice, or on two nodes at once, must be harmless: a lease can be lost.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Its name in logs and metrics.
    pub name: &'static str,
    /// The time from one run to the next.
    pub every: Duration,
    /// Does it once.
    pub run: for<'a> fn(&'a JobContext) -> Running<'a>,
}

/// The parts of a node that jobs use.
#[derive(Clone)]
pub struct JobContext {
    /// The data.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The guarded client for requests of our own.
    pub http: Arc<dyn HttpClient>,
    /// Our own name.
    pub issuer: Arc<Issuer>,
    /// The signing keys.
    pub keys: Arc<KeyRing>,
    /// When signing keys rotate.
    pub rotation: RotationRule,
    /// Where checkpoints are written besides the database.
    pub checkpoint_dir: Option<PathBuf>,
}

impl JobContext {
    /// Every tenant, the suspended and deleted ones too.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
    pub async fn tenants(&self) -> Result<Vec<TenantScope>, Failure> {
        self.database.read_platform(&PlatformScope::operator(), |tx| tx.tenants()).await
    }

    /// One run: its time, and a name for its events.
    pub fn call(&self) -> Call {
        Call::of_process(&*self.clock, Arc::clone(&self.random), Arc::clone(&self.issuer))
    }
}
