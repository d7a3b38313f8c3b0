//! Personal access tokens (D34): made by people alone, shown once, dead at once (P113 to P116), and exchanged for what services
//! take (RFC 8693).

use std::time::Duration;

use serde_json::{Value, json};
use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;
use symbolon::server::routes;

use super::world::{NOTES, World, address, assert_problem, body_of, every_scope};
use crate::harness::jar::Page;
use crate::harness::rows::Everything;
use crate::harness::seed::{Registered, client};
use crate::harness::tokens::{claims, text};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const PERSONAL: &str = "urn:symbolon:token-type:personal_access_token";

/// Scopes for the API, both of the person's own and of others', and one of another resource server.
pub(super) const PEOPLE_AND_NOTES: [&str; 3] = ["people:read", "account:read", "notes"];

impl World {
    fn in_a_day(&self) -> String {
        (self.server.now() + Duration::from_hours(24)).to_string()
    }

    async fn make(&self, bearer: &str, scopes: &[&str], resources: &[&str]) -> Page {
        let body = json!({
            "name": "backup", "scopes": scopes, "resources": resources, "expires_at": self.in_a_day(),
        });
        self.call("POST", "/api/v1/tokens", bearer, Some(&body)).await
    }

    /// A personal access token of this person, and what was said of it.
    pub(super) async fn personal(&self, email: &str, scopes: &[&str], resources: &[&str]) -> (String, Value) {
        let bearer = self.token(email, &every_scope()).await;
        let page = self.make(&bearer, scopes, resources).await;
        assert_eq!(page.status, 201, "{page:?}");
        (text(&page.json(), "token"), page.json())
    }

    /// A client that exchanges.
    pub(super) async fn gateway(&self) -> Registered {
        let mut gateway = client("gateway", ClientKind::Web);
        gateway.metadata.tenants = OpenTo::All;
        gateway.metadata.resources = vec![NOTES.to_owned()];
        gateway.metadata.scopes = vec!["notes".to_owned(), "people:read".to_owned()];
        gateway.metadata.grant_types = vec![EXCHANGE.to_owned()];
        self.server.platform().await.register(gateway).await
    }

    /// An exchange of this token by this client.
    pub(super) async fn exchange(&self, client: &Registered, token: &str, more: &[(&str, &str)]) -> Page {
        let mut fields =
            vec![("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", PERSONAL)];
        fields.extend_from_slice(more);
        self.ask_token(client, &fields).await
    }
}

#[tokio::test]
async fn p115_a_token_is_shown_once_kept_as_a_hash_and_dead_when_revoked() {
    let world = World::new().await;
    let email = address(Role::Auditor);
    let (token, made) = world.personal(&email, &["people:read", "account:read"], &[]).await;
    assert!(token.starts_with("syp_"), "{token}");
    assert_eq!(world.get("/api/v1/users", &token).await.status, 200);
    let list = world.get("/api/v1/tokens", &token).await;
    assert!(!list.body.contains("syp_"), "{list:?}");
    let shown = &list.json()["items"][0];
    assert_eq!((&shown["id"], &shown["name"]), (&made["id"], &json!("backup")));
    assert!(shown["last_used_at"].is_string(), "{shown}");
    for (table, lines) in Everything::open(world.server.storage()).all() {
        assert!(!lines.iter().any(|line| line.contains(&token)), "{table} holds the token itself");
    }
    let bearer = world.token(&email, "account:write").await;
    let path = format!("/api/v1/tokens/{}", text(&made, "id"));
    assert_eq!(world.call("DELETE", &path, &bearer, None).await.status, 204);
    assert_problem(&world.get("/api/v1/users", &token).await, 401, "invalid-token");
    assert_problem(&world.call("DELETE", &path, &bearer, None).await, 404, "not-found");
}

#[tokio::test]
async fn p115_a_token_ends_with_its_time_its_owner_and_its_tenant() {
    for way in ["expiry", "suspension", "deletion", "tenant"] {
        let world = World::new().await;
        let (token, _) = world.personal(&address(Role::Auditor), &["people:read"], &[]).await;
        assert_eq!(world.get("/api/v1/users", &token).await.status, 200);
        let owner = world.of_role(Role::Owner).await;
        let user = format!("/api/v1/users/{}", world.of(Role::Auditor));
        match way {
            "expiry" => world.server.advance(Duration::from_hours(24)).await,
            "suspension" => {
                assert_eq!(world.call("POST", &format!("{user}/suspend"), &owner, None).await.status, 200);
                world.server.advance(Duration::from_secs(1)).await;
                assert_eq!(world.call("POST", &format!("{user}/resume"), &owner, None).await.status, 200);
            }
            "deletion" => {
                assert_eq!(world.call("DELETE", &user, &owner, None).await.status, 204);
                assert_eq!(world.call("POST", &format!("{user}/restore"), &owner, None).await.status, 200);
            }
            _ => world.server.suspend_tenant(world.acme).await,
        }
        assert_problem(&world.get("/api/v1/users", &token).await, 401, "invalid-token");
    }
}

