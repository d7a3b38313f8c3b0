//! Removes what has outlived its use, so that no table grows without bound (docs/architecture.md, Two databases; P132).

use std::time::Duration;

use super::{Job, JobContext, Running};
use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::records::{
    authorization_codes, browser_sessions, client_assertions, counters, interactions, refresh_families,
    refresh_tokens, revocations, sessions, setup_links,
};
use crate::storage::{PlatformScope, PlatformTx, TenantTx};

/// Tenants whose rows are pruned in one transaction.
const TENANTS_AT_ONCE: usize = 20;

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

enum Pruner {
    Tenant(fn(&mut TenantTx<'_>, Timestamp) -> Result<usize, Failure>),
    Deployment(fn(&mut PlatformTx<'_>, Timestamp) -> Result<usize, Failure>),
}

/// Every table whose rows come and go.
pub const EPHEMERAL: &[Ephemeral] = &[
    tenants("interactions", HOUR, "expiry", interactions::prune),
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
    tenants("sessions", Duration::from_hours(24 * 90), "last use", sessions::prune),
    deployment("browser_sessions", Duration::from_hours(24 * 90), "last use", browser_sessions::prune),
    deployment("counters", HOUR, "expiry", |tx, before| counters::prune(tx, before)),
    deployment("setup_links", DAY, "expiry", |tx, before| setup_links::prune(tx, before)),
    deployment("revocations", Duration::from_secs(30), "expiry", revocations::prune),
];

const fn tenants(
    table: &'static str,
    stays: Duration,
    end: &'static str,
    prune: fn(&mut TenantTx<'_>, Timestamp) -> Result<usize, Failure>,
) -> Ephemeral {
    Ephemeral { table, stays, end, prune: Pruner::Tenant(prune) }
}

const fn deployment(
    table: &'static str,
    stays: Duration,
    end: &'static str,
    prune: fn(&mut PlatformTx<'_>, Timestamp) -> Result<usize, Failure>,
) -> Ephemeral {
    Ephemeral { table, stays, end, prune: Pruner::Deployment(prune) }
}

/// The job.
#[derive(Debug, Clone, Copy)]
pub struct Prune;

impl Job for Prune {
    fn name(&self) -> &'static str {
        "prune"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(5)
    }

    fn run<'a>(&'a self, context: &'a JobContext) -> Running<'a> {
        Box::pin(prune(context))
    }
}

async fn prune(context: &JobContext) -> Result<u64, Failure> {
    let (right, now) = (PlatformScope::operator(), context.clock.now());
    let scopes = context.tenants().await?;
    let mut removed = 0;
    for some in scopes.chunks(TENANTS_AT_ONCE) {
        let some = some.to_vec();
        removed += context
            .database
            .write_platform(&right, move |tx| {
                let mut removed = 0;
                for scope in &some {
                    removed += prune_tenant(&mut tx.enter(scope)?, now)?;
                }
                Ok(removed)
            })
            .await?;
    }
    removed += context.database.write_platform(&right, move |tx| prune_deployment(tx, now)).await?;
    Ok(removed)
}

fn prune_tenant(tx: &mut TenantTx<'_>, now: Timestamp) -> Result<u64, Failure> {
    let mut removed = 0;
    for table in EPHEMERAL {
        if let Pruner::Tenant(prune) = table.prune {
            removed += count(table, prune(tx, now - table.stays)?);
        }
    }
    Ok(removed)
}

fn prune_deployment(tx: &mut PlatformTx<'_>, now: Timestamp) -> Result<u64, Failure> {
    let mut removed = 0;
    for table in EPHEMERAL {
        if let Pruner::Deployment(prune) = table.prune {
            removed += count(table, prune(tx, now - table.stays)?);
        }
    }
    Ok(removed)
}

fn count(table: &Ephemeral, removed: usize) -> u64 {
    let removed = removed as u64;
    metrics::counter!("symbolon_pruned_rows_total", "table" => table.table).increment(removed);
    removed
}
