//! The walk over every route of the server's own table (P098): with an id of globex's each answers as it does with one
//! that never existed, tells nothing of globex, and leaves it as it was.

use std::collections::BTreeSet;

use reqwest::Method;
use symbolon::server::routes::{self, Route};
use symbolon::web::middleware::gate::Guard;

use super::estate::{CALLBACK, Estate, HANK, Ids, authorize, basic, field};
use crate::harness::jar::Page;
use crate::harness::rows::{Everything, RECORD, Rows, without};
use crate::harness::tokens::text;

/// Routes that read no id of anybody, and why. Each is walked all the same, with ids in places that nobody reads.
const NO_IDS: [(&str, &str); 11] = [
    ("/healthz", "tells that the process lives"),
    ("/readyz", "tells that the node takes requests"),
    ("/", "shows the accounts of the browser itself"),
    ("/.well-known/openid-configuration", "one document for all"),
    ("/.well-known/oauth-authorization-server", "one document for all"),
    ("/.well-known/jwks.json", "the keys of the deployment"),
    ("/.well-known/revocations", "hashes, for all services alike"),
    ("/.well-known/change-password", "one redirect for all"),
    ("/api/v1/openapi.json", "one document for all"),
    ("/assets/{name}", "files of the program"),
    (
        "/assets/logos/{client}/{id}",
        "pictures for everybody, under ids that only the client's own page names",
    ),
];

/// Names that an API might read and none of these routes does, and the headers of scope.
const UNREAD: [&str; 12] = [
    "tenant_id",
    "org",
    "realm",
    "user",
    "user_id",
    "sub",
    "sid",
    "id",
    "group",
    "workspace",
    "context",
    "account_id",
];
const HEADERS: [&str; 5] = ["x-tenant-id", "x-user-id", "x-workspace-id", "x-context-id", "x-organization"];

