//! Proof Key for Code Exchange (RFC 7636 §4), with S256 as the only method (RFC 9700 §2.1.1; P012).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::model::digest::sha256;

/// The one `code_challenge_method` accepted.
pub const METHOD: &str = "S256";

/// A code challenge: the unpadded base64url text of a SHA-256 digest, 43 characters (RFC 7636 §4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads the pair from an authorization request. A missing method
    /// would mean `plain` (RFC 7636 §4.3) and is refused.
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, PkceError> {
        if method != Some(METHOD) {
            return Err(PkceError::Method);
        }
        Self::from_stored(challenge).ok_or(PkceError::Challenge)
    }

    /// Reads a challenge that was stored; its method was checked before it was.
    pub fn from_stored(challenge: &str) -> Option<Self> {
        let digest = URL_SAFE_NO_PAD.decode(challenge).ok()?;
        (digest.len() == 32).then(|| Self(challenge.to_owned()))
    }

    /// The challenge as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this verifier made the challenge (RFC 7636 §4.6). A verifier outside of the grammar never did.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        if !is_verifier(verifier) {
            return false;
        }
        let computed = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        computed.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// The grammar of a code verifier: 43 to 128 unreserved characters (RFC 7636 §4.1).
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

/// Why a challenge is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// The method is `plain`, missing or unknown.
    #[error("code_challenge_method must be S256")]
    Method,
    /// Not the base64url form of a SHA-256 digest.
    #[error("code_challenge must be the base64url form of a SHA-256 digest")]
    Challenge,
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_rfc_7636_appendix_b_holds() {
        assert!(CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap().is_met_by(VERIFIER));
    }

    #[test]
    fn p012_other_methods_and_malformed_values_are_refused() {
        for method in [None, Some("plain"), Some("s256"), Some("")] {
            assert_eq!(CodeChallenge::parse(CHALLENGE, method), Err(PkceError::Method));
        }
        for challenge in [
            "",
            "short",
            &format!("{CHALLENGE}="),
            &CHALLENGE.replace('-', "+"),
            VERIFIER.trim_end_matches('k'),
        ] {
            assert_eq!(
                CodeChallenge::parse(challenge, Some("S256")),
                Err(PkceError::Challenge),
                "{challenge}"
            );
        }
        let challenge = CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap();
        for verifier in
            ["", "a", CHALLENGE, &VERIFIER.to_lowercase(), &VERIFIER.repeat(3), &format!("{VERIFIER} ")]
        {
            assert!(!challenge.is_met_by(verifier), "{verifier}");
        }
    }
}
