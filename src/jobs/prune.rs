//! Removes what has outlived its use, so that what comes and goes does not pile up (P132). What stays is named in
//! docs/architecture.md, Two databases.

use std::time::Duration;

use super::{Job, JobContext};
use crate::flows::factors::devices;
use crate::flows::factors::totp::UNCONFIRMED_LIFE;
use crate::flows::session::REMEMBERED;
use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::records::{
    authorization_codes, browser_sessions, client_assertions, counters, interactions, invitations, links,
    mails, personal_access_tokens, refresh_families, refresh_tokens, remembered_devices, revocations,
    sessions, setup_links, spent_challenges, totp_factors,
};
use crate::storage::{PlatformScope, PlatformTx, TenantScope, TenantTx};

/// Tenants whose rows are pruned in one transaction.
const TENANTS_AT_ONCE: usize = 100;

/// About how many rows one transaction removes at most: nobody waits for it long.
const BATCH: i64 = 1000;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A table whose rows come and go: how long a row stays after it has ended, and who removes it.
pub struct Ephemeral {
    /// The table, or the part of it.
    pub table: &'static str,
    /// How long a row stays after its end.
    pub stays: Duration,
    /// What that end is, for the documents.
    pub end: &'static str,
    prune: Pruner,
}

/// Removes what ended before a time, so many rows of it.
type TenantPruner = fn(&mut TenantTx<'_>, Timestamp, i64) -> Result<usize, Failure>;
type DeploymentPruner = fn(&mut PlatformTx<'_>, Timestamp, i64) -> Result<usize, Failure>;

enum Pruner {
    Tenant(TenantPruner),
    Deployment(DeploymentPruner),
}

/// Every table whose rows come and go.
pub const EPHEMERAL: &[Ephemeral] = &[
    tenants("interactions", Duration::ZERO, "expiry", interactions::prune),
    // As long as tokens may live that a second use of the code must kill (P010).
    tenants("authorization_codes", HOUR, "expiry", authorization_codes::prune),
    tenants("client_assertions", Duration::from_mins(2), "expiry", client_assertions::prune),
    tenants("refresh_families", DAY, "expiry or end", refresh_families::prune),
    // A used token is remembered this long, so that its return kills the family (D11, P013).
    tenants("refresh_tokens", Duration::from_hours(24 * 30), "use", refresh_tokens::prune),
    tenants(
        "refresh_tokens.sealed_successor",
        Duration::from_secs(10),
        "use",
        refresh_tokens::prune_successors,
    ),
    tenants("mails", Duration::from_hours(24 * 30), "being sent or given up", mails::prune),
    tenants("links", DAY, "expiry", links::prune),
    // Those that are not confirmed: what was shown and never used.
    tenants("totp_factors", UNCONFIRMED_LIFE, "beginning", totp_factors::prune),
    // Also those that were accepted or withdrawn, which expire at the time that they were given.
    tenants("invitations", Duration::from_hours(24 * 30), "expiry", invitations::prune),
    tenants("personal_access_tokens", Duration::from_hours(24 * 30), "expiry", personal_access_tokens::prune),
    tenants("remembered_devices", devices::LONGEST, "being remembered", remembered_devices::prune),
    tenants("sessions", REMEMBERED, "last use", sessions::prune),
    deployment("browser_sessions", REMEMBERED, "last use", browser_sessions::prune),
    deployment("counters", HOUR, "expiry", |tx, before, most| counters::prune(tx, before, most)),
    deployment("spent_challenges", Duration::from_mins(1), "expiry", |tx, before, most| {
        spent_challenges::prune(tx, before, most)
    }),
    deployment("setup_links", DAY, "expiry", |tx, before, most| setup_links::prune(tx, before, most)),
    deployment("revocations", Duration::from_secs(30), "expiry", revocations::prune),
];

const fn tenants(table: &'static str, stays: Duration, end: &'static str, prune: TenantPruner) -> Ephemeral {
    Ephemeral { table, stays, end, prune: Pruner::Tenant(prune) }
}

const fn deployment(
    table: &'static str,
    stays: Duration,
    end: &'static str,
    prune: DeploymentPruner,
) -> Ephemeral {
    Ephemeral { table, stays, end, prune: Pruner::Deployment(prune) }
}

/// The job.
pub(super) const JOB: Job =
    Job { name: "prune", every: Duration::from_mins(5), run: |context| Box::pin(prune(context)) };

/// Removes table by table, some rows at a time. A table that fails is told, and the others are pruned all the same.
async fn prune(context: &JobContext) -> Result<u64, Failure> {
    let (scopes, now) = (context.tenants().await?, context.clock.now());
    let (mut removed, mut failed) = (0, None);
    for table in EPHEMERAL {
        let before = now - table.stays;
        let outcome = match table.prune {
            Pruner::Tenant(prune) => prune_tenants(context, table, &scopes, before, prune).await,
            Pruner::Deployment(prune) => in_batches(context, table, move |tx| prune(tx, before, BATCH)).await,
        };
        match outcome {
            Ok(count) => removed += count,
            Err(failure) => {
                metrics::counter!("symbolon_prune_failures_total", "table" => table.table).increment(1);
                tracing::error!(table = table.table, context = failure.context, cause = ?failure.source, "not pruned");
                failed.get_or_insert(failure);
            }
        }
    }
    failed.map_or(Ok(removed), Err)
}

async fn prune_tenants(
    context: &JobContext,
    table: &Ephemeral,
    scopes: &[TenantScope],
    before: Timestamp,
    prune: TenantPruner,
) -> Result<u64, Failure> {
    let mut removed = 0;
    for some in scopes.chunks(TENANTS_AT_ONCE) {
        let some = some.to_vec();
        let batch = move |tx: &mut PlatformTx<'_>| {
            let mut removed = 0;
            for scope in &some {
                let left = BATCH - i64::try_from(removed).unwrap_or(BATCH);
                if left <= 0 {
                    break;
                }
                removed += prune(&mut tx.enter(scope)?, before, left)?;
            }
            Ok(removed)
        };
        removed += in_batches(context, table, batch).await?;
    }
    Ok(removed)
}

/// Does this, each time in a transaction of its own, until it removes less than a batch.
async fn in_batches<F>(context: &JobContext, table: &Ephemeral, batch: F) -> Result<u64, Failure>
where
    F: Fn(&mut PlatformTx<'_>) -> Result<usize, Failure> + Clone + Send + 'static,
{
    let mut removed = 0;
    loop {
        let gone = context.database.write_platform(&PlatformScope::operator(), batch.clone()).await?;
        metrics::counter!("symbolon_pruned_rows_total", "table" => table.table).increment(gone as u64);
        removed += gone as u64;
        if i64::try_from(gone).is_ok_and(|gone| gone < BATCH) {
            return Ok(removed);
        }
    }
}
