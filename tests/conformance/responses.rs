//! Requests that succeed, in every spelling that the suite tries, and those that must not.

use std::path::Path;

use reqwest::Method;
use serde_json::Value;

use super::suite::{CALLBACK, CHALLENGE, Client, Mode, Suite, form};

in_both_plans!(
    oidcc_server_completes_the_code_flow,
    oidcc_server_client_secret_post_completes_the_code_flow,
    oidcc_alternate_happy_flow_takes_any_order_and_a_long_state,
    oidcc_ensure_other_scope_order_succeeds,
    oidcc_response_type_missing_is_answered_to_the_client,
    oidcc_idtoken_signature_is_by_a_published_key,
    oidcc_ensure_request_without_nonce_succeeds_for_code_flow,
    oidcc_ensure_request_with_valid_pkce_succeeds,
    oidcc_ensure_post_request_succeeds,
    oidcc_ensure_registered_redirect_uri_shows_an_error_page,
    oidcc_redirect_uri_query_ok_keeps_the_registered_query,
    oidcc_redirect_uri_query_mismatch_and_added_show_an_error_page,
    oidcc_ensure_redirect_uri_in_authorization_request_shows_an_error_page,
    an_answer_is_escaped_wherever_it_stands,
);
use super::in_both_plans;

async fn oidcc_server_completes_the_code_flow(suite: Suite) {
    let tokens = suite.flow(&suite.server.browser(), Client::First, &[]).await;
    assert!(tokens.claims.contains_key("auth_time") && tokens.claims.contains_key("sid"));
}

async fn oidcc_server_client_secret_post_completes_the_code_flow(suite: Suite) {
    suite.flow(&suite.server.browser(), Client::Post, &[]).await;
    // The other way round the proof is not the registered one.
    let jar = suite.server.browser();
    let page = suite.visit(&jar, Client::First, &[]).await.page;
    let code = suite.code(&jar, &page, Some("state-4Q")).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("client_id", Client::First.id()),
        ("client_secret", "first-9f8Q2xLm7Rk4Zt1Wc6Vb3Nd5Hs0JpYg"),
    ];
    let refused = suite.server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (401, &Value::from("invalid_client")));
}

async fn oidcc_alternate_happy_flow_takes_any_order_and_a_long_state(suite: Suite) {
    let state: String = "aZ09-._~".repeat(16);
    let changes = [("scope", "email openid"), ("state", &*state)];
    let path = suite.request(Client::First, &changes);
    let (endpoint, query) = path.split_once('?').expect("a query");
    let reversed: Vec<&str> = query.split('&').rev().collect();
    let jar = suite.server.browser();
    let path = format!("{endpoint}?{}", reversed.join("&"));
    let page = suite.browser("oidcc-alternate-happy-flow").visit(&jar, &path).await.page;
    let tokens = suite.redeem(&jar, Client::First, &page, &changes).await;
    assert_eq!(suite.userinfo(&tokens.access).await["email"], super::suite::ADA);
}

async fn oidcc_ensure_other_scope_order_succeeds(suite: Suite) {
    let jar = suite.server.browser();
    let told = suite.flow(&jar, Client::First, &[("scope", "phone email profile openid")]).await;
    let other = suite.flow(&jar, Client::First, &[("scope", "openid profile email phone")]).await;
    assert_eq!(suite.userinfo(&told.access).await, suite.userinfo(&other.access).await);
}

async fn oidcc_response_type_missing_is_answered_to_the_client(suite: Suite) {
    let jar = suite.server.browser();
    let visit = suite.visit(&jar, Client::First, &[("response_type", "")]).await;
    assert!(visit.pictures.is_empty(), "no page of ours comes between");
    suite.refused(&jar, &visit.page, &["invalid_request", "unsupported_response_type"]).await;
}

async fn oidcc_idtoken_signature_is_by_a_published_key(suite: Suite) {
    let metadata = suite.server.browser().get("/.well-known/openid-configuration").await.json();
    // `oidcc-idtoken-unsigned` is passed over where `none` is not announced.
    assert_eq!(metadata["id_token_signing_alg_values_supported"], serde_json::json!(["RS256"]));
    // Every flow verifies the signature by the `kid` and the published set.
    suite.flow(&suite.server.browser(), Client::First, &[]).await;
}

async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite: Suite) {
    let tokens = suite.flow(&suite.server.browser(), Client::First, &[("nonce", "")]).await;
    assert!(!tokens.claims.contains_key("nonce"));
}

async fn oidcc_ensure_request_with_valid_pkce_succeeds(suite: Suite) {
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let jar = suite.server.browser();
    suite.flow(&jar, Client::First, &pkce).await;
    let page = suite.visit(&jar, Client::First, &pkce).await.page;
    let code = suite.code(&jar, &page, Some("state-4Q")).await;
    let without = suite.exchange(Client::First, &code, &[]).await;
    super::suite::assert_token_error(&without, "invalid_grant");
}

