//! The authorization code grant (RFC 6749 §4.1, RFC 7636).

use symbolon::model::client::ClientKind;

use super::party::{CALLBACK, NOTES, VERIFIER, World, assert_error, claims, platform_client, text};

#[tokio::test]
async fn a_code_gives_tokens_of_the_documented_shape() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    assert_eq!((text(&tokens, "token_type"), tokens["expires_in"].as_i64()), ("Bearer".into(), Some(600)));
    let access = claims(&text(&tokens, "access_token"));
    assert_eq!(access["iss"], world.server.issuer());
    assert_eq!(access["sub"], world.ada.to_string());
    assert_eq!(access["aud"], serde_json::json!([NOTES]));
    assert_eq!(
        (&access["tenant"], &access["plan"], &access["client_id"]),
        (&"acme".into(), &"acme".into(), &"wiki".into())
    );
    assert_eq!(access["tenant_id"], world.acme.to_string());
    assert_eq!(access["entitlements"], serde_json::json!({"notes": ["read", "write"]}));
    assert_eq!(access["roles"], serde_json::json!(["owner"]));
    assert_eq!((&access["acr"], &access["amr"]), (&"urn:symbolon:acr:1".into(), &serde_json::json!(["pwd"])));
    assert_eq!(access["workspaces"], serde_json::json!({}));
    let id = claims(&text(&tokens, "id_token"));
    assert_eq!((&id["nonce"], &id["aud"], &id["sid"]), (&"n".into(), &"wiki".into(), &access["sid"]));
    assert!(id.get("name").is_none() && id.get("email").is_none(), "nobody asked for these: {id}");
}

#[tokio::test]
async fn p010_code_used_twice_kills_the_tokens() {
    let world = World::new().await;
    let code = world.code(&world.wiki).await;
    let tokens = world.exchange(&world.wiki, &code).await.json();
    let access = text(&tokens, "access_token");
    assert_eq!(world.userinfo(&access).await.status, 200);
    assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&access).await.status, 401);
    assert_eq!(world.introspect(&world.wiki, &access).await.json(), serde_json::json!({"active": false}));
    assert_error(&world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await, 400, "invalid_grant");
}

#[tokio::test]
async fn p010_tokens_of_a_refresh_die_with_the_reused_code() {
    let world = World::new().await;
    let code = world.code(&world.wiki).await;
    let first = world.exchange(&world.wiki, &code).await.json();
    let second = world.refresh(&world.wiki, &text(&first, "refresh_token")).await.json();
    world.exchange(&world.wiki, &code).await;
    assert_eq!(world.userinfo(&text(&second, "access_token")).await.status, 401);
    assert_error(&world.refresh(&world.wiki, &text(&second, "refresh_token")).await, 400, "invalid_grant");
}

#[tokio::test]
async fn p011_a_code_serves_its_client_and_its_redirect_uri_alone() {
    let world = World::new().await;
    let globex = world.server.scope_of("globex").await;
    let foreign = [ClientKind::Web, ClientKind::Spa]
        .map(|kind| platform_client(&format!("globex.{kind:?}").to_lowercase(), kind));
    let [web, spa] = foreign;
    let (web, spa) = (globex.register(web).await, globex.register(spa).await);
    for (own, client) in [
        (&world.wiki, &world.other),
        (&world.wiki, &world.spa),
        (&world.spa, &world.wiki),
        // Of another tenant: the tenant in the code decides (D37).
        (&world.wiki, &web),
        (&world.spa, &spa),
    ] {
        let code = world.code(own).await;
        assert_error(&world.exchange(client, &code).await, 400, "invalid_grant");
        assert_eq!(world.exchange(own, &code).await.status, 200, "its own client is not harmed");
    }
    for redirect in [None, Some("https://app.example/other"), Some("https://app.example/callback/")] {
        let code = world.code(&world.wiki).await;
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", &*code), ("code_verifier", VERIFIER)];
        fields.extend(redirect.map(|uri| ("redirect_uri", uri)));
        assert_error(&world.token(&world.wiki, &fields).await, 400, "invalid_grant");
        assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_grant");
    }
    for code in ["", "syc_", "nonsense", "syc_AAAA"] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let expected = if code.is_empty() { "invalid_request" } else { "invalid_grant" };
        assert_error(&world.token(&world.wiki, &fields).await, 400, expected);
    }
}

