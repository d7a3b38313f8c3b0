//! The sample relying party and API that `symbolon demo` starts: small, whole, and written as a customer would.

pub mod api;
pub mod relying_party;
