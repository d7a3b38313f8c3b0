//! What people are told by mail of their sign-ins and locks (D31, P037, P068).

use std::time::Duration;

use super::{before_the_password, is_signed_in, sign_in, signed_in};
use crate::harness::TestServer;
use crate::harness::jar::Jar;
use crate::harness::seed::PASSWORD;

const ADA: &str = "ada@acme.example";

/// Who was told something with these words in the subject.
async fn told(server: &TestServer, words: &str) -> Vec<String> {
    let mails = server.mails().await;
    mails.into_iter().filter(|mail| mail.subject.contains(words)).map(|mail| mail.to).collect()
}

async fn sign_out(jar: &Jar) {
    let page = jar.open("/oauth2/logout").await;
    jar.submit(&page, &[("decision", "confirm")]).await;
    assert!(!is_signed_in(jar).await);
}

async fn again(jar: &Jar) {
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", ADA), ("organisation", "acme")]).await;
    jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(is_signed_in(jar).await);
}

#[tokio::test]
async fn a_browser_that_was_never_seen_is_told_of_and_the_first_one_and_a_known_one_are_not() {
    const NEW: &str = "New sign-in";
    let server = TestServer::with().unlimited().start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    acme.person("bob@acme.example", &[]).await;
    let jar = signed_in(&server, ADA, "acme").await;
    assert_eq!(told(&server, NEW).await, [""; 0], "the first sign-in ever");
    sign_out(&jar).await;
    again(&jar).await;
    server.advance(Duration::from_hours(24)).await;
    assert!(!is_signed_in(&jar).await, "the session has passed");
    again(&jar).await;
    assert_eq!(told(&server, NEW).await, [""; 0], "the browser is known");
    // A browser in which somebody else is signed in is new to her all the same.
    let shared = signed_in(&server, "bob@acme.example", "acme").await;
    again(&shared).await;
    assert_eq!(told(&server, NEW).await, [ADA]);
    again(&shared).await;
    assert_eq!(told(&server, NEW).await, [ADA]);
    // What is too old to be remembered is told of too.
    server.advance(Duration::from_hours(200 * 24)).await;
    server.run_jobs().await;
    signed_in(&server, ADA, "acme").await;
    assert_eq!(told(&server, NEW).await, [ADA, ADA]);
}

#[tokio::test]
async fn p037_the_owner_of_the_account_is_told_of_a_lock_once_and_nobody_of_a_name_that_nobody_has() {
    const LOCKED: &str = "is locked";
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "3 per 10m").start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    let gone = acme.person("bob@acme.example", &[]).await;
    server.suspend_user(acme.id(), gone).await;
    let guess = async |email: &str| {
        let (jar, page) = before_the_password(&server, email, "acme").await;
        jar.submit(&page, &[("password", "wrong password")]).await;
    };
    for email in [ADA, "bob@acme.example", "nobody@acme.example"] {
        for _ in 0..2 {
            guess(email).await;
        }
        assert_eq!(told(&server, LOCKED).await.len(), usize::from(email != ADA), "not yet: {email}");
        for _ in 0..4 {
            guess(email).await;
        }
        assert_eq!(told(&server, LOCKED).await, [ADA], "once, and only her: {email}");
    }
    let mail = server.mails().await.into_iter().find(|mail| mail.subject.contains(LOCKED)).expect("the mail");
    assert!(mail.text.contains("10 minutes"), "{}", mail.text);
    server.advance(Duration::from_mins(10)).await;
    for _ in 0..3 {
        guess(ADA).await;
    }
    assert_eq!(told(&server, LOCKED).await, [ADA, ADA], "the next lock");
}

/// P068: whoever locks somebody again and again fills no mailbox by it.
#[tokio::test]
async fn p068_locks_send_no_more_mails_than_a_stranger_may_ask_for() {
    let server = TestServer::with()
        .unlimited()
        .set("limits.sign_in_account", "1 per 1s")
        .set("limits.mail_recipient", "2 per 10h")
        .start()
        .await;
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    for _ in 0..8 {
        let jar = server.browser();
        let page = jar.open("/login").await;
        sign_in(&jar, &page, (ADA, "acme"), "wrong password").await;
        server.advance(Duration::from_mins(5)).await;
    }
    assert_eq!(told(&server, "is locked").await.len(), 2);
}

/// P068: whoever has the password makes as many browsers as they like, and fills no mailbox by it.
#[tokio::test]
async fn p068_new_browsers_send_no_more_mails_than_a_stranger_may_ask_for() {
    const NEW: &str = "New sign-in";
    let server = TestServer::with().unlimited().set("limits.mail_recipient", "2 per 10h").start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    acme.person("bob@acme.example", &[]).await;
    for _ in 0..6 {
        signed_in(&server, ADA, "acme").await;
        server.advance(Duration::from_mins(5)).await;
    }
    let many = told(&server, NEW).await;
    assert_eq!(many, [ADA, ADA], "of five new ones");
    signed_in(&server, "bob@acme.example", "acme").await;
    signed_in(&server, "bob@acme.example", "acme").await;
    assert_eq!(told(&server, NEW).await.len(), 3, "nobody else's are fewer for it");
    server.advance(Duration::from_hours(11)).await;
    signed_in(&server, ADA, "acme").await;
    assert_eq!(told(&server, NEW).await.len(), 4, "and hers come again after a while");
}
