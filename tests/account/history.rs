//! What happened to an account, read by its owner (P144).

use reqwest::Method;

use super::{ADA, BOB, FIREFOX, World, is_signed_in};
use crate::harness::jar::Page;
use crate::harness::seed::PASSWORD;

/// How many rows are on the page.
fn rows(page: &Page) -> usize {
    (1..100).take_while(|n| page.has(&format!("history-{n}"))).count()
}

#[tokio::test]
async fn people_read_what_happened_to_their_own_account_and_to_no_other() {
    let world = World::new().await;
    let bob = world.browser(BOB, PASSWORD).await;
    world.sign_in(&world.server.browser(), ADA, "wrong").await;
    let jar = world.ada().await;
    let page = jar.open("/account/history").await;
    assert_eq!(page.marker().as_deref(), Some("page-history"), "{page:?}");
    assert_eq!(rows(&page), 2, "{page:?}");
    assert!(page.body.contains("Signed in") && page.body.contains("Sign-in refused"), "{page:?}");
    assert!(page.body.contains("Somebody who was not signed in") && page.body.contains("127.0.0.1"));
    assert_eq!(rows(&bob.open("/account/history").await), 1);
    assert!(!page.body.contains(BOB) && is_signed_in(&bob).await);
}

/// What others did is told without saying who they are or where they sat.
#[tokio::test]
async fn p144_the_history_tells_nothing_of_those_who_administer() {
    let world = World::new().await;
    let jar = world.ada().await;
    let (call, acme, id) = (world.server.operator(), world.acme.clone(), world.ada);
    let call = symbolon::flows::Call {
        address: Some("198.51.100.99".parse().expect("an address")),
        user_agent: Some(FIREFOX.to_owned()),
        ..call
    };
    let done = world.server.database().write(&acme, move |tx| {
        let ada = symbolon::storage::records::users::find(tx, id)?.expect("ada");
        let boss = symbolon::model::audit::Actor::User(call.id());
        let profile = symbolon::model::profile::Profile::default();
        symbolon::flows::provision::change_profile(tx, &call, &boss, (&ada, profile))
    });
    assert!(done.await.expect("changed"));
    let page = jar.open("/account/history").await;
    assert_eq!(rows(&page), 2, "{page:?}");
    assert!(page.body.contains("Your organisation or the system"), "{page:?}");
    assert!(!page.body.contains("198.51.100.99") && !page.body.contains("Firefox"), "{page:?}");
}

#[tokio::test]
async fn a_long_history_is_read_page_by_page() {
    let world = World::new().await;
    let jar = world.ada().await;
    for n in 0..30 {
        let page = jar.open("/account/profile").await;
        assert!(jar.submit(&page, &[("name", &format!("Ada {n}"))]).await.has("profile-saved"));
    }
    let first = jar.open("/account/history").await;
    assert_eq!((rows(&first), first.has("history-latest")), (25, false), "{first:?}");
    let older = first.attribute("history-older", "href").expect("a page before");
    let second = jar.open(&older).await;
    assert_eq!(rows(&second), 6, "{second:?}");
    assert!(second.has("history-latest") && !second.has("history-older"), "{second:?}");
    for odd in ["x", "1.5", "9999999999999999999999", "1%20OR%201"] {
        let page = jar.send(Method::GET, &format!("/account/history?before={odd}"), None, &[]).await;
        assert_eq!(page.status.as_u16(), 400, "{odd}: {page:?}");
    }
    for end in ["0", "-5"] {
        let page = jar.open(&format!("/account/history?before={end}")).await;
        assert!(page.has("history-none"), "{end}: {page:?}");
    }
}
