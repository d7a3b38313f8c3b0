//! The declared configuration: reading the file, working out differences, applying them.

mod applying;
mod declaration;
mod declared_clients;
mod deployment;
mod meanwhile;
mod outward;
mod pruning;
mod running;
pub(crate) mod sources;
