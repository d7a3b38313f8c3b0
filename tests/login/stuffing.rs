//! Lists of passwords that are tried at many accounts (D31): the tries wait, no account is locked, and it is told once.

use std::time::Duration;

use reqwest::StatusCode;

use super::{before_the_password, count, events, is_signed_in, sign_in};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;

const SPRAYED: &str = "Summer2026 summer2026";

/// One try in a fresh browser.
async fn attempt(server: &TestServer, email: &str, password: &str) -> (Jar, Page) {
    let jar = server.browser();
    let page = jar.open("/login").await;
    let page = sign_in(&jar, &page, (email, "acme"), password).await;
    (jar, page)
}

async fn with(key: &str, rate: &str) -> TestServer {
    let server = TestServer::with().unlimited().set(key, rate).start().await;
    {
        let acme = server.organisation("acme", &[]).await;
        for name in ["ada", "bob", "cat"] {
            acme.person(&format!("{name}@acme.example"), &[]).await;
        }
    }
    server
}

/// How often it was told on the platform's chain; nothing there tells the password.
async fn told(server: &TestServer) -> usize {
    let events = events(server, &server.platform().await.scope).await;
    assert!(!events.iter().any(|event| event.body.contains("ummer")), "the password stands nowhere");
    count(&events, "session.stuffing_suspected")
}

#[tokio::test]
async fn p037_one_password_at_many_accounts_waits_longer_each_time_and_locks_nobody() {
    let server = with("limits.stuffing_password", "3 per 16m").await;
    for email in ["ada@acme.example", "nobody@acme.example", "bob@acme.example"] {
        assert_eq!(told(&server).await, 0);
        assert!(attempt(&server, email, SPRAYED).await.1.has("password-problem"));
    }
    assert_eq!(told(&server).await, 1);
    for (email, wait) in
        [("cat@acme.example", "60"), ("ada@acme.example", "60"), ("nowhere@acme.example", "60")]
    {
        let (_, page) = attempt(&server, email, SPRAYED).await;
        assert_eq!(
            (page.status, page.header("retry-after")),
            (StatusCode::TOO_MANY_REQUESTS, Some(wait)),
            "{email}"
        );
    }
    // The right passwords of the same people, from the same place, are another matter.
    for email in ["ada@acme.example", "bob@acme.example", "cat@acme.example"] {
        assert!(is_signed_in(&attempt(&server, email, PASSWORD).await.0).await, "{email}");
    }
    server.advance(Duration::from_mins(1)).await;
    assert!(attempt(&server, "cat@acme.example", SPRAYED).await.1.has("password-problem"), "one more try");
    let (_, page) = attempt(&server, "cat@acme.example", SPRAYED).await;
    assert_eq!(page.header("retry-after"), Some("120"));
    assert_eq!(told(&server).await, 1, "one list, told once");
    assert_eq!(count(&events(&server, &server.scope_of("acme").await.scope).await, "account.locked"), 0);
}

#[tokio::test]
async fn p037_one_address_at_many_accounts_waits_whatever_it_tries() {
    let server = with("limits.stuffing_address", "3 per 16m").await;
    for (number, email) in ["ada@acme.example", "nobody@acme.example", "bob@acme.example"].iter().enumerate()
    {
        let guess = format!("wrong password {number}");
        assert!(attempt(&server, email, &guess).await.1.has("password-problem"));
    }
    assert_eq!(told(&server).await, 1);
    let (jar, page) = before_the_password(&server, "cat@acme.example", "acme").await;
    let refused = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (StatusCode::TOO_MANY_REQUESTS, Some("60")),
        "the right one too: nobody learns which it was"
    );
    server.advance(Duration::from_mins(1)).await;
    assert!(is_signed_in(&attempt(&server, "cat@acme.example", PASSWORD).await.0).await);
}

/// One person who mistypes again and again is a matter of the account's own counter.
#[tokio::test]
async fn p037_many_failures_at_one_account_are_no_list() {
    let server = with("limits.stuffing_address", "3 per 16m").await;
    for _ in 0..8 {
        assert!(attempt(&server, "ada@acme.example", SPRAYED).await.1.has("password-problem"));
    }
    assert_eq!(told(&server).await, 0);
    assert!(is_signed_in(&attempt(&server, "ada@acme.example", PASSWORD).await.0).await);
}
