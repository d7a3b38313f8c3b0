//! Opaque secrets (D5).

use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use symbolon::model::ids::TenantId;
use symbolon::protocol::opaque::{self, TenantKind};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_issued_secret_names_its_tenant(tenant: [u8; 16], random: [u8; 32]) {
        let tenant = TenantId::from_bytes(tenant);
        for kind in TenantKind::ALL {
            let secret = opaque::issue(kind, tenant, &random);
            let presented = opaque::parse(kind, secret.expose()).unwrap();
            prop_assert_eq!(presented.tenant, tenant);
            prop_assert_eq!(presented.hash, opaque::hash(secret.expose()));
            prop_assert!(secret.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        }
    }

    #[test]
    fn a_changed_character_is_noticed(random: [u8; 32], position in 4_usize..74, letter in "[A-Za-z0-9_-]") {
        let secret = opaque::issue(TenantKind::RefreshToken, TenantId::from_bytes([1; 16]), &random);
        let mut changed = secret.expose().clone();
        let position = position.min(changed.len() - 1);
        changed.replace_range(position..=position, &letter);
        prop_assert!(changed == *secret.expose() || opaque::parse(TenantKind::RefreshToken, &changed).is_none());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(syc_)?([A-Za-z0-9_-]{68,76}|\\PC{0,40})") {
        prop_assert!(opaque::parse(TenantKind::AuthorizationCode, &text).is_none());
    }
}
