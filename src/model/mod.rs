//! Entities and state machines. Imports nothing of ours; every other layer builds on it.

#[cfg(feature = "server")]
pub mod audit;
#[cfg(feature = "server")]
pub mod client;
#[cfg(feature = "server")]
pub mod failure;
pub mod ids;
pub mod issuer;
#[cfg(feature = "server")]
pub mod policy;
pub mod profile;
#[cfg(feature = "server")]
pub mod rate;
#[cfg(feature = "server")]
pub mod resource_server;
pub mod role;
pub mod secret;
pub mod session;
pub mod status;
#[cfg(feature = "server")]
pub mod tenant;
pub mod time;
#[cfg(feature = "server")]
pub mod user;
#[cfg(feature = "server")]
pub mod workspace;
