//! Factors and personal access tokens of others: seen by those who look after sessions, and taken away (P101, P115).

use serde_json::json;
use symbolon::model::ids::UserId;
use symbolon::model::role::Role;
use symbolon::storage::records::{recovery_codes, totp_factors};

use super::world::{World, address, assert_problem, every_scope};
use crate::harness::tokens::text;

impl World {
    /// Gives acme's person an authenticator and two recovery codes.
    pub(super) async fn with_authenticator(&self, user: UserId) {
        let (call, scope) = (self.server.operator(), self.acme);
        self.server
            .as_operator(move |tx| {
                let scope = tx.tenant(scope)?.expect("acme");
                let mut tx = tx.enter(&scope)?;
                totp_factors::begin(&mut tx, user, "sealed", call.now)?;
                totp_factors::confirm(&mut tx, user, "sealed", 1, call.now)?;
                recovery_codes::replace(&mut tx, user, &["one".to_owned(), "two".to_owned()], call.now)
            })
            .await;
    }
}

fn factors_of(user: UserId) -> String {
    format!("/api/v1/users/{user}/factors")
}

#[tokio::test]
async fn p101_a_factor_is_reset_for_others_and_ends_what_stood_on_it() {
    let world = World::new().await;
    let member = world.of(Role::Member);
    let theirs = world.tokens(&address(Role::Member), "people:read account:read openid offline_access").await;
    world.with_authenticator(member).await;
    let token = world.of_role(Role::Security).await;
    let list = world.get(&factors_of(member), &token).await;
    let kinds: Vec<String> =
        list.json()["items"].as_array().expect("items").iter().map(|item| text(item, "kind")).collect();
    assert_eq!(kinds, ["password", "totp", "recovery_codes"]);
    assert!(!list.body.contains("sealed") && !list.body.contains("argon2"), "{list:?}");
    let path = |factor: &str| format!("{}/{factor}", factors_of(member));
    for absent in ["passkey", "0191c7b2-7a00-7000-8000-000000000001", "Password", "%20totp"] {
        let page = world.call("DELETE", &path(absent), &token, None).await;
        assert_problem(&page, 404, "not-found");
    }
    assert_eq!(world.call("DELETE", &path("totp"), &token, None).await.status, 204);
    let left = world.get(&factors_of(member), &token).await.json();
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1), "the sheet went with it: {left}");
    assert_problem(
        &world.get("/api/v1/sessions", &text(&theirs, "access_token")).await,
        401,
        "invalid-token",
    );
    let refresh = text(&theirs, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(world.ask_token(&world.console, &fields).await.status, 400);
    assert_problem(&world.call("DELETE", &path("totp"), &token, None).await, 404, "not-found");
    let mails = world.server.mails().await;
    let told = mails.iter().filter(|mail| mail.to == address(Role::Member)).count();
    assert_eq!(told, 1, "the person is told, once: {mails:?}");
    let noted = world.events(world.acme).into_iter().filter(|event| event.contains("factor.removed")).count();
    assert_eq!(noted, 1);
}

/// Nobody touches an owner's factors but another owner, and nobody their own by this way.
#[tokio::test]
async fn p101_owners_factors_are_reset_by_owners_and_nobodys_own() {
    let world = World::new().await;
    let olga = world.id("olga@acme.example");
    world.with_authenticator(olga).await;
    let before = world.rows(world.acme);
    for role in [Role::Admin, Role::Security] {
        let token = world.of_role(role).await;
        for factor in ["totp", "password"] {
            let page = world.call("DELETE", &format!("{}/{factor}", factors_of(olga)), &token, None).await;
            assert_problem(&page, 403, "above-your-role");
        }
        let own = format!("{}/password", factors_of(world.of(role)));
        assert_problem(&world.call("DELETE", &own, &token, None).await, 403, "own-account");
    }
    let untouched =
        |rows: &crate::harness::rows::Rows| (rows["totp_factors"].clone(), rows["passwords"].clone());
    assert_eq!(untouched(&world.rows(world.acme)), untouched(&before));
    let owner = world.of_role(Role::Owner).await;
    let own = format!("{}/password", factors_of(world.of(Role::Owner)));
    assert_problem(&world.call("DELETE", &own, &owner, None).await, 403, "own-account");
    let page = world.call("DELETE", &format!("{}/totp", factors_of(olga)), &owner, None).await;
    assert_eq!(page.status, 204, "{page:?}");
}

