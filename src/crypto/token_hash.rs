//! Hashes of secrets that we generated: long and random, so plain SHA-256
//! is enough (docs/architecture.md, invariant 3).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

/// The SHA-256 of a code, token, cookie or client secret: what the database holds in its place.
#[derive(Clone, Copy, Eq)]
pub struct TokenHash([u8; SHA256_OUTPUT_LEN]);

impl TokenHash {
    /// Hashes the whole secret, prefix and checksum included.
    pub fn of(secret: impl AsRef<[u8]>) -> Self {
        Self(sha256(secret.as_ref()))
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; SHA256_OUTPUT_LEN] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    /// Takes the same time wherever the difference is.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for TokenHash {
    /// Base64url without padding, 43 characters: the stored form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

impl FromStr for TokenHash {
    type Err = InvalidTokenHash;

    fn from_str(stored: &str) -> Result<Self, InvalidTokenHash> {
        let bytes = URL_SAFE_NO_PAD.decode(stored).map_err(|_| InvalidTokenHash)?;
        bytes.try_into().map(Self).map_err(|_| InvalidTokenHash)
    }
}

/// The stored text is not a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 in base64url")]
pub struct InvalidTokenHash;

/// The left half of the SHA-256 of a token in base64url, as `at_hash` and `c_hash` carry
/// it for RS256 (OIDC Core §3.1.3.6, §3.3.2.11).
pub fn half_hash(token: &str) -> String {
    let hash = sha256(token.as_bytes());
    let (left, _) = hash.split_at(SHA256_OUTPUT_LEN / 2);
    URL_SAFE_NO_PAD.encode(left)
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; SHA256_OUTPUT_LEN] {
    let mut out = [0; SHA256_OUTPUT_LEN];
    for (place, byte) in out.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
        *place = *byte;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_reads_back() {
        let hash = TokenHash::of("sy_rt_abc");
        assert_eq!(hash.to_string().parse::<TokenHash>(), Ok(hash));
        assert_ne!(hash, TokenHash::of("sy_rt_abd"));
        assert_eq!("short".parse::<TokenHash>(), Err(InvalidTokenHash));
    }

    /// The example of OIDC Core Appendix A.3.
    #[test]
    fn at_hash_is_that_of_the_specification() {
        assert_eq!(half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
