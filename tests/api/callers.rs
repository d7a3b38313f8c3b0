//! Every operation of the URL map, called by everybody who may and may not (P100, P021, P035).

use symbolon::model::ids::UserId;
use symbolon::model::role::{Permission, Role};
use symbolon::protocol::api_scope::ApiScope;
use symbolon::server::routes::{self, Operation};

use super::world::{World, address, assert_problem, body_of, every_scope};
use crate::harness::rows::{Everything, without};
use crate::harness::tokens::text;

/// Every operation with its path; ids in it name nobody, so that nothing is done to whom the next call needs.
fn operations(world: &World) -> Vec<(String, Operation)> {
    let mut all = Vec::new();
    let nobody = world.server.operator().id::<UserId>().to_string();
    for route in routes::table() {
        let path = route
            .path()
            .replace("{user}", &nobody)
            .replace("{session}", &nobody)
            .replace("{token}", &nobody)
            .replace("{invitation}", &nobody)
            .replace("{group}", &nobody)
            .replace("{factor}", &nobody);
        all.extend(route.operations().iter().map(|operation| (path.clone(), operation.clone())));
    }
    assert!(all.len() > 1, "the operations are found");
    all
}

#[tokio::test]
async fn p100_without_a_token_of_ours_nothing_is_open() {
    let world = World::new().await;
    let good = world.token(&address(Role::Owner), "people:read").await;
    let (message, signature) = good.rsplit_once('.').expect("a signature");
    let reversed: String = signature.chars().rev().collect();
    let tokens = [
        "a.b.c".to_owned(),
        format!("{message}."),
        format!("{message}.{reversed}"),
        format!(
            "{}.{}.",
            "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0",
            message.split_once('.').expect("a JWT").1
        ),
    ];
    for (path, operation) in operations(&world) {
        let method = operation.method.as_str();
        let bare = world.send(method, &path, &[], None).await;
        assert_problem(&bare, 401, "token-missing");
        assert_eq!(bare.header("www-authenticate"), Some("Bearer realm=\"symbolon\""), "{method} {path}");
        for token in &tokens {
            let page = world.call(method, &path, token, None).await;
            assert_problem(&page, 401, "invalid-token");
            assert!(page.header("www-authenticate").is_some_and(|words| words.contains("invalid_token")));
        }
        let in_url = world.send(method, &format!("{path}?access_token={good}"), &[], None).await;
        assert_problem(&in_url, 400, "token-misplaced");
    }
}

/// The scope is no more than half of it: the roles of the person decide, those that the database holds.
#[tokio::test]
async fn p100_each_role_may_what_the_table_says_and_no_more() {
    let world = World::new().await;
    for role in Role::ALL {
        let token = world.of_role(role).await;
        let before = world.rows(world.acme);
        for (path, operation) in operations(&world) {
            let method = operation.method.as_str();
            let body = body_of(operation.described.id);
            let page = world.call(method, &path, &token, body.as_ref()).await;
            let may = operation.demand.permission.is_none_or(|permission| role.allows(permission));
            if may {
                assert!(
                    matches!(page.status.as_u16(), 200 | 201 | 204 | 404 | 409),
                    "{role:?} {method} {path}: {page:?}"
                );
            } else {
                assert_problem(&page, 403, "forbidden");
            }
        }
        if !role.allows(Permission::ManagePeople) && !role.allows(Permission::ManagePolicy) {
            // But for what anybody may make for themselves, and is told of by mail.
            let own = ["personal_access_tokens", "mails", "mail_queue"];
            let after = without(world.rows(world.acme), &own);
            assert_eq!(after, without(before, &own), "{role:?} changed something");
        }
    }
}

#[tokio::test]
async fn p100_an_unknown_role_only_reads() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let spoil = format!("UPDATE users SET roles = '[\"emperor\"]' WHERE id = '{}'", world.of(Role::Owner));
    Everything::open(world.server.storage()).tamper(&spoil);
    for (path, operation) in operations(&world) {
        let method = operation.method.as_str();
        let page = world.call(method, &path, &token, None).await;
        match operation.demand.permission {
            Some(Permission::ReadPeople) => {
                assert!(matches!(page.status.as_u16(), 200 | 404), "{page:?}");
            }
            Some(_) => assert_problem(&page, 403, "forbidden"),
            None => {}
        }
    }
}

