//! Proof Key for Code Exchange (RFC 7636 §4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use symbolon::model::digest::sha256;
use symbolon::protocol::pkce::CodeChallenge;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_challenge_is_met_by_its_verifier_alone(verifier in "[A-Za-z0-9._~-]{43,128}", other in "[A-Za-z0-9._~-]{43,128}") {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        let challenge = CodeChallenge::parse(&challenge, Some("S256")).unwrap();
        prop_assert!(challenge.is_met_by(&verifier));
        prop_assert_eq!(challenge.is_met_by(&other), verifier == other);
    }

    #[test]
    fn a_verifier_outside_of_the_grammar_meets_nothing(verifier in any::<String>()) {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        let challenge = CodeChallenge::parse(&challenge, Some("S256")).unwrap();
        let grammatical = (43..=128).contains(&verifier.len())
            && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        prop_assert_eq!(challenge.is_met_by(&verifier), grammatical);
    }
}
