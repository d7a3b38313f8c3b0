//! The public documents: metadata (OIDC Discovery, RFC 8414) and keys (RFC 7517; P025).

use reqwest::Method;
use serde_json::Value;
use symbolon::crypto::jwt::claimed_kid;
use symbolon::flows::keys::{FreshKey, revoke};
use symbolon::model::audit::Actor;
use symbolon::model::signing_key::KeyPurpose;

use super::party::{World, text};
use crate::harness::TestServer;

#[tokio::test]
async fn both_metadata_documents_are_the_same_and_lead_to_endpoints() {
    let server = TestServer::start().await;
    let jar = server.browser();
    let openid = jar.get("/.well-known/openid-configuration").await;
    let oauth = jar.get("/.well-known/oauth-authorization-server").await;
    assert_eq!((openid.status.as_u16(), &openid.body), (200, &oauth.body));
    let metadata = openid.json();
    assert_eq!(metadata["issuer"], server.issuer());
    for endpoint in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "introspection_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
    ] {
        let url = metadata[endpoint].as_str().unwrap();
        let path = url.strip_prefix(server.issuer()).expect("an endpoint of ours");
        assert_ne!(jar.send(Method::GET, path, None, &[]).await.status, 404, "{endpoint}");
    }
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["code_challenge_methods_supported"], serde_json::json!(["S256"]));
}

#[tokio::test]
async fn p025_the_key_set_holds_public_members_only() {
    let server = TestServer::start().await;
    let keys = server.browser().get("/.well-known/jwks.json").await.json();
    let keys = keys["keys"].as_array().unwrap();
    assert!(keys.len() >= 2, "the next key is published before its first use");
    for key in keys {
        let members: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(
            ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().all(|private| !members.contains(private))
        );
        assert!(key["kid"].is_string() && key["alg"] == "RS256");
    }
    let mut names: Vec<&Value> = keys.iter().map(|key| &key["kid"]).collect();
    names.dedup();
    assert_eq!(names.len(), keys.len());
}

#[tokio::test]
async fn documents_are_not_sent_twice_to_who_has_them() {
    let server = TestServer::start().await;
    let jar = server.browser();
    for path in ["/.well-known/jwks.json", "/.well-known/openid-configuration"] {
        let first = jar.get(path).await;
        let etag = first.header("etag").expect("an entity tag").to_owned();
        for tags in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let again = jar.send(Method::GET, path, None, &[("if-none-match", &tags)]).await;
            assert_eq!((again.status.as_u16(), &*again.body), (304, ""), "{tags}");
        }
        let other = jar.send(Method::GET, path, None, &[("if-none-match", "\"other\"")]).await;
        assert_eq!((other.status.as_u16(), &other.body), (200, &first.body));
    }
}

#[tokio::test]
async fn p025_tokens_of_a_revoked_key_are_refused_at_once() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let access = text(&tokens, "access_token");
    let kid = claimed_kid(&access).expect("a kid");
    let call = world.server.operator();
    let fresh = FreshKey::make(KeyPurpose::Tokens, world.server.edge.keys.sealer(), &call).expect("a key");
    world
        .server
        .as_operator(move |tx| {
            revoke(tx, &call, &Actor::Operator, &kid, fresh)?.expect("the key is revoked");
            Ok(())
        })
        .await;
    assert_eq!(world.userinfo(&access).await.status, 401);
    assert_eq!(world.introspect(&world.wiki, &access).await.json(), serde_json::json!({"active": false}));
    let next = world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await.json();
    assert_eq!(world.userinfo(&text(&next, "access_token")).await.status, 200, "the next key signs");
}
