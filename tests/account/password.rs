//! A new password by its owner (P040, P048, P074).

use std::collections::BTreeSet;

use symbolon::model::policy::Policy;
use symbolon::model::session::Factor;
use symbolon::storage::records::policies;

use super::{ADA, World, field, is_signed_in, prove};
use crate::harness::seed::PASSWORD;

const NEW: &str = "violet anchor museum tram";

/// P074: every other session and every refresh token falls with the old password; this browser goes on, and the owner is told.
#[tokio::test]
async fn p074_a_new_password_ends_what_the_old_one_opened() {
    let world = World::new().await;
    let (desk, phone, tablet) = (world.ada().await, world.ada().await, world.ada().await);
    let theirs = world.tokens(&phone, &world.notes, "openid offline_access").await;
    let page = desk.open("/account/password").await;
    assert_eq!(page.marker().as_deref(), Some("page-own-password"), "{page:?}");
    let done = desk.submit(&page, &[("password", NEW)]).await;
    assert_eq!(done.marker().as_deref(), Some("page-factors"), "{done:?}");
    assert!(done.has("factors-notice"), "{done:?}");
    assert!(is_signed_in(&desk).await && !is_signed_in(&phone).await && !is_signed_in(&tablet).await);
    assert!(!world.opens(&theirs).await && !world.refreshes(&world.notes, &theirs).await);
    assert_eq!(world.events("password.changed").await.len(), 1);
    assert!(world.subjects().await.iter().any(|subject| subject.to_lowercase().contains("password")));
    let old = world.sign_in(&world.server.browser(), ADA, PASSWORD).await;
    assert_eq!(old.marker().as_deref(), Some("page-password"), "{old:?}");
    world.browser(ADA, NEW).await;
}

/// P048: a session that was left open changes no password; its owner proves the old one and is led back.
#[tokio::test]
async fn p048_an_old_session_changes_no_password() {
    let world = World::new().await;
    let jar = world.ada().await;
    let csrf = field(&jar.open("/account/password").await, "csrf");
    world.later().await;
    let sent = jar.post("/account/password", &[("csrf", &csrf), ("password", NEW)]).await;
    let to = sent.location().expect("a redirect");
    assert!(to.starts_with("/login/factor?interaction="), "{to}");
    assert!(world.events("password.changed").await.is_empty());
    let asked = jar.open("/account/password").await;
    let page = prove(&jar, &asked).await;
    assert_eq!(page.marker().as_deref(), Some("page-own-password"), "{page:?}");
    let done = jar.submit(&page, &[("password", NEW)]).await;
    assert!(done.has("factors-notice"), "{done:?}");
}

/// P040: one judgement for every door, with the tenant's own length and the words that an attacker tries first.
#[tokio::test]
async fn p040_the_page_takes_no_password_that_another_door_would_refuse() {
    let world = World::new().await;
    let now = world.server.now();
    let mut policy = Policy::default();
    policy.password.min_length = 20;
    world.server.database().write(&world.acme, move |tx| policies::put(tx, &policy, now)).await.expect("set");
    let jar = world.ada().await;
    for weak in [
        "",
        "kurz!",
        "violet anchor mus",
        "ada@acme.example2026",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        &"x".repeat(129),
    ] {
        let page = jar.open("/account/password").await;
        let page = jar.submit(&page, &[("password", weak)]).await;
        assert_eq!((page.status.as_u16(), page.has("password-problem")), (422, true), "{weak}: {page:?}");
        assert!(weak.is_empty() || !page.body.contains(weak), "{page:?}");
    }
    assert!(world.events("password.changed").await.is_empty());
}

#[tokio::test]
async fn where_passwords_open_nothing_none_is_set() {
    let world = World::new().await;
    let jar = world.ada().await;
    let page = jar.open("/account/password").await;
    let (now, acme) = (world.server.now(), world.acme.clone());
    let policy = Policy { methods: BTreeSet::from([Factor::Password, Factor::Passkey]), ..Policy::default() };
    world.server.database().write(&acme, move |tx| policies::put(tx, &policy, now)).await.expect("set");
    assert_eq!(jar.open("/account/password").await.marker().as_deref(), Some("page-own-password"));
    let policy = Policy { methods: BTreeSet::from([Factor::Passkey]), ..Policy::default() };
    world.server.database().write(&acme, move |tx| policies::put(tx, &policy, now)).await.expect("set");
    // The session itself stands on the password: it is nobody's any more.
    let refused = jar.submit(&page, &[("password", NEW)]).await;
    assert_eq!(refused.marker().as_deref(), Some("page-login"), "{refused:?}");
    assert!(world.events("password.changed").await.is_empty());
}
