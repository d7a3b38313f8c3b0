//! More of the same kinds at the endpoints of programs: P010, P013, P019, P021, P026, P072, P075.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{HS256, JwsHeader};
use serde_json::{Value, json};
use symbolon::crypto::jwt::{TokenKind, sign};
use symbolon::crypto::signing_key::SigningKey;
use symbolon::model::audit::ChainedEvent;
use symbolon::storage::records::audit;

use super::party::{CALLBACK, VERIFIER, World, assert_error, basic, claims, text};
use crate::harness::jar::Page;

async fn events(world: &World) -> Vec<Value> {
    let scope = world.server.scope_of("acme").await.scope;
    let events: Vec<ChainedEvent> =
        world.server.database().read(&scope, |tx| audit::after(tx, 0, 10_000)).await.expect("the events");
    events.iter().map(|event| serde_json::from_str(&event.body).expect("JSON")).collect()
}

/// P013, P010: a token and a code that come back are recorded, once each, as denied, with client and person.
#[tokio::test]
async fn p013_every_replay_is_recorded_with_who_and_whose() {
    let world = World::new().await;
    let first = text(&world.tokens(&world.spa).await, "refresh_token");
    let mut token = first.clone();
    for _ in 0..3 {
        token = text(&world.refresh(&world.spa, &token).await.json(), "refresh_token");
    }
    assert_error(&world.refresh(&world.spa, &first).await, 400, "invalid_grant");
    assert_error(&world.refresh(&world.spa, &token).await, 400, "invalid_grant");
    let code = world.code(&world.wiki).await;
    assert_eq!(world.exchange(&world.wiki, &code).await.status, 200);
    assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_grant");
    let all = events(&world).await;
    for (kind, client) in [("oauth.refresh_reused", "browser-app"), ("oauth.code_reused", "wiki")] {
        let found: Vec<&Value> = all.iter().filter(|event| event["kind"] == kind).collect();
        assert_eq!(found.len(), 1, "{kind}: {found:#?}");
        assert_eq!(found[0]["result"], "denied", "{kind}");
        let whole = found[0].to_string();
        assert!(whole.contains(client), "{kind}: {whole}");
        assert!(!whole.contains(&first) && !whole.contains(&code), "{kind}: {whole}");
    }
    let reused =
        all.iter().find(|event| event["kind"] == "oauth.refresh_reused").expect("the event").to_string();
    assert!(reused.contains(&world.ada.to_string()), "{reused}");
}

/// P019: whoever may not know gets the very answer that a random token gets.
#[tokio::test]
async fn p019_every_refused_question_has_the_answer_of_a_random_token() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let access = text(&tokens, "access_token");
    let shape = |page: Page| {
        let mut names: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
        names.sort();
        (page.status, names, page.body)
    };
    let random = shape(world.introspect(&world.stranger, "b64.random.token").await);
    assert_eq!(random.2, r#"{"active":false}"#);
    let expired = text(&world.tokens(&world.other).await, "access_token");
    let revoked = text(&world.tokens(&world.other).await, "access_token");
    assert_eq!(world.ask("/oauth2/revoke", &world.other, &[("token", &revoked)]).await.status, 200);
    for (what, caller, token) in [
        ("of another tenant", &world.stranger, &access),
        ("a refresh token", &world.wiki, &text(&tokens, "refresh_token")),
        ("an ID token", &world.wiki, &text(&tokens, "id_token")),
        ("revoked", &world.other, &revoked),
    ] {
        assert_eq!(shape(world.introspect(caller, token).await), random, "{what}");
        let hinted = [("token", &**token), ("token_type_hint", "refresh_token")];
        assert_eq!(
            shape(world.ask("/oauth2/introspect", caller, &hinted).await),
            random,
            "{what}, with a hint"
        );
    }
    world.server.advance(std::time::Duration::from_secs(601)).await;
    assert_eq!(shape(world.introspect(&world.other, &expired).await), random, "expired");
}

