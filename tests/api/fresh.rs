//! Privileged operations ask for a recent sign-in (P056, D13, RFC 9470).

use std::time::Duration;

use serde_json::json;
use symbolon::model::role::Role;
use symbolon::server::routes;

use super::world::{World, address, assert_problem, body_of, every_scope};
use crate::harness::tokens::text;

#[tokio::test]
async fn p056_an_old_sign_in_is_not_enough_for_what_is_privileged() {
    let world = World::new().await;
    let tokens =
        world.tokens(&address(Role::Owner), &format!("openid offline_access {}", every_scope())).await;
    world.server.advance(Duration::from_secs(601)).await;
    let refresh = text(&tokens, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let again = world.ask_token(&world.console, &fields).await.json();
    let token = text(&again, "access_token");
    let before = world.rows(world.acme);
    let (mut privileged, mut others) = (0, 0);
    for route in routes::table() {
        for operation in route.operations() {
            let path = route
                .path()
                .replace("{user}", &world.of(Role::Member).to_string())
                .replace("{session}", &world.hank.to_string())
                .replace("{token}", &world.hank.to_string())
                .replace("{invitation}", &world.hank.to_string())
                .replace("{group}", &world.hank.to_string())
                .replace("{factor}", &world.hank.to_string());
            let body = body_of(operation.described.id);
            if !operation.demand.fresh {
                others += 1;
                continue;
            }
            privileged += 1;
            let page = world.call(operation.method.as_str(), &path, &token, body.as_ref()).await;
            assert_problem(&page, 401, "insufficient-user-authentication");
            let challenge = page.header("www-authenticate").expect("a challenge");
            assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
            assert!(challenge.contains("max_age=\"600\""), "{challenge}");
        }
    }
    assert!(privileged >= 3 && others > 3, "{privileged} {others}");
    assert_eq!(world.rows(world.acme), before);
    let fresh = world.of_role(Role::Owner).await;
    let path = format!("/api/v1/users/{}/roles", world.of(Role::Member));
    let page = world.call("PUT", &path, &fresh, Some(&json!({"roles": ["readonly"]}))).await;
    assert_eq!(page.status, 200, "{page:?}");
}
