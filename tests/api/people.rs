//! The people of a tenant: listed, shown, found.

use std::collections::BTreeSet;

use serde_json::Value;
use symbolon::model::policy::{Policy, Registration};
use symbolon::model::role::Role;
use symbolon::model::workspace::Group;
use symbolon::storage::records::{groups, policies, users};

use super::world::{World, address, assert_problem};

fn emails(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|user| user["email"].as_str().expect("an address"))
        .collect()
}

#[tokio::test]
async fn people_are_found_by_address_state_role_and_group() {
    let world = World::new().await;
    let token = world.of_role(Role::Auditor).await;
    let (call, scope) = (world.server.operator(), world.acme);
    let member = world.of(Role::Member);
    let group = world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(scope)?.expect("acme");
            let mut tx = tx.enter(&scope)?;
            let group = Group { id: call.id(), name: "guards".into(), roles: [Role::Security].into() };
            groups::put(&mut tx, &group)?;
            groups::set_of_user(&mut tx, member, &[group.id].into())?;
            Ok(group.id)
        })
        .await;
    world.server.suspend_user(world.acme, world.of(Role::ReadOnly)).await;
    for (query, found) in [
        ("email=OWNER@Acme.example".to_owned(), vec!["owner@acme.example"]),
        ("email=nobody@acme.example".to_owned(), vec![]),
        ("status=suspended".to_owned(), vec!["readonly@acme.example"]),
        ("status=deleted".to_owned(), vec![]),
        ("role=owner".to_owned(), vec!["owner@acme.example", "olga@acme.example"]),
        ("role=security".to_owned(), vec!["security@acme.example", "member@acme.example"]),
        (format!("group={group}"), vec!["member@acme.example"]),
        (format!("group={group}&email=owner@acme.example"), vec![]),
        (format!("group={group}&email=member@acme.example&role=member"), vec!["member@acme.example"]),
    ] {
        let page = world.get(&format!("/api/v1/users?{query}"), &token).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert_eq!(
            emails(&page.json()).into_iter().collect::<BTreeSet<_>>(),
            found.into_iter().collect(),
            "{query}"
        );
    }
    let shown = world.get(&format!("/api/v1/users/{member}"), &token).await;
    assert!(shown.header("etag").is_some());
    let shown = shown.json();
    assert_eq!((&shown["email"], &shown["status"]), (&address(Role::Member).into(), &"active".into()));
    assert_eq!(shown["roles"], serde_json::json!(["member"]));
    assert_eq!(shown["effective_roles"], serde_json::json!(["security", "member"]));
    assert_eq!(shown["groups"][0]["name"], "guards");
}

#[tokio::test]
async fn five_hundred_people_come_page_by_page_each_once() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let (call, scope, like) = (world.server.operator(), world.acme, world.of(Role::Member));
    let mut expected: BTreeSet<String> = world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(scope)?.expect("acme");
            let mut tx = tx.enter(&scope)?;
            let pattern = users::find(&mut tx, like)?.expect("a person");
            let mut made = BTreeSet::new();
            for n in 0..500 {
                let email = format!("person{n}@acme.example");
                let mut user = pattern.clone();
                user.id = call.id();
                user.email.clone_from(&email);
                user.email_canonical = email;
                users::insert(&mut tx, &user)?;
                made.insert(user.id.to_string());
            }
            Ok(made)
        })
        .await;
    expected.extend(Role::ALL.map(|role| world.of(role).to_string()));
    expected.insert(world.id("olga@acme.example").to_string());
    for limit in [1, 37, 200] {
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = world.get(&format!("/api/v1/users?limit={limit}{cursor}"), &token).await.json();
            let items = page["items"].as_array().expect("items");
            assert!(items.len() <= limit && !items.is_empty());
            seen.extend(items.iter().map(|user| user["id"].as_str().expect("an id").to_owned()));
            pages += 1;
            match page["next"].as_str() {
                Some(next) if limit > 1 || pages < 5 => cursor = format!("&cursor={next}"),
                _ => break,
            }
        }
        let once: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(once.len(), seen.len(), "nobody comes twice");
        if limit > 1 {
            assert_eq!(once, expected, "limit {limit}");
            assert_eq!(pages, expected.len().div_ceil(limit));
        }
    }
}

#[tokio::test]
async fn parameters_that_are_unknown_or_wrong_are_named() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
        ("role=emperor", "role"),
        ("status=Active", "status"),
        ("email=ada", "email"),
        ("group=x", "group"),
        ("tenant_id=x", "query"),
        ("limit=1&limit=2", "query"),
        ("%ff=1", "query"),
    ] {
        let page = world.get(&format!("/api/v1/users?{query}"), &token).await;
        assert_problem(&page, 400, "invalid-request");
        assert_eq!(page.json()["errors"][0]["parameter"], parameter, "{query}");
    }
}

/// P042, P114: where nobody is to come in who is new, the API lets nobody in either; and no personal access token does.
#[tokio::test]
async fn p042_nobody_is_made_where_registration_is_closed() {
    let world = World::new().await;
    let owner = world.of_role(Role::Owner).await;
    let someone = serde_json::json!({"email": "new@acme.example"});
    let made = world.call("POST", "/api/v1/users", &owner, Some(&someone)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let new =
        serde_json::json!({"name": "hr", "scopes": ["people:write"], "expires_at": "2027-06-01T00:00:00Z"});
    let kept = world.call("POST", "/api/v1/tokens", &owner, Some(&new)).await.json();
    let kept = kept["token"].as_str().expect("a token").to_owned();
    let other = serde_json::json!({"email": "other@acme.example"});
    let refused = world.call("POST", "/api/v1/users", &kept, Some(&other)).await;
    assert_problem(&refused, 403, "personal-token");
    let (scope, now) = (world.acme, world.server.now());
    world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(scope)?.expect("acme");
            let policy = Policy { registration: Registration::Closed, ..Policy::default() };
            policies::put(&mut tx.enter(&scope)?, &policy, now)
        })
        .await;
    let refused = world.call("POST", "/api/v1/users", &owner, Some(&other)).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let listed = world.get("/api/v1/users?email=other@acme.example", &owner).await;
    assert!(emails(&listed.json()).is_empty(), "{listed:?}");
}
