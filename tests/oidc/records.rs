//! One chained record for each action, with who did it, on whose behalf, to what, and how it ended (P135, R60, R61).

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use symbolon::effects::{Clock as _, SystemClock};
use symbolon::flows::invitations::{Inviter, Newcomer, invite_many};
use symbolon::model::audit::EventKind;
use symbolon::model::client::ClientKind;
use symbolon::model::policy::{Policy, RememberedDevices};
use symbolon::storage::records::{audit, policies};

use super::party::{World, basic, platform_client, text};
use crate::harness::TestServer;
use crate::harness::oathtool::{STEP, code, set_up};
use crate::harness::program::Program;
use crate::harness::seed::{PASSWORD, client};

/// What a record of an action holds: result, actor, target, and the details that must be there.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// The records of the token endpoint.
const TOKENS: &[Row] = &[
    ("success", "client", "session", &["aud", "grant_type", "jti", "scope"]),
    ("success", "anonymous", "session", &["aud", "grant_type", "jti", "scope"]),
    ("success", "client", "", &["aud", "grant_type", "jti", "scope"]),
    ("denied", "client", "", &["grant_type", "reason"]),
];

/// The records that the actions of the product leave. A new kind does not compile until it has its rows here, and its
/// action in [`do_everything`].
#[expect(clippy::too_many_lines, reason = "one row for each kind")]
const fn rows(kind: EventKind) -> &'static [Row] {
    match kind {
        EventKind::SignIn => &[
            ("success", "user", "session", &["factor", "factors"]),
            ("denied", "anonymous", "user", &["account", "reason"]),
        ],
        EventKind::FactorProved => &[("success", "user", "", &["factor", "rule"])],
        EventKind::SignOut => &[
            ("success", "user", "session", &["user"]),
            ("denied", "anonymous", "session", &["reason", "user"]),
        ],
        EventKind::CrossSite => &[("denied", "anonymous", "session", &["user"])],
        EventKind::SessionRevoked => &[("success", "operator", "user", &["sessions"])],
        EventKind::AccountLocked => &[("denied", "system", "user", &["account", "until"])],
        EventKind::StuffingSuspected => &[("denied", "anonymous", "", &["accounts", "by"])],
        EventKind::FailuresFolded => &[("denied", "anonymous", "", &["count", "of", "since", "source"])],
        EventKind::Authorize => {
            &[("success", "user", "session", &["scope"]), ("denied", "anonymous", "", &["reason"])]
        }
        EventKind::Consent => &[("success", "user", "", &["scope"]), ("denied", "user", "", &["scope"])],
        EventKind::TokenIssued => TOKENS,
        EventKind::CodeReused => &[("denied", "client", "", &[])],
        EventKind::RefreshReused => &[("denied", "anonymous", "refresh_family", &[])],
        EventKind::TokenRevoked => &[
            ("success", "client", "", &["jti"]),
            ("success", "client", "refresh_family", &[]),
            ("success", "operator", "user", &["sessions"]),
        ],
        EventKind::ClientAuthentication => &[("denied", "anonymous", "", &["reason"])],
        EventKind::KeyCreated | EventKind::KeyActivated | EventKind::KeyRetired | EventKind::KeyRevoked => {
            &[("success", "operator", "signing_key", &["purpose"])]
        }
        EventKind::ConfigurationExported => &[("success", "operator", "", &[])],
        EventKind::ConfigurationApplied => {
            &[("success", "operator", "", &["changed", "created", "removed", "tenants"])]
        }
        EventKind::TenantChanged => &[("success", "operator", "tenant", &["action"])],
        EventKind::UserChanged => {
            &[("success", "operator", "user", &["action"]), ("success", "user", "user", &["action"])]
        }
        EventKind::UserExported => &[("success", "operator", "user", &[])],
        EventKind::UserErased => &[("success", "operator", "user", &["events"])],
        EventKind::PeopleImported => &[("success", "operator", "", &["file_sha256", "owners", "people"])],
        EventKind::PasswordChanged => &[
            ("success", "operator", "user", &["reason", "sessions"]),
            ("success", "user", "user", &["reason", "sessions"]),
        ],
        EventKind::GroupChanged => &[("success", "operator", "group", &["action"])],
        EventKind::WorkspaceChanged => &[
            ("success", "operator", "workspace", &["action"]),
            ("success", "operator", "context", &["action"]),
        ],
        EventKind::ClientChanged | EventKind::ClientSecretChanged => {
            &[("success", "operator", "", &["action"])]
        }
        EventKind::ResourceServerChanged => &[("success", "operator", "resource_server", &["action"])],
        EventKind::CatalogueChanged => {
            &[("success", "operator", "product", &["action"]), ("success", "operator", "plan", &["action"])]
        }
        EventKind::PersonalTokenChanged => &[("success", "user", "personal_access_token", &["action"])],
        EventKind::InvitationChanged => &[
            ("success", "operator", "invitation", &["action", "roles", "groups"]),
            ("success", "user", "invitation", &["action", "origin"]),
            ("denied", "anonymous", "", &["action", "reason"]),
        ],
        EventKind::PolicyChanged => &[("success", "operator", "", &["action", "fields"])],
        EventKind::DeploymentInitialised => &[("success", "operator", "tenant", &["issuer"])],
        EventKind::SetupLinkIssued => &[("success", "operator", "", &["expires_at"])],
        EventKind::SetupCompleted => {
            &[("success", "user", "user", &[]), ("denied", "anonymous", "", &["reason"])]
        }
        EventKind::FactorAdded | EventKind::FactorRemoved => &[("success", "user", "user", &["factor"])],
        EventKind::RecoveryCodesMade => &[("success", "user", "user", &["count", "factor"])],
        EventKind::DeviceRemembered => &[("success", "user", "user", &["days"])],
        EventKind::DevicesForgotten => &[("success", "user", "user", &["devices"])],
        EventKind::LinkMailed => &[
            ("success", "anonymous", "user", &["purpose"]),
            ("denied", "anonymous", "", &["account", "purpose", "reason"]),
        ],
        EventKind::LinkRefused => &[("denied", "anonymous", "", &["purpose", "reason"])],
        EventKind::AuditRead => &[("success", "operator", "", &["personal"])],
        EventKind::AccessDenied => &[
            ("denied", "client", "access_token", &["at"]),
            ("denied", "client", "refresh_family", &["at"]),
            ("denied", "anonymous", "access_token", &["at", "reason"]),
        ],
    }
}

