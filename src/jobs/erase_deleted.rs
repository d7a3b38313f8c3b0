//! Accounts that were deleted so long ago that nobody brings them back are erased, by the same flow as `users erase` (R75).

use std::sync::Arc;
use std::time::Duration;

use super::{Job, JobContext};
use crate::flows::provision::{self, RECOVERY};
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::status::Status;
use crate::model::time::Timestamp;
use crate::storage::records::users;
use crate::storage::{PlatformScope, PlatformTx, TenantScope};

/// How much longer than it can be brought back an account stays: no clock of a node decides between the two.
const MARGIN: Duration = Duration::from_hours(1);

/// People who are looked up at once. Each is erased in a transaction of their own.
const BATCH: i64 = 100;

/// How long one person may take: the record of their tenant is read for what names them.
const PATIENCE: Duration = Duration::from_mins(1);

/// The job.
pub(super) const JOB: Job = Job {
    name: "erase_deleted",
    every: Duration::from_hours(1),
    run: |context| Box::pin(erase_deleted(context)),
};

/// Goes through the tenants. A person who cannot be erased is told, and the others are erased all the same.
async fn erase_deleted(context: &JobContext) -> Result<u64, Failure> {
    let (mut erased, mut failed) = (0, None);
    for scope in context.tenants().await? {
        match of_tenant(context, &scope).await {
            Ok(count) => erased += count,
            Err(failure) => {
                tracing::error!(tenant = %scope.id(), context = failure.context, "deleted people are not erased");
                failed.get_or_insert(failure);
            }
        }
    }
    failed.map_or(Ok(erased), Err)
}

async fn of_tenant(context: &JobContext, scope: &TenantScope) -> Result<u64, Failure> {
    let (mut erased, mut failed) = (0, None);
    loop {
        let (due, before) = (due(context, scope).await?, erased);
        for user in &due {
            match erase(context, scope, *user).await {
                Ok(done) => erased += u64::from(done),
                Err(failure) => {
                    failed.get_or_insert(failure);
                }
            }
        }
        // A batch of which nobody was erased would come again and again.
        if erased == before || i64::try_from(due.len()).is_ok_and(|due| due < BATCH) {
            return failed.map_or(Ok(erased), Err);
        }
    }
}

async fn due(context: &JobContext, scope: &TenantScope) -> Result<Vec<UserId>, Failure> {
    let (before, scope) = (last_moment(context.clock.now()), scope.clone());
    let list = move |tx: &mut PlatformTx<'_>| users::deleted_before(&mut tx.enter(&scope)?, before, BATCH);
    context.database.read_platform(&PlatformScope::operator(), list).await
}

/// Erases one person, unless somebody brought them back meanwhile, or another node was faster.
async fn erase(context: &JobContext, scope: &TenantScope, id: UserId) -> Result<bool, Failure> {
    let (call, clock, scope) = (context.call(), Arc::clone(&context.clock), scope.clone());
    let before = last_moment(call.now);
    let work = move |tx: &mut PlatformTx<'_>| {
        let mut tx = tx.enter(&scope)?;
        let found = users::find(&mut tx, id)?;
        let due = found.filter(|user| match user.status {
            Status::Deleted { since } => since < before && !user.email.is_empty(),
            Status::Active | Status::Resumed { .. } | Status::Suspended { .. } => false,
        });
        let Some(user) = due else { return Ok(false) };
        Ok(provision::erase_user(&mut tx, (&call, &clock), &Actor::System, &user)?.is_ok())
    };
    context.database.with_patience(PATIENCE).write_platform(&PlatformScope::operator(), work).await
}

/// Whoever was deleted before this is not brought back any more.
fn last_moment(now: Timestamp) -> Timestamp {
    now - RECOVERY - MARGIN
}
