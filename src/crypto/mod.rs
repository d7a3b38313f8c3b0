//! Cryptography, behind our own types.
