//! The audit trail after it was written: verified, exported, and stated in signed checkpoints (D21, D22, R61).

mod chain;
mod checkpoint;
mod merkle;

pub use chain::{Fault, Summary, Verification};
pub use checkpoint::{
    Checkpoint, CheckpointFault, KnownCheckpoint, KnownCheckpoints, read_checkpoint, state_checkpoint,
};