#[tokio::test]
async fn p115_tokens_of_others_are_listed_without_themselves_and_revoked_at_once() {
    let world = World::new().await;
    let bearer = world.token(&address(Role::Auditor), &every_scope()).await;
    let body = json!({"name": "backup", "scopes": ["people:read"], "expires_at": "2027-06-01T00:00:00Z"});
    let made = world.call("POST", "/api/v1/tokens", &bearer, Some(&body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (made, secret) = (made.json(), text(&made.json(), "token"));
    let path = format!("/api/v1/users/{}/tokens", world.of(Role::Auditor));
    let token = world.of_role(Role::Security).await;
    let list = world.get(&path, &token).await;
    assert_eq!(list.json()["items"][0]["id"], made["id"], "{list:?}");
    assert!(!list.body.contains("syp_"), "{list:?}");
    let one = format!("{path}/{}", text(&made, "id"));
    let other = format!("/api/v1/users/{}/tokens/{}", world.of(Role::Member), text(&made, "id"));
    assert_problem(&world.call("DELETE", &other, &token, None).await, 404, "not-found");
    assert_problem(&world.call("DELETE", &one, &secret, None).await, 403, "personal-token");
    assert_eq!(world.get("/api/v1/users", &secret).await.status, 200);
    assert_eq!(world.call("DELETE", &one, &token, None).await.status, 204);
    assert_problem(&world.get("/api/v1/users", &secret).await, 401, "invalid-token");
    assert_problem(&world.call("DELETE", &one, &token, None).await, 404, "not-found");
}

/// A personal access token of an owner is theirs: nobody below revokes it.
#[tokio::test]
async fn p101_tokens_of_owners_are_revoked_by_owners() {
    let world = World::new().await;
    let bearer = world.token("olga@acme.example", &every_scope()).await;
    let body = json!({"name": "backup", "scopes": ["people:read"], "expires_at": "2027-06-01T00:00:00Z"});
    let made = world.call("POST", "/api/v1/tokens", &bearer, Some(&body)).await.json();
    let path = format!("/api/v1/users/{}/tokens/{}", world.id("olga@acme.example"), text(&made, "id"));
    let admin = world.of_role(Role::Admin).await;
    assert_problem(&world.call("DELETE", &path, &admin, None).await, 403, "above-your-role");
    assert_eq!(world.get("/api/v1/users", &text(&made, "token")).await.status, 200);
    let owner = world.of_role(Role::Owner).await;
    assert_eq!(world.call("DELETE", &path, &owner, None).await.status, 204);
}

/// Nobody but the mailbox sees a link, and an owner's is asked for by an owner; nobody mails one to themselves this way.
#[tokio::test]
async fn d33_links_are_mailed_to_the_person_and_shown_to_nobody() {
    let world = World::new().await;
    let admin = world.of_role(Role::Admin).await;
    for link in ["factor-link", "reset-mail"] {
        let path = |user: UserId| format!("/api/v1/users/{user}/{link}");
        let page = world.call("POST", &path(world.of(Role::Member)), &admin, None).await;
        assert_eq!((page.status.as_u16(), page.body.as_str()), (204, ""), "{page:?}");
        let above = world.call("POST", &path(world.id("olga@acme.example")), &admin, None).await;
        assert_problem(&above, 403, "above-your-role");
        let own = world.call("POST", &path(world.of(Role::Admin)), &admin, None).await;
        assert_problem(&own, 403, "own-account");
    }
    let mails = world.server.mails().await;
    assert_eq!(mails.iter().filter(|mail| mail.to == address(Role::Member)).count(), 2, "{mails:?}");
    assert_eq!(mails.len(), 2);
    world.with_authenticator(world.of(Role::ReadOnly)).await;
    let path = format!("/api/v1/users/{}/factor-link", world.of(Role::ReadOnly));
    assert_problem(&world.call("POST", &path, &admin, None).await, 409, "has-factor");
    let rows = format!("{:?}", world.rows(world.acme));
    let sent = mails[0].path(world.server.issuer());
    let token = sent.split_once("token=").expect("a token").1;
    assert!(!rows.contains(token), "it is kept as a hash");
}
