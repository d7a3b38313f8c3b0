//! Redirect URIs (RFC 9700 §4.1.3, RFC 8252 §7.3).

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use symbolon::protocol::redirect_uri::{LoopbackPort, RedirectUri, verify};
use url::Url;

const REGISTERED: [&str; 3] =
    ["https://app.example/callback", "http://127.0.0.1/callback", "http://[::1]:4711/callback?own=1"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p001_an_exact_match_is_the_only_match(requested in any::<String>()) {
        prop_assert_eq!(
            verify(&REGISTERED, &requested, LoopbackPort::Registered).is_some(),
            REGISTERED.contains(&requested.as_str())
        );
    }

    #[test]
    fn p001_an_edited_copy_never_matches(position in 0_usize..28, edit in "[ -~]") {
        let mut copy = REGISTERED[0].to_owned();
        copy.insert_str(position, &edit);
        prop_assert!(verify(&REGISTERED, &copy, LoopbackPort::Any).is_none());
    }

    #[test]
    fn p002_a_loopback_match_leads_to_the_same_host_and_path(port in 1_u16.., middle in "[ -~]{0,12}") {
        for requested in [format!("http://127.0.0.1:{port}{middle}/callback"), format!("http://127.0.0.1{middle}:{port}/callback")] {
            if verify(&REGISTERED, &requested, LoopbackPort::Any).is_some() {
                let url = Url::parse(&requested).unwrap();
                prop_assert_eq!(url.host_str(), Some("127.0.0.1"));
                prop_assert_eq!(url.path(), "/callback");
                prop_assert!(url.username().is_empty() && url.query().is_none() && url.fragment().is_none());
            }
        }
    }

    #[test]
    fn a_registered_uri_means_to_a_browser_what_it_says(text in "(https|http|com\\.example)://[a-z0-9.:@\\[\\]/?#%\\\\-]{1,30}") {
        if let Ok(uri) = text.parse::<RedirectUri>() {
            let url = Url::parse(uri.as_str()).unwrap();
            prop_assert!(url.fragment().is_none() && url.username().is_empty() && url.password().is_none());
            prop_assert_eq!(uri.as_str(), text);
        }
    }

    #[test]
    fn added_parameters_arrive_and_the_own_query_stays(name in "[a-z]{1,8}", value in any::<String>()) {
        for uri in REGISTERED {
            let verified = verify(&[uri], uri, LoopbackPort::Registered).unwrap();
            let target = verified.with_query([(name.as_str(), value.as_str())]);
            prop_assert!(target.starts_with(uri) && target.bytes().all(|byte| byte.is_ascii_graphic()));
            let url = Url::parse(&target).unwrap();
            let found = url.query_pairs().filter(|(key, _)| *key == name).map(|(_, value)| value.into_owned());
            prop_assert!(found.last() == Some(value.clone()));
        }
    }
}
