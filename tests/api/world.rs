//! Two organisations with people of every role, and the application through which they call the API.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use symbolon::model::client::ClientKind;
use symbolon::model::ids::{TenantId, UserId};
use symbolon::model::policy::Policy;
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;
use symbolon::protocol::api_scope::ApiScope;
use symbolon::storage::records::policies;

use crate::harness::TestServer;
use crate::harness::jar::{self, Page};
use crate::harness::rows::{Everything, RECORD, Rows, without};
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::tokens::{basic, text};

const CALLBACK: &str = "https://app.example/callback";
/// A resource server that has nothing to do with the API.
pub(super) const NOTES: &str = "https://notes.example";

/// Both organisations.
pub(super) struct World {
    pub(super) server: TestServer,
    pub(super) acme: TenantId,
    pub(super) globex: TenantId,
    /// The application: the platform's own, for every tenant.
    pub(super) console: Registered,
    /// A service account of acme.
    pub(super) job: Registered,
    /// Acme's people by address.
    people: BTreeMap<String, UserId>,
    /// The owner of globex.
    pub(super) hank: UserId,
}

/// The address of acme's person with this role and no other.
pub(super) fn address(role: Role) -> String {
    format!("{}@acme.example", role.as_str())
}

/// Every scope of the API.
pub(super) fn every_scope() -> String {
    ApiScope::ALL.map(ApiScope::as_str).join(" ")
}

impl World {
    pub(super) async fn new() -> Self {
        let server =
            TestServer::with().unlimited().set("limits.recorded_failures", "100000 per 1m").start().await;
        let acme = server.organisation("acme", &["notes:read"]).await;
        let globex = server.organisation("globex", &["notes:read"]).await;
        let platform = server.platform().await;
        platform.resource(NOTES, Some("notes"), &["notes"], OpenTo::All).await;
        let mut people = BTreeMap::new();
        for role in Role::ALL {
            people.insert(address(role), acme.person(&address(role), &[role]).await);
        }
        // So that an owner can be acted upon without being the last.
        people.insert("olga@acme.example".into(), acme.person("olga@acme.example", &[Role::Owner]).await);
        let hank = globex.person("hank@globex.example", &[Role::Owner]).await;
        let mut console = client("admin-console", ClientKind::Web);
        console.metadata.tenants = OpenTo::All;
        console.metadata.resources = vec![NOTES.to_owned()];
        console.metadata.scopes.push("notes".to_owned());
        console.metadata.scopes.extend(ApiScope::ALL.map(|scope| scope.as_str().to_owned()));
        let console = platform.register(console).await;
        let mut job = client("acme.job", ClientKind::Service);
        job.metadata.scopes = vec!["notes".to_owned(), "people:read".to_owned()];
        job.metadata.resources = vec![NOTES.to_owned()];
        let job = acme.register(job).await;
        let (acme, globex) = (acme.id(), globex.id());
        Self { server, acme, globex, console, job, people, hank }
    }

    /// The id of acme's person with this address.
    pub(super) fn id(&self, email: &str) -> UserId {
        self.people[email]
    }

    /// The id of acme's person with this role.
    pub(super) fn of(&self, role: Role) -> UserId {
        self.id(&address(role))
    }

    /// A token of somebody who just signed in, with this scope.
    pub(super) async fn token(&self, email: &str, scope: &str) -> String {
        text(&self.tokens(email, scope).await, "access_token")
    }