/// P021: forged ID tokens as hints, at both doors that take them, and as client assertions.
#[tokio::test]
async fn p021_no_forged_token_is_a_hint_or_an_assertion() {
    let world = World::new().await;
    let jar = world.server.browser();
    let answer = world.authorize(&jar, &world.wiki, &[]).await;
    let tokens = world.exchange(&world.wiki, &answer["code"]).await.json();
    let (good, payload) = (text(&tokens, "id_token"), claims(&text(&tokens, "id_token")));
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let (message, signature) = good.rsplit_once('.').expect("a signature");
    let kid = world.server.browser().get("/.well-known/jwks.json").await.json()["keys"][0]["kid"].clone();
    let mut header = JwsHeader::new();
    header.set_token_type("JWT");
    let public = world.server.browser().get("/.well-known/jwks.json").await.body.repeat(2).into_bytes();
    let symmetric = HS256.signer_from_bytes(&public).expect("a key");
    let stranger = SigningKey::generate().expect("a key");
    let unsigned = |alg: &str| {
        let header = json!({"alg": alg, "typ": "JWT", "kid": kid});
        format!("{}.{}.", encode(&header), encode(&payload))
    };
    let mut changed = payload.clone();
    changed["sub"] = json!(world.acme.to_string());
    let own_header = good.split('.').next().expect("a header");
    let forged = [
        unsigned("none"),
        unsigned("NONE"),
        unsigned("HS256"),
        josekit::jws::serialize_compact(payload.to_string().as_bytes(), &header, &symmetric)
            .expect("a token"),
        sign(&stranger, TokenKind::IdToken, &payload).expect("a token"),
        format!("{message}."),
        message.to_owned(),
        format!("{own_header}.{}.{signature}", encode(&changed)),
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
    ];
    for token in &forged {
        let refused =
            world.authorize(&jar, &world.wiki, &[("id_token_hint", token), ("prompt", "none")]).await;
        assert_eq!(refused.get("error").map(String::as_str), Some("invalid_request"), "{token}");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("id_token_hint", token)
            .append_pair("post_logout_redirect_uri", "https://app.example/")
            .finish();
        let page = jar.get(&format!("/oauth2/logout?{query}")).await;
        assert_eq!(
            (page.location(), page.marker().as_deref()),
            (None, Some("page-logout-confirm")),
            "{token}"
        );
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", symbolon::flows::client_auth::ASSERTION_TYPE),
            ("client_assertion", token),
        ];
        let page = world.post("/oauth2/token", &fields, &[]).await;
        assert_error(&page, 401, "invalid_client");
    }
    let quiet = world.authorize(&jar, &world.wiki, &[("id_token_hint", &good), ("prompt", "none")]).await;
    assert!(quiet.contains_key("code"), "the genuine one is a hint, and nobody was signed out: {quiet:?}");
}