/// One place of one route that takes an id.
struct Case {
    path: &'static str,
    method: Method,
    name: &'static str,
    /// What else the request needs.
    base: Vec<(&'static str, String)>,
    id: fn(&Ids) -> String,
}

/// What every case of acme's begins with.
struct Own {
    csrf: String,
    interaction: String,
}

fn asks(own: &Own, changes: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut base = vec![("csrf", own.csrf.clone()), ("action", "continue".to_owned())];
    base.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    base
}

fn request(changes: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut base = vec![
        ("client_id", "acme.crm".to_owned()),
        ("redirect_uri", CALLBACK.to_owned()),
        ("response_type", "code".to_owned()),
        ("scope", "openid notes".to_owned()),
        ("state", "s".to_owned()),
    ];
    base.retain(|(name, _)| !changes.iter().any(|(own, _)| own == name));
    base.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    base
}

fn sub_request(ids: &Ids) -> String {
    format!(r#"{{"id_token":{{"sub":{{"value":"{}"}}}}}}"#, ids.user)
}

/// The pages that go on with a request or a sign-in.
const SIGN_IN_PAGES: [&str; 14] = [
    "/login",
    "/login/password",
    "/login/factor",
    "/login/passkey",
    "/login/totp",
    "/login/recovery-code",
    "/login/email-code",
    "/login/link",
    "/login/reset",
    "/login/enrol",
    "/login/offer",
    "/login/accounts",
    "/account/passkeys/new",
    "/consent",
];

/// The pages of the account, which is named by its session.
const ACCOUNT_PAGES: [&str; 15] = [
    "/account",
    "/account/factors",
    "/account/factors/totp",
    "/account/factors/totp/remove",
    "/account/factors/recovery-codes",
    "/account/profile",
    "/account/email",
    "/account/password",
    "/account/sessions",
    "/account/applications",
    "/account/organisations",
    "/account/tokens",
    "/account/tokens/new",
    "/account/history",
    "/account/data",
];

/// Where ids go in.
fn cases(own: &Own) -> Vec<Case> {
    let mut cases = Vec::new();
    for method in [Method::GET, Method::POST] {
        let mut add = |path, name, base: Vec<(&'static str, String)>, id: fn(&Ids) -> String| {
            cases.push(Case { path, method: method.clone(), name, base, id });
        };
        let asked = "/oauth2/authorize";
        add(asked, "tenant", request(&[]), |ids| ids.slug.clone());
        add(asked, "tenant", request(&[]), |ids| ids.tenant.to_string());
        add(asked, "id_token_hint", request(&[]), |ids| ids.id_token.clone());
        add(asked, "resource", request(&[]), |ids| ids.resource.clone());
        add(asked, "login_hint", request(&[]), |ids| ids.email.clone());
        add(asked, "claims", request(&[]), sub_request);
        for path in SIGN_IN_PAGES {
            let base =
                asks(own, &[("username", "ada@acme.example"), ("password", "wrong"), ("decision", "allow")]);
            add(path, "interaction", base, |ids| ids.interaction.clone());
        }
        for path in ACCOUNT_PAGES {
            add(path, "account", asks(own, &[("code", "123456")]), |ids| ids.sid.clone());
        }
        for path in [
            "/console",
            "/console/invitations",
            "/console/people",
            "/console/people/person",
            "/console/policy",
        ] {
            add(path, "account", asks(own, &[]), |ids| ids.sid.clone());
        }
        add("/console/people/person", "user", asks(own, &[("action", "suspend")]), |ids| {
            ids.user.to_string()
        });
        add("/console/people/person", "end", asks(own, &[]), |ids| ids.sid.clone());
        add("/account/passkeys", "passkey", asks(own, &[("name", "x")]), |ids| ids.user.to_string());
        add("/oauth2/logout", "id_token_hint", asks(own, &[]), |ids| ids.id_token.clone());
        let back = asks(own, &[("post_logout_redirect_uri", "https://app.example/")]);
        add("/oauth2/logout", "client_id", back, |ids| ids.client.clone());
        add("/setup", "token", asks(own, &[("email", "eve@acme.example")]), |ids| ids.refresh.clone());
        add("/setup", "token", asks(own, &[]), |ids| ids.code.clone());
        for path in ["/link", "/reset", "/email", "/factor-link", "/invitation"] {
            let base = asks(own, &[("password", "a green hill far away")]);
            add(path, "token", base, |ids| ids.link.clone());
        }
        add("/signup", "organisation", asks(own, &[("email", "eve@acme.example")]), |ids| ids.slug.clone());
        for path in ["/userinfo", "/userinfo/workspaces"] {
            add(path, "tenant", Vec::new(), |ids| ids.slug.clone());
            add(path, "sub", Vec::new(), |ids| ids.user.to_string());
        }
    }
    let read_only = ["/userinfo/workspaces", "/account", "/account/factors", "/account/history", "/console"];
    cases.retain(|case| !read_only.contains(&case.path) || case.method == Method::GET);
    let get =
        |path, name, id: fn(&Ids) -> String| Case { path, method: Method::GET, name, base: Vec::new(), id };
    cases.push(get("/oauth2/authorize/resume", "interaction", |ids| ids.interaction.clone()));
    cases.extend(posted(own));
    cases
}

/// Where ids go in by POST only.
fn posted(own: &Own) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |path, name, base: Vec<(&'static str, String)>, id: fn(&Ids) -> String| {
        cases.push(Case { path, method: Method::POST, name, base, id });
    };
    add("/console/invitations", "withdraw", asks(own, &[]), |ids| ids.user.to_string());
    let mine = [("interaction", own.interaction.as_str())];
    let without_action = |changes: &[(&'static str, &str)]| {
        let mut base = asks(own, changes);
        base.retain(|(name, _)| *name != "action");
        base
    };
    add("/login/accounts", "account", without_action(&mine), |ids| ids.sid.clone());
    let mut ends = without_action(&[]);
    ends.push(("action", "end".to_owned()));
    add("/account/sessions", "session", ends, |ids| ids.sid.clone());
    add("/account/applications", "application", without_action(&[]), |ids| ids.client.clone());
    for action in ["go", "leave"] {
        let mut fields = without_action(&[]);
        fields.push(("action", action.to_owned()));
        add("/account/organisations", "organisation", fields, |ids| ids.tenant.to_string());
    }
    add("/account/tokens", "token", without_action(&[]), |ids| ids.user.to_string());
    add("/login", "organisation", asks(own, &[("username", HANK)]), |ids| ids.slug.clone());
    add("/login", "organisation", asks(own, &[("username", HANK)]), |ids| ids.tenant.to_string());
    add("/login", "username", asks(own, &mine), |ids| ids.email.clone());
    add("/oauth2/logout", "pending", asks(own, &[("decision", "confirm")]), |ids| ids.pending.clone());
    let grant = |kind: &str| vec![("grant_type", kind.to_owned()), ("redirect_uri", CALLBACK.to_owned())];
    add("/oauth2/token", "code", grant("authorization_code"), |ids| ids.code.clone());
    add("/oauth2/token", "refresh_token", grant("refresh_token"), |ids| ids.refresh.clone());
    add("/oauth2/token", "refresh_token", grant("refresh_token"), |ids| ids.code.clone());
    add("/oauth2/token", "code", grant("authorization_code"), |ids| ids.refresh.clone());
    add("/oauth2/token", "client_id", grant("client_credentials"), |ids| ids.client.clone());
    add("/oauth2/token", "resource", grant("client_credentials"), |ids| ids.resource.clone());
    // Bodies of JSON, of which forms are none: what these read is walked in `tests/login/first_party.rs`.
    add("/api/v1/auth/login", "handle", Vec::new(), |ids| ids.interaction.clone());
    add("/api/v1/auth/refresh", "refresh_token", Vec::new(), |ids| ids.refresh.clone());
    add("/api/v1/auth/logout", "refresh_token", Vec::new(), |ids| ids.refresh.clone());
    for path in ["/oauth2/revoke", "/oauth2/introspect"] {
        add(path, "token", Vec::new(), |ids| ids.access.clone());
        add(path, "token", Vec::new(), |ids| ids.refresh.clone());
        add(path, "token", Vec::new(), |ids| ids.code.clone());
        add(path, "token", Vec::new(), |ids| ids.id_token.clone());
        add(path, "client_id", vec![("token", "x".to_owned())], |ids| ids.client.clone());
    }
    cases
}

/// What came back, without what is new each time and without what was sent.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    status: u16,
    headers: BTreeSet<String>,
    body: String,
}

/// Replaces what was sent, and every long run of letters, which is an id, a number of a request or a token. One
/// random value in a thousand has no digit; none has neither a digit nor a capital.
fn masked(text: &str, sent: &[String]) -> String {
    let mut text = text.to_owned();
    for value in sent {
        let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        text = text.replace(value, "SENT").replace(&encoded, "SENT");
    }
    let (mut out, mut run) = (String::new(), String::new());
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '~') {
            run.push(letter);
            continue;
        }
        let random = |letter: char| letter.is_ascii_digit() || letter.is_ascii_uppercase();
        let id = run.len() >= 20 && run.chars().any(random);
        out.push_str(if id { "ID" } else { &run });
        run.clear();
        out.push(letter);
    }
    out
}

