//! Parameters of authorization requests (OIDC Core §3.1.2.1): what is refused, and how.

use reqwest::Method;
use symbolon::model::client::ClientKind;

use super::{ADA, acme, assert_error_page, assert_sent_back, request, sign_in};
use crate::harness::rows::{Everything, RECORD, without};
use crate::harness::seed::client;

#[tokio::test]
async fn malformed_parameters_are_sent_back_as_errors() {
    let server = acme().await;
    let jar = server.browser();
    let long = "x".repeat(3000);
    for (name, value, error) in [
        ("prompt", "none login", "invalid_request"),
        ("prompt", "dance", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "1.5", "invalid_request"),
        ("max_age", "99999999999999999999", "invalid_request"),
        ("claims", "{", "invalid_request"),
        ("claims", "[]", "invalid_request"),
        ("claims", "\"text\"", "invalid_request"),
        ("nonce", &long, "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("response_mode", "web_message", "invalid_request"),
        ("scope", "nothing-of-ours", "invalid_scope"),
        ("scope", "openid \u{e9}", "invalid_scope"),
        ("resource", "https://unknown.example", "invalid_target"),
        ("resource", "not a uri", "invalid_target"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "https://app.example/request.jwt", "request_uri_not_supported"),
        ("registration", "{}", "registration_not_supported"),
        ("id_token_hint", "nonsense", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "S256", "invalid_request"),
    ] {
        let page = jar.get(&request(&[(name, value)])).await;
        assert_sent_back(&server, &page, error, &format!("{name}={value}"));
    }
}

#[tokio::test]
async fn repeated_parameters_are_an_error_where_it_can_be_sent_back_and_a_page_where_not() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.get(&format!("{}&scope=openid", request(&[]))).await;
    assert_sent_back(&server, &page, "invalid_request", "scope twice");
    let page = jar.get(&format!("{}&client_id=acme.app", request(&[]))).await;
    assert_error_page(&page, "client_id twice");
    let page = jar.get(&format!("{}&redirect_uri=https://evil.example", request(&[]))).await;
    assert_error_page(&page, "redirect_uri twice");
    let page = jar.get(&format!("{}&ui_locales=%ff%fe", request(&[]))).await;
    assert_sent_back(&server, &page, "invalid_request", "not UTF-8");
}

#[tokio::test]
async fn p012_public_clients_need_pkce_with_s256() {
    let server = acme().await;
    server.scope_of("acme").await.register(client("acme.spa", ClientKind::Spa)).await;
    let jar = server.browser();
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let ask = |more: &[(&'static str, &'static str)]| {
        let mut changes = vec![("client_id", "acme.spa"), ("tenant", "")];
        changes.extend_from_slice(more);
        request(&changes)
    };
    for (what, more) in [
        ("none", vec![]),
        ("plain", vec![("code_challenge", challenge), ("code_challenge_method", "plain")]),
        ("no method, which means plain", vec![("code_challenge", challenge)]),
    ] {
        assert_sent_back(&server, &jar.get(&ask(&more)).await, "invalid_request", what);
    }
    let good = ask(&[("code_challenge", challenge), ("code_challenge_method", "S256")]);
    assert_eq!(jar.open(&good).await.marker().as_deref(), Some("page-login"));
}

#[tokio::test]
async fn what_is_not_understood_is_ignored() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar
        .open(&request(&[
            ("display", "popup"),
            ("claims_locales", "se"),
            ("ui_locales", "fr-CA de xx"),
            ("login_hint", "ada@acme.example"),
            ("acr_values", "1 2 urn:unknown"),
            ("foo", "bar"),
            ("claims", r#"{"userinfo":{"name":{"essential":true}},"unknown":{"x":null}}"#),
        ]))
        .await;
    assert!(sign_in(&jar, page, ADA).await.answer().contains_key("code"));
}