/// P026: six wrong ways to prove a client, over all three grants and both other endpoints of clients.
#[tokio::test]
async fn p026_no_endpoint_of_clients_takes_an_unproved_one() {
    let world = World::new().await;
    let (id, secret) = (world.wiki.id(), &*world.wiki.secret);
    let code = world.code(&world.wiki).await;
    let refresh = text(&world.tokens(&world.wiki).await, "refresh_token");
    let requests: [(&str, Vec<(&str, &str)>); 5] = [
        ("/oauth2/token", vec![("grant_type", "client_credentials")]),
        (
            "/oauth2/token",
            vec![
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ],
        ),
        ("/oauth2/token", vec![("grant_type", "refresh_token"), ("refresh_token", &refresh)]),
        ("/oauth2/revoke", vec![("token", &refresh)]),
        ("/oauth2/introspect", vec![("token", &refresh)]),
    ];
    let half = secret.split_at(secret.len() / 2).0;
    let upper = secret.to_uppercase();
    for (path, fields) in requests {
        for (what, header, extra, status) in [
            ("nothing", None, vec![("client_id", id)], 401),
            ("no secret", Some(basic(id, "")), vec![], 401),
            ("a wrong one", Some(basic(id, &world.other.secret)), vec![], 401),
            ("a part of it", Some(basic(id, half)), vec![], 401),
            ("another case", Some(basic(id, &upper)), vec![], 401),
            ("in the form", None, vec![("client_id", id), ("client_secret", secret)], 401),
            ("both", Some(basic(id, secret)), vec![("client_secret", secret)], 400),
            ("another name", Some(basic(id, secret)), vec![("client_id", "other")], 400),
            (
                "a public client's way",
                None,
                vec![("client_id", world.spa.id()), ("client_secret", secret)],
                401,
            ),
        ] {
            let fields: Vec<(&str, &str)> = fields.iter().copied().chain(extra).collect();
            let headers: Vec<(&str, &str)> =
                header.as_deref().into_iter().map(|header| ("authorization", header)).collect();
            let page = world.post(path, &fields, &headers).await;
            let error = if status == 401 { "invalid_client" } else { "invalid_request" };
            assert_error(&page, status, error);
            assert!(status == 400 || page.header("www-authenticate").is_some(), "{path} {what}: {page:?}");
        }
    }
    // None of that used anything up.
    assert_eq!(world.exchange(&world.wiki, &code).await.status, 200);
    assert_eq!(world.refresh(&world.wiki, &refresh).await.status, 200);
}

/// P072: a code that was given before the sign-out is worth nothing after it, and neither is a request that waited.
#[tokio::test]
async fn p072_what_waited_for_the_session_ends_with_it() {
    let world = World::new().await;
    let jar = world.server.browser();
    let code = world.authorize(&jar, &world.wiki, &[]).await["code"].clone();
    let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
    let asked = format!(
        "/oauth2/authorize?response_type=code&client_id=wiki&redirect_uri={callback}&scope=openid&tenant=acme&prompt=select_account"
    );
    let waiting = jar.open(&asked).await;
    assert_eq!(waiting.marker().as_deref(), Some("page-accounts"));
    let stolen = jar.copy();
    let question = jar.open("/oauth2/logout").await;
    jar.submit(&question, &[("decision", "confirm")]).await;
    assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_grant");
    for browser in [&jar, &stolen] {
        let (_, handle) = waiting.path.split_once("interaction=").expect("a handle");
        let resumed = browser.get(&format!("/oauth2/authorize/resume?interaction={handle}")).await;
        assert!(resumed.location().is_none_or(|to| !to.contains("code=")), "{resumed:?}");
        let silent = world.authorize(browser, &world.wiki, &[("prompt", "none")]).await;
        assert_eq!(silent.get("error").map(String::as_str), Some("login_required"));
    }
}

/// P075: a hint that names somebody else's session ends neither theirs nor one's own without a question.
#[tokio::test]
async fn p075_no_hint_ends_the_session_of_another_browser() {
    let world = World::new().await;
    world.server.scope_of("acme").await.person("grace@acme.example", &[]).await;
    let victim = world.server.browser();
    let answer = world.authorize(&victim, &world.wiki, &[]).await;
    let hint = text(&world.exchange(&world.wiki, &answer["code"]).await.json(), "id_token");
    let thief = world.server.browser();
    let page = thief.open("/login").await;
    let page = thief.submit(&page, &[("username", "grace@acme.example"), ("organisation", "acme")]).await;
    thief.submit(&page, &[("password", crate::harness::seed::PASSWORD)]).await;
    for browser in [&thief, &world.server.browser()] {
        let page = browser.get(&format!("/oauth2/logout?id_token_hint={hint}")).await;
        if page.marker().as_deref() == Some("page-logout-confirm") {
            browser.submit(&page, &[("decision", "confirm")]).await;
        }
        let still = world.authorize(&victim, &world.wiki, &[("prompt", "none")]).await;
        assert!(still.contains_key("code"), "{still:?}");
    }
}