async fn oidcc_ensure_post_request_succeeds(suite: Suite) {
    let path = suite.request(Client::First, &[]);
    let (endpoint, query) = path.split_once('?').expect("a query");
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let jar = suite.server.browser();
    // The suite's browser sends neither `Origin` nor a cookie with it.
    let hop = jar.send(Method::POST, endpoint, Some(&fields), &[]).await;
    let first = jar.follow(hop).await;
    let address = format!("{}{endpoint}", suite.server.issuer());
    let visit = suite.browser("oidcc-ensure-post-request-succeeds").go_on(&jar, &address, first).await;
    assert_eq!(visit.done.first().map(String::as_str), Some("Name"));
    suite.redeem(&jar, Client::First, &visit.page, &[]).await;
}

async fn oidcc_ensure_registered_redirect_uri_shows_an_error_page(suite: Suite) {
    let jar = suite.server.browser();
    let module = suite.browser("oidcc-ensure-registered-redirect-uri");
    for other in [&*format!("{CALLBACK}/x7Kd2"), "https://localhost.emobix.co.uk:8443/test/a/other/callback"]
    {
        let visit = module.visit(&jar, &suite.request(Client::First, &[("redirect_uri", other)])).await;
        assert_eq!(visit.pictures, ["page-error"]);
        Suite::error_page(&visit.page, "redirect_uri");
        assert!(!visit.page.body.contains("x7Kd2"), "nothing of the request stands on the page");
    }
}

/// A client that has registered a redirect URI with a query of its own.
async fn with_query(suite: &Suite) -> String {
    let registered = format!("{CALLBACK}?foo=bar");
    let (uri, slug) = (registered.clone(), "conformance");
    suite
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant_by_slug(&slug.parse().expect("a slug"))?.expect("the tenant");
            let mut tx = tx.enter(&scope)?;
            let id = Client::First.id().parse().expect("a client id");
            let mut client = symbolon::storage::records::clients::find(&mut tx, &id)?.expect("the client");
            client.metadata.redirect_uris = vec![uri];
            symbolon::storage::records::clients::update(&mut tx, &client)
        })
        .await;
    registered
}

async fn oidcc_redirect_uri_query_ok_keeps_the_registered_query(suite: Suite) {
    let registered = with_query(&suite).await;
    let jar = suite.server.browser();
    let page = suite.visit(&jar, Client::First, &[("redirect_uri", &registered)]).await.page;
    let code = match suite.mode {
        Mode::Query => {
            assert_eq!(page.answer().get("foo").map(String::as_str), Some("bar"));
            page.answer()["code"].clone()
        }
        Mode::FormPost => {
            let form = page.form();
            assert_eq!(form.action, registered);
            form.fields.iter().find(|(name, _)| name == "code").expect("a code").1.clone()
        }
    };
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", &*registered)];
    suite.tokens(Client::First, &suite.token(Client::First, &fields).await).await;
}

async fn oidcc_redirect_uri_query_mismatch_and_added_show_an_error_page(suite: Suite) {
    let jar = suite.server.browser();
    let added = format!("{CALLBACK}?foo=bar");
    Suite::error_page(
        &jar.open(&suite.request(Client::First, &[("redirect_uri", &added)])).await,
        "redirect_uri",
    );
    let registered = with_query(&suite).await;
    for other in [format!("{registered}x"), format!("{registered}&bar=foo"), CALLBACK.to_owned()] {
        let page = jar.open(&suite.request(Client::First, &[("redirect_uri", &other)])).await;
        Suite::error_page(&page, "redirect_uri");
    }
}

async fn oidcc_ensure_redirect_uri_in_authorization_request_shows_an_error_page(suite: Suite) {
    let page = suite.server.browser().open(&suite.request(Client::First, &[("redirect_uri", "")])).await;
    Suite::error_page(&page, "redirect_uri");
}

async fn an_answer_is_escaped_wherever_it_stands(suite: Suite) {
    let state = "\"><script>alert(1)</script>&'+ü %00\u{2028}";
    let jar = suite.server.browser();
    let page = suite.visit(&jar, Client::First, &[("state", state)]).await.page;
    suite.code(&jar, &page, Some(state)).await;
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    let query = form([("state", state)]);
    assert!(!query.contains('<'), "the request itself was escaped");
}

/// RFC 6749 §4.1.2.1, §5.2: an `error_description` keeps to plain ASCII, and so does every text beside it.
#[test]
fn no_text_of_an_error_leaves_plain_ascii() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for folder in ["flows/authorize", "flows/token", "web/oidc", "web/guard"] {
        for entry in std::fs::read_dir(source.join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            let odd = product.lines().filter(|line| !line.trim_start().starts_with("//") && !line.is_ascii());
            assert_eq!(odd.collect::<Vec<_>>(), [""; 0], "{}", path.display());
        }
    }
}
