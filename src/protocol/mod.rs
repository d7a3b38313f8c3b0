//! The rules of the specifications, pure.