/// P114: a token that may everything opens nothing that asks for a fresh sign-in, no page, and makes no token.
#[tokio::test]
async fn p114_a_token_never_makes_a_token_nor_does_what_is_privileged() {
    let world = World::new().await;
    let scopes = every_scope();
    let all: Vec<&str> = scopes.split(' ').collect();
    let (token, _) = world.personal(&address(Role::Owner), &all, &[]).await;
    let before = world.rows(world.acme)["personal_access_tokens"].len();
    let mut refused = Vec::new();
    for route in routes::table() {
        for operation in route.operations().iter().filter(|operation| operation.demand.fresh) {
            let nobody = world.hank.to_string();
            let path = ["{user}", "{session}", "{token}", "{invitation}", "{group}", "{factor}"]
                .iter()
                .fold(route.path().to_owned(), |path, name| path.replace(name, &nobody));
            let body = body_of(operation.described.id);
            let page = world.call(operation.method.as_str(), &path, &token, body.as_ref()).await;
            assert_problem(&page, 403, "personal-token");
            refused.push(operation.described.id);
        }
    }
    assert!(refused.contains(&"makePersonalAccessToken") && refused.contains(&"setUserRoles"), "{refused:?}");
    assert_eq!(world.rows(world.acme)["personal_access_tokens"].len(), before);
    let bearer = format!("Bearer {token}");
    for path in ["/userinfo", "/", "/login/accounts", "/consent"] {
        let page = world.send("GET", path, &[("authorization", &bearer)], None).await;
        assert!(
            page.headers
                .get("set-cookie")
                .is_none_or(|cookie| !cookie.to_str().unwrap().contains("session=syb"))
        );
        assert!(!page.body.contains("owner@acme.example"), "{path}: {page:?}");
    }
    assert_eq!(world.send("GET", "/userinfo", &[("authorization", &bearer)], None).await.status, 401);
}

/// P114: what a token may is what was put into it, and no more than the roles of its owner at that moment.
#[tokio::test]
async fn p114_a_token_opens_its_scopes_as_far_as_roles_go_now() {
    let world = World::new().await;
    let (token, _) = world.personal(&address(Role::Admin), &["people:read"], &[]).await;
    assert_problem(
        &world
            .call("PATCH", &format!("/api/v1/users/{}", world.of(Role::Member)), &token, Some(&json!({})))
            .await,
        403,
        "insufficient-scope",
    );
    let demote = format!("UPDATE users SET roles = '[\"member\"]' WHERE id = '{}'", world.of(Role::Admin));
    Everything::open(world.server.storage()).tamper(&demote);
    assert_problem(&world.get("/api/v1/users", &token).await, 403, "forbidden");
    let member = world.token(&address(Role::Member), "account:write").await;
    for scopes in [&["people:read"][..], &["people:write"], &["openid"], &["notes"], &["emperor"], &[]] {
        let page = world.make(&member, scopes, &[]).await;
        assert_problem(&page, 400, "invalid-request");
        assert_eq!(page.json()["errors"][0]["pointer"], "/scopes", "{scopes:?}");
    }
    assert_problem(
        &world.make(&member, &["notes"], &["https://nowhere.example"]).await,
        400,
        "invalid-request",
    );
    assert_eq!(world.make(&member, &["notes", "account:read"], &[NOTES]).await.status, 201);
}

#[tokio::test]
async fn p115_a_token_has_an_end_within_a_year() {
    let world = World::new().await;
    let bearer = world.token(&address(Role::Member), "account:write").await;
    let now = world.server.now();
    for (expires_at, status) in [
        (json!((now + Duration::from_hours(366 * 24)).to_string()), 201),
        (json!((now + Duration::from_hours(366 * 24 + 1)).to_string()), 400),
        (json!(now.to_string()), 400),
        (json!("2020-01-01T00:00:00Z"), 400),
        (json!("never"), 400),
        (json!(null), 400),
        (json!(0), 400),
    ] {
        let body = json!({"name": "backup", "scopes": ["account:read"], "expires_at": expires_at});
        let page = world.call("POST", "/api/v1/tokens", &bearer, Some(&body)).await;
        assert_eq!(page.status.as_u16(), status, "{expires_at}: {page:?}");
    }
    let without = json!({"name": "backup", "scopes": ["account:read"]});
    assert_problem(
        &world.call("POST", "/api/v1/tokens", &bearer, Some(&without)).await,
        400,
        "invalid-request",
    );
}

