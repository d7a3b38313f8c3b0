//! What people let in, and take back (P015).

use super::{BOB, World, field};
use crate::harness::seed::PASSWORD;

#[tokio::test]
async fn p015_an_application_from_which_access_is_taken_has_none() {
    let world = World::new().await;
    let (jar, bob) = (world.ada().await, world.browser(BOB, PASSWORD).await);
    let empty = jar.open("/account/applications").await;
    assert_eq!(empty.marker().as_deref(), Some("page-applications"), "{empty:?}");
    assert!(empty.has("applications-none"), "{empty:?}");
    let bound = world.tokens(&jar, &world.shop, "openid email").await;
    let lasting = world.tokens(&jar, &world.shop, "openid offline_access").await;
    let own = world.tokens(&jar, &world.notes, "openid").await;
    let bobs = world.tokens(&bob, &world.shop, "openid").await;
    let page = jar.open("/account/applications").await;
    assert!(page.has("application-2") && !page.has("application-3"), "{page:?}");
    assert!(page.body.contains("Client shop") && page.body.contains("See your e-mail address"), "{page:?}");
    world.later().await;
    let csrf = field(&page, "csrf");
    let fields = [("csrf", csrf.as_str()), ("application", "shop")];
    let sent = jar.post("/account/applications", &fields).await;
    let done = jar.follow(sent).await;
    assert!(done.has("applications-notice") && !done.body.contains("Client shop"), "{done:?}");
    for dead in [&bound, &lasting] {
        assert!(!world.refreshes(&world.shop, dead).await);
    }
    assert!(world.refreshes(&world.notes, &own).await && world.refreshes(&world.shop, &bobs).await);
    let asked = jar.open("/oauth2/authorize?client_id=shop&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&response_type=code&scope=openid").await;
    assert_eq!(asked.marker().as_deref(), Some("page-consent"), "{asked:?}");
    let events = world.events("oauth.consent").await;
    let withdrawn = events.iter().filter(|event| event.body.contains("\"action\":\"withdraw\"")).count();
    assert_eq!(withdrawn, 1);
    // Sent again, it is answered alike, and writes nothing.
    let again = jar.post("/account/applications", &fields).await;
    assert!(jar.follow(again).await.has("applications-notice"));
    assert_eq!(world.events("oauth.consent").await.len(), events.len());
}

/// With the refresh token go the access tokens that came with it, at once.
#[tokio::test]
async fn p015_the_access_tokens_that_are_out_go_with_the_access() {
    let world = World::new().await;
    let jar = world.ada().await;
    let (shop, own) =
        (world.tokens(&jar, &world.shop, "openid").await, world.tokens(&jar, &world.notes, "openid").await);
    assert!(world.opens(&shop).await && world.opens(&own).await);
    let csrf = field(&jar.open("/account/profile").await, "csrf");
    jar.post("/account/applications", &[("csrf", &csrf), ("application", "shop")]).await;
    assert!(!world.opens(&shop).await && world.opens(&own).await);
}

/// An application that the platform vouches for asks nobody, and can be cut off all the same.
#[tokio::test]
async fn an_application_that_asks_nobody_is_listed_and_cut_off() {
    let world = World::new().await;
    let jar = world.ada().await;
    let tokens = world.tokens(&jar, &world.notes, "openid offline_access").await;
    let page = jar.open("/account/applications").await;
    assert!(page.body.contains("Client notes") && page.has("application-withdraw-1"), "{page:?}");
    let done = jar.submit(&page, &[]).await;
    assert!(done.has("applications-none"), "{done:?}");
    assert!(!world.refreshes(&world.notes, &tokens).await && !world.opens(&tokens).await);
}

#[tokio::test]
async fn what_is_no_application_is_refused_and_takes_nothing() {
    let world = World::new().await;
    let jar = world.ada().await;
    let tokens = world.tokens(&jar, &world.shop, "openid").await;
    let csrf = field(&jar.open("/account/profile").await, "csrf");
    for (name, value, status) in [
        ("application", "sh op", 400),
        ("application", "", 400),
        ("user", "shop", 400),
        ("application", "nobody", 303),
    ] {
        let sent = jar.post("/account/applications", &[("csrf", &csrf), (name, value)]).await;
        assert_eq!(sent.status.as_u16(), status, "{name}={value}: {sent:?}");
    }
    assert!(world.refreshes(&world.shop, &tokens).await);
}
