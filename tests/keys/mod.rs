//! Signing keys, the revocation feed and the scheduled jobs, on either database.

mod command;
mod feed;
mod jobs;
mod lifecycle;
mod revoking;
mod rig;
mod served;
