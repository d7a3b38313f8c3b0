//! The verifier against an issuer that the tests play themselves: forged tokens, key floods, revocations, headers.

mod actix;
mod documents;
pub(crate) mod issuer;
mod keys;
mod revocations;
mod scope_headers;
mod tokens;
