//! Requests sent at the same time pass no limit by that, and those that succeed keep nobody out (P037, P133, D31).

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{ADA, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;
use crate::harness::wait::until;

/// How many are sent at once, and how many of them may fail.
const SENT: usize = 16;
const MAY_FAIL: usize = 4;

/// Sends them all at once; says how often each status came back.
async fn at_once<F>(requests: Vec<F>) -> BTreeMap<u16, usize>
where
    F: Future<Output = u16> + Send + 'static,
{
    let running: Vec<_> = requests.into_iter().map(tokio::spawn).collect();
    let mut statuses = BTreeMap::new();
    for request in running {
        *statuses.entry(request.await.expect("an answer")).or_default() += 1;
    }
    statuses
}

/// Browsers that stand before the password, each for a name of its own or all for Ada.
async fn before_the_password(server: &TestServer, name: impl Fn(usize) -> String) -> Vec<(Jar, Page)> {
    let mut browsers = Vec::new();
    for n in 0..SENT {
        let jar = server.browser();
        // Not from here, so that the beginning of a sign-in takes nothing of what is measured.
        let from = format!("203.0.113.{n}");
        let page = jar.get("/login").await;
        let form = page.form();
        let hidden = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let name = name(n);
        let fields: Vec<_> = hidden.chain([("username", name.as_str()), ("organisation", "acme")]).collect();
        let headers = [("x-forwarded-for", from.as_str()), ("origin", server.issuer())];
        let page = jar.send(Method::POST, &form.action, Some(&fields), &headers).await;
        let page = jar.follow(page).await;
        assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
        browsers.push((jar, page));
    }
    browsers
}

/// The form of a password page, filled in.
fn filled(page: &Page, password: &str) -> (String, String) {
    let form = page.form();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&form.fields)
        .append_pair("password", password)
        .finish();
    (form.action, body)
}

/// Guesses; 422 stands for a password that was judged and found wrong.
async fn guess(jar: Jar, page: Page, password: &'static str) -> u16 {
    let form = page.form();
    let hidden = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = hidden.chain([("password", password)]).collect();
    let answered = jar.post(&form.action, &fields).await;
    let wrong = answered.location().is_some_and(|to| to.starts_with("/login/password?"));
    if wrong { 422 } else { answered.status.as_u16() }
}

/// A server where each door lets so many failures through, behind a proxy of ours.
async fn furnished() -> TestServer {
    let doors = ["sign_in_address", "token_address", "setup_address", "authorize_address"];
    let limited = doors.iter().fold(TestServer::with().unlimited(), |all, door| {
        all.set(&format!("limits.{door}"), format!("{MAY_FAIL} per 10m"))
    });
    let server = limited.set("server.trusted_proxies", "127.0.0.0/8").start().await;
    furnish(&server).await;
    server
}

#[tokio::test]
async fn p133_wrong_passwords_sent_at_once_are_judged_up_to_the_limit_of_their_address() {
    let server = furnished().await;
    let browsers = before_the_password(&server, |n| format!("nobody-{n}@acme.example")).await;
    let guesses = browsers.into_iter().map(|(jar, page)| guess(jar, page, "wrong password"));
    let statuses = at_once(guesses.collect()).await;
    assert_eq!(statuses, [(422, MAY_FAIL), (429, SENT - MAY_FAIL)].into());
}

/// D31: an office behind one address signs in at nine o'clock.
#[tokio::test]
async fn p133_right_passwords_sent_at_once_are_all_let_in() {
    let server = furnished().await;
    let browsers = before_the_password(&server, |_| ADA.to_owned()).await;
    let guesses = browsers.into_iter().map(|(jar, page)| guess(jar, page, PASSWORD));
    assert_eq!(at_once(guesses.collect()).await, [(303, SENT)].into());
}

/// Heads first and bodies when all heads are there: the limit is asked again when the whole request is.
#[tokio::test]
async fn p133_bodies_that_come_late_pass_no_limit() {
    let server = furnished().await;
    let mut waiting = Vec::new();
    for (jar, page) in before_the_password(&server, |n| format!("nobody-{n}@acme.example")).await {
        let (action, body) = filled(&page, "wrong password");
        let head = format!(
            "POST {action} HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\nCookie: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            server.issuer(),
            jar.cookie_header(),
            body.len(),
        );
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(head.as_bytes()).await.expect("the head is sent");
        waiting.push((stream, body));
    }
    until(Duration::from_secs(20), "all heads are there", async || server.edge.running.count() >= SENT).await;
    let mut judged = 0;
    for (mut stream, body) in waiting {
        stream.write_all(body.as_bytes()).await.expect("the body is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        if answer.starts_with("HTTP/1.1 303") {
            judged += 1;
        } else {
            assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
        }
    }
    assert_eq!(judged, MAY_FAIL);
}

/// One request from this address, over and over; so many of them are refused, and the rest told to wait.
async fn assert_limited(
    server: &TestServer,
    path: &str,
    fields: &'static [(&str, &str)],
    from: &'static str,
) {
    let knocks = (0..SENT).map(|_| {
        let (jar, path) = (server.browser(), path.to_owned());
        async move {
            let headers = [("x-forwarded-for", from)];
            let page = match fields {
                [] => jar.send(Method::GET, &path, None, &headers).await,
                fields => jar.send(Method::POST, &path, Some(fields), &headers).await,
            };
            page.status.as_u16()
        }
    });
    let statuses = at_once(knocks.collect()).await;
    assert_eq!(statuses.get(&429), Some(&(SENT - MAY_FAIL)), "{path}: {statuses:?}");
    assert_eq!(statuses.len(), 2, "{path}: {statuses:?}");
}

#[tokio::test]
async fn p133_other_doors_too_let_no_more_through_for_being_knocked_at_together() {
    let server = furnished().await;
    let secret = &[("grant_type", "client_credentials"), ("client_id", "wiki"), ("client_secret", "x")];
    assert_limited(&server, "/oauth2/token", secret, "203.0.113.1").await;
    let code = &[("grant_type", "authorization_code"), ("client_id", "spa"), ("code", "x")];
    assert_limited(&server, "/oauth2/token", code, "203.0.113.2").await;
    assert_limited(&server, "/setup?token=wrong", &[], "203.0.113.3").await;
    assert_limited(&server, &authorize("s"), &[], "203.0.113.4").await;
}
