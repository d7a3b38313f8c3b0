//! The authorization endpoint on the real server: what it refuses, what it asks, what it answers.

mod astray;
mod consent;
mod prompts;
mod redirects;
mod refusals;
mod requests;

use std::collections::BTreeMap;

use symbolon::model::client::ClientKind;
use symbolon::model::role::Role;

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, client};
use crate::harness::tokens::assert_sentence;

pub(crate) const ADA: &str = "ada@acme.example";
pub(crate) const CALLBACK: &str = "https://app.example/callback";

/// A tenant `acme` with Ada, and its first-party-like client `acme.app` whose people are not asked for consent twice.
pub(crate) async fn acme() -> TestServer {
    let server = TestServer::start().await;
    {
        let acme = server.organisation("acme", &[]).await;
        acme.person(ADA, &[Role::Member]).await;
        acme.register(client("acme.app", ClientKind::Web)).await;
        let platform = server.platform().await;
        let mut notes = client("notes", ClientKind::Web);
        notes.metadata.tenants = symbolon::model::resource_server::OpenTo::All;
        platform.register(notes).await;
    }
    server
}

/// The path of an authorization request of `notes` with these parameters over the usual ones; an empty value leaves a
/// parameter out.
pub(crate) fn request(changes: &[(&str, &str)]) -> String {
    let mut parameters: BTreeMap<&str, &str> = BTreeMap::from([
        ("client_id", "notes"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "s-123"),
        ("tenant", "acme"),
    ]);
    parameters.extend(changes.iter().copied());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()))
        .finish();
    format!("/oauth2/authorize?{query}")
}

/// Goes through the sign-in pages from wherever the browser stands, and gives what comes behind them.
pub(crate) async fn sign_in(jar: &Jar, page: Page, email: &str) -> Page {
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{}", page.body);
    let page = jar.submit(&page, &[("username", email)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{}", page.body);
    jar.submit(&page, &[("password", PASSWORD)]).await
}

/// An error page of ours, without any way on.
pub(crate) fn assert_error_page(page: &Page, what: &str) {
    assert_eq!(page.status, 400, "{what}");
    assert_eq!(page.location(), None, "{what}");
    assert_eq!(page.marker().as_deref(), Some("page-error"), "{what}");
    assert!(page.has("error-code") && page.has("error-description") && page.has("request-id"), "{what}");
}

/// An error sent to the client: state and issuer in it, and no code.
pub(crate) fn assert_sent_back(server: &TestServer, page: &Page, error: &str, what: &str) {
    let target = page.location().unwrap_or_else(|| panic!("{what}: no redirect but {}", page.body));
    assert!(target.starts_with(CALLBACK), "{what}: {target}");
    let answer = page.answer();
    assert_eq!(answer.get("error").map(String::as_str), Some(error), "{what}");
    assert_eq!(answer.get("state").map(String::as_str), Some("s-123"), "{what}");
    assert_eq!(answer.get("iss").map(String::as_str), Some(server.issuer()), "{what}");
    assert!(!answer.contains_key("code"), "{what}");
    assert_sentence(&answer["error_description"]);
    assert!(!target.contains('#'), "{what}");
}
