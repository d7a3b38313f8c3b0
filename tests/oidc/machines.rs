//! The client credentials grant (RFC 6749 §4.4): D2, D10.

use symbolon::model::tenant::AddOn;
use symbolon::storage::records::entitlements;

use super::party::{NOTES, World, assert_error, claims, text};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_service_account_gets_a_token_of_its_own_tenant() {
    let world = World::new().await;
    let page = world.token(&world.job, &[GRANT, ("scope", "notes")]).await;
    assert_eq!(page.status, 200, "{page:?}");
    let tokens = page.json();
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
    let token = claims(&text(&tokens, "access_token"));
    assert_eq!((&token["sub"], &token["client_id"]), (&"acme.job".into(), &"acme.job".into()));
    assert_eq!((&token["tenant"], &token["plan"]), (&"acme".into(), &"acme".into()));
    assert_eq!(token["aud"], serde_json::json!([NOTES]));
    assert_eq!(token["entitlements"], serde_json::json!({"notes": ["read", "write"]}));
    for absent in ["sid", "auth_time", "acr", "amr", "workspaces", "act", "cnf"] {
        assert!(token.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn scopes_and_resources_beyond_the_registered_ones_are_refused() {
    let world = World::new().await;
    for scope in ["openid", "notes graph", "offline_access", "admin", "no\"tes", " ", "   "] {
        assert_error(&world.token(&world.job, &[GRANT, ("scope", scope)]).await, 400, "invalid_scope");
    }
    for resource in
        ["https://graph.example", "nonsense", "https://notes.example/#x", "https://notes.example/"]
    {
        assert_error(&world.token(&world.job, &[GRANT, ("resource", resource)]).await, 400, "invalid_target");
    }
    let all = world.token(&world.job, &[GRANT, ("resource", NOTES)]).await.json();
    assert_eq!(all["scope"], "notes");
    // A parameter that other endpoints know is ignored here (D2).
    let token = world.token(&world.job, &[GRANT, ("scope", "notes"), ("tenant", "globex")]).await.json();
    assert_eq!(claims(&text(&token, "access_token"))["tenant"], "acme");
}

#[tokio::test]
async fn d10_a_token_ends_with_the_first_entitlement_in_it() {
    let world = World::new().await;
    let (acme, end) = (world.acme, world.server.now() + std::time::Duration::from_mins(2));
    world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(acme)?.expect("acme");
            let add_on = AddOn { product: "notes".into(), grant: "print".into(), expires_at: Some(end) };
            entitlements::set(&mut tx.enter(&scope)?, &[add_on])
        })
        .await;
    let token = claims(&world.machine_token(&world.job).await);
    assert_eq!(token["exp"].as_i64(), Some(end.unix()));
    assert_eq!(token["entitlements"]["notes"], serde_json::json!(["print", "read", "write"]));
    world.server.advance(std::time::Duration::from_secs(121)).await;
    let token = claims(&world.machine_token(&world.job).await);
    assert_eq!(token["entitlements"]["notes"], serde_json::json!(["read", "write"]));
}

#[tokio::test]
async fn bad_forms_get_the_errors_of_the_protocol() {
    let world = World::new().await;
    assert_error(&world.token(&world.job, &[("scope", "notes")]).await, 400, "invalid_request");
    assert_error(
        &world.token(&world.job, &[("grant_type", "password")]).await,
        400,
        "unsupported_grant_type",
    );
    let code = [("grant_type", "authorization_code"), ("code", "x")];
    assert_error(&world.token(&world.job, &code).await, 400, "unauthorized_client");
    let repeated = [GRANT, ("scope", "notes"), ("scope", "notes")];
    assert_error(&world.token(&world.job, &repeated).await, 400, "invalid_request");
}
