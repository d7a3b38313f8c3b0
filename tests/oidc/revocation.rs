//! Revocation (RFC 7009) and introspection (RFC 7662): P018, P019.

use serde_json::json;

use super::party::{World, assert_error, basic, text};

#[tokio::test]
async fn p018_a_client_takes_its_own_tokens_back_and_nobody_elses() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    for token in [&*access, &*refresh, "nonsense", "syr_AAAA"] {
        assert_eq!(world.ask("/oauth2/revoke", &world.other, &[("token", token)]).await.status, 200);
    }
    assert_eq!(world.userinfo(&access).await.status, 200, "a foreign client changes nothing");
    assert_eq!(world.ask("/oauth2/revoke", &world.wiki, &[("token", &access)]).await.status, 200);
    assert_eq!(world.userinfo(&access).await.status, 401);
    assert_eq!(world.introspect(&world.wiki, &access).await.json(), json!({"active": false}));
    assert_eq!(world.refresh(&world.wiki, &refresh).await.status, 200, "the refresh token lives on");
}

#[tokio::test]
async fn p018_a_revoked_refresh_token_takes_its_family_along() {
    let world = World::new().await;
    let tokens = world.tokens(&world.spa).await;
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(world.ask("/oauth2/revoke", &world.spa, &[("token", &refresh)]).await.status, 200);
    assert_error(&world.refresh(&world.spa, &refresh).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&text(&tokens, "access_token")).await.status, 401);
}

#[tokio::test]
async fn p018_a_client_that_does_not_prove_itself_revokes_nothing() {
    let world = World::new().await;
    let access = text(&world.tokens(&world.wiki).await, "access_token");
    let header = basic("wiki", "wrong");
    let page = world.post("/oauth2/revoke", &[("token", &access)], &[("authorization", &header)]).await;
    assert_error(&page, 401, "invalid_client");
    assert_error(&world.post("/oauth2/revoke", &[("token", &access)], &[]).await, 401, "invalid_client");
    assert_error(&world.ask("/oauth2/revoke", &world.wiki, &[]).await, 400, "invalid_request");
    assert_eq!(world.userinfo(&access).await.status, 200);
}

#[tokio::test]
async fn p019_introspection_answers_those_whose_business_it_is() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let access = text(&tokens, "access_token");
    let own = world.introspect(&world.wiki, &access).await.json();
    assert_eq!(
        (&own["active"], &own["client_id"], &own["tenant"]),
        (&json!(true), &json!("wiki"), &json!("acme"))
    );
    assert_eq!((&own["token_type"], &own["sub"]), (&json!("Bearer"), &json!(world.ada.to_string())));
    // The service account of the same tenant may look; one of another tenant may not.
    assert_eq!(world.introspect(&world.job, &access).await.json()["active"], true);
    let nothing = json!({"active": false});
    assert_eq!(world.introspect(&world.stranger, &access).await.json(), nothing);
    assert_eq!(world.introspect(&world.stranger, "nonsense").await.json(), nothing);
    for token in [&*text(&tokens, "refresh_token"), &*text(&tokens, "id_token"), "a.b.c", "\u{e9}"] {
        assert_eq!(world.introspect(&world.wiki, token).await.json(), nothing, "{token}");
    }
}

#[tokio::test]
async fn p019_a_public_client_may_not_ask() {
    let world = World::new().await;
    let access = text(&world.tokens(&world.spa).await, "access_token");
    assert_error(&world.introspect(&world.spa, &access).await, 401, "invalid_client");
    assert_error(&world.post("/oauth2/introspect", &[("token", &access)], &[]).await, 401, "invalid_client");
    assert_error(&world.ask("/oauth2/introspect", &world.wiki, &[]).await, 400, "invalid_request");
}
