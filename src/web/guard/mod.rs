//! Guards: each proves something about a request, or refuses it.

pub mod browser;
pub mod client_ip;
pub mod csrf;
