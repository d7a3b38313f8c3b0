//! Request parameters (RFC 6749 Appendix B).

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use symbolon::protocol::params::{Params, ParamsError};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let reading = Params::read(&bytes);
        prop_assert_eq!(Params::parse(&bytes).err(), reading.fault);
    }

    #[test]
    fn a_form_is_read_or_has_a_fault(text in "[a-c=&+%0-9\\x00é]{0,60}") {
        let reading = Params::read(text.as_bytes());
        prop_assert_eq!(Params::parse(text.as_bytes()).err(), reading.fault);
    }

    #[test]
    fn what_was_encoded_is_read_back(pairs in proptest::collection::btree_map("[^\0]{1,20}", "[^\0]{1,60}", 0..20)) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        // A name may be longer than the limit once it is UTF-8: 20 characters of 4 bytes are below it.
        let params = Params::parse(body.as_bytes()).unwrap();
        for (name, value) in &pairs {
            prop_assert_eq!(params.get(name), Some(value.as_str()));
        }
        prop_assert_eq!(params.iter().count(), pairs.len());
    }

    #[test]
    fn a_repeated_name_is_never_read(name in "[a-q]{1,10}", one in "[a-z]{0,5}", other in "[a-z]{0,5}") {
        let body = format!("{name}={one}&x_first=1&{name}={other}");
        let reading = Params::read(body.as_bytes());
        prop_assert_eq!(reading.fault, Some(ParamsError::Repeated));
        prop_assert!(!reading.params.has(&name) && reading.params.has("x_first"));
    }
}
