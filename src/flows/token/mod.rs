//! The token endpoint (RFC 6749 §3.2): one file per grant. A grant answers with the claims of what it issues; signing
//! comes after the transaction.

pub mod entitlements;
