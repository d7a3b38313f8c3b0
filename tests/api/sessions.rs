//! Where people are signed in, seen and ended (P075, R15).

use std::collections::BTreeMap;

use serde_json::json;
use symbolon::model::role::Role;

use super::world::{World, address, assert_problem};
use crate::harness::tokens::{claims, text};

const OWN: &str = "account:read account:write";

fn sid(token: &str) -> String {
    text(&claims(token), "sid")
}

#[tokio::test]
async fn somebody_sees_and_ends_their_own_sessions() {
    let world = World::new().await;
    let email = address(Role::Member);
    let (here, there, third) =
        (world.token(&email, OWN).await, world.token(&email, OWN).await, world.token(&email, OWN).await);
    let list = world.get("/api/v1/sessions", &here).await.json();
    let shown: BTreeMap<String, bool> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (text(item, "id"), item["current"].as_bool().unwrap()))
        .collect();
    let expected = [(sid(&here), true), (sid(&there), false), (sid(&third), false)];
    assert_eq!(shown, expected.into());
    assert_eq!(list["items"][0]["amr"], json!(["pwd"]));
    let path = format!("/api/v1/sessions/{}", sid(&there));
    assert_eq!(world.call("DELETE", &path, &here, None).await.status, 204);
    assert_problem(&world.get("/api/v1/sessions", &there).await, 401, "invalid-token");
    assert_problem(&world.call("DELETE", &path, &here, None).await, 404, "not-found");
    let ended = world.call("DELETE", "/api/v1/sessions", &here, None).await;
    assert_eq!((ended.status.as_u16(), ended.json()), (200, json!({"sessions": 1})));
    assert_problem(&world.get("/api/v1/sessions", &third).await, 401, "invalid-token");
    assert_eq!(world.get("/api/v1/sessions", &here).await.status, 200);
}

/// P075: a person reaches no session but their own, whatever they are; one of another tenant is nobody's.
#[tokio::test]
async fn p075_a_session_of_somebody_else_is_none() {
    let world = World::new().await;
    let owner = world.token(&address(Role::Owner), OWN).await;
    let member = world.token(&address(Role::Member), OWN).await;
    let hank = world.token("hank@globex.example", OWN).await;
    for (theirs, token) in [(&owner, &member), (&member, &owner), (&hank, &owner), (&owner, &hank)] {
        let path = format!("/api/v1/sessions/{}", sid(theirs));
        assert_problem(&world.call("DELETE", &path, token, None).await, 404, "not-found");
        assert_eq!(world.get("/api/v1/sessions", theirs).await.status, 200);
        assert!(!world.get("/api/v1/sessions", token).await.body.contains(&sid(theirs)));
    }
}

#[tokio::test]
async fn those_who_may_sign_others_out_do_and_nobody_else() {
    let world = World::new().await;
    let email = address(Role::Member);
    let member = world.token(&email, OWN).await;
    let path = format!("/api/v1/users/{}/sessions", world.of(Role::Member));
    let of_owner = format!("/api/v1/users/{}/sessions", world.of(Role::Owner));
    let owner = world.token(&address(Role::Owner), OWN).await;
    let security = world.of_role(Role::Security).await;
    assert_eq!(world.get(&path, &security).await.json()["items"][0]["id"], sid(&member));
    assert_problem(&world.call("DELETE", &of_owner, &security, None).await, 403, "above-your-role");
    let one = format!("{of_owner}/{}", sid(&owner));
    assert_problem(&world.call("DELETE", &one, &security, None).await, 403, "above-your-role");
    // By the path of somebody else it is not found either.
    let mixed = format!("{path}/{}", sid(&owner));
    assert_problem(&world.call("DELETE", &mixed, &security, None).await, 404, "not-found");
    assert_eq!(world.get("/api/v1/sessions", &owner).await.status, 200);
    let one = format!("{path}/{}", sid(&member));
    assert_eq!(world.call("DELETE", &one, &security, None).await.status, 204);
    assert_problem(&world.get("/api/v1/sessions", &member).await, 401, "invalid-token");
    let again = world.tokens(&email, &format!("openid offline_access {OWN}")).await;
    let ended = world.call("DELETE", &path, &security, None).await;
    assert_eq!((ended.status.as_u16(), ended.json()), (200, json!({"sessions": 1})));
    let refresh = text(&again, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(world.ask_token(&world.console, &fields).await.json()["error"], "invalid_grant");
}
