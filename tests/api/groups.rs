//! Groups: what they give, their members have; so nobody gives by one what they could not give themselves (P101, R39, P102).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use symbolon::model::ids::Slug;
use symbolon::model::role::Role;
use symbolon::model::workspace::Workspace;
use symbolon::storage::records::workspaces;

use super::world::{World, address, assert_problem};
use crate::harness::tokens::{claims, text};

impl World {
    /// Makes a group, and says its address.
    pub(super) async fn group(&self, token: &str, body: Value) -> String {
        let made = self.call("POST", "/api/v1/groups", token, Some(&body)).await;
        assert_eq!(made.status, 201, "{made:?}");
        format!("/api/v1/groups/{}", text(&made.json(), "id"))
    }

    async fn workspace(&self, slug: &'static str) {
        let (call, scope) = (self.server.operator(), self.acme);
        self.server
            .as_operator(move |tx| {
                let scope = tx.tenant(scope)?.expect("acme");
                let slug: Slug = slug.parse().expect("a slug");
                let workspace = Workspace { id: call.id(), name: slug.to_string(), slug };
                workspaces::put(&mut tx.enter(&scope)?, &workspace)
            })
            .await;
    }
}

#[tokio::test]
async fn r39_a_group_is_made_changed_and_removed_with_what_it_gives() {
    let world = World::new().await;
    world.workspace("sales").await;
    let admin = world.of_role(Role::Admin).await;
    let body = json!({"name": "Sales", "roles": ["member"], "workspaces": [{"workspace": "sales"}]});
    let path = world.group(&admin, body.clone()).await;
    let again = world.call("POST", "/api/v1/groups", &admin, Some(&body)).await;
    assert_problem(&again, 409, "name-taken");
    let shown = world.get(&path, &admin).await;
    let first = shown.header("etag").expect("a version").to_owned();
    assert_eq!(shown.json()["workspaces"], json!([{"workspace": "sales"}]));
    let member = format!("{path}/members/{}", world.of(Role::ReadOnly));
    for _ in 0..2 {
        assert_eq!(world.call("PUT", &member, &admin, None).await.status, 204);
    }
    let listed = world.get(&format!("{path}/members"), &admin).await.json();
    assert_eq!(listed["items"][0]["email"], json!(address(Role::ReadOnly)), "{listed}");
    let person = world.get(&format!("/api/v1/users/{}", world.of(Role::ReadOnly)), &admin).await.json();
    assert_eq!(person["effective_roles"], json!(["member", "readonly"]));
    let mine = world.token(&address(Role::ReadOnly), "people:read").await;
    assert_eq!(claims(&mine)["workspaces"].as_object().map(serde_json::Map::len), Some(1));
    let renamed =
        world.call("PATCH", &path, &admin, Some(&json!({"name": "Sellers", "workspaces": []}))).await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["name"]), (200, &json!("Sellers")), "{renamed:?}");
    assert_problem(&world.get("/api/v1/users", &mine).await, 401, "invalid-token");
    let bearer = format!("Bearer {admin}");
    let headers = [("authorization", bearer.as_str()), ("if-match", &*first)];
    let stale = world.send("PATCH", &path, &headers, Some(&json!({"name": "Others"}))).await;
    assert_problem(&stale, 412, "changed-meanwhile");
    assert_eq!(world.call("DELETE", &member, &admin, None).await.status, 204);
    assert_problem(&world.call("DELETE", &member, &admin, None).await, 404, "not-found");
    assert_eq!(world.call("DELETE", &path, &admin, None).await.status, 204);
    assert_problem(&world.get(&path, &admin).await, 404, "not-found");
    // PostgreSQL shows texts with their quotes escaped.
    let events: Vec<String> = world.events(world.acme).iter().map(|event| event.replace('\\', "")).collect();
    for action in ["create", "change", "add_member", "remove_member", "remove"] {
        let noted =
            |event: &&String| event.contains("group.changed") && event.contains(&format!("\"{action}\""));
        assert_eq!(events.iter().filter(noted).count(), 1, "{action}");
    }
}

/// Every role, given by a group in each way there is: an admin gives plain ones, an owner all.
#[tokio::test]
async fn p101_a_group_gives_no_role_that_its_maker_could_not_give() {
    let world = World::new().await;
    let (owner, admin) = (world.of_role(Role::Owner).await, world.of_role(Role::Admin).await);
    let plain = world.group(&admin, json!({"name": "plain", "roles": []})).await;
    for given in [Role::Owner, Role::Admin, Role::Security, Role::Auditor] {
        let name = given.as_str();
        let body = json!({"name": name, "roles": [name]});
        let above = world.group(&owner, body.clone()).await;
        let before = world.rows(world.acme);
        let another = json!({"name": format!("{name} by admin"), "roles": [name]});
        for (method, path, body) in [
            ("POST", "/api/v1/groups".to_owned(), Some(another)),
            ("PATCH", plain.clone(), Some(json!({"roles": [name]}))),
            ("PATCH", above.clone(), Some(json!({"roles": []}))),
            ("PATCH", above.clone(), Some(json!({"name": "harmless"}))),
            ("DELETE", above.clone(), None),
            ("PUT", format!("{above}/members/{}", world.of(Role::Member)), None),
            ("PUT", format!("{above}/members/{}", world.of(Role::Admin)), None),
            ("DELETE", format!("{above}/members/{}", world.of(Role::Member)), None),
        ] {
            let page = world.call(method, &path, &admin, body.as_ref()).await;
            assert_problem(&page, 403, "above-your-role");
        }
        assert_eq!(world.rows(world.acme), before, "{name}");
        let member = format!("{above}/members/{}", world.of(Role::Member));
        assert_eq!(world.call("PUT", &member, &owner, None).await.status, 204);
        assert_eq!(world.call("DELETE", &above, &owner, None).await.status, 204);
    }
}

