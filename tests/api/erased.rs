//! Whoever is erased is nowhere any more, and nothing of theirs opens or shows anything (R75, P145).

use serde_json::json;
use symbolon::flows::provision::erase_user;
use symbolon::model::audit::Actor;
use symbolon::model::role::Role;
use symbolon::storage::records::users;

use super::world::{NOTES, World, address, assert_problem, every_scope};
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::tokens::text;

/// What the person has before: without these the test would prove nothing.
const FURNISHED: [&str; 10] = [
    "passwords",
    "sessions",
    "refresh_families",
    "personal_access_tokens",
    "totp_factors",
    "recovery_codes",
    "group_members",
    "links",
    "mails",
    "users",
];

impl World {
    /// The tables that hold one of these words, in whatever case; the chain of events, whose bodies never change, apart.
    fn tables_with(&self, words: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (table, lines) in Everything::open(self.server.storage()).all() {
            let text = format!("{lines:?}").to_lowercase();
            if table != "audit_events" && words.iter().any(|word| text.contains(&word.to_lowercase())) {
                found.push(table);
            }
        }
        found
    }

    async fn erase(&self, role: Role) {
        let (user, acme) = (self.of(role), self.acme);
        let (call, clock) = (self.server.operator(), self.server.edge.clock.clone());
        let erased = self.server.as_operator(move |tx| {
            let scope = tx.tenant(acme)?.expect("acme");
            let tx = &mut tx.enter(&scope)?;
            let user = users::find(tx, user)?.expect("the person");
            erase_user(tx, (&call, &clock), &Actor::Operator, &user)
        });
        assert!(erased.await.expect("no owner") > 0, "what happened named them");
    }
}

#[tokio::test]
async fn p145_nothing_of_an_erased_person_opens_or_shows_anything() {
    let world = World::new().await;
    let gateway = world.gateway().await;
    let (id, email) = (world.of(Role::Member).to_string(), address(Role::Member));
    let path = format!("/api/v1/users/{id}");
    let owner = world.of_role(Role::Owner).await;
    let named = json!({"profile": {"name": "Zora Hurston", "nickname": "Zozo"}});
    assert_eq!(world.call("PATCH", &path, &owner, Some(&named)).await.status, 200);
    let group = world.group(&owner, json!({"name": "Sales", "roles": ["member"]})).await;
    assert_eq!(world.call("PUT", &format!("{group}/members/{id}"), &owner, None).await.status, 204);
    let theirs = world.tokens(&email, &format!("openid offline_access {}", every_scope())).await;
    let (personal, _) = world.personal(&email, &["account:read", "notes"], &[NOTES]).await;
    let mailed = world.call("POST", &format!("{path}/reset-mail"), &owner, None).await;
    assert!(mailed.status.is_success(), "{mailed:?}");
    world.with_authenticator(world.of(Role::Member)).await;
    let had = world.tables_with(&[&id, &email]);
    for table in FURNISHED {
        assert!(had.iter().any(|it| it == table), "{table} holds nothing of them: {had:?}");
    }
    assert_eq!(world.get("/api/v1/tokens", &personal).await.status, 200);

    world.erase(Role::Member).await;

    assert_eq!(world.tables_with(&[&email, "zora", "hurston", "zozo"]), Vec::<String>::new());
    assert_eq!(world.tables_with(&[&id]), ["users"], "a row that leads nowhere");
    for token in [&personal, &text(&theirs, "access_token")] {
        assert_problem(&world.get("/api/v1/tokens", token).await, 401, "invalid-token");
    }
    let exchanged = world.exchange(&gateway, &personal, &[("resource", NOTES)]).await;
    let refresh = text(&theirs, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    for page in [exchanged, world.ask_token(&world.console, &fields).await] {
        assert_eq!((page.status.as_u16(), &page.json()["error"]), (400, &json!("invalid_grant")), "{page:?}");
    }
    let jar = world.server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", &email), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(page.has("password-problem"), "{page:?}");

    assert_problem(&world.get(&path, &owner).await, 404, "not-found");
    for list in [
        "/api/v1/users",
        "/api/v1/users?status=deleted",
        &format!("/api/v1/users?email={email}"),
        "/api/v1/memberships",
        &format!("{group}/members"),
        "/api/v1/invitations",
        "/api/v1/sessions",
    ] {
        let page = world.get(list, &owner).await;
        assert_eq!(page.status, 200, "{page:?}");
        for word in [id.as_str(), &email, "Zora", "Zozo"] {
            assert!(!page.body.contains(word), "{list}: {word}: {page:?}");
        }
    }
    for below in ["sessions", "factors", "tokens"] {
        assert_problem(&world.get(&format!("{path}/{below}"), &owner).await, 404, "not-found");
    }
    for (method, below) in [("POST", "/restore"), ("POST", "/resume"), ("DELETE", ""), ("PATCH", "")] {
        let page = world.call(method, &format!("{path}{below}"), &owner, Some(&named)).await;
        assert_problem(&page, 404, "not-found");
    }
    let again = world.call("POST", "/api/v1/users", &owner, Some(&json!({"email": email}))).await;
    assert_eq!(again.status, 201, "the address is free: {again:?}");
    assert!(text(&again.json(), "id") != id && !again.body.contains("Zora"), "{again:?}");
}
