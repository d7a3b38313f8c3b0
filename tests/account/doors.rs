//! Who comes to the pages at all: the walk over every page of the area.

use symbolon::model::policy::Policy;
use symbolon::server::routes;
use symbolon::storage::records::policies;

use super::{ADA, World};
use crate::harness::seed::PASSWORD;

/// Every page below `/account`, with the methods that it takes.
fn pages() -> Vec<(&'static str, bool)> {
    let all: Vec<(&str, bool)> = routes::table()
        .iter()
        .filter(|route| route.path().starts_with("/account"))
        .map(|route| (route.path(), route.gate().methods.iter().any(|method| method.as_str() == "POST")))
        .collect();
    assert!(all.len() >= 10, "{all:?}");
    all
}

/// P045: whoever proved nothing, or the first of two factors, meets the sign-in at each of them, and changes nothing.
#[tokio::test]
async fn p045_no_page_of_the_account_opens_before_every_factor_is_proved() {
    let world = World::new().await;
    let now = world.server.now();
    let mut policy = Policy::default();
    policy.mfa.everybody = true;
    world.server.database().write(&world.acme, move |tx| policies::put(tx, &policy, now)).await.expect("set");
    let stranger = world.server.browser();
    let half = world.server.browser();
    let page = world.sign_in(&half, ADA, PASSWORD).await;
    assert_ne!(page.marker().as_deref(), Some("page-home"), "{page:?}");
    for jar in [&stranger, &half] {
        let csrf = jar.open("/login").await.form().fields;
        let csrf = csrf.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
        for (path, posts) in pages() {
            let shown = jar.get(path).await;
            let to = shown.location().unwrap_or_else(|| panic!("{path}: {shown:?}"));
            assert!(to.starts_with("/login") && !to.contains("interaction"), "{path}: {to}");
            if posts {
                let sent = jar.post(path, &[("csrf", &csrf), ("action", "make"), ("name", "x")]).await;
                let to = sent.location().unwrap_or_else(|| panic!("{path}: {sent:?}"));
                assert!(to.starts_with("/login") && !to.contains("interaction"), "{path}: {to}");
            }
        }
    }
    assert!(world.events("user.changed").await.is_empty());
}

/// A name of a session that is not one leads to the question whose account is meant, at each of them.
#[tokio::test]
async fn p075_no_page_of_the_account_opens_by_the_session_of_another_browser() {
    let world = World::new().await;
    let (one, other) = (world.ada().await, world.ada().await);
    let page = other.open("/account/sessions").await;
    let theirs = page.form().fields.into_iter().find(|(name, _)| name == "session").expect("a session").1;
    // The list of the other browser can end the session of this one, which so is known by name; to be it is another matter.
    for (path, _) in pages().into_iter().filter(|(path, _)| *path != "/account") {
        let shown = other.get(&format!("{path}?account={theirs}")).await;
        let to = shown.location().unwrap_or_else(|| panic!("{path}: {shown:?}"));
        assert_eq!(to, "/account", "{path}");
    }
    assert!(super::is_signed_in(&one).await);
}

/// The address by which password managers find the way (W3C, "A Well-Known URL for Changing Passwords").
#[tokio::test]
async fn password_managers_find_the_page_of_the_new_password() {
    let world = World::new().await;
    let jar = world.ada().await;
    let answer = jar.get("/.well-known/change-password").await;
    assert_eq!((answer.status.as_u16(), answer.location().as_deref()), (303, Some("/account/password")));
    assert_eq!(jar.follow(answer).await.marker().as_deref(), Some("page-own-password"));
    let nobody = world.server.browser().open("/.well-known/change-password").await;
    assert_eq!(nobody.marker().as_deref(), Some("page-login"), "{nobody:?}");
}
