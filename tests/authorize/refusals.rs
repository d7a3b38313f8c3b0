//! What a refusal tells, and how it is recorded (D8, D23).

use std::time::Duration;

use reqwest::Method;
use symbolon::storage::TenantScope;
use symbolon::storage::records::audit;

use super::{acme, request};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};

/// How many events of this kind a tenant's chain holds.
async fn count(server: &TestServer, scope: &TenantScope, kind: &str) -> usize {
    let word = format!("\"kind\":\"{kind}\"");
    let events = server.database().read(scope, |tx| audit::after(tx, 0, 10_000)).await.expect("the events");
    events.iter().filter(|event| event.body.contains(&word)).count()
}

/// A page without what is different each time.
fn shape(page: &Page) -> String {
    let id = page.text_of("request-id").expect("a request id");
    page.body.replace(&id, "ID")
}

/// D8: nobody learns which clients exist by asking for one.
#[tokio::test]
async fn d8_an_unknown_client_and_a_known_one_with_another_redirect_uri_look_alike() {
    let server = acme().await;
    let jar = server.browser();
    let unknown = jar.get(&request(&[("client_id", "nobody")])).await;
    for changes in [
        [("redirect_uri", "https://evil.example/"), ("client_id", "notes")],
        [("redirect_uri", "https://evil.example/"), ("client_id", "acme.app")],
        [("redirect_uri", "https://evil.example/"), ("client_id", "acme.nothing")],
        [("redirect_uri", "https://evil.example/"), ("client_id", "../../x")],
    ] {
        let page = jar.get(&request(&changes)).await;
        assert_eq!((page.status, shape(&page)), (unknown.status, shape(&unknown)), "{changes:?}");
    }
    let missing = jar.get(&request(&[("client_id", "nobody"), ("redirect_uri", "")])).await;
    let known = jar.get(&request(&[("redirect_uri", "")])).await;
    assert_eq!(shape(&known), shape(&missing));
    // Each is recorded: where the client is, or on the platform's own chain.
    let platform = server.platform().await.scope;
    assert_eq!(count(&server, &platform, "oauth.authorize").await, 4);
    assert_eq!(count(&server, &server.scope_of("acme").await.scope, "oauth.authorize").await, 1);
}

/// P001: a posted request is judged where it was posted. Another site may have sent it, so the answer brings no cookie that
/// would take the place of the one that the browser did not send.
#[tokio::test]
async fn p001_a_posted_request_that_cannot_be_answered_ends_there() {
    let server = acme().await;
    let fields = |changes: &[(&'static str, &'static str)]| -> Vec<(String, String)> {
        let path = request(changes);
        let (_, query) = path.split_once('?').expect("a query");
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    };
    for changes in
        [[("client_id", "nobody")], [("redirect_uri", "https://evil.example/")], [("client_id", "")]]
    {
        for jar in [server.browser(), person(&server).await] {
            let fields = fields(&changes);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            let page = jar.send(Method::POST, "/oauth2/authorize", Some(&fields), &[]).await;
            super::assert_error_page(&page, &format!("{changes:?}"));
            assert!(!page.headers.contains_key("set-cookie"), "{changes:?}");
        }
    }
    // A sound one goes on by GET, or is answered at once where the browser sent its cookie.
    let fields = fields(&[("prompt", "none")]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let relayed = server.browser().post("/oauth2/authorize", &fields).await;
    assert!(relayed.location().is_some_and(|to| to.starts_with("/oauth2/authorize?")), "{relayed:?}");
    assert!(person(&server).await.post("/oauth2/authorize", &fields).await.answer().contains_key("code"));
}

/// A browser in which Ada is signed in.
async fn person(server: &TestServer) -> Jar {
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    super::sign_in(&jar, page, super::ADA).await;
    jar
}

/// D23: a flood of refused requests is one counted event in the end, at each door that anybody may knock at.
#[tokio::test]
async fn d23_refusals_of_strangers_fold() {
    let server = TestServer::with()
        .set("limits.recorded_failures", "3 per 10m")
        .set("limits.platform_events", "3 per 10m")
        .start()
        .await;
    let platform = server.platform().await;
    platform.register(crate::harness::seed::client("notes", symbolon::model::client::ClientKind::Web)).await;
    platform.register(crate::harness::seed::client("spa", symbolon::model::client::ClientKind::Spa)).await;
    let jar = server.browser();
    for _ in 0..10 {
        jar.get(&request(&[("scope", "nothing"), ("tenant", "")])).await;
    }
    for (client, secret) in [("notes", "wrong"), ("nobody", "wrong"), ("spa", "")] {
        for _ in 0..10 {
            let mut fields = vec![("client_id", client), ("grant_type", "authorization_code"), ("code", "x")];
            if !secret.is_empty() {
                fields.push(("client_secret", secret));
            }
            let page = jar.send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
            assert!(matches!(page.status.as_u16(), 400 | 401), "{page:?}");
        }
    }
    let scope = &platform.scope;
    assert_eq!(count(&server, scope, "oauth.authorize").await, 3);
    assert_eq!(count(&server, scope, "oauth.client_authentication").await, 6, "a known client and a name");
    assert_eq!(count(&server, scope, "oauth.token").await, 3, "a public client only said its name");
    server.advance(Duration::from_mins(11)).await;
    server.run_jobs().await;
    assert_eq!(count(&server, scope, "session.failures_folded").await, 4);
    let events = server.database().read(scope, |tx| audit::after(tx, 0, 10_000)).await.expect("the events");
    let folded = events.iter().filter(|event| event.body.contains("\"count\":7"));
    assert_eq!(folded.filter(|event| event.body.contains("\"of\":\"oauth.")).count(), 4);
}