    /// All tokens of somebody who just signed in, with this scope.
    pub(super) async fn tokens(&self, email: &str, scope: &str) -> Value {
        let jar = self.server.browser();
        let tenant =
            email.rsplit_once('@').and_then(|(_, domain)| domain.split_once('.')).expect("a domain").0;
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", self.console.id()),
                ("redirect_uri", CALLBACK),
                ("scope", scope),
                ("tenant", tenant),
            ])
            .finish();
        let page = jar.open(&format!("/oauth2/authorize?{query}")).await;
        let page = jar.submit(&page, &[("username", email), ("action", "continue")]).await;
        let page = jar.submit(&page, &[("password", PASSWORD), ("action", "continue")]).await;
        let code = page.answer().remove("code").unwrap_or_else(|| panic!("no code: {page:?}"));
        let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
        self.ask_token(&self.console, &fields).await.json()
    }

    /// A request of this client to the token endpoint.
    pub(super) async fn ask_token(&self, client: &Registered, fields: &[(&str, &str)]) -> Page {
        let basic = basic(client.id(), &client.secret);
        let headers = [("authorization", basic.as_str())];
        self.server.browser().send(Method::POST, "/oauth2/token", Some(fields), &headers).await
    }

    /// A token of acme's person with this role, for everything.
    pub(super) async fn of_role(&self, role: Role) -> String {
        self.token(&address(role), &every_scope()).await
    }

    /// Sets acme's policy, whatever it locks out.
    pub(super) async fn rule(&self, policy: Policy) {
        let (acme, now) = (self.acme, self.server.now());
        self.server
            .as_operator(move |tx| {
                let scope = tx.tenant(acme)?.expect("acme");
                policies::put(&mut tx.enter(&scope)?, &policy, now)
            })
            .await;
    }

    /// A request to the API with this token.
    pub(super) async fn call(&self, method: &str, path: &str, token: &str, body: Option<&Value>) -> Page {
        self.send(method, path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    /// GET with this token.
    pub(super) async fn get(&self, path: &str, token: &str) -> Page {
        self.call("GET", path, token, None).await
    }

    /// A request to the API with these headers.
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Page {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = jar::client().request(method, self.server.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| *name == "content-type") {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body.to_string());
        }
        let response = request.send().await.expect("the server answers");
        Page {
            status: response.status(),
            path: path.to_owned(),
            headers: response.headers().clone(),
            body: response.text().await.expect("a body"),
        }
    }

    /// What there is of a tenant but its record, and what merely being asked changes.
    pub(super) fn rows(&self, tenant: TenantId) -> Rows {
        without(Everything::open(self.server.storage()).of_tenant(tenant), &RECORD)
    }

    /// The events of a tenant.
    pub(super) fn events(&self, tenant: TenantId) -> Vec<String> {
        Everything::open(self.server.storage()).of_tenant(tenant)["audit_events"].clone()
    }
}

/// A body that the operation takes, where it takes one.
pub(super) fn body_of(operation: &str) -> Option<Value> {
    match operation {
        "createUser" => Some(json!({"email": "new@acme.example"})),
        "changeUser" => Some(json!({"profile": {"nickname": "Countess"}})),
        "makePersonalAccessToken" => {
            Some(json!({"name": "backup", "scopes": ["account:read"], "expires_at": "2027-06-01T00:00:00Z"}))
        }
        "createGroup" => Some(json!({"name": "Sales", "roles": ["member"]})),
        "changeGroup" => Some(json!({"name": "Sales and support"})),
        "setPolicy" | "simulatePolicy" => Some(json!({"policy": every_rule()})),
        "explainPolicy" => {
            Some(json!({"user": "0191c7b2-7a00-7000-8000-000000000001", "with": ["password"]}))
        }
        "sendInvitation" => Some(json!({"email": "new@acme.example", "roles": ["member"]})),
        "sendInvitations" => Some(json!({"invitations": [{"email": "newer@acme.example"}]})),
        "setUserRoles" => Some(json!({"roles": ["member"]})),
        _ => None,
    }
}

/// A policy that says every key, and what holds where none does.
pub(super) fn every_rule() -> Value {
    json!({
        "registration": "invite_only",
        "email_domains": [],
        "methods": ["password", "passkey", "totp", "magic_link"],
        "mfa": {"required": "none", "roles": [], "outside_trusted": false},
        "networks": {"sign_in": [], "administration": [], "trusted": []},
        "password": {"min_length": 12},
        "session": {"idle": "8h", "absolute": "7d"},
        "tokens": {},
    })
}

/// Asserts that this is a problem of this kind.
pub(super) fn assert_problem(page: &Page, status: u16, kind: &str) {
    assert_eq!(page.status.as_u16(), status, "{page:?}");
    let problem = page.json();
    assert_eq!(problem["type"], format!("urn:symbolon:problem:{kind}"), "{page:?}");
    assert_eq!(problem["status"], status, "{page:?}");
    assert_eq!(page.header("content-type"), Some("application/problem+json"), "{page:?}");
    assert_eq!(page.header("cache-control"), Some("no-store"), "{page:?}");
}
