//! What stands around the handlers. [`outer`] sees every request and every answer; [`gate`] stands before one route and
//! holds what the URL map says of it.

mod access_log;
pub mod body;
mod cors;
mod panics;
mod security_headers;

pub mod gate;
pub mod outer;

pub use cors::OriginList;
