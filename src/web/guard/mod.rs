//! Guards: each proves something about a request, or refuses it.

pub mod bearer;
pub mod browser;
pub mod client;
pub mod client_ip;
pub mod csrf;
