//! Scopes (RFC 6749 §3.3).

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use symbolon::protocol::scope::ScopeSet;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(text in any::<String>()) {
        if let Ok(set) = text.parse::<ScopeSet>() {
            prop_assert_eq!(set.to_string().parse::<ScopeSet>().unwrap(), set.clone());
            prop_assert!(set.to_string().bytes().all(|byte| (0x20..0x7F).contains(&byte)));
        }
    }

    #[test]
    fn sets_behave_like_sets(one in "([a-e] ){0,5}", other in "([a-e] ){0,5}") {
        let (one, other): (ScopeSet, ScopeSet) = (one.parse().unwrap(), other.parse().unwrap());
        prop_assert!(one.intersection(&other).is_subset(&one) && one.is_subset(&one.union(&other)));
        prop_assert_eq!(one.difference(&other).union(&one.intersection(&other)), one.clone());
        prop_assert_eq!(one.difference(&other).is_empty(), one.is_subset(&other));
    }
}
