//! The longest lives of what is issued, in seconds: the same for a deployment and for one client.

/// An authorization code (RFC 6749 §4.1.2).
pub const CODE: u64 = 10 * 60;
/// An access token: entries of the revocation feed are kept that long (D14).
pub const ACCESS_TOKEN: u64 = 60 * 60;
/// An ID token.
pub const ID_TOKEN: u64 = 60 * 60;
/// A refresh token that nobody uses.
pub const REFRESH_IDLE: u64 = 400 * 86_400;
/// The whole chain of refresh tokens from one sign-in.
pub const REFRESH_ABSOLUTE: u64 = 800 * 86_400;
