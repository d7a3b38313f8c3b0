//! A new password by a mailed link: everything of before ends, and it proves no more than the mailbox (P040, P065, D33).

use std::collections::BTreeSet;
use std::time::Duration;

use symbolon::model::ids::PersonalTokenId;
use symbolon::model::personal_token::PersonalToken;
use symbolon::model::policy::{PasswordRules, Policy};
use symbolon::storage::records::personal_access_tokens;

use super::{ADA, Post, is_signed_in, sign_in, signed_in};
use crate::harness::oathtool;
use crate::harness::seed::PASSWORD;

const NEW: &str = "a green hill far away and a well";

#[tokio::test]
async fn p065_a_reset_ends_everything_and_tells_the_owner() {
    let post = Post::new().await;
    let (one, two) = (signed_in(&post).await, signed_in(&post).await);
    let (ada, now) = (post.ada, post.server.now());
    let token = PersonalToken {
        id: PersonalTokenId::from_bytes([7; 16]),
        user_id: ada,
        name: "nightly <export>".to_owned(),
        scopes: BTreeSet::default(),
        resources: BTreeSet::default(),
        proofs: Vec::new(),
        created_at: now,
        expires_at: now + Duration::from_hours(24),
        last_used_at: None,
    };
    post.within(move |tx| personal_access_tokens::insert(tx, &token, "hash")).await;
    let (jar, path) = post.mailed("login-reset").await;
    let page = jar.open(&path).await;
    let done = jar.submit(&page, &[("password", NEW)]).await;
    assert_eq!(done.marker().as_deref(), Some("page-reset-done"), "{done:?}");
    assert!(done.has("reset-tokens") && done.body.contains("nightly &#60;export&#62;"), "{}", done.body);
    for jar in [&one, &two, &jar] {
        assert!(!is_signed_in(jar).await, "the reset itself signs nobody in");
    }
    assert!(post.within(move |tx| personal_access_tokens::of_user(tx, ada)).await.is_empty());
    let events = post.events("password.changed").await;
    let last = &events.last().expect("the event").body;
    assert!(last.contains("\"reason\":\"reset\"") && last.contains("\"sessions\":2"), "{last}");
    let mails = post.server.mails().await;
    assert!(mails.last().expect("a notice").subject.contains("password was changed"), "{mails:?}");
    assert!(sign_in(&post.server.browser(), PASSWORD).await.has("password-problem"), "the old one is dead");
    let jar = post.server.browser();
    assert_eq!(sign_in(&jar, NEW).await.marker().as_deref(), Some("page-home"));
}

/// P040: at this door too, and the link is not used up by it.
#[tokio::test]
async fn p040_a_weak_password_is_refused_and_the_link_stays_good() {
    let post = Post::new().await;
    let password = PasswordRules { min_length: 20 };
    post.policy(Policy { password, ..Policy::default() }).await;
    let (jar, path) = post.mailed("login-reset").await;
    let mut page = jar.open(&path).await;
    let long = "x7 ".repeat(60);
    for weak in [
        "",
        "short",
        "password1234password",
        "ada@acme.example ada",
        "aaaaaaaaaaaaaaaaaaaaaaa",
        long.as_str(),
    ] {
        page = jar.submit(&page, &[("password", weak)]).await;
        assert_eq!(page.status, 422, "{weak}");
        assert!(page.has("password-problem"), "{weak}");
    }
    assert_eq!(sign_in(&jar, PASSWORD).await.marker().as_deref(), Some("page-home"), "nothing was changed");
    // Strong, but shorter than this tenant wants.
    page = jar.submit(&page, &[("password", "fj 39 kq wz 71 pb")]).await;
    assert_eq!(page.status, 422);
    assert_eq!(jar.submit(&page, &[("password", NEW)]).await.marker().as_deref(), Some("page-reset-done"));
    assert_eq!(jar.submit(&page, &[("password", NEW)]).await.status, 410, "once");
}

/// D33: whoever has only the mailbox is asked for the second factor as before.
#[tokio::test]
async fn d33_a_reset_yields_no_more_than_the_mailbox() {
    let post = Post::new().await;
    let jar = signed_in(&post).await;
    oathtool::set_up(&jar, post.server.now()).await;
    let (thief, path) = post.mailed("login-reset").await;
    let page = thief.open(&path).await;
    thief.submit(&page, &[("password", NEW)]).await;
    let page = sign_in(&thief, NEW).await;
    assert_eq!(page.marker().as_deref(), Some("page-totp"), "{page:?}");
    assert!(!is_signed_in(&thief).await);
    // With a link on top of it: still the one mailbox.
    let (thief, path) = post.mailed("login-link").await;
    let page = thief.open(&path).await;
    let page = thief.submit(&page, &[]).await;
    assert_eq!(page.marker().as_deref(), Some("page-totp"), "{page:?}");
    let handle = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("it").1;
    let form = thief.open(&format!("/login/password?interaction={handle}")).await;
    thief.submit(&form, &[("password", NEW)]).await;
    assert!(!is_signed_in(&thief).await);
    let sheets = post.events("factor.removed").await;
    assert!(sheets.is_empty(), "nothing of hers was taken away: {sheets:?}");
}

/// P037: a lock outlives a reset, or a mailbox would forgive guesses at the second factor without end.
#[tokio::test]
async fn p037_a_reset_forgives_no_guesses() {
    let post =
        Post::on(crate::harness::TestServer::with().set("limits.sign_in_account", "2 per 10m").start().await)
            .await;
    let (jar, path) = post.mailed("login-reset").await;
    for _ in 0..2 {
        sign_in(&post.server.browser(), "wrong").await;
    }
    let page = jar.open(&path).await;
    assert_eq!(jar.submit(&page, &[("password", NEW)]).await.marker().as_deref(), Some("page-reset-done"));
    assert_eq!(sign_in(&post.server.browser(), NEW).await.status, 429);
    assert_eq!(post.ada().await.email, ADA);
}