/// P113: a token is its maker's, whoever the body names.
#[tokio::test]
async fn p113_nobody_makes_a_token_for_somebody_else() {
    let world = World::new().await;
    let bearer = world.token(&address(Role::Owner), "account:write").await;
    let other = world.of(Role::Member).to_string();
    for member in ["user", "user_id", "owner", "sub", "tenant_id", "id", "token", "token_hash"] {
        let mut body = body_of("makePersonalAccessToken").expect("a body");
        body[member] = json!(other);
        let page = world.call("POST", "/api/v1/tokens", &bearer, Some(&body)).await;
        assert_problem(&page, 400, "invalid-request");
    }
    let body = body_of("makePersonalAccessToken");
    assert_problem(&world.send("POST", "/api/v1/tokens", &[], body.as_ref()).await, 401, "token-missing");
    assert!(world.rows(world.acme)["personal_access_tokens"].is_empty());
    let (token, made) = world.personal(&address(Role::Member), &["account:write", "account:read"], &[]).await;
    let theirs = format!("/api/v1/tokens/{}", text(&made, "id"));
    assert_problem(&world.call("DELETE", &theirs, &bearer, None).await, 404, "not-found");
    assert_eq!(world.get("/api/v1/tokens", &token).await.status, 200);
}

/// P116: a secret in the wrong place is refused, and is found nowhere afterwards.
#[tokio::test]
async fn p116_a_secret_in_the_wrong_place_shows_up_nowhere() {
    let world = World::new().await;
    let owner = world.of_role(Role::Owner).await;
    let (secret, _) = world.personal(&address(Role::Owner), &["account:read"], &[]).await;
    let user = format!("/api/v1/users/{}", world.of(Role::Member));
    let bodies = [
        ("POST", "/api/v1/users".to_owned(), json!({"email": secret})),
        (
            "POST",
            "/api/v1/users".to_owned(),
            json!({"email": "x@acme.example", "profile": {"nickname": secret}}),
        ),
        ("POST", "/api/v1/users".to_owned(), json!({"email": "x@acme.example", secret.as_str(): 1})),
        ("PATCH", user.clone(), json!({"profile": {"name": secret}})),
        ("PATCH", user.clone(), json!({"profile": {"address": {"formatted": secret}}})),
        ("PATCH", user.clone(), json!({"profile": {secret.as_str(): "x"}})),
        ("PUT", format!("{user}/roles"), json!({"roles": [secret]})),
        (
            "POST",
            "/api/v1/tokens".to_owned(),
            json!({"name": secret, "scopes": ["account:read"], "expires_at": world.in_a_day()}),
        ),
        (
            "POST",
            "/api/v1/tokens".to_owned(),
            json!({"name": "x", "scopes": [secret], "expires_at": world.in_a_day()}),
        ),
    ];
    let mut answers = Vec::new();
    for (method, path, body) in &bodies {
        let page = world.call(method, path, &owner, Some(body)).await;
        assert_problem(&page, 400, "invalid-request");
        answers.push(page);
    }
    let bearer = format!("Bearer {owner}");
    for (path, headers) in [
        (format!("/api/v1/users/{secret}"), vec![("authorization", bearer.as_str())]),
        (format!("/api/v1/users?email={secret}"), vec![("authorization", bearer.as_str())]),
        (format!("/api/v1/users?{secret}=1"), vec![("authorization", bearer.as_str())]),
        (format!("/api/v1/users?access_token={secret}"), vec![]),
        (format!("/api/v1/tokens/{secret}"), vec![("authorization", bearer.as_str())]),
        (
            "/api/v1/users".to_owned(),
            vec![("authorization", bearer.as_str()), ("x-tenant-id", secret.as_str())],
        ),
        ("/api/v1/users".to_owned(), vec![("x-api-key", secret.as_str())]),
        ("/api/v1/users".to_owned(), vec![("cookie", secret.as_str())]),
    ] {
        answers.push(world.send("GET", &path, &headers, None).await);
    }
    assert!(answers.len() >= 17);
    for page in &answers {
        assert!(page.status.is_client_error() && !page.body.contains(&secret), "{page:?}");
    }
    for (table, lines) in Everything::open(world.server.storage()).all() {
        assert!(!lines.iter().any(|line| line.contains(&secret)), "{table} holds it");
    }
}

