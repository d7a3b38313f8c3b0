//! The plan Config: the metadata and the key set (OIDC Discovery §3, RFC 8414 §2, RFC 7517).

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::Value;
use symbolon::protocol::metadata::{Offered, ProviderMetadata};

use super::suite::{Client, Suite};
use crate::harness::jar::Page;

/// The members of OIDC Discovery §3, RFC 8414 §2, RFC 9207 §3, OIDC RP-Initiated Logout §2.1 and OIDC Prompt Create
/// §4.1 that we have a use for: the suite warns of any other.
const KNOWN: [&str; 30] = [
    "acr_values_supported",
    "authorization_endpoint",
    "authorization_response_iss_parameter_supported",
    "claim_types_supported",
    "claims_parameter_supported",
    "claims_supported",
    "code_challenge_methods_supported",
    "display_values_supported",
    "end_session_endpoint",
    "grant_types_supported",
    "id_token_signing_alg_values_supported",
    "introspection_endpoint",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "issuer",
    "jwks_uri",
    "prompt_values_supported",
    "request_uri_parameter_supported",
    "response_modes_supported",
    "response_types_supported",
    "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "scopes_supported",
    "subject_types_supported",
    "token_endpoint",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "ui_locales_supported",
    "userinfo_endpoint",
];

async fn document(suite: &Suite, path: &str) -> (Page, Value) {
    let page = suite.server.browser().get(path).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("application/json"));
    let json = page.json();
    (page, json)
}

fn list(metadata: &Value, member: &str) -> Vec<String> {
    let values = metadata[member].as_array().unwrap_or_else(|| panic!("{member} is no list"));
    assert!(!values.is_empty(), "an empty list is left out: {member}");
    values.iter().map(|value| value.as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn oidcc_discovery_endpoint_verification_holds() {
    let suite = Suite::in_the_query().await;
    let (_, metadata) = document(&suite, "/.well-known/openid-configuration").await;
    assert_eq!(document(&suite, "/.well-known/oauth-authorization-server").await.1, metadata);
    assert_eq!(metadata["issuer"], suite.server.issuer(), "exactly what was asked for");
    let members: Vec<&str> = metadata.as_object().expect("an object").keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = KNOWN.into();
    assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), known);
    for (member, expected) in [
        ("response_types_supported", &["code"][..]),
        ("response_modes_supported", &["query", "form_post"]),
        (
            "grant_types_supported",
            &[
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ],
        ),
        ("subject_types_supported", &["public"]),
        ("id_token_signing_alg_values_supported", &["RS256"]),
        ("code_challenge_methods_supported", &["S256"]),
        ("claim_types_supported", &["normal"]),
    ] {
        assert_eq!(list(&metadata, member), expected, "{member}");
    }
    let scopes = list(&metadata, "scopes_supported");
    assert_eq!(scopes[..6], ["openid", "profile", "email", "address", "phone", "offline_access"]);
    assert!(scopes[6..].iter().all(|scope| scope.contains(':')), "those of our own API: {scopes:?}");
    let methods = list(&metadata, "token_endpoint_auth_methods_supported");
    for method in ["client_secret_basic", "client_secret_post", "private_key_jwt"] {
        assert!(methods.iter().any(|own| own == method), "{method}");
    }
    assert!(!methods.iter().any(|method| method == "client_secret_jwt"), "not supported, not announced");
    let claims = list(&metadata, "claims_supported");
    for claim in ["sub", "iss", "auth_time", "acr", "name", "email", "phone_number", "address", "updated_at"]
    {
        assert!(claims.iter().any(|own| own == claim), "{claim}");
    }
    assert_eq!(claims.len(), claims.iter().collect::<BTreeSet<_>>().len(), "none stands twice");
    assert_eq!(list(&metadata, "ui_locales_supported"), ["en", "de"], "in their canonical letters");
    assert_eq!(metadata["claims_parameter_supported"], true);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    for endpoint in ["authorization", "token", "userinfo", "end_session", "revocation", "introspection"] {
        let url = metadata[format!("{endpoint}_endpoint")].as_str().expect("an endpoint");
        let path = url.strip_prefix(suite.server.issuer()).expect("on our own origin");
        assert_ne!(
            suite.server.browser().send(Method::POST, path, Some(&[]), &[]).await.status,
            404,
            "{url}"
        );
    }
}

