//! Logout (OIDC RP-Initiated Logout, D12, P071, P072, P073).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use symbolon::storage::records::clients;

use super::{authorize, exchange, is_signed_in, open_client, sign_in, signed_in, started, token};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page, client};
use crate::harness::seed::{PASSWORD, Registered};

/// Ada, signed in through the client: her browser and her tokens.
async fn visit(server: &TestServer, notes: &Registered) -> (Jar, serde_json::Value) {
    let jar = signed_in(server, "ada@acme.example", "acme").await;
    let back = jar.open(&authorize("notes", "")).await;
    let tokens = exchange(server, notes, &back).await;
    (jar, tokens)
}

fn logout(pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/oauth2/logout?{query}")
}

#[tokio::test]
async fn a_hint_ends_the_session_and_leads_back_with_the_state() {
    let (server, notes) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let (jar, tokens) = visit(&server, &notes).await;
    let hint = tokens["id_token"].as_str().expect("an ID token");
    server.advance(std::time::Duration::from_hours(2)).await;
    let pairs = [
        ("id_token_hint", hint),
        ("post_logout_redirect_uri", "https://app.example/"),
        ("state", "a b&c=d/ü"),
    ];
    let answer = jar.get(&logout(&pairs)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer.location().as_deref(),
        Some("https://app.example/?state=a%20b%26c%3Dd%2F%C3%BC"),
        "the state and nothing else, though the hint has expired"
    );
    let silent = jar.open(&authorize("notes", "&prompt=none")).await.answer();
    assert_eq!(silent.get("error").map(String::as_str), Some("login_required"));
    let again = jar.get(&logout(&pairs[..2])).await;
    assert_eq!(again.location().as_deref(), Some("https://app.example/"), "no state, none echoed");
}

#[tokio::test]
async fn p072_nothing_of_the_session_works_after_a_logout() {
    let (server, notes) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let (jar, tokens) = visit(&server, &notes).await;
    let kept = jar.copy();
    let question = jar.open("/oauth2/logout").await;
    assert_eq!(question.marker().as_deref(), Some("page-logout-confirm"), "{question:#?}");
    assert!(is_signed_in(&kept).await, "a GET ends nothing (P071)");
    let done = jar.submit(&question, &[("decision", "confirm")]).await;
    assert_eq!(done.marker().as_deref(), Some("page-logged-out"), "{done:#?}");
    assert!(!is_signed_in(&jar).await && !is_signed_in(&kept).await);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("an access token"));
    let info =
        server.browser().send(reqwest::Method::GET, "/userinfo", None, &[("authorization", &bearer)]).await;
    assert_eq!(info.status, StatusCode::UNAUTHORIZED);
    let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let answer = token(&server, &notes, &fields).await;
    assert_eq!((answer.status, &answer.json()["error"]), (StatusCode::BAD_REQUEST, &"invalid_grant".into()));
    for browser in [&jar, &kept] {
        let silent = browser.get(&authorize("notes", "&prompt=none")).await.answer();
        assert_eq!(silent.get("error").map(String::as_str), Some("login_required"));
    }
}

#[tokio::test]
async fn p073_no_doubtful_request_leads_anywhere() {
    let (server, notes) = started().await;
    let mut foreign = open_client("other");
    foreign.metadata.post_logout_redirect_uris = vec!["https://other.example/out".to_owned()];
    server.platform().await.register(foreign).await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let (jar, tokens) = visit(&server, &notes).await;
    let hint = tokens["id_token"].as_str().expect("an ID token").to_owned();
    let (head, signature) = hint.rsplit_once('.').expect("a signature");
    let (_, payload) = head.split_once('.').expect("a payload");
    let none = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#));
    let cut = format!("{head}.");
    let turned: String = signature.chars().rev().collect();
    let forged = format!("{head}.{turned}");
    let access = tokens["access_token"].as_str().expect("an access token").to_owned();
    let registered = "https://app.example/";
    let cases: [&[(&str, &str)]; 12] = [
        &[("post_logout_redirect_uri", registered)],
        &[("post_logout_redirect_uri", registered), ("client_id", "notes"), ("state", "s")],
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://evil.example/")],
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://app.example/?x=1")],
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://other.example/out")],
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://app.example")],
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", registered), ("client_id", "other")],
        &[("id_token_hint", &none), ("post_logout_redirect_uri", registered)],
        &[("id_token_hint", &cut), ("post_logout_redirect_uri", registered)],
        &[("id_token_hint", &forged), ("post_logout_redirect_uri", registered)],
        &[("id_token_hint", &access), ("post_logout_redirect_uri", registered)],
        &[("state", "alone")],
    ];
    for pairs in cases {
        let answer = jar.get(&logout(pairs)).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::OK, None), "{pairs:?}");
        assert_eq!(answer.marker().as_deref(), Some("page-logout-confirm"), "{pairs:?}");
        assert!(is_signed_in(&jar).await, "{pairs:?}");
    }
    let repeated = jar.get("/oauth2/logout?state=1&state=2").await;
    assert_eq!((repeated.status, repeated.location()), (StatusCode::BAD_REQUEST, None));
    let anonymous = server.browser().get("/oauth2/logout").await;
    assert_eq!(anonymous.marker().as_deref(), Some("page-logged-out"));
}