#[tokio::test]
async fn a_token_is_exchanged_for_a_short_one_of_a_resource_server() {
    let world = World::new().await;
    let gateway = world.gateway().await;
    let email = address(Role::Auditor);
    let (token, made) = world.personal(&email, &["people:read", "notes"], &[NOTES]).await;
    let page = world.exchange(&gateway, &token, &[("resource", NOTES)]).await;
    assert_eq!(page.status, 200, "{page:?}");
    let answer = page.json();
    assert_eq!(answer["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    assert_eq!(
        (&answer["scope"], answer.get("refresh_token"), answer.get("id_token")),
        (&json!("notes"), None, None)
    );
    assert!(answer["expires_in"].as_i64().is_some_and(|life| life <= 300), "{answer}");
    let access = text(&answer, "access_token");
    let said = claims(&access);
    assert_eq!((&said["aud"], &said["sub"]), (&json!([NOTES]), &json!(world.of(Role::Auditor).to_string())));
    assert_eq!((said.get("auth_time"), said.get("acr"), &said["roles"]), (None, None, &json!(["auditor"])));
    // It opens nothing of ours.
    assert_problem(&world.get("/api/v1/users", &access).await, 403, "insufficient-scope");
    let revoke = format!("/api/v1/tokens/{}", text(&made, "id"));
    let bearer = world.token(&email, "account:write").await;
    assert_eq!(world.call("DELETE", &revoke, &bearer, None).await.status, 204);
    assert_problem(&world.get("/api/v1/users", &access).await, 401, "invalid-token");
    let again = world.exchange(&gateway, &token, &[("resource", NOTES)]).await;
    assert_eq!((again.status.as_u16(), &again.json()["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn an_exchange_gives_no_more_than_the_token_the_client_and_the_server_have() {
    let world = World::new().await;
    let gateway = world.gateway().await;
    let (token, _) = world.personal(&address(Role::Owner), &["people:read", "notes"], &[NOTES]).await;
    let (bare, _) = world.personal(&address(Role::Owner), &["people:read"], &[]).await;
    let issuer = world.server.issuer().to_owned();
    for (token, more, error) in [
        (&token, vec![], "invalid_target"),
        (&token, vec![("resource", issuer.as_str())], "invalid_target"),
        (&token, vec![("resource", "https://nowhere.example")], "invalid_target"),
        (&token, vec![("resource", NOTES), ("audience", "x")], "invalid_target"),
        (&token, vec![("resource", NOTES), ("scope", "people:read")], "invalid_scope"),
        (&token, vec![("resource", NOTES), ("scope", "notes people:write")], "invalid_scope"),
        (&token, vec![("resource", NOTES), ("actor_token", "x")], "invalid_request"),
        (&token, vec![("resource", NOTES), ("requested_token_type", PERSONAL)], "invalid_request"),
        (&bare, vec![("resource", NOTES)], "invalid_target"),
    ] {
        let page = world.exchange(&gateway, token, &more).await;
        assert_eq!((page.status.as_u16(), &page.json()["error"]), (400, &json!(error)), "{more:?}: {page:?}");
        assert!(!page.body.contains("syp_"));
    }
    // By a client without the grant, and of something that is no such token.
    let page = world.exchange(&world.console, &token, &[("resource", NOTES)]).await;
    assert_eq!(page.json()["error"], "unauthorized_client", "{page:?}");
    let jwt = world.of_role(Role::Owner).await;
    for other in [jwt.as_str(), "syp_nonsense", "x"] {
        let page = world.exchange(&gateway, other, &[("resource", NOTES)]).await;
        assert_eq!(page.json()["error"], "invalid_grant", "{page:?}");
    }
}

/// A byte that PostgreSQL cannot store is no resource server, and no failure of ours either.
#[tokio::test]
async fn a_resource_that_is_no_uri_is_refused() {
    let world = World::new().await;
    let token = world.of_role(Role::Member).await;
    for resource in ["\u{0}", "notes", "https://notes.example/\u{0}", ""] {
        let mut body = body_of("makePersonalAccessToken").expect("a body");
        body["resources"] = json!([resource]);
        let page = world.call("POST", "/api/v1/tokens", &token, Some(&body)).await;
        assert_problem(&page, 400, "invalid-request");
    }
}
