//! URLs of clients that lead inside (P126): refused when they are declared, and never connected to when one is there
//! all the same; and two who take an owner away at once (P102).

use std::io::ErrorKind;
use std::net::TcpListener;

use josekit::jwk::KeyPair as _;
use josekit::jwk::alg::ed::{EdCurve, EdKeyPair};
use josekit::jws::{EdDSA, JwsHeader};
use reqwest::Method;
use serde_json::json;
use symbolon::flows::client_auth::ASSERTION_TYPE;
use symbolon::model::client::{AuthMethod, ClientKind};
use symbolon::storage::records::{clients, users};

use super::deployment::Deployment;
use crate::harness::TestServer;
use crate::harness::seed::client;

/// Loopback, private, link-local, shared and reserved addresses, in every spelling that some parser takes.
const INSIDE: [&str; 34] = [
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://127.0.0.1.:443/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0x7f.1/x",
    "https://0177.0.0.1/x",
    "https://017700000001/x",
    "https://0/x",
    "https://0.0.0.0/x",
    "https://10.0.0.1/x",
    "https://10.1/x",
    "https://172.16.0.1/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/x",
    "https://100.64.0.1/x",
    "https://198.18.0.1/x",
    "https://224.0.0.1/x",
    "https://255.255.255.255/x",
    "https://[::1]/x",
    "https://[::]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[::ffff:7f00:1]/x",
    "https://[fe80::1]/x",
    "https://[fc00::1]/x",
    "https://[fd12:3456::1]/x",
    "https://[64:ff9b::7f00:1]/x",
    "https://[2002:7f00:1::]/x",
    "https://localhost/x",
    "https://LOCALHOST./x",
    "https://x.localhost/x",
    "https://\u{2460}\u{2461}\u{2466}.0.0.1/x",
    "http://example.com/x",
    "file:///etc/passwd",
];

/// P126: each is refused for every field that we fetch, and nothing is stored.
#[actix_web::test]
async fn p126_no_url_that_leads_inside_is_declared() {
    let deployment = Deployment::with_acme().await;
    for url in INSIDE {
        for field in ["jwks_uri", "logo_uri"] {
            let (method, kind) =
                if field == "jwks_uri" { ("private_key_jwt", "service") } else { ("none", "native") };
            let way = if kind == "native" { ", redirect_uris: [\"x.y:/z\"]" } else { "" };
            let file = format!(
                "apiVersion: symbolon/v1\ntenants: [{{slug: acme, name: Acme Corp, plan: pro, clients: [{{client_id: acme.out, \
                 name: Out, kind: {kind}, token_endpoint_auth_method: {method}, {field}: \"{url}\"{way}}}]}}]\n"
            );
            let refused =
                deployment.try_apply(&file, false).await.expect_err(&format!("{field}: {url}")).to_string();
            assert!(refused.contains(field), "{url}: {refused}");
        }
    }
    let kept = deployment.inside("acme", clients::all).await;
    assert!(kept.iter().all(|client| client.client_id.as_str() != "acme.out"));
}

/// P126: a key set that lies inside is not fetched, and the client proves nothing by it.
#[tokio::test]
async fn p126_no_key_set_is_fetched_from_inside() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener that does not wait");
    let port = listener.local_addr().expect("an address").port();
    let server = TestServer::start().await;
    let mut key = EdKeyPair::generate(EdCurve::Ed25519).expect("a key");
    key.set_key_id(Some("k1"));
    let signer = EdDSA.signer_from_jwk(&key.to_jwk_private_key()).expect("a signer");
    let mut header = JwsHeader::new();
    header.set_token_type("JWT");
    header.set_key_id("k1");
    for (n, host) in
        ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f000001", "127.1"].into_iter().enumerate()
    {
        for scheme in ["http", "https"] {
            let id = format!("fetcher-{n}-{scheme}");
            let mut fetcher = client(&id, ClientKind::Service);
            fetcher.metadata.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            fetcher.metadata.jwks_uri = Some(format!("{scheme}://{host}:{port}/keys"));
            server.platform().await.register(fetcher).await;
            let now = server.now().unix();
            let claims =
                json!({"iss": id, "sub": id, "aud": server.issuer(), "jti": id, "iat": now, "exp": now + 60});
            let assertion = josekit::jws::serialize_compact(claims.to_string().as_bytes(), &header, &signer);
            let assertion = assertion.expect("an assertion");
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", &assertion),
            ];
            let page = server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
            assert_eq!(page.json()["error"], "invalid_client", "{scheme}://{host}: {page:?}");
            assert!(!page.body.contains(&port.to_string()), "{page:?}");
        }
    }
    let connected = listener.accept().expect_err("nobody connected");
    assert_eq!(connected.kind(), ErrorKind::WouldBlock);
}

/// P102: two files that take an owner away each, at the same time: one of them is refused, or sees what the other did.
#[actix_web::test]
async fn p102_two_owners_do_not_go_at_once() {
    let deployment = Deployment::with_acme().await;
    let file = |ada: &str, grace: &str| {
        format!(
            "apiVersion: symbolon/v1\ntenants: [{{slug: acme, name: Acme Corp, plan: pro, users: [{{email: ada@acme.example, \
             roles: [{ada}]}}, {{email: grace@acme.example, roles: [{grace}]}}]}}]\n"
        )
    };
    let only = |name: &str| {
        format!(
            "apiVersion: symbolon/v1\ntenants: [{{slug: acme, name: Acme Corp, plan: pro, users: [{{email: {name}@acme.example, \
             roles: [member]}}]}}]\n"
        )
    };
    for _ in 0..5 {
        deployment.apply(&file("owner", "owner")).await;
        let (first, second) = (only("ada"), only("grace"));
        let (one, other) = tokio::join!(deployment.attempt(&first), deployment.attempt(&second));
        let owners = deployment.inside("acme", users::all).await;
        let owners =
            owners.iter().filter(|user| user.roles.contains(&symbolon::model::role::Role::Owner)).count();
        assert!(owners >= 1, "nobody is left: {one} {other}");
        assert!(!(one && other), "both went through");
    }
}
