//! What the tests of the protocol do again and again: a deployment with two tenants, and a relying party at work.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::Value;
use symbolon::model::client::{AuthMethod, Client, ClientKind};
use symbolon::model::digest::sha256;
use symbolon::model::ids::{TenantId, UserId};
use symbolon::model::profile::{Address, Profile};
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::server::Builder;
use crate::harness::tokens::assert_sentence;
pub(super) use crate::harness::tokens::{basic, claims, text};

/// The verifier of every exchange.
pub(super) const VERIFIER: &str = "a-verifier-that-has-more-than-forty-three-characters";
/// The redirect URI of every client.
pub(super) const CALLBACK: &str = "https://app.example/callback";
/// The resource server of the product `notes`.
pub(super) const NOTES: &str = "https://notes.example";
/// Another one, in the tests that need two.
pub(super) const MAIL: &str = "https://mail.example";

/// A server with two tenants, a person in each, and a resource server.
pub(super) struct World {
    pub(super) server: TestServer,
    pub(super) acme: TenantId,
    pub(super) ada: UserId,
    /// A platform's web client that every tenant uses.
    pub(super) wiki: Registered,
    /// Another one.
    pub(super) other: Registered,
    /// A public client.
    pub(super) spa: Registered,
    /// A service account of acme.
    pub(super) job: Registered,
    /// A service account of globex.
    pub(super) stranger: Registered,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::on(TestServer::with()).await
    }

    /// The same on a server with settings of its own.
    pub(super) async fn on(builder: Builder) -> Self {
        let server = builder.unlimited().start().await;
        let acme = server.organisation("acme", &["notes:read", "notes:write", "graph:read"]).await;
        let globex = server.organisation("globex", &["notes:read"]).await;
        let platform = server.platform().await;
        platform.resource(NOTES, Some("notes"), &["notes"], OpenTo::All).await;
        let ada = acme.person_with("ada@acme.example", &[Role::Owner], full_profile()).await;
        globex.person("hank@globex.example", &[Role::Member]).await;
        let wiki = platform.register(platform_client("wiki", ClientKind::Web)).await;
        let other = platform.register(platform_client("other", ClientKind::Web)).await;
        let spa = platform.register(platform_client("browser-app", ClientKind::Spa)).await;
        let job = acme.register(service("acme.job")).await;
        let stranger = globex.register(service("globex.job")).await;
        let acme = acme.id();
        Self { server, acme, ada, wiki, other, spa, job, stranger }
    }

    /// Signs a person of acme in through a client, in this browser, and gives the parameters of the answer.
    pub(super) async fn authorize(
        &self,
        jar: &Jar,
        client: &Registered,
        extra: &[(&str, &str)],
    ) -> BTreeMap<String, String> {
        let page = jar.open(&Self::authorize_path(client, extra)).await;
        let page = if page.marker().as_deref() == Some("page-login") {
            jar.submit(&page, &[("username", "ada@acme.example"), ("action", "continue")]).await
        } else {
            page
        };
        let page = if page.marker().as_deref() == Some("page-password") {
            jar.submit(&page, &[("password", PASSWORD), ("action", "continue")]).await
        } else {
            page
        };
        page.answer()
    }

    /// The path of an authorization request; a parameter named here takes the place of the usual one, and an empty one
    /// leaves it out.
    pub(super) fn authorize_path(client: &Registered, extra: &[(&str, &str)]) -> String {
        let challenge = challenge();
        let usual = [
            ("response_type", "code"),
            ("client_id", client.id()),
            ("redirect_uri", CALLBACK),
            ("scope", "openid offline_access notes"),
            ("state", "s"),
            ("nonce", "n"),
            ("tenant", "acme"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in usual.iter().filter(|(name, _)| !extra.iter().any(|(own, _)| own == name)) {
            query.append_pair(name, value);
        }
        for (name, value) in extra.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        format!("/oauth2/authorize?{}", query.finish())
    }

    /// A code of ada's for this client.
    pub(super) async fn code(&self, client: &Registered) -> String {
        let answer = self.authorize(&self.server.browser(), client, &[]).await;
        answer.get("code").unwrap_or_else(|| panic!("{answer:?}")).clone()
    }

    /// Exchanges a code.
    pub(super) async fn exchange(&self, client: &Registered, code: &str) -> Page {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(client, &fields).await
    }

    /// Tokens of ada's for this client.
    pub(super) async fn tokens(&self, client: &Registered) -> Value {
        let code = self.code(client).await;
        let page = self.exchange(client, &code).await;
        assert_eq!(page.status, 200, "{page:?}");
        page.json()
    }

    /// Uses a refresh token.
    pub(super) async fn refresh(&self, client: &Registered, token: &str) -> Page {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// A token of a service account.
    pub(super) async fn machine_token(&self, client: &Registered) -> String {
        let page = self.token(client, &[("grant_type", "client_credentials"), ("scope", "notes")]).await;
        text(&page.json(), "access_token")
    }

    /// A request to the token endpoint, with the client's own way to prove itself.
    pub(super) async fn token(&self, client: &Registered, fields: &[(&str, &str)]) -> Page {
        self.ask("/oauth2/token", client, fields).await
    }

    /// A request of a client to one of its endpoints.
    pub(super) async fn ask(&self, path: &str, client: &Registered, fields: &[(&str, &str)]) -> Page {
        let basic = basic(client.id(), &client.secret);
        let mut fields = fields.to_vec();
        let headers: &[(&str, &str)] =
            if client.client.metadata.token_endpoint_auth_method == AuthMethod::ClientSecretBasic {
                &[("authorization", &basic)]
            } else {
                fields.push(("client_id", client.id()));
                &[]
            };
        self.post(path, &fields, headers).await
    }

    /// A POST of a form with these headers, from no browser.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        self.server.browser().send(Method::POST, path, Some(fields), headers).await
    }

    /// What the userinfo endpoint says of a token.
    pub(super) async fn userinfo(&self, token: &str) -> Page {
        let header = format!("Bearer {token}");
        self.server.browser().send(Method::GET, "/userinfo", None, &[("authorization", &header)]).await
    }

    /// What introspection says of a token.
    pub(super) async fn introspect(&self, client: &Registered, token: &str) -> Page {
        self.ask("/oauth2/introspect", client, &[("token", token)]).await
    }
}

/// The challenge of [`VERIFIER`].
pub(super) fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()))
}