#[tokio::test]
async fn an_acr_that_cannot_be_reached_fails_only_when_it_is_essential() {
    let server = acme().await;
    let jar = server.browser();
    let essential = |level: u8| {
        format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["urn:symbolon:acr:{level}"]}}}}}}"#)
    };
    let back = jar.open(&request(&[("claims", &essential(4))])).await;
    assert_sent_back(
        &server,
        &back,
        "unmet_authentication_requirements",
        "nobody has to sign in to learn it",
    );
    let page = jar.open(&request(&[("acr_values", "urn:symbolon:acr:3")])).await;
    assert!(sign_in(&jar, page, ADA).await.answer().contains_key("code"));
    // Some can reach it, but not she.
    let back = jar.open(&request(&[("claims", &essential(3))])).await;
    assert_sent_back(&server, &back, "unmet_authentication_requirements", "she has no passkey");
}

#[tokio::test]
async fn an_unknown_tenant_looks_like_a_known_one_and_lets_nobody_in() {
    let server = acme().await;
    let (known, unknown) = (server.browser(), server.browser());
    let one = known.open(&request(&[("tenant", "acme")])).await;
    let other = unknown.open(&request(&[("tenant", "no-such-tenant")])).await;
    assert_eq!(one.marker(), other.marker());
    assert_eq!(one.status, other.status);
    let other = unknown.submit(&other, &[("username", ADA)]).await;
    assert_eq!(other.marker().as_deref(), Some("page-password"));
    let refused = unknown.submit(&other, &[("password", crate::harness::seed::PASSWORD)]).await;
    assert_eq!(refused.marker().as_deref(), Some("page-password"));
    let contradiction = known.get(&request(&[("client_id", "acme.app"), ("tenant", "globex")])).await;
    assert_sent_back(&server, &contradiction, "invalid_request", "a tenant that the client contradicts");
}

#[tokio::test]
async fn cancelling_answers_access_denied() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    assert!(page.has("login-cancel"));
    let back = jar.submit(&page, &[("action", "cancel")]).await;
    assert_sent_back(&server, &back, "access_denied", "cancelled");
    let again = jar.open(&page.path).await;
    assert_ne!(again.status, 200, "the interaction is over");
}

#[tokio::test]
async fn a_suspended_client_ends_what_waits_for_it() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[("client_id", "acme.app"), ("tenant", "")])).await;
    server.suspend_client("acme", "acme.app").await;
    assert_error_page(
        &jar.get(&request(&[("client_id", "acme.app"), ("tenant", "")])).await,
        "a new request",
    );
    let page = jar.submit(&page, &[("username", ADA)]).await;
    let end = match page.marker().as_deref() {
        Some("page-password") => jar.submit(&page, &[("password", crate::harness::seed::PASSWORD)]).await,
        _ => page,
    };
    assert_eq!(end.marker().as_deref(), Some("page-error"));
}

/// What GET does at these doors is no mere reading, and HEAD changes nothing (RFC 9110 §9.2.1).
#[tokio::test]
async fn head_issues_no_code_and_signs_nobody_out() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[("client_id", "acme.app")])).await;
    let consent = sign_in(&jar, page, ADA).await;
    assert!(jar.submit(&consent, &[("decision", "allow")]).await.answer().contains_key("code"));
    let before = without(Everything::open(server.storage()).all(), &RECORD);
    for path in [request(&[("client_id", "acme.app")]), "/oauth2/logout".to_owned()] {
        let answered = jar.send(Method::HEAD, &path, None, &[]).await;
        assert_eq!((answered.status.as_u16(), answered.header("allow")), (405, Some("GET, POST")), "{path}");
    }
    let resumed = jar.send(Method::HEAD, "/oauth2/authorize/resume", None, &[]).await;
    assert_eq!((resumed.status.as_u16(), resumed.header("allow")), (405, Some("GET")));
    assert_eq!(without(Everything::open(server.storage()).all(), &RECORD), before);
    let again = jar.open(&request(&[("client_id", "acme.app"), ("prompt", "none")])).await;
    assert!(again.answer().contains_key("code"), "{again:?}");
}