fn told(page: &Page, sent: &[String]) -> Told {
    let line = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let fixed = matches!(name.as_str(), "date" | "content-length" | "x-request-id");
        format!("{name}: {}", if fixed { "-".to_owned() } else { masked(&value, sent) })
    };
    Told {
        status: page.status.as_u16(),
        headers: page.headers.iter().map(line).collect(),
        body: masked(&page.body, sent),
    }
}

impl Estate {
    fn rows_of_globex(&self) -> Rows {
        Everything::open(self.server.storage()).of_tenant(self.globex.id())
    }

    /// Sends as whoever this route serves, always somebody of acme's.
    async fn send(
        &self,
        route: &Route,
        (method, path): (&Method, &str),
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let issuer = self.server.issuer().to_owned();
        let authorization = match route.gate().guard {
            Guard::Client => basic(&self.crm),
            Guard::Bearer => format!("Bearer {}", self.bearer),
            Guard::Open | Guard::Browser | Guard::Relay | Guard::Api => String::new(),
        };
        let mut headers = headers.to_vec();
        headers.push(("origin", &issuer));
        if !authorization.is_empty() {
            headers.push(("authorization", &authorization));
        }
        let jar = self.ada.copy();
        if *method == Method::GET || *method == Method::HEAD {
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
            return jar.send(method.clone(), &path, None, &headers).await;
        }
        jar.send(method.clone(), path, Some(fields), &headers).await
    }

