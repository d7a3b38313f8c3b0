//! Entities and state machines. Imports nothing of ours; every other layer builds on it.

pub mod ids;
pub mod issuer;
pub mod rate;
pub mod role;
pub mod secret;
pub mod status;
pub mod time;
