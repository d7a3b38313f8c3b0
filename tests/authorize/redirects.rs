//! Where answers may go (RFC 6749 §3.1.2, RFC 9700 §4.1, RFC 8252 §7.3).

use symbolon::model::client::ClientKind;

use super::{ADA, CALLBACK, acme, assert_error_page, request, sign_in};
use crate::harness::seed::client;

#[tokio::test]
async fn p001_near_copies_of_a_redirect_uri_end_on_a_page_of_ours() {
    let server = acme().await;
    let jar = server.browser();
    for near in [
        "https://app.example/callback/",
        "https://app.example/callback/x",
        "https://app.example/callback?x=1",
        "https://app.example/callback#x",
        "https://app.example/callback%2f",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "https://app.example./callback",
        "https://app.example:443/callback",
        "https://app.example:8443/callback",
        "https://app.example@evil.example/callback",
        "https://app.example%2eevil.example/callback",
        "https://app.example.evil.example/callback",
        "https://app.example/../callback",
        "https://app.example/x/../callback",
        "https://app.example/%2e%2e/callback",
        "https://app.example\\@evil.example/callback",
        "https://app.example/callback\\",
        "https:/app.example/callback",
        "http://app.example/callback",
        "//app.example/callback",
        " https://app.example/callback",
        "https://app.example/callback ",
        "https://app.example/callback\r\nX: y",
        "https://evil.example/",
        "javascript:alert(1)",
    ] {
        assert_error_page(&jar.get(&request(&[("redirect_uri", near)])).await, near);
    }
    assert_error_page(&jar.get(&request(&[("redirect_uri", "")])).await, "none at all");
    assert_error_page(&jar.get(&request(&[("client_id", "")])).await, "no client");
    assert_error_page(&jar.get(&request(&[("client_id", "nobody")])).await, "an unknown client");
}

#[tokio::test]
async fn p002_only_a_native_clients_literal_loopback_port_may_differ() {
    let server = acme().await;
    let acme = server.scope_of("acme").await;
    for (id, kind) in [("acme.native", ClientKind::Native), ("acme.web", ClientKind::Web)] {
        let mut own = client(id, kind);
        own.metadata.redirect_uris = vec!["http://127.0.0.1:9/callback".to_owned()];
        acme.register(own).await;
    }
    let jar = server.browser();
    let pkce = [
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    let ask = |id: &'static str, uri: &'static str| {
        let mut changes = vec![("client_id", id), ("redirect_uri", uri), ("tenant", "")];
        changes.extend(pkce);
        request(&changes)
    };
    for bad in [
        "http://127.0.0.1.evil.example:9/callback",
        "http://localhost:9/callback",
        "http://127.0.0.1:9/other",
        "http://127.0.0.2:9/callback",
        "https://127.0.0.1:9/callback",
        "http://127.0.0.1:9@evil.example/callback",
        "http://0x7f000001:9/callback",
        "http://[::1]:9/callback",
    ] {
        assert_error_page(&jar.get(&ask("acme.native", bad)).await, bad);
        assert_error_page(&jar.get(&ask("acme.web", bad)).await, bad);
    }
    assert_error_page(&jar.get(&ask("acme.web", "http://127.0.0.1:4711/callback")).await, "another port");
    let page = jar.open(&ask("acme.native", "http://127.0.0.1:4711/callback")).await;
    let back = sign_in(&jar, page, ADA).await;
    let back = match back.marker().as_deref() {
        Some("page-consent") => jar.submit(&back, &[("decision", "allow")]).await,
        _ => back,
    };
    assert!(back.location().expect("an answer").starts_with("http://127.0.0.1:4711/callback?code="));
}

#[tokio::test]
async fn p004_no_response_type_puts_a_token_into_a_url() {
    let server = acme().await;
    let jar = server.browser();
    for response_type in
        ["token", "id_token", "id_token token", "code token", "code id_token", "none", "CODE"]
    {
        let page = jar.get(&request(&[("response_type", response_type)])).await;
        super::assert_sent_back(&server, &page, "unsupported_response_type", response_type);
    }
    let page = jar.get(&request(&[("response_type", "")])).await;
    super::assert_sent_back(&server, &page, "invalid_request", "no response type");
    // The request that waits is the server's: what stands in the address of a page changes nothing.
    let page = jar.open(&request(&[])).await;
    let restarted =
        jar.open(&format!("{}&response_type=token&redirect_uri=https://evil.example/", page.path)).await;
    let back = sign_in(&jar, restarted, ADA).await;
    let target = back.location().expect("an answer");
    assert!(target.starts_with(&format!("{CALLBACK}?code=")), "{target}");
    assert!(!target.contains("token"), "{target}");
}

#[tokio::test]
async fn p005_every_answer_names_its_issuer() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    let back = sign_in(&jar, page, ADA).await;
    assert_eq!(back.answer().get("iss").map(String::as_str), Some(server.issuer()));
    assert_eq!(back.answer().get("state").map(String::as_str), Some("s-123"));
    let refused = jar.get(&request(&[("max_age", "soon")])).await;
    super::assert_sent_back(&server, &refused, "invalid_request", "max_age");
}

#[tokio::test]
async fn form_post_answers_by_a_form_that_goes_to_the_client() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[("response_mode", "form_post"), ("state", "\"><script>")])).await;
    let back = sign_in(&jar, page, ADA).await;
    assert_eq!(back.status, 200);
    assert_eq!(back.marker().as_deref(), Some("page-form-post"));
    let form = back.form();
    assert_eq!(form.action, CALLBACK);
    let names: Vec<&str> = form.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert!(form.fields.contains(&("state".to_owned(), "\"><script>".to_owned())));
    assert!(!back.body.contains("<script>\""), "the state is escaped");
    let policy = back.header("content-security-policy").expect("a policy");
    assert!(policy.contains("form-action 'self' https://app.example"), "{policy}");
}

#[tokio::test]
async fn a_post_request_goes_on_by_get_and_takes_no_cookie() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    sign_in(&jar, page, ADA).await;
    let path = request(&[("prompt", "none")]);
    let (_, query) = path.split_once('?').expect("a query");
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Another site's form: the browser sends no cookie of ours, and must not be given a new one for it.
    let elsewhere = server.browser();
    let hop = elsewhere
        .send(
            reqwest::Method::POST,
            "/oauth2/authorize",
            Some(&fields),
            &[("origin", "https://app.example"), ("sec-fetch-site", "cross-site")],
        )
        .await;
    assert_eq!(hop.status, 303);
    assert!(hop.headers.get("set-cookie").is_none());
    let back = jar.get(&hop.location().expect("a way on")).await;
    assert!(back.answer().contains_key("code"));
}
