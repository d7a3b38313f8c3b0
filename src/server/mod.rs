//! Build, run, the URL map, shutdown.

pub mod build;
pub mod initialise;
pub mod mail;
pub mod master_key;
pub mod metrics;
pub mod openapi;
pub mod routes;
pub mod run;
pub mod telemetry;
mod tls;

pub use build::{BuildError, Parts, Server, build};
