//! Foreign relying parties against the real server: code flow with PKCE, in the query and by form post, user info,
//! refresh, logout.

use std::time::Duration;

use serde_json::{Value, json};
use symbolon::model::client::ClientKind;
use symbolon::model::role::Role;

use super::programs::Language;
use super::verifiers::set_to_machine_time;
use crate::harness::seed::{PASSWORD, client};
use crate::harness::server::TestServer;

async fn signed_in(language: Language, response_mode: &str) -> (TestServer, Value) {
    let server = TestServer::start().await;
    set_to_machine_time(&server, Duration::ZERO).await;
    let acme = server.organisation("acme", &["notes:read"]).await;
    acme.person("ada@acme.example", &[Role::Owner]).await;
    let web = acme.register(client("acme.wiki", ClientKind::Web)).await;
    let settings = json!({
        "issuer": server.issuer(),
        "client_id": web.id(),
        "client_secret": web.secret,
        "redirect_uri": "https://app.example/callback",
        "post_logout_redirect_uri": "https://app.example/",
        "response_mode": response_mode,
        "scope": "openid profile email offline_access",
        "username": "ada@acme.example",
        "password": PASSWORD,
    });
    let got = language.sign_in(&settings);
    (server, got)
}

async fn judge(language: Language) {
    let (_, posted) = signed_in(language, "form_post").await;
    assert_eq!((&posted["by_form"], &posted["after_logout"]), (&json!(true), &json!("login_required")));
    let (server, got) = signed_in(language, "").await;
    assert_eq!((&got["by_form"], &got["after_logout"]), (&json!(false), &json!("login_required")));
    assert_eq!(got["claims"]["iss"], server.issuer(), "{language:?}");
    assert_eq!(got["claims"]["tenant"], "acme");
    assert_eq!(got["userinfo"]["email"], "ada@acme.example");
    assert_eq!(got["userinfo"]["sub"], got["claims"]["sub"]);
    assert_eq!(got["refreshed"], true);
    // An ID token is signed by the same key and names the client as its audience, but opens no API.
    let id_token = got["id_token"].as_str().unwrap();
    for verifier in Language::ALL {
        let output = verifier.verify(server.issuer(), id_token, "acme.wiki");
        assert_eq!(output.status.code(), Some(1), "{verifier:?} takes an ID token for an access token");
    }
}

#[tokio::test]
async fn openid_client_signs_a_person_in() {
    judge(Language::Node).await;
}

#[tokio::test]
async fn authlib_signs_a_person_in() {
    judge(Language::Python).await;
}