/// P073: what the question was asked with is proved again with its answer. A place that was taken from the client meanwhile,
/// or whose client may not be used any more, gets no browser; nor does any place once the question has grown old.
#[tokio::test]
async fn p073_a_yes_leads_only_where_it_would_lead_if_it_were_asked_now() {
    let (server, notes) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let (_, tokens) = visit(&server, &notes).await;
    // The hint is about her session in another browser: this one asks.
    let hint = tokens["id_token"].as_str().expect("an ID token");
    let pairs =
        [("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.example/"), ("state", "s 1")];
    let mut asked = Vec::new();
    for _ in 0..4 {
        let jar = signed_in(&server, "ada@acme.example", "acme").await;
        let question = jar.open(&logout(&pairs)).await;
        assert_eq!(question.marker().as_deref(), Some("page-logout-confirm"), "{question:#?}");
        asked.push((jar, question));
    }
    let yes = async |(jar, question): &(Jar, Page)| {
        let mut fields = question.form().fields;
        fields.push(("decision".to_owned(), "confirm".to_owned()));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        jar.post("/oauth2/logout", &fields).await
    };
    let away = yes(&asked[0]).await;
    assert_eq!(away.location().as_deref(), Some("https://app.example/?state=s%201"), "{away:#?}");
    let list = async |uris: &'static [&'static str]| {
        let change = server.as_operator(move |tx| {
            let scope = tx.tenant_by_slug(&"platform".parse().expect("a slug"))?.expect("the platform");
            let mut tx = tx.enter(&scope)?;
            let mut client = clients::find(&mut tx, &"notes".parse().expect("an id"))?.expect("a client");
            client.metadata.post_logout_redirect_uris = uris.iter().map(|uri| (*uri).to_owned()).collect();
            clients::update(&mut tx, &client).map(|_| ())
        });
        change.await;
    };
    list(&["https://app.example/elsewhere"]).await;
    let removed = yes(&asked[1]).await;
    assert_eq!((removed.status, removed.location()), (StatusCode::OK, None), "{removed:#?}");
    list(&["https://app.example/"]).await;
    server.suspend_client("platform", "notes").await;
    let suspended = yes(&asked[2]).await;
    assert_eq!((suspended.status, suspended.location()), (StatusCode::OK, None), "{suspended:#?}");
    for (jar, _) in &asked[..3] {
        assert!(!is_signed_in(jar).await, "signed out all the same");
    }
    server.advance(std::time::Duration::from_hours(1)).await;
    let old = yes(&asked[3]).await;
    assert_eq!((old.status, old.location()), (StatusCode::BAD_REQUEST, None), "{old:#?}");
    assert!(is_signed_in(&asked[3].0).await);
}

#[tokio::test]
async fn a_logout_ends_one_account_and_names_the_others() {
    let (server, notes) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    acme.person("bob@acme.example", &[]).await;
    let (jar, tokens) = visit(&server, &notes).await;
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("bob@acme.example", "acme"), PASSWORD).await;
    let hint = tokens["id_token"].as_str().expect("an ID token");
    let done = jar.get(&logout(&[("id_token_hint", hint)])).await;
    assert_eq!(done.marker().as_deref(), Some("page-logged-out"), "{done:#?}");
    assert!(done.body.contains("bob@acme.example") && !done.body.contains("ada@acme.example"));
    assert!(is_signed_in(&jar).await);
}

#[tokio::test]
async fn a_relying_party_may_post_and_the_cookie_stays() {
    let (server, notes) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let (jar, tokens) = visit(&server, &notes).await;
    let hint = tokens["id_token"].as_str().expect("an ID token");
    let fields = [("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.example/")];
    let foreign = [("origin", "https://app.example"), ("sec-fetch-site", "cross-site")];
    // Browsers keep a SameSite=Lax cookie back here: it is another site's form.
    let posted =
        server.browser().send(reqwest::Method::POST, "/oauth2/logout", Some(&fields), &foreign).await;
    assert_eq!(posted.status, StatusCode::SEE_OTHER);
    assert!(posted.header("set-cookie").is_none(), "{posted:#?}");
    let answer = jar.get(&posted.location().expect("the same by GET")).await;
    assert_eq!(answer.location().as_deref(), Some("https://app.example/"));
    assert!(!is_signed_in(&jar).await);
}

#[tokio::test]
async fn the_question_cannot_be_answered_for_another_browser() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    acme.person("bob@acme.example", &[]).await;
    let bob = signed_in(&server, "bob@acme.example", "acme").await;
    let foreign = bob.open("/oauth2/logout").await.form().fields;
    let ada = signed_in(&server, "ada@acme.example", "acme").await;
    let mut fields: Vec<(&str, &str)> =
        foreign.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("decision", "confirm"));
    let refused = ada.post("/oauth2/logout", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let own = ada.open("/oauth2/logout").await.form().fields;
    let csrf = own.iter().find(|(name, _)| name == "csrf").map_or("", |(_, value)| value.as_str());
    let pending = foreign.iter().find(|(name, _)| name == "pending").map_or("", |(_, value)| value.as_str());
    let refused =
        ada.post("/oauth2/logout", &[("csrf", csrf), ("pending", pending), ("decision", "confirm")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(is_signed_in(&ada).await && is_signed_in(&bob).await);
}

/// OIDC RP-Initiated Logout §2: form serialisation, and nothing else, as at every other page.
#[tokio::test]
async fn a_logout_is_taken_from_a_form_alone() {
    let (server, notes) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let (jar, tokens) = visit(&server, &notes).await;
    let hint = tokens["id_token"].as_str().expect("an ID token");
    for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
        let request = client().post(server.url("/oauth2/logout")).header("content-type", kind);
        let answer = request.header("cookie", jar.cookie_header()).body(format!("id_token_hint={hint}"));
        assert_eq!(answer.send().await.expect("an answer").status(), 415, "{kind}");
    }
    assert!(is_signed_in(&jar).await);
}