/// Kinds that are about a client name it.
const fn names_client(kind: EventKind) -> bool {
    match kind {
        EventKind::Authorize
        | EventKind::Consent
        | EventKind::TokenIssued
        | EventKind::CodeReused
        | EventKind::RefreshReused
        | EventKind::ClientAuthentication
        | EventKind::ClientChanged
        | EventKind::ClientSecretChanged
        | EventKind::AccessDenied => true,
        EventKind::SignIn
        | EventKind::FactorProved
        | EventKind::SignOut
        | EventKind::CrossSite
        | EventKind::SessionRevoked
        | EventKind::AccountLocked
        | EventKind::StuffingSuspected
        | EventKind::FailuresFolded
        | EventKind::TokenRevoked
        | EventKind::KeyCreated
        | EventKind::KeyActivated
        | EventKind::KeyRetired
        | EventKind::KeyRevoked
        | EventKind::ConfigurationApplied
        | EventKind::ConfigurationExported
        | EventKind::TenantChanged
        | EventKind::UserChanged
        | EventKind::PasswordChanged
        | EventKind::PeopleImported
        | EventKind::UserExported
        | EventKind::UserErased
        | EventKind::GroupChanged
        | EventKind::WorkspaceChanged
        | EventKind::ResourceServerChanged
        | EventKind::CatalogueChanged
        | EventKind::PolicyChanged
        | EventKind::PersonalTokenChanged
        | EventKind::InvitationChanged
        | EventKind::DeploymentInitialised
        | EventKind::SetupLinkIssued
        | EventKind::SetupCompleted
        | EventKind::FactorAdded
        | EventKind::FactorRemoved
        | EventKind::RecoveryCodesMade
        | EventKind::DeviceRemembered
        | EventKind::DevicesForgotten
        | EventKind::LinkMailed
        | EventKind::LinkRefused
        | EventKind::AuditRead => false,
    }
}