    /// Asserts that the two answers are alike, that neither tells anything of globex, and that globex is as it was.
    fn judge(&self, what: &str, (foreign, absent): (&Page, &Page), sent: &[String], before: &Rows) {
        assert_eq!(told(foreign, sent), told(absent, sent), "{what}");
        assert!(foreign.status.as_u16() < 500, "{what}: {foreign:?}");
        let ids = &self.theirs;
        let secrets = [
            ids.tenant.to_string(),
            ids.user.to_string(),
            ids.email.clone(),
            ids.resource.clone(),
            ids.sid.clone(),
            ids.workspace.to_string(),
            ids.context.to_string(),
            ids.group.to_string(),
            "Tenant globex".to_owned(),
            "Client globex.crm".to_owned(),
            ids.code.clone(),
            ids.refresh.clone(),
            ids.access.clone(),
        ];
        let answer = format!("{:?} {}", foreign.headers, foreign.body);
        for secret in secrets.iter().filter(|secret| !sent.iter().any(|own| own.contains(secret.as_str()))) {
            assert!(!answer.contains(secret.as_str()), "{what} told {secret}: {foreign:?}");
        }
        let after = self.rows_of_globex();
        assert_eq!(
            without(after.clone(), &RECORD),
            without(before.clone(), &RECORD),
            "{what} changed globex"
        );
        let new = after["audit_events"].iter().filter(|event| !before["audit_events"].contains(event));
        for event in new {
            assert!(event.contains("denied"), "{what} is recorded as {event}");
        }
    }
}

/// The table of routes as it is served, without the JSON API, which has a walk of its own (`tests/api/foreign.rs`).
fn table() -> Vec<Route> {
    routes::table().into_iter().filter(|route| route.gate().guard != Guard::Api).collect()
}

async fn own(estate: &Estate) -> Own {
    let chooser = estate.ada.open(&authorize("acme.crm", "&prompt=select_account")).await;
    assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:?}");
    Own { csrf: field(&chooser, "csrf"), interaction: field(&chooser, "interaction") }
}

/// A new route must say here where ids go in, or why none do.
#[tokio::test]
async fn p098_the_walk_knows_every_route() {
    let own = Own { csrf: String::new(), interaction: String::new() };
    let cases = cases(&own);
    for route in table() {
        let idle = NO_IDS.iter().any(|(path, _)| *path == route.path());
        for method in route.gate().methods.iter().filter(|method| method.as_str() != "HEAD") {
            let walked =
                cases.iter().any(|case| case.path == route.path() && case.method == *method.as_str());
            assert!(walked != idle, "{method} {}: a case of the walk, or a reason for none", route.path());
        }
    }
    let known: Vec<&str> = table().iter().map(Route::path).collect();
    for path in cases.iter().map(|case| case.path).chain(NO_IDS.map(|(path, _)| path)) {
        assert!(known.contains(&path), "{path} is walked and does not exist");
    }
}

#[tokio::test]
async fn p098_no_route_tells_a_foreign_id_from_one_that_never_existed() {
    let estate = Estate::new().await;
    let own = own(&estate).await;
    let table = table();
    for case in cases(&own) {
        let route = table.iter().find(|route| route.path() == case.path).expect("a known route");
        let before = estate.rows_of_globex();
        let mut answers = Vec::new();
        let values = [(case.id)(&estate.theirs), (case.id)(&estate.nobodys)];
        for value in &values {
            let mut fields: Vec<(&str, &str)> = case
                .base
                .iter()
                .filter(|(name, _)| *name != case.name)
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            fields.push((case.name, value));
            answers.push(estate.send(route, (&case.method, case.path), &fields, &[]).await);
        }
        let mut sent = values.to_vec();
        sent.push(HANK.to_owned());
        let what = format!("{} {} {}={}", case.method, case.path, case.name, values[0]);
        estate.judge(&what, (&answers[0], &answers[1]), &sent, &before);
    }
    assert_globex_lives(&estate).await;
}

