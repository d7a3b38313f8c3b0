//! Writes that fail in the middle: the whole request fails with 503, nothing of it stays, and the same request succeeds
//! once the database is well again (D18, P018, P138, P010, P013).

use serde_json::json;

use super::party::{CALLBACK, World, assert_error, text};
use crate::harness::jar::Page;
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;

/// What answers while something cannot be written: no success, no secret, and when to come again.
fn assert_unavailable(page: &Page, what: &str) {
    assert_eq!(page.status, 503, "{what}: {page:?}");
    assert!(page.header("retry-after").is_some(), "{what}: {page:?}");
    for word in ["access_token", "refresh_token", "active", "disk full", "code="] {
        assert!(!page.body.contains(word), "{what}: {page:?}");
    }
}

#[tokio::test]
async fn p018_an_exchange_that_fails_in_the_middle_leaves_the_code_whole() {
    let world = World::new().await;
    let mut below = Everything::open(world.server.storage());
    for table in ["authorization_codes", "refresh_families", "refresh_tokens", "audit_events", "audit_heads"]
    {
        let code = world.code(&world.wiki).await;
        let before = below.all();
        below.fail_writes(table);
        assert_unavailable(&world.exchange(&world.wiki, &code).await, table);
        below.heal(table);
        assert_eq!(below.all(), before, "{table}: something of it stayed");
        let tokens = world.exchange(&world.wiki, &code).await;
        assert_eq!(tokens.status, 200, "{table}: {tokens:?}");
        assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn p018_a_refresh_that_fails_in_the_middle_uses_nothing_up() {
    let world = World::new().await;
    let mut below = Everything::open(world.server.storage());
    for client in [&world.wiki, &world.spa] {
        let mut token = text(&world.tokens(client).await, "refresh_token");
        for table in ["refresh_families", "refresh_tokens", "audit_events"] {
            below.fail_writes(table);
            assert_unavailable(&world.refresh(client, &token).await, table);
            below.heal(table);
            let next = world.refresh(client, &token).await;
            assert_eq!(next.status, 200, "{table}: {next:?}");
            token = text(&next.json(), "refresh_token");
        }
    }
}

/// P018: an error of the storage is never hidden behind the 200 of RFC 7009 §2.2.
#[tokio::test]
async fn p018_a_revocation_that_was_not_written_is_no_success() {
    let world = World::new().await;
    let mut below = Everything::open(world.server.storage());
    for (table, member) in [
        ("revocations", "access_token"),
        ("audit_events", "access_token"),
        ("refresh_families", "refresh_token"),
        ("audit_events", "refresh_token"),
    ] {
        let tokens = world.tokens(&world.wiki).await;
        let (access, token) = (text(&tokens, "access_token"), text(&tokens, member));
        let ask = || async { world.ask("/oauth2/revoke", &world.wiki, &[("token", &token)]).await };
        below.fail_writes(table);
        assert_unavailable(&ask().await, table);
        below.heal(table);
        assert_eq!(world.userinfo(&access).await.status, 200, "{table}: nobody said that it is dead");
        assert_eq!(ask().await.status, 200);
        assert_eq!(world.userinfo(&access).await.status, 401, "{table} {member}");
        assert_eq!(world.introspect(&world.wiki, &access).await.json(), json!({"active": false}));
    }
}

/// P138: what cannot be recorded is not done, also where the record is all that is written. Reads go on.
#[tokio::test]
async fn p138_no_token_is_issued_and_no_foreign_one_asked_for_without_a_record() {
    let world = World::new().await;
    let access = text(&world.tokens(&world.wiki).await, "access_token");
    let mut below = Everything::open(world.server.storage());
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    for table in ["audit_events", "audit_heads"] {
        below.fail_writes(table);
        assert_unavailable(&world.token(&world.job, &grant).await, table);
        assert_unavailable(&world.introspect(&world.stranger, &access).await, table);
        assert_eq!(world.userinfo(&access).await.status, 200, "reads go on");
        assert_eq!(world.introspect(&world.wiki, &access).await.json()["active"], true);
        below.heal(table);
        assert_eq!(world.token(&world.job, &grant).await.status, 200);
        assert_eq!(world.introspect(&world.stranger, &access).await.json()["active"], false);
    }
}

/// P138: a sign-in is whole or nothing, whatever of it cannot be written.
#[tokio::test]
async fn p138_a_sign_in_that_fails_in_the_middle_signs_nobody_in() {
    let world = World::new().await;
    let mut below = Everything::open(world.server.storage());
    for table in ["sessions", "browser_sessions", "browser_session_accounts", "interactions", "audit_events"]
    {
        let jar = world.server.browser();
        let path = format!(
            "/oauth2/authorize?response_type=code&client_id=wiki&redirect_uri={}&scope=openid&tenant=acme",
            url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect::<String>()
        );
        let page = jar.open(&path).await;
        let page = jar.submit(&page, &[("username", "ada@acme.example")]).await;
        let before = below.all();
        below.fail_writes(table);
        let refused = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert_unavailable(&refused, table);
        assert!(refused.headers.get("set-cookie").is_none(), "{table}: {refused:?}");
        below.heal(table);
        assert_eq!(below.all(), before, "{table}: something of it stayed");
        let silent = jar.get(&format!("{path}&prompt=none")).await;
        assert_eq!(silent.answer().get("error").map(String::as_str), Some("login_required"), "{table}");
        let back = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert!(back.answer().contains_key("code"), "{table}: {back:?}");
    }
}
