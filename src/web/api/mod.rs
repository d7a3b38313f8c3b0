//! The JSON API at `/api/v1`: one file per resource. What it takes and answers is described from these types
//! (`/api/v1/openapi.json`).

pub mod asked;
pub mod auth;
pub mod auth_shapes;
mod body;
pub mod described;
pub mod factors;
pub mod groups;
pub mod invitations;
pub mod memberships;
mod objects;
pub mod openapi;
pub mod policy;
mod policy_shapes;
mod profile;
mod query;
mod refused;
pub mod sessions;
mod shapes;
pub mod tokens;
pub mod user_actions;
pub mod users;
