//! A link that signs in: once, the newest only, by POST only, and in the browser that asked for it.

use std::time::Duration;

use reqwest::Method;
use symbolon::model::status::Status;

use super::{ADA, Post, is_signed_in, signed_in};
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool;
use crate::harness::seed::PASSWORD;

/// Opens the link and presses its button.
async fn follow(jar: &Jar, path: &str) -> Page {
    let page = jar.open(path).await;
    if page.has("link-submit") { jar.submit(&page, &[]).await } else { page }
}

#[tokio::test]
async fn a_mailed_link_signs_in() {
    let post = Post::new().await;
    let (jar, path) = post.mailed("login-link").await;
    let home = follow(&jar, &path).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
    assert!(is_signed_in(&jar).await);
    let events = post.events("session.sign_in").await;
    assert!(events[0].body.contains("\"factor\":\"magic_link\""), "{events:?}");
}

/// Passkeys first, also after a link; but whoever is signed in and proves themselves once more for a change goes straight on.
#[tokio::test]
async fn a_passkey_is_offered_after_a_link_and_not_between_a_change_and_its_proof() {
    let post = Post::new().await;
    let (jar, path) = post.mailed("login-link").await;
    let page = jar.open(&path).await;
    assert!(page.form().fields.iter().any(|(name, _)| name == "device"), "{page:?}");
    let page = jar.submit(&page, &[("device", "passkey")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-offer"), "{page:?}");
    post.server.advance(Duration::from_mins(30)).await;
    let page = jar.open("/account/password").await;
    let page = jar.submit(&page, &[("password", "four much better words")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    let page = jar.submit(&page, &[("password", PASSWORD), ("device", "passkey")]).await;
    assert_eq!(page.path.split('?').next(), Some("/account/password"), "{page:?}");
}

/// P059: a scanner opens the link, from wherever and however often; it is still good.
#[tokio::test]
async fn p059_opening_a_link_shows_a_page_and_nothing_else() {
    let post = Post::new().await;
    for (by, button) in [("login-link", "link-submit"), ("login-reset", "reset-submit")] {
        let (jar, path) = post.mailed(by).await;
        let scanner = post.server.browser();
        for method in [Method::HEAD, Method::GET, Method::GET] {
            let seen = scanner.send(method, &path, None, &[]).await;
            assert_eq!(seen.status, 200);
        }
        assert!(!is_signed_in(&scanner).await && !is_signed_in(&jar).await);
        let page = jar.open(&path).await;
        assert!(page.has(button), "{page:?}");
        if by == "login-link" {
            jar.submit(&page, &[]).await;
            assert!(is_signed_in(&jar).await, "still good for its owner");
        }
    }
}

/// P071: in any other browser it signs nobody in, neither whoever asked for it nor whoever opens it.
#[tokio::test]
async fn p071_a_link_signs_in_no_other_browser() {
    let post = Post::new().await;
    let (jar, path) = post.mailed("login-link").await;
    let victim = post.server.browser();
    let page = victim.open(&path).await;
    assert!(page.has("link-elsewhere") && !page.has("link-submit"), "{page:?}");
    // With every field that the right browser would send.
    let own = jar.open(&path).await.form().fields;
    let csrf = victim.open("/login").await.form().fields;
    let mut fields: Vec<(&str, &str)> =
        own.iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (&**name, &**value)).collect();
    fields.extend(csrf.iter().filter(|(name, _)| name == "csrf").map(|(name, value)| (&**name, &**value)));
    let refused = victim.post("/link", &fields).await;
    assert_eq!(refused.status, 400);
    assert!(!is_signed_in(&victim).await);
    assert_eq!(follow(&jar, &path).await.marker().as_deref(), Some("page-home"), "and it is not used up");
}

#[tokio::test]
async fn p058_a_link_works_once() {
    let post = Post::new().await;
    let (jar, path) = post.mailed("login-link").await;
    let page = jar.open(&path).await;
    let thief = jar.copy();
    assert_eq!(jar.submit(&page, &[]).await.marker().as_deref(), Some("page-home"));
    assert_eq!(jar.open(&path).await.status, 410);
    post.server.advance(Duration::from_secs(90)).await;
    let again = thief.submit(&page, &[]).await;
    assert!(again.status == 400 || again.status == 410, "{again:?}");
    assert!(!is_signed_in(&thief).await);
}

/// P058: the same form twice within a moment is one sign-in, and both answers lead to it.
#[tokio::test]
async fn p058_a_form_that_is_sent_twice_signs_in_once() {
    let post = Post::new().await;
    let (jar, path) = post.mailed("login-link").await;
    let page = jar.open(&path).await;
    let twin = jar.copy();
    assert_eq!(jar.submit(&page, &[]).await.marker().as_deref(), Some("page-home"));
    assert_eq!(twin.submit(&page, &[]).await.marker().as_deref(), Some("page-home"));
    assert_eq!(post.events("session.sign_in").await.len(), 1);
}

#[tokio::test]
async fn p058_only_the_newest_link_works() {
    let post = Post::new().await;
    for by in ["login-link", "login-reset"] {
        let (jar, first) = post.mailed(by).await;
        let (other, second) = post.mailed(by).await;
        assert_eq!(jar.open(&first).await.status, 410, "{by}");
        assert_eq!(other.open(&second).await.status, 200, "{by}");
    }
}

#[tokio::test]
async fn p058_a_link_ends_by_its_time() {
    let post = Post::new().await;
    let (jar, path) = post.mailed("login-link").await;
    let page = jar.open(&path).await;
    post.server.advance(Duration::from_mins(15)).await;
    assert_eq!(jar.open(&path).await.status, 410);
    assert_eq!(jar.submit(&page, &[]).await.status, 410);
    let (jar, path) = post.mailed("login-reset").await;
    post.server.advance(Duration::from_mins(30)).await;
    assert_eq!(jar.open(&path).await.status, 410);
}

#[tokio::test]
async fn p058_purposes_never_cross() {
    let post = Post::new().await;
    let (jar, link) = post.mailed("login-link").await;
    let (other, reset) = post.mailed("login-reset").await;
    let swapped = |path: &str, to: &str| format!("{to}?{}", path.split_once('?').expect("a token").1);
    assert_eq!(jar.open(&swapped(&link, "/reset")).await.status, 410);
    assert_eq!(jar.open(&swapped(&link, "/setup")).await.status, 410);
    assert_eq!(other.open(&swapped(&reset, "/link")).await.status, 410);
    let page = jar.open(&link).await;
    let token = reset.split_once("token=").expect("a token").1;
    assert_eq!(jar.submit(&page, &[("token", token)]).await.status, 410);
    assert!(!is_signed_in(&jar).await);
}

/// P058: what it stands on has changed since.
#[tokio::test]
async fn p058_a_change_of_the_account_ends_its_links() {
    let post = Post::new().await;
    for what in ["password", "address", "suspended", "suspended and back"] {
        let (jar, path) = post.mailed("login-link").await;
        let page = jar.open(&path).await;
        let (resetting, reset) = post.mailed("login-reset").await;
        post.server.advance(Duration::from_secs(1)).await;
        let since = post.server.now();
        match what {
            "password" => {
                let form = resetting.open(&reset).await;
                let done = resetting.submit(&form, &[("password", "a green hill far away and a well")]).await;
                assert_eq!(done.marker().as_deref(), Some("page-reset-done"), "{done:?}");
            }
            "address" => {
                post.change(|ada| symbolon::model::user::User {
                    email: "lovelace@acme.example".into(),
                    email_canonical: "lovelace@acme.example".into(),
                    ..ada
                })
                .await;
            }
            _ => {
                post.change(move |ada| symbolon::model::user::User {
                    status: Status::Suspended { since },
                    ..ada
                })
                .await;
            }
        }
        if what == "suspended and back" {
            post.change(move |ada| symbolon::model::user::User { status: Status::Resumed { since }, ..ada })
                .await;
        }
        assert_eq!(jar.open(&path).await.status, 410, "{what}");
        assert_eq!(jar.submit(&page, &[]).await.status, 410, "{what}");
        assert_eq!(resetting.open(&reset).await.status, 410, "{what}");
        assert!(!is_signed_in(&jar).await, "{what}");
        post.change(|ada| symbolon::model::user::User {
            email: ADA.into(),
            email_canonical: ADA.into(),
            status: Status::Active,
            ..ada
        })
        .await;
    }
}

/// P045: the second factor is asked for behind a link as behind a password, and neither a password nor another link is one: the
/// mailbox alone must not pass for two.
#[tokio::test]
async fn p045_a_link_is_one_factor_and_a_password_beside_it_is_no_second() {
    let post = Post::new().await;
    let ada = signed_in(&post).await;
    oathtool::set_up(&ada, post.server.now()).await;
    let (jar, path) = post.mailed("login-link").await;
    let page = follow(&jar, &path).await;
    assert_eq!(page.marker().as_deref(), Some("page-totp"), "{page:?}");
    assert!(!is_signed_in(&jar).await);
    let ways = jar.open(&page.attribute("login-other", "href").expect("the other ways")).await;
    assert!(!ways.has("factor-password") && !ways.has("factor-magic-link"), "{ways:?}");
    // Past the page that offers it not: the password of the same account, in the same sign-in.
    let handle = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("it").1;
    let form = jar.open(&format!("/login/password?interaction={handle}")).await;
    let refused = jar.submit(&form, &[("password", PASSWORD)]).await;
    assert!(!is_signed_in(&jar).await, "{refused:?}");
    // And the other way round: the password first.
    let (jar, page) = post.before(ADA).await;
    let more = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(more.marker().as_deref(), Some("page-totp"), "{more:?}");
    let before = post.server.mails().await.len();
    post.ask(&jar, &page, "login-link").await;
    let mails = post.server.mails().await;
    if mails.len() > before {
        follow(&jar, &post.path(&mails[before])).await;
    }
    assert!(!is_signed_in(&jar).await);
}

#[tokio::test]
async fn a_stale_session_is_made_fresh_by_a_link() {
    let post = Post::new().await;
    let (jar, path) = post.mailed("login-link").await;
    follow(&jar, &path).await;
    post.server.advance(Duration::from_mins(11)).await;
    let page = jar.open("/account/factors/totp").await;
    let asked = jar.submit(&page, &[("action", "begin")]).await;
    let ways = jar.open(&format!("{}&other=1", asked.path.replace("/login/password", "/login/factor"))).await;
    let ask = jar.open(&ways.attribute("factor-magic-link", "href").expect("a way")).await;
    jar.submit(&ask, &[("action", "continue")]).await;
    let mails = post.server.mails().await;
    let back = follow(&jar, &post.path(mails.last().expect("a mail"))).await;
    assert_eq!(back.marker().as_deref(), Some("page-totp-setup"), "{back:?}");
}
