//! The HTTP edge of the server.

pub mod assets;