const INITECH: &str = "apiVersion: symbolon/v1
products: [{key: mail, name: Mail, grants: [read]}]
plans: [{key: basic, name: Basic, entitlements: {mail: [read]}}]
tenants:
  - slug: initech
    name: Initech
    plan: basic
    policy: {session: {idle: 1h, absolute: 8h}}
    workspaces: [{slug: hq, name: HQ, contexts: [{slug: milton, name: Milton}]}]
    groups: [{name: staff, roles: [member]}]
    users: [{email: bill@initech.example, roles: [owner], password: {generate: true}}]
    resources: [{identifier: \"https://mail.initech.example\", name: Mail, product: mail, scopes: [{name: mail, description: Read mail}]}]
    clients:
      - client_id: initech.job
        name: Job
        kind: service
        scopes: [mail]
        resources: [\"https://mail.initech.example\"]
        token_endpoint_auth_method: client_secret_basic
        secret: {generate: true}
";

async fn world() -> World {
    let builder = TestServer::with()
        .at(SystemClock.now())
        .set("limits.sign_in_account", "4 per 10m")
        .set("limits.stuffing_password", "3 per 10m")
        .set("limits.recorded_failures", "3 per 10m");
    World::on(builder).await
}

/// An attempt to sign in to acme.
async fn attempt(world: &World, email: &str, password: &str) {
    let jar = world.server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", email), ("organisation", "acme")]).await;
    jar.submit(&page, &[("password", password), ("action", "continue")]).await;
}

/// Every action of the product, once at least.
async fn do_everything(world: &World) {
    operator_begins(world).await;
    people(world).await;
    factors(world).await;
    links(world).await;
    clients(world).await;
    operator_goes_on(world);
    // The windows of the failures pass, and the schedule folds them.
    world.server.advance(Duration::from_mins(11)).await;
    world.server.run_jobs().await;
}

async fn operator_begins(world: &World) {
    let program = Program::beside(&world.server);
    let link = program.json(&["init", "--json"])["setup_url"].as_str().expect("a link").to_owned();
    let jar = world.server.browser();
    let page = jar.open(&link).await;
    let owner = [("email", "op@symbolon.example"), ("password", "an operator on a green hill")];
    jar.submit(&page, &owner).await;
    jar.submit(&page, &owner).await;
    program.write("initech.yaml", INITECH);
    program.ok(&["apply", "initech.yaml"]);
    program.write("people.csv", "email\nivy@initech.example\n");
    program.ok(&["users", "import", "--tenant", "initech", "people.csv", "--yes"]);
    program.ok(&["users", "export", "--tenant", "initech", "ivy@initech.example"]);
    program.ok(&["users", "erase", "--tenant", "initech", "ivy@initech.example", "--yes"]);
    program.write("changed.yaml", &INITECH.replace("idle: 1h", "idle: 2h"));
    program.ok(&["apply", "changed.yaml"]);
    world.server.refresh().await;
}

/// People sign in, are refused, consent and sign out.
async fn people(world: &World) {
    attempt(world, "hank@acme.example", "wrong").await;
    world.server.scope_of("acme").await.person("bob@acme.example", &[]).await;
    for _ in 0..4 {
        attempt(world, "bob@acme.example", "wrong").await;
    }
    // The third account at which this password fails.
    attempt(world, "gus@acme.example", "wrong").await;
    let app = world.server.scope_of("acme").await.register(client("acme.app", ClientKind::Web)).await;
    let jar = world.server.browser();
    world.authorize(&jar, &world.wiki, &[]).await;
    let asked = [("scope", "openid")];
    let page = jar.open(&World::authorize_path(&app, &asked)).await;
    jar.submit(&page, &[("decision", "deny")]).await;
    let page = jar.open(&World::authorize_path(&app, &asked)).await;
    jar.submit(&page, &[("decision", "allow")]).await;
    jar.send(Method::POST, "/login/accounts", Some(&[]), &[("origin", "https://evil.example")]).await;
    jar.open("/oauth2/logout?post_logout_redirect_uri=https://evil.example/").await;
    let page = jar.open("/oauth2/logout").await;
    jar.submit(&page, &[("decision", "confirm")]).await;
    world.authorize(&jar, &world.wiki, &[("prompt", "none")]).await;
}

/// A person sets up an authenticator, signs in with it and takes it away again.
async fn factors(world: &World) {
    world.server.scope_of("acme").await.person("eve@acme.example", &[]).await;
    let jar = world.server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "eve@acme.example"), ("organisation", "acme")]).await;
    jar.submit(&page, &[("password", PASSWORD)]).await;
    let (key, _) = set_up(&jar, world.server.now()).await;
    remembered_device(world, &key).await;
    attempt(world, "eve@acme.example", PASSWORD).await;
    let page = jar.open("/account/factors/totp/remove").await;
    let page = jar.submit(&page, &[]).await;
    assert!(page.has("totp-set-up"), "{page:?}");
    personal_token(world).await;
    invitation(world).await;
}