/// An error of RFC 6749 §5.2, which is never cached and repeats nothing of the request.
pub(super) fn assert_error(page: &Page, status: u16, code: &str) {
    assert_eq!((page.status.as_u16(), page.json()["error"].as_str()), (status, Some(code)), "{page:?}");
    assert_eq!(page.header("cache-control"), Some("no-store"), "{page:?}");
    assert!(page.json().get("access_token").is_none());
    assert_sentence(&text(&page.json(), "error_description"));
}

/// A client of the platform that is open to every tenant and may use the notes.
pub(super) fn platform_client(id: &str, kind: ClientKind) -> Client {
    let mut client = client(id, kind);
    client.metadata.tenants = OpenTo::All;
    client.metadata.scopes.push("notes".to_owned());
    client.metadata.resources = vec![NOTES.to_owned()];
    client
}

/// A service account that may use the notes.
pub(super) fn service(id: &str) -> Client {
    let mut client = client(id, ClientKind::Service);
    client.metadata.scopes = vec!["notes".to_owned()];
    client.metadata.resources = vec![NOTES.to_owned()];
    client
}

fn full_profile() -> Profile {
    let some = |text: &str| Some(text.to_owned());
    Profile {
        name: some("Ada Lovelace"),
        given_name: some("Ada"),
        family_name: some("Lovelace"),
        middle_name: some("King"),
        nickname: some("Ada"),
        preferred_username: some("ada"),
        profile: some("https://acme.example/ada"),
        picture: some("https://acme.example/ada.png"),
        website: some("https://ada.example"),
        gender: some("female"),
        birthdate: some("1815-12-10"),
        zoneinfo: some("Europe/London"),
        locale: some("en-GB"),
        phone_number: some("+44 20 7946 0000"),
        phone_number_verified: Some(false),
        address: Some(Address { country: some("UK"), locality: some("London"), ..Address::default() }),
        updated_at: Some(1_790_000_000),
    }
}
