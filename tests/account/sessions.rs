//! Where people are signed in, seen and ended by themselves (P074, P075).

use std::time::Duration;

use reqwest::Method;

use super::{ADA, BOB, FIREFOX, World, field, is_signed_in};
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;

impl World {
    /// Lets the session of this browser be seen with a name that browsers have.
    async fn as_firefox(&self, jar: &Jar) {
        self.server.advance(Duration::from_mins(2)).await;
        let csrf = field(&jar.open("/account/profile").await, "csrf");
        let headers = [("origin", self.server.issuer()), ("user-agent", FIREFOX)];
        let fields = [("csrf", csrf.as_str()), ("name", "Ada")];
        let sent = jar.send(Method::POST, "/account/profile", Some(&fields), &headers).await;
        assert_eq!(sent.status.as_u16(), 303, "{sent:?}");
    }
}

/// How many sessions can be ended on this page.
fn others(page: &Page) -> usize {
    (1..20).filter(|n| page.has(&format!("session-end-{n}"))).count()
}

#[tokio::test]
async fn people_see_their_devices_and_which_is_this_one() {
    let world = World::new().await;
    let (desk, phone) = (world.ada().await, world.ada().await);
    world.browser(BOB, PASSWORD).await;
    world.as_firefox(&phone).await;
    let page = desk.open("/account/sessions").await;
    assert_eq!(page.marker().as_deref(), Some("page-sessions"), "{page:?}");
    assert!(page.has("session-here") && page.has("session-2") && !page.has("session-3"), "{page:?}");
    assert!(page.body.contains("Firefox, Linux") && page.body.contains("127.0.0.1"), "{page:?}");
    assert!(!page.body.contains("Gecko"), "nothing of what the browser sent: {page:?}");
    assert_eq!(others(&page), 1, "{page:?}");
}

/// P074, D12: with the session go its refresh tokens, those for the time beyond it too, and its access tokens.
#[tokio::test]
async fn p074_a_device_that_is_signed_out_here_has_nothing_any_more() {
    let world = World::new().await;
    let (desk, phone) = (world.ada().await, world.ada().await);
    world.later().await;
    let bound = world.tokens(&phone, &world.notes, "openid").await;
    let lasting = world.tokens(&phone, &world.notes, "openid offline_access").await;
    let own = world.tokens(&desk, &world.notes, "openid").await;
    let page = desk.open("/account/sessions").await;
    let done = desk.submit(&page, &[("action", "end")]).await;
    assert!(done.has("sessions-notice") && !done.has("session-2"), "no fresh proof is asked for: {done:?}");
    assert!(!is_signed_in(&phone).await && is_signed_in(&desk).await);
    assert!(!world.opens(&bound).await && !world.opens(&lasting).await);
    assert!(!world.refreshes(&world.notes, &bound).await);
    assert!(!world.refreshes(&world.notes, &lasting).await);
    assert!(world.refreshes(&world.notes, &own).await);
    assert_eq!(world.events("session.revoked").await.len(), 1);
    // Sent again, it is answered alike, and writes nothing.
    let again = desk.submit(&page, &[("action", "end")]).await;
    assert_eq!((again.status, again.has("sessions-notice")), (done.status, true), "{again:?}");
    assert_eq!(world.events("session.revoked").await.len(), 1);
}

#[tokio::test]
async fn all_others_end_at_once_and_this_one_stays() {
    let world = World::new().await;
    let desk = world.ada().await;
    let others = [world.ada().await, world.ada().await, world.ada().await];
    let bob = world.browser(BOB, PASSWORD).await;
    let page = desk.open("/account/sessions").await;
    assert!(page.has("sessions-end-others"), "{page:?}");
    let csrf = field(&page, "csrf");
    let sent = desk.post("/account/sessions", &[("csrf", &csrf), ("action", "end_others")]).await;
    let done = desk.follow(sent).await;
    assert!(done.has("sessions-notice") && done.has("session-here"), "{done:?}");
    assert!(!done.has("session-2") && !done.has("sessions-end-others"), "{done:?}");
    for other in &others {
        assert!(!is_signed_in(other).await);
    }
    assert!(is_signed_in(&desk).await && is_signed_in(&bob).await);
}

/// P075: the session of somebody else is none, whatever is tried with it, and nothing of it is told.
#[tokio::test]
async fn p075_nobody_ends_the_session_of_somebody_else_on_the_page() {
    let world = World::new().await;
    let (ada, bob, bobs_other) =
        (world.ada().await, world.browser(BOB, PASSWORD).await, world.browser(BOB, PASSWORD).await);
    let theirs = field(&bob.open("/account/sessions").await, "session");
    let csrf = field(&ada.open("/account/profile").await, "csrf");
    for id in [theirs.as_str(), "0191c7a0-0000-7000-8000-000000000000", "x", "*"] {
        let fields = [("csrf", csrf.as_str()), ("action", "end"), ("session", id)];
        let refused = ada.post("/account/sessions", &fields).await;
        assert_eq!(refused.status.as_u16(), 404, "{id}: {refused:?}");
        assert!(!refused.body.contains(BOB), "{refused:?}");
    }
    assert!(is_signed_in(&bob).await && is_signed_in(&bobs_other).await);
    assert!(world.events("session.revoked").await.is_empty());
}

/// P071: nothing ends by a link.
#[tokio::test]
async fn p071_no_link_ends_a_session() {
    let world = World::new().await;
    let (desk, phone) = (world.ada().await, world.ada().await);
    let theirs = field(&desk.open("/account/sessions").await, "session");
    for query in [format!("action=end&session={theirs}"), "action=end_others".to_owned()] {
        let page = desk.get(&format!("/account/sessions?{query}")).await;
        assert_eq!(page.status.as_u16(), 200, "{page:?}");
    }
    assert!(is_signed_in(&phone).await, "{ADA} is signed in still");
}
