//! Changing what a deployment holds: the declared file, the command line, later SCIM and the API, all through here.

mod apply;
pub mod declaration;
mod declared_state;
mod deployment;
pub mod difference;
mod end_access;
pub mod state;
mod yaml;

pub use apply::Made;
pub use deployment::{Applied, Planned, Request, apply, export, plan};
