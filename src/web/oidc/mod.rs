//! The endpoints of OAuth 2.0 and OpenID Connect, one file each.

pub mod authorize;
pub mod client_keys;
pub mod discovery;
pub mod document;
pub mod error;
mod form;
pub mod introspect;
pub mod jwks;
pub mod known;
pub mod revocations;
pub mod revoke;
pub mod token;
pub mod userinfo;
