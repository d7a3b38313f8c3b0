//! Scheduled work: one node at a time runs each job, by lease. One file per job.

mod checkpoint_files;
mod checkpoints;
mod context;
mod erase_deleted;
mod fetch_logos;
mod fold_failures;
mod mails;
mod prune;
mod rotate_keys;
mod schedule;

pub use context::{Job, JobContext, Running};
pub use mails::{MailContext, MailWorker};
pub use prune::{EPHEMERAL, Ephemeral};
pub use schedule::{Report, Schedule};
