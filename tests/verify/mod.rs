//! The verifier against an issuer that the tests play themselves: forged tokens, key floods, revocations, headers.

mod actix;
mod documents;
mod issuer;
mod keys;
mod revocations;
mod scope_headers;
mod tokens;
