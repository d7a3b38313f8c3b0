//! Turns failures that were not recorded one by one into one counted event for each window (D23).

use std::time::Duration;

use super::{Job, JobContext};
use crate::flows::failures;
use crate::model::failure::Failure;
use crate::storage::PlatformScope;

/// The job.
pub(super) const JOB: Job =
    Job { name: "fold_failures", every: Duration::from_mins(1), run: |context| Box::pin(fold(context)) };

async fn fold(context: &JobContext) -> Result<u64, Failure> {
    let mut folded = 0;
    loop {
        let call = context.call();
        let some = context
            .database
            .write_platform(&PlatformScope::operator(), move |tx| failures::close_windows(tx, &call))
            .await?;
        if some == 0 {
            return Ok(folded);
        }
        folded += some as u64;
    }
}
