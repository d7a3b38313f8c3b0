//! The hash by which an ID token names the access token or code that came with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::digest::sha256;

/// The left half of the SHA-256 of a token in base64url, as `at_hash` and `c_hash` carry
/// it for RS256 (OIDC Core §3.1.3.6, §3.3.2.11).
pub fn half_hash(token: &str) -> String {
    let hash = sha256(token.as_bytes());
    let (left, _) = hash.split_at(hash.len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of OIDC Core Appendix A.3.
    #[test]
    fn at_hash_is_that_of_the_specification() {
        assert_eq!(half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
