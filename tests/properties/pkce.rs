//! Proof Key for Code Exchange (RFC 7636 §4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use proptest::sample::Index;
use symbolon::model::digest::sha256;
use symbolon::protocol::pkce::CodeChallenge;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_challenge_is_met_by_its_verifier_alone(verifier in "[A-Za-z0-9._~-]{43,128}", position: Index, letter in "[A-Za-z0-9._~-]") {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        let challenge = CodeChallenge::parse(&challenge, Some("S256")).unwrap();
        prop_assert!(challenge.is_met_by(&verifier));
        let (position, mut other) = (position.index(verifier.len()), verifier.clone());
        other.replace_range(position..=position, &letter);
        prop_assert_eq!(challenge.is_met_by(&other), verifier == other);
    }

    #[test]
    fn a_verifier_outside_of_the_grammar_meets_nothing(begin in "[A-Za-z0-9._~-]{20,70}", odd in "(||[ -~]|[^ -~])", end in "[A-Za-z0-9._~-]{20,70}") {
        let verifier = format!("{begin}{odd}{end}");
        let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        let challenge = CodeChallenge::parse(&challenge, Some("S256")).unwrap();
        let grammatical = (43..=128).contains(&verifier.len())
            && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        prop_assert_eq!(challenge.is_met_by(&verifier), grammatical);
    }
}
