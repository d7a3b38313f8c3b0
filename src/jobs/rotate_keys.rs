//! Signing keys: publishes a next key where none is, and rotates when the active one has signed long enough.

use std::time::Duration;

use super::{Job, JobContext};
use crate::flows::keys::{self, FreshKey};
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::storage::PlatformScope;

/// The job.
pub(super) const JOB: Job = Job {
    name: "rotate_keys",
    every: Duration::from_mins(5),
    run: |context| Box::pin(async move { Ok(fill(context).await? + rotate(context).await?) }),
};

async fn fill(context: &JobContext) -> Result<u64, Failure> {
    let right = PlatformScope::operator();
    let missing = context.database.read_platform(&right, |tx| keys::missing(tx)).await?;
    if missing.is_empty() {
        return Ok(0);
    }
    let call = context.call();
    let fresh = FreshKey::make_all(missing, context.keys.sealer(), &call).await?;
    let filled = context
        .database
        .write_platform(&right, move |tx| keys::fill(tx, &call, &Actor::System, fresh))
        .await?;
    Ok(u64::from(filled))
}

async fn rotate(context: &JobContext) -> Result<u64, Failure> {
    let right = PlatformScope::operator();
    let (rule, call) = (context.rotation, context.call());
    let now = call.now;
    let due = context.database.read_platform(&right, move |tx| keys::due(tx, rule, now)).await?;
    let mut rotated = 0;
    for fresh in FreshKey::make_all(due, context.keys.sealer(), &call).await? {
        let call = call.clone();
        let done = context
            .database
            .write_platform(&right, move |tx| {
                // Another node may have been faster.
                if !keys::due(tx, rule, now)?.contains(&fresh.purpose()) {
                    return Ok(false);
                }
                keys::rotate(tx, &call, &Actor::System, fresh).map(|_| true)
            })
            .await?;
        rotated += u64::from(done);
    }
    Ok(rotated)
}