/// They have a browser remembered, and forgotten again.
async fn remembered_device(world: &World, key: &str) {
    let scope = world.server.scope_of("acme").await.scope;
    let put = async |days| {
        let (scope, now) = (scope.clone(), world.server.now());
        let policy = Policy { remembered_devices: RememberedDevices { days }, ..Policy::default() };
        world.server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    };
    put(14).await;
    let jar = world.server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "eve@acme.example"), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    let shown = code(key, world.server.now() + STEP);
    jar.submit(&page, &[("code", &shown), ("remember", "on")]).await;
    let page = jar.open("/account/sessions").await;
    let csrf = page.form().fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
    jar.post("/account/sessions", &[("csrf", &csrf), ("action", "forget_devices")]).await;
    put(0).await;
}

/// Somebody is invited, accepts, and tries that again.
async fn invitation(world: &World) {
    let newcomer = Newcomer { email: "ida@acme.example".to_owned(), ..Newcomer::default() };
    let (call, terms) = (world.server.operator(), world.server.edge.mail.clone());
    let scope = world.server.scope_of("acme").await.scope;
    let sent = world
        .server
        .database()
        .write(&scope, move |tx| invite_many(tx, &call, &terms, &Inviter::operator(), (&[newcomer], 7)));
    sent.await.expect("sent").expect("nothing is wrong with it");
    let mails = world.server.mails().await;
    let path = mails.last().expect("a mail").path(world.server.issuer());
    let jar = world.server.browser();
    let page = jar.open(&path).await;
    for _ in 0..2 {
        let fields = [("name", "Ida"), ("password", "violet anchor museum"), ("action", "password")];
        jar.submit(&page, &fields).await;
    }
}

/// Somebody asks for links, for a person and for nobody, and uses one twice.
async fn links(world: &World) {
    let jar = world.server.browser();
    for email in ["nobody@acme.example", "eve@acme.example"] {
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", email), ("organisation", "acme")]).await;
        let page = jar.open(&page.attribute("login-reset", "href").expect("a way")).await;
        jar.submit(&page, &[("action", "continue")]).await;
    }
    let mails = world.server.mails().await;
    let path = mails.last().expect("a mail").path(world.server.issuer());
    let page = jar.open(&path).await;
    for _ in 0..2 {
        jar.submit(&page, &[("password", "an old harbour under three moons")]).await;
    }
}

/// A person makes a personal access token by the API, and revokes it.
async fn personal_token(world: &World) {
    let mut console = platform_client("console", ClientKind::Web);
    console.metadata.scopes.push("account:write".to_owned());
    let console = world.server.platform().await.register(console).await;
    let answer = world.authorize(&world.server.browser(), &console, &[("scope", "account:write")]).await;
    let bearer =
        format!("Bearer {}", text(&world.exchange(&console, &answer["code"]).await.json(), "access_token"));
    let ends = (world.server.now() + Duration::from_hours(24)).to_string();
    let body =
        serde_json::json!({"name": "backup", "scopes": ["account:read"], "expires_at": ends}).to_string();
    let made = crate::harness::jar::client()
        .post(world.server.url("/api/v1/tokens"))
        .header("authorization", &bearer)
        .header("content-type", "application/json")
        .body(body)
        .send();
    let made: Value =
        serde_json::from_str(&made.await.expect("an answer").text().await.expect("text")).expect("JSON");
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().expect("an id"));
    world.server.browser().send(Method::DELETE, &path, None, &[("authorization", &bearer)]).await;
}

