//! `claims` (OIDC Core §5.5).

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use symbolon::protocol::claims_request::ClaimsRequest;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = ClaimsRequest::parse(&text);
    }

    #[test]
    fn brackets_in_any_order_are_answered(text in r#"[\[\]{}",:a\\ 1]{0,400}"#) {
        let _ = ClaimsRequest::parse(&text);
    }

    #[test]
    fn what_is_read_survives_storage(names in proptest::collection::btree_set("[a-z_]{1,12}", 0..10), essential: bool) {
        let members: serde_json::Map<_, _> =
            names.iter().map(|name| (name.clone(), serde_json::json!({"essential": essential}))).collect();
        let text = serde_json::json!({"userinfo": members}).to_string();
        let request = ClaimsRequest::parse(&text).unwrap();
        prop_assert!(request.names().eq(names.iter().map(String::as_str)));
        let stored = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), request);
    }
}
