//! The declared configuration: reading the file, working out differences, applying them.

mod applying;
mod declaration;
mod deleted;
mod deployment;
mod faults;
mod made_public;
mod meant;
mod meanwhile;
mod outward;
mod pruning;
mod running;
mod secrets;
pub(crate) mod sources;
mod suspending;
mod switched_off;
mod taken_away;
