//! Several pages of one browser, sent at the same moment: each gets an answer, and none breaks (P069, P151).

use std::time::Duration;

use super::{authorize, is_signed_in, signed_in, started};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;

const ROUNDS: usize = 20;

/// A password page of its own in this browser.
async fn password_page(jar: &Jar, email: &str) -> Page {
    let page = jar.open("/login").await;
    let page =
        jar.submit(&page, &[("username", email), ("organisation", "acme"), ("action", "continue")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    page
}

/// An answer for the client, or a page of ours that says how to go on.
fn assert_whole(page: &Page) {
    let told = page.status.is_redirection() || page.marker().is_some();
    assert!(told && !page.status.is_server_error(), "{page:?}");
}

async fn with_people() -> TestServer {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    for email in ["ada@acme.example", "bob@acme.example", "eve@acme.example"] {
        acme.person(email, &[]).await;
    }
    server
}

async fn both(jar: &Jar, (one, other): (&str, &str)) {
    let (first, second) = (password_page(jar, one).await, password_page(jar, other).await);
    let filled = [("password", PASSWORD), ("action", "continue")];
    let (first, second) = tokio::join!(jar.submit(&first, &filled), jar.submit(&second, &filled));
    assert_whole(&first);
    assert_whole(&second);
    assert!(
        [&first, &second].iter().any(|page| page.marker().as_deref() == Some("page-home")),
        "{first:?} {second:?}"
    );
}

#[tokio::test]
async fn p069_two_sign_ins_at_once_in_a_new_browser_never_break() {
    let server = with_people().await;
    for round in 0..ROUNDS {
        let other = if round % 2 == 0 { "ada@acme.example" } else { "bob@acme.example" };
        let jar = server.browser();
        both(&jar, ("ada@acme.example", other)).await;
        assert!(is_signed_in(&jar).await, "the late answer takes nothing away");
    }
}

#[tokio::test]
async fn p069_two_sign_ins_at_once_beside_an_account_never_break() {
    let server = with_people().await;
    let jar = signed_in(&server, "eve@acme.example", "acme").await;
    for round in 0..ROUNDS {
        let other = if round % 2 == 0 { "ada@acme.example" } else { "bob@acme.example" };
        both(&jar, ("ada@acme.example", other)).await;
        assert!(is_signed_in(&jar).await);
    }
}

/// Going on as an account changes the cookie too.
#[tokio::test]
async fn p069_two_choices_at_once_never_break() {
    let server = with_people().await;
    for _ in 0..ROUNDS {
        let jar = signed_in(&server, "eve@acme.example", "acme").await;
        server.advance(Duration::from_mins(2)).await;
        let chooser = authorize("notes", "&tenant=acme&prompt=select_account");
        let (first, second) = (jar.open(&chooser).await, jar.open(&chooser).await);
        let account = first.body.split_once("name=\"account\" value=\"").expect("a choice").1;
        let chosen = [("account", account.split('"').next().expect("a value"))];
        let (first, second) = tokio::join!(jar.submit(&first, &chosen), jar.submit(&second, &chosen));
        assert_whole(&first);
        assert_whole(&second);
        assert!(is_signed_in(&jar).await, "the late answer takes nothing away");
    }
}
