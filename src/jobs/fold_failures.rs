//! Turns failures that were not recorded one by one into one counted event for each window (D23).

use std::time::Duration;

use super::{Job, JobContext, Running};
use crate::flows::failures;
use crate::model::failure::Failure;
use crate::storage::PlatformScope;

/// The job.
#[derive(Debug, Clone, Copy)]
pub struct FoldFailures;

impl Job for FoldFailures {
    fn name(&self) -> &'static str {
        "fold_failures"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn run<'a>(&'a self, context: &'a JobContext) -> Running<'a> {
        Box::pin(fold(context))
    }
}

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
