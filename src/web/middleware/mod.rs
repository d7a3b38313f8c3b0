//! What stands around the handlers. [`running`] lets each request run to its end, [`outer`] sees it and its answer, and
//! [`gate`] stands before one route and holds what the URL map says of it.

mod access_log;
pub mod body;
mod cors;
mod panics;
mod security_headers;

pub mod gate;
pub mod outer;
pub mod running;

pub use cors::OriginList;
pub use running::Running;
