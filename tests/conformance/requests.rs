//! Parameters that a provider may follow or pass over, and request objects, which it must not pass over.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::in_both_plans;
use super::suite::{ADA, CALLBACK, Client, Mode, Suite};

in_both_plans!(
    oidcc_ensure_request_with_unknown_parameter_succeeds,
    oidcc_display_page_and_popup_succeed,
    oidcc_ui_locales_choose_the_language_of_the_pages,
    oidcc_claims_locales_succeed,
    oidcc_login_hint_fills_in_the_name,
    oidcc_ensure_request_with_acr_values_succeeds_with_one_of_them,
    oidcc_unsigned_request_object_is_rejected_as_unsupported,
    oidcc_request_uri_unsigned_is_rejected_as_unsupported,
    oidcc_ensure_request_object_with_redirect_uri_shows_an_error_page,
    registration_as_a_parameter_is_rejected_as_unsupported,
);

async fn oidcc_ensure_request_with_unknown_parameter_succeeds(suite: Suite) {
    let unknown =
        [("extra", "foobar"), ("code", "x"), ("access_token", "y"), ("iss", "https://evil.example")];
    suite.flow(&suite.server.browser(), Client::First, &unknown).await;
}

async fn oidcc_display_page_and_popup_succeed(suite: Suite) {
    for display in ["page", "popup", "touch", "wap", "hologram"] {
        suite.flow(&suite.server.browser(), Client::First, &[("display", display)]).await;
    }
}

async fn oidcc_ui_locales_choose_the_language_of_the_pages(suite: Suite) {
    for (wish, got) in
        [("se", "en"), ("fr-CA de en", "de"), ("DE-at", "de"), ("x-klingon", "en"), ("%%%", "en")]
    {
        let jar = suite.server.browser();
        let page = jar.open(&suite.request(Client::First, &[("ui_locales", wish)])).await;
        assert!(page.body.contains(&format!("<html lang=\"{got}\"")), "{wish}: {}", page.body);
        suite.flow(&jar, Client::First, &[("ui_locales", wish)]).await;
    }
}

async fn oidcc_claims_locales_succeed(suite: Suite) {
    suite.flow(&suite.server.browser(), Client::First, &[("claims_locales", "se de-AT")]).await;
}

async fn oidcc_login_hint_fills_in_the_name(suite: Suite) {
    let jar = suite.server.browser();
    let page = jar.open(&suite.request(Client::First, &[("login_hint", ADA)])).await;
    assert!(page.body.contains(&format!("value=\"{ADA}\"")), "{}", page.body);
    suite.flow(&jar, Client::First, &[("login_hint", ADA)]).await;
    // A hint that names nobody changes nothing.
    suite.flow(&suite.server.browser(), Client::First, &[("login_hint", "buffy@<script>")]).await;
}

async fn oidcc_ensure_request_with_acr_values_succeeds_with_one_of_them(suite: Suite) {
    let metadata = suite.server.browser().get("/.well-known/openid-configuration").await.json();
    let announced: Vec<&str> = metadata["acr_values_supported"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|acr| acr.as_str())
        .collect();
    let tokens =
        suite.flow(&suite.server.browser(), Client::First, &[("acr_values", &announced.join(" "))]).await;
    assert!(tokens.claims["acr"].as_str().is_some_and(|acr| announced.contains(&acr)));
    for voluntary in ["1 2", announced[announced.len() - 1]] {
        suite.flow(&suite.server.browser(), Client::First, &[("acr_values", voluntary)]).await;
    }
    let claims = json!({"id_token": {"acr": {"essential": true, "values": ["urn:nowhere"]}}}).to_string();
    let jar = suite.server.browser();
    let page = suite.visit(&jar, Client::First, &[("claims", &claims)]).await.page;
    suite.refused(&jar, &page, &["unmet_authentication_requirements"]).await;
}

/// A request object with alg `none` that holds the whole request, as the suite makes it.
fn object(suite: &Suite) -> String {
    let mut claims = json!({
        "client_id": Client::First.id(), "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid",
        "state": "state-4Q", "nonce": "nonce-7K",
    });
    if suite.mode == Mode::FormPost {
        claims["response_mode"] = json!("form_post");
    }
    let part = |json: String| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.", part(json!({"alg": "none"}).to_string()), part(claims.to_string()))
}

/// What the suite leaves in the URL beside an object: the rest is in the object alone.
const BESIDE: [(&str, &str); 3] = [("state", ""), ("nonce", ""), ("response_mode", "")];

async fn oidcc_unsigned_request_object_is_rejected_as_unsupported(suite: Suite) {
    let metadata = suite.server.browser().get("/.well-known/openid-configuration").await.json();
    assert!(metadata.get("request_parameter_supported").is_none_or(|supported| supported == false));
    assert!(metadata.get("request_object_signing_alg_values_supported").is_none());
    let jar = suite.server.browser();
    let object = object(&suite);
    let changes: Vec<_> = BESIDE.into_iter().chain([("request", &*object)]).collect();
    let visit = suite.visit(&jar, Client::First, &changes).await;
    assert!(visit.pictures.is_empty());
    // The refusal travels as the object asks: a client finds it where it looks.
    suite.refused(&jar, &visit.page, &["request_not_supported"]).await;
    for nonsense in [
        "x",
        "..",
        "e30.e30.",
        "e30.W10.",
        "e30.eyJyZXNwb25zZV9tb2RlIjo3fQ.",
        "e30.eyJzdGF0ZSI6WzFdfQ.",
        // {"response_mode":"fragment"}
        "e30.eyJyZXNwb25zZV9tb2RlIjoiZnJhZ21lbnQifQ.",
    ] {
        let page = jar.open(&suite.request(Client::First, &[("request", nonsense)])).await;
        suite.refused(&jar, &page, &["request_not_supported"]).await;
    }
}

async fn oidcc_request_uri_unsigned_is_rejected_as_unsupported(suite: Suite) {
    let metadata = suite.server.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["request_uri_parameter_supported"], false, "left out it would mean true");
    let jar = suite.server.browser();
    let uri = "https://localhost.emobix.co.uk:8443/test/a/symbolon/requesturi/8fT#1";
    let page = suite.visit(&jar, Client::First, &[("request_uri", uri)]).await.page;
    suite.refused(&jar, &page, &["request_uri_not_supported"]).await;
}

async fn oidcc_ensure_request_object_with_redirect_uri_shows_an_error_page(suite: Suite) {
    let jar = suite.server.browser();
    let object = object(&suite);
    let bad = format!("{CALLBACK}/invalid");
    let changes: Vec<_> =
        BESIDE.into_iter().chain([("request", &*object), ("redirect_uri", &*bad)]).collect();
    let module = suite.browser("oidcc-ensure-request-object-with-redirect-uri");
    let visit = module.visit(&jar, &suite.request(Client::First, &changes)).await;
    Suite::error_page(&visit.page, "redirect_uri");
}

async fn registration_as_a_parameter_is_rejected_as_unsupported(suite: Suite) {
    let jar = suite.server.browser();
    let page = suite.visit(&jar, Client::First, &[("registration", "{\"client_name\":\"x\"}")]).await.page;
    suite.refused(&jar, &page, &["registration_not_supported"]).await;
}