/// Clients get tokens, are refused, give tokens back, and reach for what is not theirs.
async fn clients(world: &World) {
    let code = world.code(&world.wiki).await;
    world.exchange(&world.wiki, &code).await;
    world.exchange(&world.wiki, &code).await;
    let spa = text(&world.tokens(&world.spa).await, "refresh_token");
    world.refresh(&world.spa, &spa).await;
    world.refresh(&world.spa, &spa).await;
    let tokens = world.tokens(&world.wiki).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let machine = world.machine_token(&world.job).await;
    world.introspect(&world.job, &machine).await;
    world.introspect(&world.job, "nonsense").await;
    // Of another tenant: told nothing, and noted.
    let foreign = world.introspect(&world.stranger, &machine).await;
    assert_eq!(foreign.json(), serde_json::json!({"active": false}));
    for token in [&machine, &refresh] {
        assert_eq!(world.ask("/oauth2/revoke", &world.stranger, &[("token", token)]).await.status, 200);
    }
    assert_eq!(world.introspect(&world.job, &machine).await.json()["active"], true, "nothing was revoked");
    for token in [&access, &refresh] {
        world.ask("/oauth2/revoke", &world.wiki, &[("token", token)]).await;
    }
    assert_eq!(world.userinfo(&access).await.status, 401);
    let wrong = basic(world.job.id(), "sys_wrong");
    let grant = [("grant_type", "client_credentials")];
    world.post("/oauth2/token", &grant, &[("authorization", &wrong)]).await;
    world.token(&world.job, &[("grant_type", "client_credentials"), ("scope", "graph")]).await;
    let jar = world.server.browser();
    jar.send(Method::GET, "/userinfo", None, &[("authorization", "Bearer nonsense")]).await;
    world.tokens(&world.wiki).await;
}

fn operator_goes_on(world: &World) {
    let program = Program::beside(&world.server);
    let rotated = program.json(&["keys", "rotate", "--json"]);
    program.ok(&["keys", "revoke", rotated["retired"].as_str().expect("a key")]);
    program.ok(&["sessions", "revoke", "--tenant", "acme", "ada@acme.example"]);
    program.ok(&["users", "suspend", "--tenant", "acme", "bob@acme.example"]);
    program.ok(&["users", "resume", "--tenant", "acme", "bob@acme.example"]);
    program.ok(&["clients", "rotate-secret", "acme.job"]);
    program.ok(&["audit", "export", "--tenant", "acme", "--output", "acme.jsonl"]);
    program.ok(&["export"]);
    program.ok(&["audit", "verify"]);
}

