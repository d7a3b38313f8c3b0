//! Signed checkpoints of the audit chains (D22): once a day for each tenant in which something happened, in the
//! database and, where a folder is named, outside of it.

use std::path::Path;
use std::time::Duration;

use super::{Job, JobContext, checkpoint_files};
use crate::flows::audit::{Fault, KnownCheckpoint, KnownCheckpoints, Verification, state_checkpoint};
use crate::model::audit::Head;
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::time::Timestamp;
use crate::storage::records::audit;
use crate::storage::{PlatformScope, TenantScope};

/// The least time between two checkpoints of one chain.
const APART: Duration = Duration::from_hours(24);

/// Events that are read in one transaction.
const PAGE: i64 = 1000;

/// The job.
pub(super) const JOB: Job =
    Job { name: "checkpoints", every: Duration::from_hours(1), run: |context| Box::pin(state_all(context)) };

/// A chain that does not verify gets no checkpoint and hinders no other; it is an error in the log, and the job fails.
async fn state_all(context: &JobContext) -> Result<u64, Failure> {
    let scopes = context.tenants().await?;
    let (mut stated, mut broken) = (0, None);
    for scope in scopes {
        match state(context, scope).await {
            Ok(done) => stated += u64::from(done),
            Err(failure) => broken = Some(failure),
        }
    }
    broken.map_or(Ok(stated), Err)
}

async fn state(context: &JobContext, scope: TenantScope) -> Result<bool, Failure> {
    let (right, call, tenant) = (PlatformScope::operator(), context.call(), scope.id());
    let entered = scope.clone();
    let (head, statements) = context
        .database
        .read_platform(&right, move |tx| {
            let mut tx = tx.enter(&entered)?;
            Ok((audit::head(&mut tx)?, audit::checkpoints(&mut tx)?))
        })
        .await?;
    let keys = context.keys.current(context.clock.now())?;
    let named = statements.into_iter().map(|(seq, text)| (seq.to_string(), text));
    let known = KnownCheckpoints::read(named, &context.issuer, &keys).over(tenant);
    for (seq, fault) in &known.refused {
        tracing::error!(%tenant, seq, %fault, "a stored audit checkpoint is not believed");
    }
    if !is_due(&known, &head, call.now) {
        return Ok(false);
    }
    // A chain that was rebuilt since the earlier ones must not get a new one.
    let mut verification = Verification::new(tenant, known.stated());
    let mut read = 0;
    while read < head.seq {
        let entered = scope.clone();
        let limit = PAGE.min(head.seq - read);
        let page = context
            .database
            .read_platform(&right, move |tx| audit::stored_after(&mut tx.enter(&entered)?, read, limit))
            .await?;
        read = page.last().map_or(head.seq, |stored| stored.event.seq);
        for event in &page {
            verification.push_stored(event).map_err(|fault| broken(tenant, &fault))?;
        }
    }
    let summary = verification.finish(Some(&head)).map_err(|fault| broken(tenant, &fault))?;
    let all = if summary.tenants.is_empty() { Vec::new() } else { context.tenants().await? };
    for fault in summary.faults_beside(&scope, &all) {
        // The chain is whole, and goes on being stated.
        tracing::error!(%tenant, %fault, "something is wrong beside an audit chain: run `symbolon audit verify`");
    }
    let statement = state_checkpoint(&call, tenant, &summary, keys.tokens())?;
    if let Some(folder) = &context.checkpoint_dir {
        // First outside: what could not be written there is stated again at the next run.
        keep_outside(folder, &scope, head.seq, &statement).await?;
    }
    let now = call.now;
    context
        .database
        .write_platform(&right, move |tx| {
            let mut tx = tx.enter(&scope)?;
            if audit::checkpoints(&mut tx)?.iter().any(|(seq, _)| *seq == head.seq) {
                return Ok(false);
            }
            audit::insert_checkpoint(&mut tx, head.seq, &statement, now).map(|()| true)
        })
        .await
}

/// Whether it is time for another, by what the earlier ones state: the columns beside them could be anything. One that proves
/// nothing any more, since its key was revoked, is followed by another at once; and a chain that is shorter than stated is looked at, and told.
fn is_due(known: &KnownCheckpoints, head: &Head, now: Timestamp) -> bool {
    let fresh = |one: &KnownCheckpoint| {
        !one.withdrawn && Timestamp::from_unix(one.checkpoint.iat).is_younger_across_nodes(APART, now)
    };
    let cut = known.believed.iter().any(|one| one.checkpoint.seq > head.seq);
    cut || head.seq > 0 && known.believed.iter().all(|one| one.checkpoint.seq != head.seq && !fresh(one))
}

/// Writes and syncs the file where waiting for a disk holds up nobody's request.
async fn keep_outside(folder: &Path, tenant: &TenantScope, seq: i64, statement: &str) -> Result<(), Failure> {
    let (into, tenant, statement) = (folder.to_owned(), tenant.clone(), statement.to_owned());
    let writing = move || checkpoint_files::write(&into, tenant.slug(), tenant.id(), seq, &statement);
    let written = tokio::task::spawn_blocking(writing).await;
    let written = written.unwrap_or_else(|died| Err(Failure::internal("writing a checkpoint").because(died)));
    written.inspect_err(|failure| {
        tracing::error!(folder = %folder.display(), cause = failure.in_words(), "a checkpoint cannot be kept");
    })
}

fn broken(tenant: TenantId, fault: &Fault) -> Failure {
    tracing::error!(%tenant, %fault, "an audit chain does not verify: run `symbolon audit verify`");
    Failure::internal("verifying an audit chain")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flows::audit::{Checkpoint, KnownCheckpoint};
    use crate::model::ids::TenantId;

    /// P137: what was stated an hour ago needs no other statement, unless less is there than it states.
    #[test]
    fn p137_a_chain_that_is_shorter_than_stated_is_looked_at_at_once() {
        let now = Timestamp::from_unix(1_800_000_000);
        let checkpoint = Checkpoint {
            iss: "https://id.example".into(),
            tenant_id: TenantId::from_bytes([1; 16]),
            seq: 6,
            head: String::new(),
            root: String::new(),
            iat: now.unix() - 3600,
        };
        let believed = vec![KnownCheckpoint { name: "one".into(), checkpoint, withdrawn: false }];
        let known = KnownCheckpoints { believed, ..KnownCheckpoints::default() };
        let due = [0, 5, 6, 7].map(|seq| is_due(&known, &Head { seq, hash: String::new() }, now));
        assert_eq!(due, [true, true, false, false]);
    }
}
