//! Redirect URIs (RFC 9700 §4.1.3, RFC 8252 §7.3).

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::{Index, select};
use symbolon::protocol::redirect_uri::{LoopbackPort, RedirectUri, verify};
use url::Url;

const REGISTERED: [&str; 3] =
    ["https://app.example/callback", "http://127.0.0.1/callback", "http://[::1]:4711/callback?own=1"];

/// A registered URI, as it is or with one letter put in, taken away or replaced by another.
fn one_or_an_edited_copy() -> impl Strategy<Value = String> {
    (select(&REGISTERED[..]), any::<Index>(), 0_u8..4, "[ -~]").prop_map(|(uri, position, edit, letter)| {
        let mut text = uri.to_owned();
        let position = position.index(uri.len());
        match edit {
            0 => {}
            1 => text.insert_str(position, &letter),
            2 => text.replace_range(position..=position, ""),
            _ => text.replace_range(position..=position, &letter),
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p001_an_exact_match_is_the_only_match(requested in one_or_an_edited_copy()) {
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
    fn p002_a_loopback_match_leads_to_the_same_host_and_path(port in 1_u16.., middle in "(|[@:/?#%.0-9a-z\\\\]{1,8})") {
        let plain = format!("http://127.0.0.1:{port}/callback");
        prop_assert!(verify(&REGISTERED, &plain, LoopbackPort::Any).is_some());
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
    fn what_is_usual_can_be_registered(text in "https://[a-z]{1,8}\\.example(:8443)?(/[a-z0-9_~-]{1,5}){0,3}/?(\\?[a-z]=[0-9])?") {
        let uri: RedirectUri = text.parse().unwrap();
        prop_assert_eq!(uri.as_str(), text);
    }

    #[test]
    fn a_registered_uri_means_to_a_browser_what_it_says(text in "(https://[a-z]{1,5}|http://127\\.0\\.0\\.1|com\\.example:)[a-z0-9.:@\\[\\]/?#%\\\\-]{0,8}") {
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