/// Ids in names that nobody reads, in headers of scope, and in the path where it takes anything.
#[tokio::test]
async fn p098_ids_in_other_places_change_no_answer() {
    let estate = Estate::new().await;
    for route in table() {
        for method in &route.gate().methods {
            let method = Method::from_bytes(method.as_str().as_bytes()).expect("a method");
            let before = estate.rows_of_globex();
            let mut answers = Vec::new();
            let mut sent = Vec::new();
            for ids in [&estate.theirs, &estate.nobodys] {
                let values = [
                    ids.tenant.to_string(),
                    ids.slug.clone(),
                    ids.slug.clone(),
                    ids.user.to_string(),
                    ids.user.to_string(),
                    ids.user.to_string(),
                    ids.sid.clone(),
                    ids.user.to_string(),
                    ids.group.to_string(),
                    ids.workspace.to_string(),
                    ids.context.to_string(),
                    ids.sid.clone(),
                ];
                let fields: Vec<(&str, &str)> =
                    UNREAD.iter().copied().zip(values.iter().map(String::as_str)).collect();
                let headers: Vec<(&str, &str)> =
                    HEADERS.iter().copied().zip(values.iter().map(String::as_str)).collect();
                let path = route.path().replace("{name}", &ids.user.to_string());
                let path = path.replace("{client}", &ids.client).replace("{id}", &ids.user.to_string());
                answers.push(estate.send(&route, (&method, &path), &fields, &headers).await);
                sent.extend(values);
            }
            let what = format!("{method} {}", route.path());
            estate.judge(&what, (&answers[0], &answers[1]), &sent, &before);
        }
    }
    assert_globex_lives(&estate).await;
}

/// Every attempt of a program is recorded as denied, where the person who reads the record can find it.
#[tokio::test]
async fn p098_a_foreign_code_or_token_is_recorded_as_denied_once() {
    let estate = Estate::new().await;
    for (name, grant, value) in [
        ("code", "authorization_code", estate.theirs.code.clone()),
        ("refresh_token", "refresh_token", estate.theirs.refresh.clone()),
    ] {
        let before = Everything::open(estate.server.storage()).all();
        let fields = [("grant_type", grant), ("redirect_uri", CALLBACK), (name, value.as_str())];
        let page = estate.as_client("/oauth2/token", &fields).await;
        assert_eq!((page.status.as_u16(), page.json()["error"].clone()), (400, "invalid_grant".into()));
        let after = Everything::open(estate.server.storage()).all();
        let new: Vec<&String> =
            after["audit_events"].iter().filter(|event| !before["audit_events"].contains(event)).collect();
        assert_eq!(new.len(), 1, "{name}: {new:#?}");
        assert!(new[0].contains("denied") && new[0].contains("acme.crm"), "{name}: {new:#?}");
    }
}

/// What globex had at the beginning works at the end.
async fn assert_globex_lives(estate: &Estate) {
    let again = estate.hank.open(&authorize("globex.crm", "&prompt=none")).await;
    assert!(again.answer().contains_key("code"), "{again:?}");
    let bearer = format!("Bearer {}", estate.theirs.access);
    let told = estate.hank.send(Method::GET, "/userinfo", None, &[("authorization", &bearer)]).await;
    assert_eq!(text(&told.json(), "sub"), estate.theirs.user.to_string());
    let chooser =
        estate.hank.open(&format!("/login/accounts?interaction={}", estate.theirs.interaction)).await;
    assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:?}");
    let ada = estate.ada.open(&authorize("acme.crm", "&prompt=none")).await;
    assert!(ada.answer().contains_key("code"), "{ada:?}");
}
