//! Keys, tokens and passwords, against the examples of their specifications and against forgers.

mod foreign_hashes;
mod forged_tokens;
mod jwk;
mod jwt;
mod passwords;
