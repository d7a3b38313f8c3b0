//! What the metadata announce is what works, and all that works is announced (OIDC Discovery §3, RFC 8414 §2).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use symbolon::crypto::jwk::Algorithm;
use symbolon::model::client::ClientKind;
use symbolon::protocol::acr::Acr;

use super::party::{World, assert_error, claims, platform_client, text};
use crate::harness::jar::{Jar, Page};
use crate::webauthn::{device, sign_in as passkey_sign_in};

async fn announced(world: &World, member: &str) -> BTreeSet<String> {
    let metadata = world.server.browser().get("/.well-known/openid-configuration").await.json();
    let values = metadata[member].as_array().unwrap_or_else(|| panic!("{member}: {metadata}"));
    values.iter().map(|value| value.as_str().expect("a text").to_owned()).collect()
}

/// What a request of a client comes to in a browser where ada is signed in: `code`, or the error.
async fn outcome(world: &World, jar: &Jar, changes: &[(&str, &str)]) -> String {
    let answer = world.authorize(jar, &world.wiki, changes).await;
    answer.get("error").cloned().unwrap_or_else(|| {
        assert!(answer.contains_key("code"), "{answer:?}");
        "code".to_owned()
    })
}

/// D13: an essential wish for a level succeeds exactly where the level is announced; a voluntary one always.
#[tokio::test]
async fn every_announced_acr_can_be_reached_and_no_other() {
    let world = World::new().await;
    let (jar, announced) = (world.server.browser(), announced(&world, "acr_values_supported").await);
    let acme = world.server.scope_of("acme").await.scope;
    passkey_sign_in(&jar, &device(&world.server, &acme, world.ada).await).await;
    let known = Acr::ALL.map(Acr::as_str);
    assert!(announced.iter().all(|acr| known.contains(&acr.as_str())), "{announced:?}");
    for acr in known.into_iter().chain(["urn:symbolon:acr:4", "0"]) {
        let wish = json!({"id_token": {"acr": {"essential": true, "values": [acr]}}}).to_string();
        let expected = if announced.contains(acr) { "code" } else { "unmet_authentication_requirements" };
        assert_eq!(outcome(&world, &jar, &[("claims", &wish)]).await, expected, "{acr}");
        assert_eq!(outcome(&world, &jar, &[("acr_values", acr)]).await, "code", "{acr}");
        if announced.contains(acr) {
            let answer = world.authorize(&jar, &world.wiki, &[("acr_values", acr)]).await;
            let tokens = world.exchange(&world.wiki, &answer["code"]).await.json();
            let (given, asked) = (text(&claims(&text(&tokens, "id_token")), "acr"), acr);
            let level = |acr: &str| acr.parse::<Acr>().expect("a level of ours");
            assert!(level(&given).satisfies(level(asked)), "{given} for {asked}");
        }
    }
}

#[tokio::test]
async fn every_announced_word_of_a_request_is_understood_and_no_other() {
    let world = World::new().await;
    let jar = world.server.browser();
    assert_eq!(outcome(&world, &jar, &[]).await, "code");
    for (parameter, member, others) in [
        ("response_type", "response_types_supported", &["token", "id_token", "code id_token", "none"][..]),
        ("prompt", "prompt_values_supported", &["create", "unknown"]),
        ("response_mode", "response_modes_supported", &["fragment", "jwt", "web_message"]),
        ("code_challenge_method", "code_challenge_methods_supported", &["plain", "S512"]),
    ] {
        let announced = announced(&world, member).await;
        let others = others.iter().map(ToString::to_string);
        for word in announced.iter().cloned().chain(others) {
            let page = jar.copy().open(&World::authorize_path(&world.wiki, &[(parameter, &word)])).await;
            let refused = page.location().is_some() && page.answer().contains_key("error");
            assert_eq!(refused, !announced.contains(&word), "{parameter}={word}: {page:?}");
        }
    }
    for locale in announced(&world, "ui_locales_supported").await {
        let path = World::authorize_path(&world.wiki, &[("ui_locales", &locale), ("prompt", "login")]);
        let page = jar.copy().open(&path).await;
        assert!(page.body.contains(&format!("<html lang=\"{locale}\"")), "{locale}: {page:?}");
    }
}

#[tokio::test]
async fn every_announced_scope_is_given_and_every_announced_claim_told() {
    let world = World::new().await;
    let scopes = announced(&world, "scopes_supported").await;
    let asked = scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let mut console = platform_client("console", ClientKind::Web);
    console.metadata.scopes = scopes.iter().cloned().collect();
    let console = world.server.platform().await.register(console).await;
    let answer = world.authorize(&world.server.browser(), &console, &[("scope", &asked)]).await;
    let tokens = world.exchange(&console, &answer["code"]).await.json();
    let granted = text(&tokens, "scope");
    assert_eq!(granted.split(' ').map(str::to_owned).collect::<BTreeSet<_>>(), scopes);
    let id_token = text(&tokens, "id_token");
    let told = world.userinfo(&text(&tokens, "access_token")).await.json();
    let names = |claims: &Map<String, Value>| claims.keys().cloned().collect::<BTreeSet<_>>();
    let told =
        &names(told.as_object().expect("claims")) | &names(claims(&id_token).as_object().expect("claims"));
    assert_eq!(told, announced(&world, "claims_supported").await);
    let header = jsonwebtoken::decode_header(&id_token).expect("a header");
    let algorithm = format!("{:?}", header.alg);
    assert!(announced(&world, "id_token_signing_alg_values_supported").await.contains(&algorithm));
}

#[tokio::test]
async fn every_announced_grant_and_way_to_prove_a_client_is_taken_and_no_other() {
    let world = World::new().await;
    let grants = announced(&world, "grant_types_supported").await;
    let others = ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code"];
    for grant in grants.iter().map(String::as_str).chain(others) {
        let error = text(&world.token(&world.wiki, &[("grant_type", grant)]).await.json(), "error");
        assert_eq!(error != "unsupported_grant_type", grants.contains(grant), "{grant}: {error}");
    }
    let algorithms = BTreeSet::from(Algorithm::ALL.map(|algorithm| algorithm.as_str().to_owned()));
    for endpoint in ["token", "revocation", "introspection"] {
        let signed = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
        assert_eq!(announced(&world, &signed).await, algorithms, "{endpoint}");
    }
    // A public client revokes what it has, and introspects nothing.
    let public = |page: &Page| page.status == 200;
    let revoked = world.ask("/oauth2/revoke", &world.spa, &[("token", "x")]).await;
    let methods = announced(&world, "revocation_endpoint_auth_methods_supported").await;
    assert_eq!(public(&revoked), methods.contains("none"), "{revoked:?}");
    let introspected = world.introspect(&world.spa, "x").await;
    let methods = announced(&world, "introspection_endpoint_auth_methods_supported").await;
    assert_eq!(public(&introspected), methods.contains("none"), "{introspected:?}");
    assert_error(&introspected, 401, "invalid_client");
}
