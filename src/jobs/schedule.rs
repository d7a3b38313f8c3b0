//! The schedule: which job is due, and which node runs it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use super::{Job, JobContext, checkpoints, erase_deleted, fetch_logos, fold_failures, prune, rotate_keys};
use crate::model::digest::hex;
use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::PlatformScope;
use crate::storage::records::leases;

/// How often the schedule looks for due jobs.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How long the lease holds without being renewed: after that, another node takes over.
const LEASE: Duration = Duration::from_mins(1);

/// How often it is renewed while a job runs.
const RENEW_EVERY: Duration = Duration::from_secs(20);

/// Every job of the product.
const JOBS: [Job; 6] = [
    rotate_keys::JOB,
    fold_failures::JOB,
    prune::JOB,
    erase_deleted::JOB,
    checkpoints::JOB,
    fetch_logos::JOB,
];

/// The jobs of a node.
pub struct Schedule {
    context: JobContext,
    holder: String,
    last_runs: Mutex<HashMap<&'static str, Timestamp>>,
}

/// How one job of a run ended.
#[derive(Debug)]
pub struct Report {
    /// Its name.
    pub job: &'static str,
    /// How many things it did.
    pub outcome: Result<u64, Failure>,
}

impl Schedule {
    /// A schedule on which nothing ran yet.
    pub fn new(context: JobContext) -> Self {
        let holder = hex(&context.random.bytes::<8>());
        Self { context, holder, last_runs: Mutex::default() }
    }

    /// Looks for due jobs until the task is dropped.
    pub async fn run(&self) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // A database that is away is told once, by whoever follows the change number.
            if let Err(failure) = self.tick().await {
                tracing::debug!(context = failure.context, "no lease for the jobs");
            }
        }
    }

    /// Takes the lease, and runs what is due by the clock. Empty when another node holds the lease.
    pub async fn tick(&self) -> Result<Vec<Report>, Failure> {
        let now = self.context.clock.now();
        if !self.take_lease(now).await? {
            return Ok(Vec::new());
        }
        let mut reports = Vec::new();
        for job in JOBS.iter().filter(|job| self.is_due(job, now)) {
            reports.push(self.run_holding(job).await);
            if !self.take_lease(self.context.clock.now()).await? {
                break;
            }
        }
        Ok(reports)
    }

    /// Keeps the lease while the job runs: a long one is no reason for another node to begin the same.
    async fn run_holding(&self, job: &Job) -> Report {
        let mut run = std::pin::pin!(self.run_one(job));
        let mut renewals = tokio::time::interval_at(Instant::now() + RENEW_EVERY, RENEW_EVERY);
        renewals.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                report = &mut run => return report,
                _ = renewals.tick() => {
                    if let Err(failure) = self.take_lease(self.context.clock.now()).await {
                        tracing::debug!(context = failure.context, "the lease for the jobs is not renewed");
                    }
                }
            }
        }
    }

    /// Runs every job once, due or not, lease or not.
    pub async fn run_all(&self) -> Vec<Report> {
        let mut reports = Vec::new();
        for job in &JOBS {
            reports.push(self.run_one(job).await);
        }
        reports
    }

    async fn take_lease(&self, now: Timestamp) -> Result<bool, Failure> {
        let holder = self.holder.clone();
        self.context
            .database
            .write_platform(&PlatformScope::operator(), move |tx| {
                leases::take(tx, leases::JOBS, &holder, now, now + LEASE)
            })
            .await
    }

    fn is_due(&self, job: &Job, now: Timestamp) -> bool {
        let last_runs = self.last_runs.lock().unwrap_or_else(PoisonError::into_inner);
        last_runs.get(job.name).is_none_or(|last| *last + job.every <= now || now < *last)
    }

    async fn run_one(&self, job: &Job) -> Report {
        let (name, now) = (job.name, self.context.clock.now());
        self.last_runs.lock().unwrap_or_else(PoisonError::into_inner).insert(name, now);
        let outcome = (job.run)(&self.context).await;
        let word = if outcome.is_ok() { "done" } else { "failed" };
        metrics::counter!("symbolon_job_runs_total", "job" => name, "result" => word).increment(1);
        match &outcome {
            Ok(0) => tracing::debug!(job = name, "nothing to do"),
            Ok(count) => tracing::info!(job = name, count, "job done"),
            Err(failure) => {
                tracing::error!(job = name, cause = failure.in_words(), "job failed");
            }
        }
        Report { job: name, outcome }
    }
}