#[test]
fn every_address_of_an_https_issuer_is_https() {
    let issuer = "https://id.example.com".parse().expect("an issuer");
    let metadata =
        ProviderMetadata::new(Offered { issuer: &issuer, ui_locales: &["en"], auth_methods: &["none"] });
    let metadata = serde_json::to_value(metadata).expect("JSON");
    let addresses = metadata.as_object().expect("an object").iter().filter(|(member, _)| {
        member.ends_with("_endpoint") || member.ends_with("_uri") || *member == "issuer"
    });
    for (member, address) in addresses {
        assert!(address.as_str().is_some_and(|url| url.starts_with("https://id.example.com")), "{member}");
    }
}

#[tokio::test]
async fn oidcc_server_jwks_are_public_named_and_strong() {
    let suite = Suite::in_the_query().await;
    let (_, metadata) = document(&suite, "/.well-known/openid-configuration").await;
    let path = metadata["jwks_uri"].as_str().and_then(|uri| uri.strip_prefix(suite.server.issuer()));
    let (_, set) = document(&suite, path.expect("on our own origin")).await;
    let keys = set["keys"].as_array().expect("keys");
    assert!(keys.len() >= 2, "the next key is published before its first use");
    let mut names = BTreeSet::new();
    for key in keys {
        assert!(names.insert(key["kid"].as_str().expect("a name")), "a name stands twice");
        assert_eq!((&key["kty"], &key["use"], &key["alg"]), (&"RSA".into(), &"sig".into(), &"RS256".into()));
        let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().expect("a modulus")).expect("base64url");
        assert!(modulus.len() >= 256 && modulus[0] >= 0x80, "2048 bits, in the shortest form");
        let exponent = URL_SAFE_NO_PAD.decode(key["e"].as_str().expect("an exponent")).expect("base64url");
        assert_eq!(exponent, [1, 0, 1]);
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
}

#[tokio::test]
async fn oidcc_server_rotate_keys_leaves_the_old_key_for_tokens_that_live() {
    let suite = Suite::in_the_query().await;
    let kid = |token: &str| jsonwebtoken::decode_header(token).expect("a header").kid.expect("a name");
    suite.server.advance(Duration::from_hours(91 * 24)).await;
    let before = suite.flow(&suite.server.browser(), Client::First, &[]).await;
    suite.server.run_jobs().await;
    let after = suite.flow(&suite.server.browser(), Client::First, &[]).await;
    assert_ne!(kid(&before.id_token), kid(&after.id_token));
    let (_, set) = document(&suite, "/.well-known/jwks.json").await;
    let names: Vec<&str> =
        set["keys"].as_array().expect("keys").iter().filter_map(|key| key["kid"].as_str()).collect();
    assert!(names.contains(&kid(&after.id_token).as_str()));
    assert!(names.contains(&kid(&before.id_token).as_str()), "{names:?}");
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
}

#[tokio::test]
async fn scripts_of_a_listed_origin_may_read_what_they_need_and_the_pages_are_closed_to_them() {
    let origin = "https://app.conformance.example";
    let suite = Suite::in_the_query().await;
    suite
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant_by_slug(&"conformance".parse().expect("a slug"))?.expect("the tenant");
            let mut tx = tx.enter(&scope)?;
            let id = Client::First.id().parse().expect("a client id");
            let mut client = symbolon::storage::records::clients::find(&mut tx, &id)?.expect("the client");
            client.metadata.allowed_origins = vec![origin.to_owned()];
            symbolon::storage::records::clients::update(&mut tx, &client)
        })
        .await;
    let jar = suite.server.browser();
    let allowed = |page: &Page| page.header("access-control-allow-origin").map(str::to_owned);
    for path in ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/userinfo"] {
        let own = jar.send(Method::GET, path, None, &[("origin", origin)]).await;
        assert!(allowed(&own).is_some_and(|allowed| allowed == origin || allowed == "*"), "{path}: {own:#?}");
        assert!(own.header("access-control-allow-credentials").is_none());
    }
    let token = jar.send(Method::POST, "/oauth2/token", Some(&[]), &[("origin", origin)]).await;
    assert_eq!(allowed(&token).as_deref(), Some(origin));
    for path in ["/oauth2/authorize", "/login", "/oauth2/logout"] {
        let page = jar.send(Method::GET, path, None, &[("origin", origin)]).await;
        assert_eq!(allowed(&page), None, "{path}");
    }
}
