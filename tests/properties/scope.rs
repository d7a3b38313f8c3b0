//! Scopes (RFC 6749 §3.3).

use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use symbolon::protocol::scope::ScopeSet;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(text in r"([!#-\[\]-~]{1,8} {1,2}){0,12}") {
        let set: ScopeSet = text.parse().unwrap();
        let mut names: Vec<&str> = text.split_whitespace().collect();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(set.to_string(), names.join(" "));
        prop_assert_eq!(set.to_string().parse::<ScopeSet>().unwrap(), set);
    }

    #[test]
    fn one_letter_outside_the_grammar_refuses_them_all(before in "[a-z ]{0,12}", wrong in r#"["\\\x00-\x1f\x7f]|[^ -~]"#, after in "[a-z ]{0,12}") {
        let text = format!("{before}{wrong}{after}");
        prop_assert!(text.parse::<ScopeSet>().is_err(), "{text:?}");
    }

    #[test]
    fn sets_behave_like_sets(one in "([a-e] ){0,5}", other in "([a-e] ){0,5}") {
        let (one, other): (ScopeSet, ScopeSet) = (one.parse().unwrap(), other.parse().unwrap());
        prop_assert!(one.intersection(&other).is_subset(&one) && one.is_subset(&one.union(&other)));
        prop_assert_eq!(one.difference(&other).union(&one.intersection(&other)), one.clone());
        prop_assert_eq!(one.difference(&other).is_empty(), one.is_subset(&other));
    }
}