/// Roles are read at each request: what the token says of them counts for nothing.
#[tokio::test]
async fn p074_a_role_that_was_taken_away_is_gone_at_once() {
    let world = World::new().await;
    let token = world.of_role(Role::Admin).await;
    assert_eq!(world.get("/api/v1/users", &token).await.status, 200);
    let demote = format!("UPDATE users SET roles = '[\"member\"]' WHERE id = '{}'", world.of(Role::Admin));
    Everything::open(world.server.storage()).tamper(&demote);
    assert_problem(&world.get("/api/v1/users", &token).await, 403, "forbidden");
}

#[tokio::test]
async fn p100_a_token_without_the_scope_of_the_operation_opens_nothing() {
    let world = World::new().await;
    for scope in ApiScope::ALL {
        let token = world.token(&address(Role::Owner), scope.as_str()).await;
        for (path, operation) in operations(&world).into_iter().filter(|(_, own)| own.demand.scope != scope) {
            let page = world.call(operation.method.as_str(), &path, &token, None).await;
            assert_problem(&page, 403, "insufficient-scope");
            let wanted = format!("scope=\"{}\"", operation.demand.scope.as_str());
            assert!(page.header("www-authenticate").is_some_and(|words| words.contains(&wanted)), "{page:?}");
        }
    }
}

/// A token for a resource server has no scope of ours, and none of the machine's tokens opens anything.
#[tokio::test]
async fn p100_tokens_for_others_and_of_machines_open_nothing() {
    let world = World::new().await;
    let mixed = world.tokens(&address(Role::Owner), &format!("openid notes {}", every_scope())).await;
    assert_eq!(mixed["scope"], "notes openid", "scopes of the API stand in no token for others");
    let machine = [("grant_type", "client_credentials"), ("scope", "notes")];
    let machine = world.ask_token(&world.job, &machine).await.json();
    let asked = [("grant_type", "client_credentials"), ("scope", "people:read")];
    let refused = world.ask_token(&world.job, &asked).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (400, &"invalid_scope".into()));
    for token in [&mixed, &machine] {
        let token = text(token, "access_token");
        for (path, operation) in operations(&world) {
            let page = world.call(operation.method.as_str(), &path, &token, None).await;
            assert_problem(&page, 403, "insufficient-scope");
        }
    }
}

#[tokio::test]
async fn p035_the_api_is_open_to_no_script_of_another_origin() {
    let world = World::new().await;
    let token = world.token(&address(Role::Owner), "people:read").await;
    let bearer = format!("Bearer {token}");
    let own = world.server.issuer().to_owned();
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example",
        "http://localhost.evil.example",
        "http://localhost",
        "https://admin-console.example",
        "file://",
        &own,
    ] {
        for (path, operation) in operations(&world) {
            let method = operation.method.as_str();
            let ask = [("origin", origin), ("access-control-request-method", method)];
            for page in [
                world.send("OPTIONS", &path, &ask, None).await,
                world.send(method, &path, &[("origin", origin), ("authorization", &bearer)], None).await,
            ] {
                let opened = page.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
                assert!(!opened, "{origin} {method} {path}: {page:?}");
            }
        }
    }
}

/// A caller that names a tenant by header must mean its own, as at every service.
#[tokio::test]
async fn p098_a_tenant_in_a_header_is_the_callers_own_or_nothing_is_told() {
    let world = World::new().await;
    let bearer = format!("Bearer {}", world.token(&address(Role::Owner), "people:read").await);
    for (tenant, status) in
        [(world.acme.to_string(), 200), (world.globex.to_string(), 404), (world.hank.to_string(), 404)]
    {
        let headers = [("authorization", bearer.as_str()), ("x-tenant-id", &tenant)];
        let page = world.send("GET", "/api/v1/users", &headers, None).await;
        assert_eq!(page.status.as_u16(), status, "{page:?}");
    }
}
