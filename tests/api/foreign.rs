//! An administrator of acme with ids of globex, on every operation: told what is told of an id that never existed, and noted
//! once as denied (P098, P075).

use serde_json::json;
use symbolon::model::ids::UserId;
use symbolon::model::role::Role;
use symbolon::server::routes;

use super::world::{World, assert_problem, body_of};
use crate::harness::jar::Page;
use crate::harness::tokens::{claims, text};

/// What differs from answer to answer.
fn told(page: &Page) -> (u16, String) {
    let mut problem = page.json();
    problem["instance"] = json!("-");
    (page.status.as_u16(), problem.to_string())
}

#[tokio::test]
async fn p098_an_id_of_another_tenant_is_one_that_never_existed() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let nobody: UserId = world.server.operator().id();
    let hanks = world.token("hank@globex.example", "account:read").await;
    let hanks = text(&claims(&hanks), "sid");
    let before = world.rows(world.globex);
    let mut walked = 0;
    for route in routes::table() {
        if !route.path().contains('{') {
            continue;
        }
        for operation in route.operations() {
            walked += 1;
            let method = operation.method.as_str();
            let body = body_of(operation.described.id);
            let at = |id: &str, sid: &str| {
                route
                    .path()
                    .replace("{user}", id)
                    .replace("{session}", sid)
                    .replace("{token}", sid)
                    .replace("{invitation}", id)
                    .replace("{group}", id)
                    .replace("{factor}", id)
            };
            let what = format!("{method} {}", route.path());
            let noted = world.events(world.acme).len();
            let foreign =
                world.call(method, &at(&world.hank.to_string(), &hanks), &token, body.as_ref()).await;
            assert_problem(&foreign, 404, "not-found");
            let events = world.events(world.acme);
            assert_eq!(events.len(), noted + 1, "{what}: one event");
            let last = events.iter().filter(|event| event.contains("access.denied")).count();
            assert!(last > 0, "{what} is noted as denied");
            for id in [&nobody.to_string(), "x", "%27", "0"] {
                let absent = world.call(method, &at(id, id), &token, body.as_ref()).await;
                assert_eq!(told(&foreign), told(&absent), "{what} {id}");
            }
            assert!(!foreign.body.contains("globex"), "{foreign:?}");
        }
    }
    assert!(walked > 0);
    assert_eq!(world.rows(world.globex), before);
    assert!(!world.events(world.globex).iter().any(|event| event.contains("access.denied")));
}

/// Filters and cursors with ids of another tenant find nobody of it.
#[tokio::test]
async fn p098_no_filter_reaches_into_another_tenant() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    for query in [
        "email=hank@globex.example".to_owned(),
        format!("group={}", world.globex),
        format!("cursor={}", world.hank),
        "role=owner&limit=200".to_owned(),
        "status=deleted".to_owned(),
    ] {
        let page = world.get(&format!("/api/v1/users?{query}"), &token).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(!page.body.contains("globex"), "{query}: {page:?}");
    }
}
