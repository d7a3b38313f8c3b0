//! Signing in and out on the real server, as a person and as an attacker would.

mod accounts;
mod at_once;
mod brand;
mod broken_forms;
mod codes;
mod codes_guessed;
mod codes_kept;
mod devices;
mod ending;
mod equal;
mod first_party;
mod fixation;
mod guessing;
mod guests;
mod logos;
mod logout;
mod new_passwords;
mod notices;
mod other_account;
mod pages;
mod replayed;
mod sent_again;
mod sessions;
mod setup;
mod stuffing;
mod twice;
mod waited;

use reqwest::Method;
use symbolon::model::audit::ChainedEvent;
use symbolon::model::client::{Client, ClientKind};
use symbolon::model::resource_server::OpenTo;
use symbolon::storage::TenantScope;
use symbolon::storage::records::audit;

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::tokens::basic;

/// Where the clients of these tests get their answers.
const CALLBACK: &str = "https://app.example/callback";

/// A web client of the platform that serves every tenant.
fn open_client(id: &str) -> Client {
    let mut client = client(id, ClientKind::Web);
    client.metadata.tenants = OpenTo::All;
    client
}

/// A server without limits that would get in the way, and the platform's client `notes`.
async fn started() -> (TestServer, Registered) {
    let server = TestServer::with().unlimited().start().await;
    let notes = server.platform().await.register(open_client("notes")).await;
    (server, notes)
}

/// The path of an authorization request.
fn authorize(client: &str, more: &str) -> String {
    let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
    format!(
        "/oauth2/authorize?response_type=code&client_id={client}&redirect_uri={callback}&scope=openid&state=s1{more}"
    )
}

/// A fresh browser that stands before the password field of this account.
async fn before_the_password(server: &TestServer, email: &str, organisation: &str) -> (Jar, Page) {
    let jar = server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", email), ("organisation", organisation)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    (jar, page)
}

/// From the identifier page to what comes after the password.
async fn sign_in(jar: &Jar, page: &Page, (email, organisation): (&str, &str), password: &str) -> Page {
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:#?}");
    let asked = page.has("organisation");
    let mut fields = vec![("username", email), ("action", "continue")];
    if asked {
        fields.push(("organisation", organisation));
    }
    let page = jar.submit(page, &fields).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:#?}");
    jar.submit(&page, &[("password", password), ("action", "continue")]).await
}

/// A browser in which this person is signed in, at our own pages.
async fn signed_in(server: &TestServer, email: &str, organisation: &str) -> Jar {
    let jar = server.browser();
    let page = jar.open("/login").await;
    let home = sign_in(&jar, &page, (email, organisation), PASSWORD).await;
    assert!(home.body.contains(email), "{home:#?}");
    jar
}

/// Whether anybody is signed in in this browser.
async fn is_signed_in(jar: &Jar) -> bool {
    let home = jar.open("/").await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
    home.has("home-sign-out")
}

/// The tokens for the code that a page redirects with.
async fn exchange(server: &TestServer, client: &Registered, page: &Page) -> serde_json::Value {
    let code = page.answer().remove("code").unwrap_or_else(|| panic!("no code: {page:#?}"));
    token(
        server,
        client,
        &[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)],
    )
    .await
    .json()
}

/// One request at the token endpoint.
async fn token(server: &TestServer, client: &Registered, fields: &[(&str, &str)]) -> Page {
    let basic = basic(client.id(), &client.secret);
    let jar = server.browser();
    jar.send(Method::POST, "/oauth2/token", Some(fields), &[("authorization", &basic)]).await
}

/// Every event of a tenant.
async fn events(server: &TestServer, scope: &TenantScope) -> Vec<ChainedEvent> {
    server.database().read(scope, |tx| audit::after(tx, 0, 10_000)).await.expect("the events")
}

/// How many of them are of this kind.
fn count(events: &[ChainedEvent], kind: &str) -> usize {
    let word = format!("\"kind\":\"{kind}\"");
    events.iter().filter(|event| event.body.contains(&word)).count()
}