/// Every event of these tenants, by kind: the body, and the erasable facts.
async fn recorded(world: &World, tenants: &[&'static str]) -> BTreeMap<String, Vec<(Value, Value)>> {
    let mut found: BTreeMap<String, Vec<(Value, Value)>> = BTreeMap::new();
    for slug in tenants {
        let scope = world.server.scope_of(slug).await.scope;
        let events =
            world.server.database().read(&scope, |tx| audit::after(tx, 0, 10_000)).await.expect("events");
        for event in events {
            let body: Value = serde_json::from_str(&event.body).expect("JSON");
            let facts =
                event.personal.map_or(Value::Null, |it| serde_json::from_str(&it.facts).expect("JSON"));
            found.entry(body["kind"].as_str().expect("a kind").to_owned()).or_default().push((body, facts));
        }
    }
    found
}

#[tokio::test]
async fn p135_every_action_leaves_its_record_with_who_what_and_how_it_ended() {
    let world = world().await;
    do_everything(&world).await;
    let found = recorded(&world, &["platform", "acme", "globex", "initech"]).await;
    let mut missing = Vec::new();
    for &kind in EventKind::ALL {
        let events = found.get(kind.as_str()).map(Vec::as_slice).unwrap_or_default();
        for row in rows(kind) {
            if !events.iter().any(|(body, _)| matches(body, row)) {
                missing.push(format!("{}: {row:?} among {events:#?}", kind.as_str()));
            }
        }
        for (body, facts) in events {
            assert!(names_client(kind) <= body["client_id"].is_string(), "{body}");
            assert!(["id", "at", "request_id", "prev"].iter().all(|field| body[field].is_string()), "{body}");
            let operator = body["actor"]["type"] == "operator";
            let by_command = facts["system_user"].is_string();
            assert!(!by_command || operator, "{body} {facts}");
            let whole = format!("{body}{facts}");
            for secret in
                [PASSWORD, "wrong\"", "syr_", "syc_", "sys_", "syb_", "eyJ", world.job.secret.as_str()]
            {
                assert!(!whole.contains(secret), "{secret}: {whole}");
            }
            assert!(!body.to_string().contains('@'), "a person in what cannot be erased: {body}");
        }
    }
    assert!(missing.is_empty(), "actions without their record: {missing:#?}");
    let known: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert!(found.keys().all(|kind| known.contains(&kind.as_str())), "{:?}", found.keys());
    // Where a person's request came from is on the erasable side.
    let (_, facts) = &found["session.sign_in"][0];
    assert_eq!(facts["address"], "127.0.0.1");
    let by_hand = &found["client.secret_changed"].last().expect("an event").1;
    assert!(by_hand["system_user"].is_string(), "{by_hand}");
}

fn matches(body: &Value, (result, actor, target, details): &Row) -> bool {
    let has = |field: &&str| !body["details"][field].is_null();
    body["result"] == *result
        && body["actor"]["type"] == *actor
        && body["target"]["type"].as_str().unwrap_or_default() == *target
        && details.iter().all(has)
}

/// D23: what is refused to somebody who is known is recorded on the chain of their tenant, one by one up to the limit and
/// then as one count; and where nobody is signed in, nothing is.
#[tokio::test]
async fn p135_refusals_of_whoever_is_known_are_recorded_and_no_flood_of_them_fills_a_chain() {
    let world = world().await;
    let tokens = world.tokens(&world.wiki).await;
    let (access, machine) = (text(&tokens, "access_token"), world.machine_token(&world.job).await);
    world.ask("/oauth2/revoke", &world.wiki, &[("token", &access)]).await;
    let jar = world.server.browser();
    world.authorize(&jar, &world.wiki, &[]).await;
    let stranger = world.server.browser();
    stranger.open("/login").await;
    let hint = text(&tokens, "id_token");
    let astray =
        format!("/oauth2/logout?id_token_hint={hint}&post_logout_redirect_uri=https://evil.example/");
    let evil = [("origin", "https://evil.example")];
    for _ in 0..5 {
        assert_eq!(world.userinfo(&access).await.status, 401);
        assert_eq!(world.userinfo(&machine).await.status, 403, "it lacks openid");
        for browser in [&jar, &stranger] {
            for path in ["/login/accounts", "/consent"] {
                assert_eq!(browser.send(Method::POST, path, Some(&[]), &evil).await.status, 403);
            }
            let confirmed = [("decision", "confirm"), ("pending", "x")];
            let answer = browser.send(Method::POST, "/oauth2/logout", Some(&confirmed), &evil).await;
            assert_eq!(answer.status, 403);
            browser.get(&astray).await;
        }
    }
    world.server.advance(Duration::from_mins(11)).await;
    world.server.run_jobs().await;
    let found = recorded(&world, &["platform", "acme", "globex"]).await;
    let of = |kind: &str, tenant: &str, detail: (&str, &str)| {
        let events = found.get(kind).map(Vec::as_slice).unwrap_or_default();
        let ours = events.iter().filter(|(body, _)| {
            body["tenant_id"] == tenant && body["details"][detail.0] == detail.1 && body["result"] == "denied"
        });
        ours.count()
    };
    let (acme, ada) = (world.acme.to_string(), world.ada.to_string());
    assert_eq!(of("access.denied", &acme, ("reason", "not_live")), 3);
    assert_eq!(of("access.denied", &acme, ("reason", "scope")), 3);
    assert_eq!(of("session.cross_site", &acme, ("user", &ada)), 3);
    assert_eq!(of("session.sign_out", &acme, ("reason", "unregistered_target")), 3);
    let folded = &found["session.failures_folded"];
    for (kind, count) in [("access.denied", 2), ("session.cross_site", 12), ("session.sign_out", 2)] {
        let held = folded.iter().filter(|(body, _)| {
            let details = &body["details"];
            body["tenant_id"] == acme.as_str() && details["of"] == kind && details["count"] == count
        });
        assert!(held.count() >= 1, "{kind}: {folded:#?}");
    }
}