/// Nobody joins or leaves a group, nor changes what a group gives that they are in; and nobody but owners moves an owner.
#[tokio::test]
async fn p101_nobody_changes_what_their_own_groups_give() {
    let world = World::new().await;
    world.workspace("sales").await;
    let (owner, admin) = (world.of_role(Role::Owner).await, world.of_role(Role::Admin).await);
    let path = world.group(&owner, json!({"name": "desk", "roles": ["member"]})).await;
    let of = |user: &str| format!("{path}/members/{}", world.id(user));
    for (token, role) in [(&owner, Role::Owner), (&admin, Role::Admin)] {
        assert_problem(&world.call("PUT", &of(&address(role)), token, None).await, 403, "own-account");
    }
    for method in ["PUT", "DELETE"] {
        let page = world.call(method, &of("olga@acme.example"), &admin, None).await;
        assert_problem(&page, 403, "above-your-role");
    }
    assert_eq!(world.call("PUT", &of(&address(Role::Admin)), &owner, None).await.status, 204);
    for body in [json!({"roles": []}), json!({"workspaces": [{"workspace": "sales"}]})] {
        assert_problem(&world.call("PATCH", &path, &admin, Some(&body)).await, 403, "own-account");
    }
    assert_problem(&world.call("DELETE", &path, &admin, None).await, 403, "own-account");
    let renamed = world.call("PATCH", &path, &admin, Some(&json!({"name": "front desk"}))).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
}

/// The only owner has it by a group: whoever could take the group away is not in it, and so an owner besides.
#[tokio::test]
async fn p102_no_change_of_a_group_leaves_a_tenant_without_an_owner() {
    let world = World::new().await;
    let owner = world.of_role(Role::Owner).await;
    let board = world.group(&owner, json!({"name": "board", "roles": ["owner"]})).await;
    let member = format!("{board}/members/{}", world.of(Role::Member));
    assert_eq!(world.call("PUT", &member, &owner, None).await.status, 204);
    let by_group = world.of_role(Role::Member).await;
    let bare = |user: &str| format!("/api/v1/users/{}/roles", world.id(user));
    for user in ["olga@acme.example", "owner@acme.example"] {
        let page = world.call("PUT", &bare(user), &by_group, Some(&json!({"roles": ["member"]}))).await;
        assert_eq!(page.status, 200, "{page:?}");
    }
    for (method, path, body) in [
        ("PATCH", board.clone(), Some(json!({"roles": []}))),
        ("DELETE", board.clone(), None),
        ("DELETE", member.clone(), None),
    ] {
        let page = world.call(method, &path, &by_group, body.as_ref()).await;
        assert_problem(&page, 403, "own-account");
    }
}

#[tokio::test]
async fn groups_come_page_by_page_and_take_only_what_there_is() {
    let world = World::new().await;
    let admin = world.of_role(Role::Admin).await;
    let mut made = BTreeSet::new();
    for n in 0..5 {
        made.insert(world.group(&admin, json!({"name": format!("group {n}")})).await);
    }
    let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = world.get(&format!("/api/v1/groups?limit=2{cursor}"), &admin).await.json();
        for item in page["items"].as_array().expect("items") {
            assert!(seen.insert(format!("/api/v1/groups/{}", text(item, "id"))), "twice: {item}");
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made);
    for (body, pointer) in [
        (json!({"name": ""}), "/name"),
        (json!({"name": "a\u{202e}b"}), "/name"),
        (json!({"name": "x", "workspaces": [{"workspace": "nowhere"}]}), "/workspaces"),
        (json!({"name": "x", "workspaces": [{"workspace": "No Slug"}]}), "/workspaces/0/workspace"),
        (
            json!({"name": "x", "workspaces": [{"workspace": "sales", "contexts": []}]}),
            "/workspaces/0/contexts",
        ),
    ] {
        let page = world.call("POST", "/api/v1/groups", &admin, Some(&body)).await;
        assert_problem(&page, 400, "invalid-request");
        assert_eq!(page.json()["errors"][0]["pointer"], pointer, "{page:?}");
    }
}
