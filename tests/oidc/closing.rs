//! Whatever changes while a page, a code or a token is out is seen at every door, by a
//! node that was told of nothing (P015, P074, D25).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use symbolon::flows::provision;
use symbolon::model::audit::Actor;
use symbolon::model::client::{Client, ClientKind};
use symbolon::model::ids::TenantId;
use symbolon::model::policy::{Policy, SessionLimits};
use symbolon::model::resource_server::{OpenTo, ResourceServer};
use symbolon::model::role::Role;
use symbolon::model::status::Status;
use symbolon::model::tenant::Tenant;
use symbolon::model::user::User;
use symbolon::storage::PlatformTx;
use symbolon::storage::records::{catalogue, clients, consents, policies, resource_servers, tenants, users};

use super::party::{CALLBACK, NOTES, VERIFIER, World, assert_error, claims, platform_client, text};
use super::rechecks::unseen;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, Registered};

/// What changes.
#[derive(Debug, Clone, Copy)]
enum Change {
    Nothing,
    ClientSuspended,
    ClientServesNobodyElse,
    CodesTaken,
    RefreshingTaken,
    GrantsTaken,
    RedirectTaken,
    ProfileTaken,
    EmailTaken,
    ResourceTaken,
    ResourceSuspended,
    ResourceClosed,
    PersonSuspended,
    TenantSuspended,
    SessionsRevoked,
    SessionsShortened,
    ConsentWithdrawn,
}

