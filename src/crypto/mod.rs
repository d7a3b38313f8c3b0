//! Cryptography, behind our own types. No private value shows in `Debug`, and comparisons take constant time.

pub mod email_code;
pub mod half_hash;
pub mod hmac;
pub mod jwk;
pub mod jwt;
pub mod master_key;
pub mod passkey;

pub mod password;
pub mod recovery_code;
pub mod seal;
pub mod signing_key;
pub mod totp;