#[tokio::test]
async fn p012_a_verifier_that_does_not_fit_spends_the_code() {
    let world = World::new().await;
    let wrong = format!("{VERIFIER}x");
    for verifier in [None, Some(&*wrong), Some("short"), Some("")] {
        let code = world.code(&world.wiki).await;
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        assert_error(&world.token(&world.wiki, &fields).await, 400, "invalid_grant");
        assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_grant");
    }
    // A verifier that was never announced.
    let jar = world.server.browser();
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    let answer = world.authorize(&jar, &world.wiki, &bare).await;
    assert_error(&world.exchange(&world.wiki, &answer["code"]).await, 400, "invalid_grant");
    let bare = [("grant_type", "authorization_code"), ("code", &*answer["code"]), ("redirect_uri", CALLBACK)];
    assert_error(&world.token(&world.wiki, &bare).await, 400, "invalid_grant");
}

#[tokio::test]
async fn p012_a_public_client_cannot_do_without_s256() {
    let world = World::new().await;
    for extra in [
        [("code_challenge", ""), ("code_challenge_method", "")],
        [("code_challenge", VERIFIER), ("code_challenge_method", "plain")],
        [("code_challenge", VERIFIER), ("code_challenge_method", "")],
    ] {
        let answer = world.authorize(&world.server.browser(), &world.spa, &extra).await;
        assert_eq!(answer.get("error").map(String::as_str), Some("invalid_request"), "{answer:?}");
        assert!(!answer.contains_key("code"));
    }
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    let world = World::new().await;
    let code = world.code(&world.wiki).await;
    world.server.advance(std::time::Duration::from_secs(61)).await;
    assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_grant");
}

#[tokio::test]
async fn p017_interleaved_sign_ins_keep_apart() {
    let world = World::new().await;
    let mut grants = Vec::new();
    for n in 0..10 {
        let nonce = format!("nonce-{n}");
        let answer = world.authorize(&world.server.browser(), &world.wiki, &[("nonce", &nonce)]).await;
        grants.push((nonce, answer["code"].clone()));
    }
    let exchanges = grants
        .iter()
        .rev()
        .map(|(nonce, code)| async { (nonce.clone(), world.exchange(&world.wiki, code).await.json()) });
    for exchange in exchanges {
        let (nonce, tokens) = exchange.await;
        let id = claims(&text(&tokens, "id_token"));
        let access = text(&tokens, "access_token");
        assert_eq!(id["nonce"], nonce);
        assert_eq!(id["at_hash"], symbolon::crypto::half_hash::half_hash(&access));
        assert_eq!(id["sid"], claims(&access)["sid"]);
    }
}

/// A client's own lives go before the deployment's, at the first tokens and at every refresh.
#[tokio::test]
async fn tokens_live_as_long_as_their_client_says() {
    let world = World::new().await;
    let mut short = platform_client("short", ClientKind::Web);
    short.metadata.access_token_seconds = Some(61);
    short.metadata.id_token_seconds = Some(62);
    let short = world.server.platform().await.register(short).await;
    let first = world.tokens(&short).await;
    let second = world.refresh(&short, &text(&first, "refresh_token")).await.json();
    for tokens in [first, second] {
        for (token, life) in [("access_token", 61), ("id_token", 62)] {
            let claims = claims(&text(&tokens, token));
            let (iat, exp) = (claims["iat"].as_i64(), claims["exp"].as_i64());
            assert_eq!(exp, iat.map(|iat| iat + life), "{token}: {claims}");
        }
    }
}