/// The claims of userinfo that are told, of the two that are asked for: one by its scope, one by its name.
const ALL: &str = "notes openid profile: name email";
const DEAD: &str = "invalid_grant";
const ASKED: (&str, &str) = ("openid profile notes", r#"{"userinfo":{"email":null}}"#);

/// What each door says after it: authorize without a page, userinfo, introspection, code, refresh token, the waiting
/// consent page, which puts the question anew where it became another one, and logout with an ID token. A token is told by
/// its scope and by what userinfo tells for it.
const TABLE: [(Change, [&str; 7]); 17] = [
    (Change::Nothing, ["code", "name email", "notes openid profile", ALL, ALL, "code", "back"]),
    (
        Change::ClientSuspended,
        [
            "page-error",
            "401",
            "invalid_client",
            "invalid_client",
            "invalid_client",
            "page-error",
            "page-logout-confirm",
        ],
    ),
    (
        Change::ClientServesNobodyElse,
        ["login_required", "401", "inactive", DEAD, DEAD, "page-login", "page-logout-confirm"],
    ),
    (
        Change::CodesTaken,
        [
            "unauthorized_client",
            "name email",
            "notes openid profile",
            "unauthorized_client",
            ALL,
            "unauthorized_client",
            "back",
        ],
    ),
    (
        Change::RefreshingTaken,
        ["code", "name email", "notes openid profile", ALL, "unauthorized_client", "code", "back"],
    ),
    (
        Change::GrantsTaken,
        [
            "unauthorized_client",
            "401",
            "inactive",
            "unauthorized_client",
            "unauthorized_client",
            "unauthorized_client",
            "back",
        ],
    ),
    (
        Change::RedirectTaken,
        ["page-error", "name email", "notes openid profile", DEAD, ALL, "page-error", "back"],
    ),
    (
        Change::ProfileTaken,
        [
            "code",
            "email",
            "notes openid",
            "notes openid: email",
            "notes openid: email",
            "page-consent",
            "back",
        ],
    ),
    (
        Change::EmailTaken,
        [
            "code",
            "name",
            "notes openid profile",
            "notes openid profile: name",
            "notes openid profile: name",
            "page-consent",
            "back",
        ],
    ),
    (
        Change::ResourceTaken,
        ["code", "401", "inactive", "invalid_target", "invalid_target", "page-consent", "back"],
    ),
    (
        Change::ResourceSuspended,
        ["code", "401", "inactive", "invalid_target", "invalid_target", "page-consent", "back"],
    ),
    (
        Change::ResourceClosed,
        ["code", "401", "inactive", "invalid_target", "invalid_target", "page-consent", "back"],
    ),
    (Change::PersonSuspended, ["login_required", "401", "inactive", DEAD, DEAD, "page-login", "back"]),
    (Change::TenantSuspended, ["login_required", "401", "inactive", DEAD, DEAD, "page-login", "back"]),
    (Change::SessionsRevoked, ["login_required", "401", "inactive", DEAD, DEAD, "page-login", "back"]),
    (Change::SessionsShortened, ["login_required", "401", "inactive", DEAD, DEAD, "page-login", "back"]),
    (
        Change::ConsentWithdrawn,
        ["consent_required", "name email", "notes openid profile", DEAD, DEAD, "code", "back"],
    ),
];

/// What is out when it changes.
struct Out {
    jar: Jar,
    access: String,
    refresh: String,
    id_token: String,
    code: String,
    /// Another browser, before the question.
    asked: (Jar, Page),
}

fn path(shop: &Registered, prompt: &str) -> String {
    World::authorize_path(shop, &[("scope", ASKED.0), ("claims", ASKED.1), ("prompt", prompt)])
}

async fn to_the_question(world: &World, shop: &Registered) -> (Jar, Page) {
    let jar = world.server.browser();
    let page = jar.open(&path(shop, "consent")).await;
    let page = jar.submit(&page, &[("username", "ada@acme.example")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
    (jar, page)
}

async fn begin(world: &World, shop: &Registered) -> Out {
    let (jar, page) = to_the_question(world, shop).await;
    let first = jar.submit(&page, &[("decision", "allow")]).await.answer()["code"].clone();
    let tokens = world.exchange(shop, &first).await.json();
    let code = jar.get(&path(shop, "none")).await.answer()["code"].clone();
    let asked = to_the_question(world, shop).await;
    let [access, refresh, id_token] =
        ["access_token", "refresh_token", "id_token"].map(|member| text(&tokens, member));
    Out { jar, access, refresh, id_token, code, asked }
}

async fn change_client(world: &World, shop: &Registered, change: impl FnOnce(&mut Client)) {
    let mut changed = shop.client.clone();
    change(&mut changed);
    unseen(world, move |tx| {
        let scope = tx.tenant(changed.tenant_id)?.expect("its tenant");
        clients::update(&mut tx.enter(&scope)?, &changed).map(|_| ())
    })
    .await;
}

async fn change_resource(world: &World, change: impl FnOnce(&mut ResourceServer) + Send + 'static) {
    unseen(world, move |tx| {
        let found = resource_servers::usable(tx, &[NOTES.to_owned()])?.pop();
        let mut server = found.expect("the notes");
        change(&mut server);
        resource_servers::put(tx, &server)
    })
    .await;
}

fn acme_of<'a>(tx: &'a mut PlatformTx<'_>, acme: TenantId) -> symbolon::storage::TenantTx<'a> {
    let scope = tx.tenant(acme).expect("a read").expect("acme");
    tx.enter(&scope).expect("acme")
}

async fn change_person(world: &World, change: impl FnOnce(&mut User) + Send + 'static) {
    let (acme, ada) = (world.acme, world.ada);
    unseen(world, move |tx| {
        let mut tx = acme_of(tx, acme);
        let mut user = users::find(&mut tx, ada)?.expect("ada");
        change(&mut user);
        users::update(&mut tx, &user).map(|_| ())
    })
    .await;
}

async fn change(world: &World, shop: &Registered, what: Change) {
    let (acme, ada, since, call) = (world.acme, world.ada, world.server.now(), world.server.operator());
    let id = shop.client.client_id.clone();
    match what {
        Change::Nothing => {}
        Change::ClientSuspended => {
            change_client(world, shop, |client| client.status = Status::Suspended { since }).await;
        }
        Change::ClientServesNobodyElse => {
            change_client(world, shop, |client| client.metadata.tenants = OpenTo::OwnerOnly).await;
        }
        Change::CodesTaken => {
            change_client(world, shop, |client| {
                client.metadata.grant_types.retain(|it| it == "refresh_token");
            })
            .await;
        }
        Change::RefreshingTaken => {
            change_client(world, shop, |client| {
                client.metadata.grant_types.retain(|it| it != "refresh_token");
            })
            .await;
        }
        Change::GrantsTaken => change_client(world, shop, |client| client.metadata.grant_types.clear()).await,
        Change::RedirectTaken => {
            let other = vec!["https://app.example/other".to_owned()];
            change_client(world, shop, |client| client.metadata.redirect_uris = other).await;
        }
        Change::ProfileTaken => {
            change_client(world, shop, |client| client.metadata.scopes.retain(|it| it != "profile")).await;
        }
        Change::EmailTaken => {
            change_client(world, shop, |client| client.metadata.scopes.retain(|it| it != "email")).await;
        }
        Change::ResourceTaken => change_client(world, shop, |client| client.metadata.resources.clear()).await,
        Change::ResourceSuspended => {
            change_resource(world, move |server| server.status = Status::Suspended { since }).await;
        }
        Change::ResourceClosed => change_resource(world, |server| server.open_to = OpenTo::OwnerOnly).await,
        Change::PersonSuspended => {
            change_person(world, move |user| user.status = Status::Suspended { since }).await;
        }
        Change::TenantSuspended => {
            unseen(world, move |tx| {
                let tenant = tx.tenant(acme)?.expect("acme").tenant().clone();
                tenants::update(tx, &Tenant { status: Status::Suspended { since }, ..tenant })
            })
            .await;
        }
        Change::SessionsRevoked => {
            let clock = Arc::clone(&world.server.edge.clock);
            unseen(world, move |tx| {
                let mut tx = acme_of(tx, acme);
                let user = users::find(&mut tx, ada)?.expect("ada");
                provision::revoke_sessions(&mut tx, (&call, &clock), &Actor::Operator, &user).map(|_| ())
            })
            .await;
        }
        Change::SessionsShortened => {
            let session = SessionLimits { idle_seconds: 2, absolute_seconds: 2 };
            let policy = Policy { session, ..Policy::default() };
            unseen(world, move |tx| policies::put(&mut acme_of(tx, acme), &policy, since)).await;
            world.server.clock.advance(Duration::from_secs(3));
        }
        Change::ConsentWithdrawn => {
            unseen(world, move |tx| consents::remove(&mut acme_of(tx, acme), ada, &id).map(|_| ())).await;
        }
    }
}

/// How the browser was answered: a code, an error for the client, or a page of ours.
fn word(page: &Page) -> String {
    if page.location().is_none() {
        return page.marker().unwrap_or_else(|| page.status.to_string());
    }
    let answer = page.answer();
    answer
        .get("error")
        .cloned()
        .unwrap_or_else(|| if answer.contains_key("code") { "code" } else { "back" }.into())
}

async fn told(world: &World, access: &str) -> String {
    let page = world.userinfo(access).await;
    if page.status != 200 {
        return page.status.as_u16().to_string();
    }
    let told = page.json();
    let known = ["name", "email"].into_iter().filter(|name| told.get(name).is_some());
    known.collect::<Vec<_>>().join(" ")
}

async fn issued(world: &World, page: &Page) -> String {
    let json = page.json();
    match json["access_token"].as_str() {
        Some(access) => format!("{}: {}", text(&json, "scope"), told(world, access).await),
        None => text(&json, "error"),
    }
}

fn introspected(json: &Value) -> String {
    match (json["error"].as_str(), json["active"].as_bool()) {
        (Some(error), _) => error.to_owned(),
        (None, Some(true)) => text(json, "scope"),
        (None, _) => "inactive".to_owned(),
    }
}

async fn doors(world: &World, shop: &Registered, out: &Out) -> [String; 7] {
    let silent = word(&out.jar.get(&path(shop, "none")).await);
    let userinfo = told(world, &out.access).await;
    let introspection = introspected(&world.introspect(shop, &out.access).await.json());
    let exchange = issued(world, &world.exchange(shop, &out.code).await).await;
    let refresh = issued(world, &world.refresh(shop, &out.refresh).await).await;
    let (jar, page) = &out.asked;
    let consent = word(&jar.submit(page, &[("decision", "allow")]).await);
    let logout = format!(
        "/oauth2/logout?id_token_hint={}&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2F",
        out.id_token
    );
    let logout = word(&out.jar.get(&logout).await);
    [silent, userinfo, introspection, exchange, refresh, consent, logout]
}

#[tokio::test]
async fn p015_every_door_sees_what_changed_since() {
    let mut wrong = Vec::new();
    for (what, expected) in TABLE {
        let world = World::new().await;
        let mut shop = platform_client("shop", ClientKind::Web);
        shop.metadata.first_party = false;
        let shop = world.server.platform().await.register(shop).await;
        let out = begin(&world, &shop).await;
        change(&world, &shop, what).await;
        let found = doors(&world, &shop, &out).await;
        if found != expected {
            wrong.push(format!("{what:?}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a token says of a person and of what the tenant bought is what holds when the code is exchanged.
#[tokio::test]
async fn p015_a_code_is_worth_what_its_person_may_do_when_it_is_exchanged() {
    let world = World::new().await;
    let code = world.code(&world.wiki).await;
    unseen(&world, move |tx| {
        let mut plan = catalogue::plan(tx, "acme")?.expect("the plan");
        plan.entitlements.insert("notes".to_owned(), BTreeSet::from(["read".to_owned()]));
        catalogue::put_plan(tx, &plan)
    })
    .await;
    change_person(&world, |user| user.roles = BTreeSet::from([Role::ReadOnly])).await;
    let tokens = world.exchange(&world.wiki, &code).await.json();
    let told = claims(&text(&tokens, "access_token"));
    assert_eq!((&told["roles"], &told["entitlements"]), (&json!(["readonly"]), &json!({"notes": ["read"]})));
}

/// P074: an API that is closed to one tenant is closed to it at every door, and to no other.
#[tokio::test]
async fn p074_a_resource_server_closed_to_one_tenant_is_refused_at_every_door() {
    let world = World::new().await;
    let globex = world.server.scope_of("globex").await.id();
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    let (ours, theirs) = (world.machine_token(&world.job).await, world.machine_token(&world.stranger).await);
    let tokens = world.tokens(&world.wiki).await;
    let code = world.code(&world.wiki).await;
    for token in [&ours, &theirs] {
        assert_eq!(world.introspect(&world.other, token).await.json()["active"], true);
    }
    change_resource(&world, move |server| server.open_to = OpenTo::Some(BTreeSet::from([globex]))).await;
    // What a service account is given comes from the node's memory, and what ends it reaches back that far (D14, D25).
    world.server.as_operator(|_| Ok(())).await;

    let jar = world.server.browser();
    let asked = world.authorize(&jar, &world.wiki, &[("resource", NOTES)]).await;
    assert_eq!(asked.get("error").map(String::as_str), Some("invalid_target"), "{asked:?}");
    let asked = world.authorize(&jar, &world.wiki, &[("scope", "notes")]).await;
    assert_eq!(asked.get("error").map(String::as_str), Some("invalid_scope"), "{asked:?}");
    assert_error(&world.exchange(&world.wiki, &code).await, 400, "invalid_target");
    assert_error(&world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await, 400, "invalid_target");
    assert_error(&world.token(&world.job, &grant).await, 400, "invalid_target");
    assert_error(&world.token(&world.job, &grant[..1]).await, 400, "invalid_target");
    let named = [grant[0], ("resource", NOTES)];
    assert_error(&world.token(&world.job, &named).await, 400, "invalid_target");
    for token in [&ours, &text(&tokens, "access_token")] {
        assert_eq!(world.introspect(&world.other, token).await.json(), json!({"active": false}));
    }
    assert_eq!(world.introspect(&world.other, &theirs).await.json()["active"], true, "the others go on");
    assert_eq!(world.token(&world.stranger, &grant).await.status, 200);

    // An API that nobody in the tenant has bought is no closed one: its tokens say that there is nothing (D6).
    change_resource(&world, |server| server.open_to = OpenTo::All).await;
    unseen(&world, |tx| {
        let mut plan = catalogue::plan(tx, "acme")?.expect("the plan");
        plan.entitlements.remove("notes");
        catalogue::put_plan(tx, &plan)
    })
    .await;
    world.server.as_operator(|_| Ok(())).await;
    let answer = world.authorize(&jar, &world.wiki, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*answer["code"]),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let person = text(&world.token(&world.wiki, &fields).await.json(), "access_token");
    for token in [person, world.machine_token(&world.job).await] {
        assert_eq!(claims(&token)["entitlements"].get("notes"), None, "{token}");
    }
}
