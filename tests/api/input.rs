//! What is sent: members that nobody asked for (P063, P061), the wrong form, an old version.

use serde_json::{Value, json};
use symbolon::model::role::Role;
use symbolon::server::routes;

use super::world::{World, assert_problem, body_of};

/// Members that would be worth something if they were taken.
const EXTRA: [(&str, &str); 15] = [
    ("id", "\"0191c7b2-7a00-7000-8000-000000000001\""),
    ("role", "\"owner\""),
    ("tenant_id", "\"0191c7b2-7a00-7000-8000-000000000001\""),
    ("is_admin", "true"),
    ("admin", "true"),
    ("verified", "true"),
    ("email_verified", "true"),
    ("external_id", "\"x\""),
    ("password", "\"correct horse battery staple\""),
    ("password_hash", "\"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA\""),
    ("created_at", "\"2020-01-01T00:00:00Z\""),
    ("status", "\"active\""),
    ("effective_roles", "[\"owner\"]"),
    ("phone_number_verified", "true"),
    ("updated_at", "1"),
];

#[tokio::test]
async fn p063_members_that_are_not_known_are_refused_at_every_depth() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let before = world.rows(world.acme);
    let mut walked = 0;
    for route in routes::table() {
        for operation in route.operations().iter().filter(|own| own.described.takes.is_some()) {
            let path = route
                .path()
                .replace("{user}", &world.of(Role::Member).to_string())
                .replace("{session}", &world.hank.to_string())
                .replace("{token}", &world.hank.to_string())
                .replace("{invitation}", &world.hank.to_string())
                .replace("{group}", &world.hank.to_string())
                .replace("{factor}", &world.hank.to_string());
            let (method, id) = (operation.method.as_str(), operation.described.id);
            let good = body_of(id).unwrap_or_else(|| panic!("a body for {id}"));
            for (name, value) in EXTRA {
                let value: Value = serde_json::from_str(value).expect("JSON");
                let mut places = vec![String::new()];
                places.extend(objects_in(&good, ""));
                places.dedup();
                for place in places {
                    let mut body = good.clone();
                    let object = body.pointer_mut(&place).and_then(Value::as_object_mut).expect("an object");
                    if object.contains_key(name) {
                        continue;
                    }
                    object.insert(name.to_owned(), value.clone());
                    walked += 1;
                    let page = world.call(method, &path, &token, Some(&body)).await;
                    assert_problem(&page, 400, "invalid-request");
                    assert_eq!(page.json()["errors"][0]["pointer"], place, "{id} {name}: {page:?}");
                    let said = if place.is_empty() { page.body } else { page.body.replace(&place, "") };
                    assert!(!said.contains(name) || name == "id" || name == "status" || name == "admin");
                }
            }
        }
    }
    assert!(walked >= 45, "{walked}");
    assert_eq!(world.rows(world.acme), before);
}

/// The pointers of all objects inside.
fn objects_in(value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(members) = value.as_object() {
        found.push(at.to_owned());
        for (name, inside) in members {
            found.extend(objects_in(inside, &format!("{at}/{name}")));
        }
    }
    found
}

/// Nobody vouches for an address by the API, and a new telephone number is verified by nobody.
#[tokio::test]
async fn p061_no_address_or_number_is_made_verified() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let path = format!("/api/v1/users/{}", world.of(Role::Member));
    for body in [
        json!({"profile": {"phone_number_verified": true}}),
        json!({"profile": {"email_verified": true}}),
        json!({"email": "other@acme.example", "profile": {}}),
        json!({"email_verified": true, "profile": {}}),
    ] {
        assert_problem(&world.call("PATCH", &path, &token, Some(&body)).await, 400, "invalid-request");
    }
    let number = json!({"profile": {"phone_number": "+49 30 901820"}});
    let page = world.call("PATCH", &path, &token, Some(&number)).await;
    assert_eq!((page.status.as_u16(), page.json()["profile"].get("phone_number_verified")), (200, None));
}

#[tokio::test]
async fn bodies_in_another_form_are_refused_without_an_echo() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let bearer = format!("Bearer {token}");
    let path = format!("/api/v1/users/{}", world.of(Role::Member));
    for (media, status) in [
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
        ("application/merge-patch+json", 200),
        ("application/json; charset=utf-8", 200),
    ] {
        let headers = [("authorization", bearer.as_str()), ("content-type", media)];
        let page = world.send("PATCH", &path, &headers, Some(&json!({"profile": {}}))).await;
        assert_eq!(page.status.as_u16(), status, "{media}: {page:?}");
    }
    for (body, pointer) in [
        (json!([]), ""),
        (json!({"profile": []}), "/profile"),
        (json!({"profile": {"nickname": 7}}), "/profile/nickname"),
        (json!({"profile": {"nickname": ""}}), "/profile/nickname"),
        (json!({"profile": {"website": "javascript:alert(1)"}}), "/profile/website"),
        (json!({"profile": {"address": {"country": "\u{202e}"}}}), "/profile/address/country"),
    ] {
        let page = world.call("PATCH", &path, &token, Some(&body)).await;
        assert_problem(&page, 400, "invalid-request");
        assert_eq!(page.json()["errors"][0]["pointer"], pointer, "{page:?}");
        assert!(!page.body.contains("alert"));
    }
    for (body, pointer) in [
        (json!({"email": "nobody"}), "/email"),
        (json!({"email": "a@b.example", "roles": ["emperor"]}), "/roles/0"),
        (json!({"roles": []}), ""),
    ] {
        let page = world.call("POST", "/api/v1/users", &token, Some(&body)).await;
        assert_problem(&page, 400, "invalid-request");
        assert_eq!(page.json()["errors"][0]["pointer"], pointer, "{page:?}");
    }
    let same_address = json!({"email": "OWNER@acme.example"});
    let twice = world.call("POST", "/api/v1/users", &token, Some(&same_address)).await;
    assert_problem(&twice, 409, "address-taken");
}

#[tokio::test]
async fn a_change_of_another_version_is_refused() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let bearer = format!("Bearer {token}");
    let path = format!("/api/v1/users/{}", world.of(Role::Member));
    let first = world.get(&path, &token).await.header("etag").expect("a version").to_owned();
    let change = async |tag: &str, nickname: &str| {
        let headers = [("authorization", bearer.as_str()), ("if-match", tag)];
        world.send("PATCH", &path, &headers, Some(&json!({"profile": {"nickname": nickname}}))).await
    };
    let second = change(&first, "One").await;
    assert_eq!(second.status, 200, "{second:?}");
    assert_ne!(second.header("etag"), Some(first.as_str()));
    assert_problem(&change(&first, "Two").await, 412, "changed-meanwhile");
    assert_eq!(change(second.header("etag").expect("a version"), "Two").await.status, 200);
    assert_eq!(change("*", "Three").await.status, 200);
}
