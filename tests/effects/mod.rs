//! The outside world: outbound requests.

mod http;
