//! A client that proves itself no more: what was protected by its proof is worth nothing without one (P012, P026).

use reqwest::Method;

use super::running::{ADA, HANK, Running};
use crate::harness::jar::Page;
use crate::harness::tokens::text;

/// The wiki as it stands in the example, and as a program in the browser.
const CONFIDENTIAL: &str = "        kind: web
        redirect_uris: [\"http://127.0.0.1:9090/callback\"]
        post_logout_redirect_uris: [\"http://127.0.0.1:9090/\"]
        scopes: [openid, profile, email, offline_access]
        token_endpoint_auth_method: client_secret_basic
        secret: {env: ACME_WIKI_SECRET}
";
const PUBLIC: &str = "        kind: spa
        redirect_uris: [\"http://127.0.0.1:9090/callback\"]
        post_logout_redirect_uris: [\"http://127.0.0.1:9090/\"]
        scopes: [openid, profile, email, offline_access]
";

/// Asks for tokens with nothing but the client's name.
async fn bare(running: &Running, fields: &[(&str, &str)]) -> Page {
    let fields: Vec<_> = fields.iter().copied().chain([("client_id", "acme.wiki")]).collect();
    running.server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await
}

fn assert_worthless(answer: &Page, what: &str) {
    assert_eq!((answer.status.as_u16(), &*text(&answer.json(), "error")), (400, "invalid_grant"), "{what}");
}

#[tokio::test]
async fn p012_what_a_client_held_under_its_proof_ends_when_it_becomes_public() {
    let running = Running::new().await;
    let jar = running.server.browser();
    let page = jar.open(&Running::asks_for_wiki()).await;
    let page = ADA.signs_in(&jar, &page).await;
    let code = jar.submit(&page, &[("decision", "allow")]).await.answer().remove("code").expect("a code");
    let tokens = running.exchanged("acme.wiki", &code).await.json();
    let refresh = text(&tokens, "refresh_token");
    let unused = jar.get(&Running::asks_for_wiki()).await.answer().remove("code").expect("a second code");
    let hank = running.hold(HANK).await;

    let public = running.edited(&[(CONFIDENTIAL, PUBLIC)]);
    running.apply(&public, false).await;
    let callback = "http://127.0.0.1:9090/callback";
    let code = [("grant_type", "authorization_code"), ("code", &*unused), ("redirect_uri", callback)];
    let refreshing = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    assert_worthless(&bare(&running, &code).await, "a code without a challenge");
    assert_worthless(&bare(&running, &refreshing).await, "a refresh token that was got with the secret");
    assert_eq!(running.refreshed(&hank).await.status, 200, "another client's");

    running.apply(&running.file, false).await;
    assert_worthless(&running.refreshed_by("acme.wiki", &refresh).await, "it stays ended");
    assert_worthless(&running.exchanged("acme.wiki", &unused).await, "it stays used up");
}

/// P012: what the client must do counts at the token endpoint too, as it stands when the code is presented.
#[tokio::test]
async fn p012_a_code_without_a_challenge_is_worth_nothing_once_its_client_must_use_one() {
    let running = Running::new().await;
    let jar = running.server.browser();
    let page = jar.open(&Running::asks_for_wiki()).await;
    let page = ADA.signs_in(&jar, &page).await;
    let code = jar.submit(&page, &[("decision", "allow")]).await.answer().remove("code").expect("a code");
    let bound = running
        .edited(&[("        name: Acme Wiki\n", "        name: Acme Wiki\n        require_pkce: true\n")]);
    running.apply(&bound, false).await;
    assert_worthless(&running.exchanged("acme.wiki", &code).await, "no challenge");
}
