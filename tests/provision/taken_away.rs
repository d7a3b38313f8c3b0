//! What a person, a tenant or an application may do less is gone from the tokens that are out, and from those that
//! are asked for (P015, P074; invariant 8).

use serde_json::{Value, json};
use symbolon::protocol::revocation_feed::{RevokedKind, entry_key};
use symbolon::storage::records::consents;

use super::running::{ADA, Running};
use crate::harness::tokens::{claims, text};

const NOTES: &str = "https://notes.example";

/// What is taken away, the edit that does it, and whether a token says so.
type Less = (&'static str, (&'static str, &'static str), fn(&Value) -> bool);

/// P074, P015: what a person or a tenant may do less, the tokens that are out do not say any more, and the next say less.
#[tokio::test]
async fn p074_what_is_taken_away_is_gone_from_the_tokens() {
    let less: [Less; 7] = [
        (
            "a role",
            ("        roles: [owner]\n        workspaces", "        roles: [member]\n        workspaces"),
            |token| token["roles"] == json!(["member"]),
        ),
        ("a workspace", ("workspaces: [research, sales]", "workspaces: [research]"), |token| {
            token["workspaces"].as_object().is_some_and(|all| all.len() == 1)
        }),
        ("the plan", ("    plan: pro\n    region: eu", "    plan: free\n    region: eu"), |token| {
            token["entitlements"] == json!({"notes": ["read"]})
        }),
        (
            "what the plan gives",
            ("{notes: [read, write, export], graph: [read]}", "{graph: [read]}"),
            |token| token["entitlements"].get("notes").is_none(),
        ),
        (
            "the resource server, suspended",
            (
                "    - identifier: https://notes.example\n",
                "    - identifier: https://notes.example\n      status: suspended\n",
            ),
            |token| token["aud"] != json!([NOTES]) && token["scope"] == "offline_access openid",
        ),
        (
            "a scope of the application",
            (
                "scopes: [openid, profile, email, offline_access, notes]",
                "scopes: [openid, profile, email, offline_access]",
            ),
            |token| token["scope"] == "offline_access openid",
        ),
        (
            "a resource of the application",
            ("offline_access, notes]\n      resources: [\"https://notes.example\"]", "offline_access]"),
            |token| token["aud"] != json!([NOTES]),
        ),
    ];
    for (what, edit, is_less) in less {
        let running = Running::new().await;
        let held = running.hold(ADA).await;
        assert!(!is_less(&claims(&held.access)), "{what}: nothing would be shown");
        running.apply(&running.edited(&[edit]), false).await;
        assert_eq!(running.userinfo(&held).await, 401, "{what}: the token says too much");
        assert!(!running.is_active(&held.access).await, "{what}");
        let next = running.refreshed(&held).await;
        if next.status == 400 {
            assert_eq!(text(&next.json(), "error"), "invalid_target", "{what}: nothing is left to ask for");
            continue;
        }
        assert_eq!(next.status, 200, "{what}: {next:?}");
        let next = text(&next.json(), "access_token");
        assert!(is_less(&claims(&next)), "{what}: {}", claims(&next));
        assert!(running.is_active(&next).await, "{what}: the next token is good");
    }
}

/// P016, P074: the tokens that came from a grant go with it, here and by the list of revocations; by what is left the
/// application gets others.
#[tokio::test]
async fn p016_an_application_that_loses_a_grant_loses_the_tokens_that_are_out() {
    let running = Running::new().await;
    let held = running.hold(ADA).await;
    let kept = ("first_party: true ", "grant_types: [authorization_code]\n      first_party: true ");
    running.apply(&running.edited(&[kept]), false).await;
    assert_eq!(running.userinfo(&held).await, 401);
    assert!(!running.is_active(&held.access).await);
    let list = running.server.browser().get("/.well-known/revocations").await;
    let named = claims(&list.body).to_string();
    assert!(named.contains(&entry_key(RevokedKind::Client, "notes")), "{named}");
    let refused = running.refreshed(&held).await;
    assert_eq!((refused.status.as_u16(), &*text(&refused.json(), "error")), (400, "unauthorized_client"));
    let next = running.exchanged("notes", &running.silent(&held).await["code"]).await;
    assert!(running.is_active(&text(&next.json(), "access_token")).await, "{next:?}");
    running.apply(&running.edited(&[]), false).await;
    let refused = running.refreshed(&held).await;
    assert_eq!(&*text(&refused.json(), "error"), "invalid_grant", "it does not come back with the grant");
}

/// P015, P074: roles that come by a group go with it, however it is lost.
#[tokio::test]
async fn p015_what_a_group_gave_goes_with_the_group() {
    let with_group =
        "        roles: [owner]\n        workspaces: [research, sales]\n        groups: [engineering]";
    let joined = ("        roles: [owner]\n        workspaces: [research, sales]", with_group);
    for (what, edit) in [
        (
            "she leaves",
            (
                "sales]\n        groups: [engineering]\n        password: {env",
                "sales]\n        groups: []\n        password: {env",
            ),
        ),
        ("it loses its role", ("{name: engineering, roles: [admin]", "{name: engineering, roles: []")),
    ] {
        let mut running = Running::new().await;
        running.file = running
            .edited(&[joined, ("{name: engineering, roles: [member]", "{name: engineering, roles: [admin]")]);
        running.apply(&running.file, false).await;
        let held = running.hold(ADA).await;
        assert_eq!(claims(&held.access)["roles"], json!(["owner", "admin"]));
        running.apply(&running.edited(&[edit]), false).await;
        assert_eq!(running.userinfo(&held).await, 401, "{what}");
        let next = text(&running.refreshed(&held).await.json(), "access_token");
        assert_eq!(claims(&next)["roles"], json!(["owner"]), "{what}");
    }
}

/// P015: a consent that was withdrawn ends what stands on it, and given again it begins anew.
#[tokio::test]
async fn p015_a_withdrawn_consent_ends_the_refresh_tokens() {
    let running = Running::new().await;
    let jar = running.server.browser();
    let page = jar.open(&Running::asks_for_wiki()).await;
    let page = ADA.signs_in(&jar, &page).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
    let back = jar.submit(&page, &[("decision", "allow")]).await;
    let code = back.answer().remove("code").expect("a code");
    let tokens = running.exchanged("acme.wiki", &code).await.json();
    let user =
        claims(&text(&tokens, "access_token"))["sub"].as_str().expect("a subject").parse().expect("an id");
    let scope = running.server.scope_of("acme").await.scope;
    running
        .server
        .as_operator(move |tx| {
            let removed =
                consents::remove(&mut tx.enter(&scope)?, user, &"acme.wiki".parse().expect("an id"))?;
            assert!(removed);
            Ok(())
        })
        .await;
    let refresh = text(&tokens, "refresh_token");
    let refused = running.refreshed_by("acme.wiki", &refresh).await;
    assert_eq!((refused.status.as_u16(), text(&refused.json(), "error").as_str()), (400, "invalid_grant"));
    let page = jar.open(&Running::asks_for_wiki()).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "it is asked for again");
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    let refused = running.refreshed_by("acme.wiki", &refresh).await;
    assert_eq!(text(&refused.json(), "error"), "invalid_grant", "and does not raise the dead");
}
