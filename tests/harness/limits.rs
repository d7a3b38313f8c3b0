//! The limits that stand in the way of whoever asks much and often; the benchmarks read this list too.

/// Keys of `[limits]` that say how often somebody may ask or fail.
pub(crate) const ASKING: [&str; 13] = [
    "sign_in_address",
    "sign_in_account",
    "stuffing_password",
    "stuffing_address",
    "authorize_address",
    "authorize_person",
    "token_address",
    "token_client",
    "bearer_address",
    "setup_address",
    "mail_address",
    "logout_address",
    "logout_browser",
];
