//! The pages on which people look after their own account: what they show, what they change, and for whom they do not.

mod applications;
mod data;
mod doors;
mod email;
mod history;
mod passkeys;
mod password;
mod profile;
mod sessions;
mod tokens;

use std::time::Duration;

use reqwest::Method;
use symbolon::model::audit::ChainedEvent;
use symbolon::model::client::{Client, ClientKind};
use symbolon::model::ids::UserId;
use symbolon::model::resource_server::OpenTo;
use symbolon::storage::TenantScope;
use symbolon::storage::records::audit;

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::tokens::basic;

const ADA: &str = "ada@acme.example";
const BOB: &str = "bob@acme.example";
const CALLBACK: &str = "https://app.example/callback";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Acme with Ada and Bob, a client that asks and one that need not.
struct World {
    server: TestServer,
    acme: TenantScope,
    ada: UserId,
    notes: Registered,
    shop: Registered,
}

/// A web client of the platform that serves every tenant.
fn open_client(id: &str, first_party: bool) -> Client {
    let mut client = client(id, ClientKind::Web);
    client.metadata.tenants = OpenTo::All;
    client.metadata.first_party = first_party;
    client
}

impl World {
    async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let acme = server.organisation("acme", &[]).await;
        let (ada, scope) = (acme.person(ADA, &[]).await, acme.scope.clone());
        acme.person(BOB, &[]).await;
        let platform = server.platform().await;
        let notes = platform.register(open_client("notes", true)).await;
        let shop = platform.register(open_client("shop", false)).await;
        Self { server, acme: scope, ada, notes, shop }
    }

    /// A browser in which this person is signed in.
    async fn browser(&self, email: &str, password: &str) -> Jar {
        let jar = self.server.browser();
        let home = self.sign_in(&jar, email, password).await;
        assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
        jar
    }

    async fn sign_in(&self, jar: &Jar, email: &str, password: &str) -> Page {
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", email), ("organisation", "acme")]).await;
        jar.submit(&page, &[("password", password)]).await
    }

    async fn ada(&self) -> Jar {
        self.browser(ADA, PASSWORD).await
    }

    /// A moment after which nothing was proved lately.
    async fn later(&self) {
        self.server.advance(Duration::from_mins(11)).await;
    }

    /// What a client gets in this browser: the answer of the token endpoint.
    async fn tokens(&self, jar: &Jar, client: &Registered, scope: &str) -> serde_json::Value {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", client.id()),
                ("redirect_uri", CALLBACK),
                ("response_type", "code"),
                ("scope", scope),
                ("state", "s"),
                ("prompt", if scope.contains("offline_access") { "consent" } else { "" }),
            ])
            .finish();
        let mut page = jar.open(&format!("/oauth2/authorize?{query}")).await;
        if page.marker().as_deref() == Some("page-consent") {
            page = jar.submit(&page, &[("decision", "allow")]).await;
        }
        let code = page.answer().remove("code").unwrap_or_else(|| panic!("no code: {page:?}"));
        let fields =
            [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
        let answer = self.token(client, &fields).await;
        assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
        answer.json()
    }

    async fn token(&self, client: &Registered, fields: &[(&str, &str)]) -> Page {
        let basic = basic(client.id(), &client.secret);
        let jar = self.server.browser();
        jar.send(Method::POST, "/oauth2/token", Some(fields), &[("authorization", &basic)]).await
    }

    /// Whether a refresh token is good.
    async fn refreshes(&self, client: &Registered, tokens: &serde_json::Value) -> bool {
        let token = tokens["refresh_token"].as_str().expect("a refresh token");
        let answer = self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await;
        assert!(answer.status.as_u16() == 200 || answer.json()["error"] == "invalid_grant", "{answer:?}");
        answer.status.as_u16() == 200
    }

    /// Whether an access token is good at userinfo.
    async fn opens(&self, tokens: &serde_json::Value) -> bool {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("an access token"));
        let headers = [("authorization", bearer.as_str())];
        let answer = self.server.browser().send(Method::GET, "/userinfo", None, &headers).await;
        answer.status.as_u16() == 200
    }

    /// Every event of acme of this kind.
    async fn events(&self, kind: &str) -> Vec<ChainedEvent> {
        let all = self.server.database().read(&self.acme, |tx| audit::after(tx, 0, 10_000));
        let word = format!("\"kind\":\"{kind}\"");
        all.await.expect("the events").into_iter().filter(|event| event.body.contains(&word)).collect()
    }

    async fn subjects(&self) -> Vec<String> {
        self.server.mails().await.into_iter().map(|mail| mail.subject).collect()
    }
}

/// Whether anybody is signed in in this browser.
async fn is_signed_in(jar: &Jar) -> bool {
    jar.open("/").await.has("home-sign-out")
}

/// A hidden field of the page.
fn field(page: &Page, name: &str) -> String {
    let fields = page.form().fields;
    fields.into_iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("no {name}: {page:?}")).1
}

/// Proves the password once more, where the page before asks for it.
async fn prove(jar: &Jar, asked: &Page) -> Page {
    assert_eq!(asked.marker().as_deref(), Some("page-password"), "{asked:?}");
    jar.submit(asked, &[("password", PASSWORD)]).await
}
