//! The HTTP edge of the server.

pub mod api;
pub mod assets;
pub mod cookies;
pub mod edge;
pub mod family;
pub mod guard;
pub mod knocker;
pub mod limits;
pub mod logos;
pub mod media_type;
pub mod meter;
pub mod middleware;
pub mod notes;
pub mod oidc;
pub mod operations;
pub mod pages;
pub mod problem;
pub mod trouble;
