//! What a node remembers opens no door (D25): client and tenant are asked for again in the transaction that commits.

use serde_json::json;
use symbolon::model::client::{Client, ClientKind};
use symbolon::model::failure::Failure;
use symbolon::model::resource_server::OpenTo;
use symbolon::model::status::Status;
use symbolon::storage::records::{clients, tenants};
use symbolon::storage::{PlatformScope, PlatformTx};

use super::party::{CALLBACK, MAIL, NOTES, VERIFIER, World, assert_error, platform_client, text};
use crate::harness::seed::{PASSWORD, Registered};

/// A change that the node does not learn of: no change number, no refresh.
pub(super) async fn unseen(
    world: &World,
    work: impl FnOnce(&mut PlatformTx<'_>) -> Result<(), Failure> + Send + 'static,
) {
    world.server.database().write_platform(&PlatformScope::operator(), work).await.expect("the change");
}

async fn change_client(world: &World, client: &Registered, change: impl FnOnce(&mut Client)) {
    let mut changed = client.client.clone();
    change(&mut changed);
    unseen(world, move |tx| {
        let scope = tx.tenant(changed.tenant_id)?.expect("its tenant");
        clients::update(&mut tx.enter(&scope)?, &changed).map(|_| ())
    })
    .await;
}

async fn suspend(world: &World, client: &Registered) {
    let since = world.server.now();
    change_client(world, client, |client| client.status = Status::Suspended { since }).await;
}

#[tokio::test]
async fn p015_a_client_that_was_suspended_a_moment_ago_gets_nothing_at_any_door() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let code = world.code(&world.wiki).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    suspend(&world, &world.wiki).await;
    assert_error(&world.exchange(&world.wiki, &code).await, 401, "invalid_client");
    assert_error(&world.refresh(&world.wiki, &refresh).await, 401, "invalid_client");
    assert_error(&world.introspect(&world.wiki, &access).await, 401, "invalid_client");
    let revoke = world.ask("/oauth2/revoke", &world.wiki, &[("token", &access)]).await;
    assert_error(&revoke, 401, "invalid_client");
    let unknown = [("grant_type", "password")];
    assert_error(&world.token(&world.wiki, &unknown).await, 401, "invalid_client");
}

#[tokio::test]
async fn p104_a_service_account_of_a_tenant_suspended_a_moment_ago_gets_nothing() {
    let world = World::new().await;
    world.machine_token(&world.job).await;
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    let (acme, since) = (world.acme, world.server.now());
    unseen(&world, move |tx| {
        let mut tenant = tx.tenant(acme)?.expect("acme").tenant().clone();
        tenant.status = Status::Suspended { since };
        tenants::update(tx, &tenant)
    })
    .await;
    assert_error(&world.token(&world.job, &grant).await, 401, "invalid_client");
    world.machine_token(&world.stranger).await;
    suspend(&world, &world.stranger).await;
    assert_error(&world.token(&world.stranger, &grant).await, 401, "invalid_client");
}

/// P016: what came from a grant that a client has lost is worth nothing at our doors.
#[tokio::test]
async fn p016_a_service_account_that_lost_its_grant_a_moment_ago_holds_no_good_token() {
    let world = World::new().await;
    let token = world.machine_token(&world.job).await;
    assert_eq!(world.introspect(&world.other, &token).await.json()["active"], true);
    change_client(&world, &world.job, |client| {
        client.metadata.grant_types = vec!["authorization_code".to_owned()];
    })
    .await;
    assert_eq!(world.introspect(&world.other, &token).await.json(), json!({"active": false}));
}

/// P015: taken out of the group of tenants that a client serves.
#[tokio::test]
async fn p015_a_client_that_serves_the_tenant_no_more_is_given_nothing_for_its_people() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let code = world.code(&world.wiki).await;
    change_client(&world, &world.wiki, |client| client.metadata.tenants = OpenTo::OwnerOnly).await;
    world.server.refresh().await;
    assert_eq!(world.userinfo(&text(&tokens, "access_token")).await.status, 401);
    let none = json!({"active": false});
    assert_eq!(world.introspect(&world.wiki, &text(&tokens, "access_token")).await.json(), none);
    let refresh = text(&tokens, "refresh_token");
    assert_error(&world.refresh(&world.wiki, &refresh).await, 400, "invalid_grant");
    // Nothing comes back with the permission: the family is dead.
    change_client(&world, &world.wiki, |_| {}).await;
    assert_error(&world.refresh(&world.wiki, &refresh).await, 400, "invalid_grant");
    assert_eq!(world.exchange(&world.wiki, &code).await.status, 200, "while it serves them, a code is good");
}

/// The scope `openid` is what opens userinfo, whatever API the token is for; without it the door stays shut (OIDC Core
/// §5.3, D7).
#[tokio::test]
async fn userinfo_asks_for_the_scope_openid_and_not_for_an_audience() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let access = text(&tokens, "access_token");
    assert_eq!(super::party::claims(&access)["aud"], json!([NOTES]));
    assert_eq!(world.userinfo(&access).await.status, 200);
    let answer = world.authorize(&world.server.browser(), &world.wiki, &[("scope", "notes")]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*answer["code"]),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let plain = world.token(&world.wiki, &fields).await.json();
    let refused = world.userinfo(&text(&plain, "access_token")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.header("www-authenticate").is_some_and(|words| words.contains("insufficient_scope")));
}

/// P008, P015: what was allowed stands for each resource server by itself. One that defines a scope of the same name after the
/// consent was not consented to there: neither a code nor a refresh token brings it.
#[tokio::test]
async fn p008_a_scope_that_another_resource_server_defines_since_needs_a_consent_of_its_own() {
    let world = World::new().await;
    let platform = world.server.platform().await;
    platform.resource(MAIL, None, &["letters"], OpenTo::All).await;
    let mut shop = platform_client("shop", ClientKind::Web);
    shop.metadata.first_party = false;
    shop.metadata.resources.push(MAIL.to_owned());
    let shop = platform.register(shop).await;
    let jar = world.server.browser();
    let both = World::authorize_path(&shop, &[("resource", NOTES)]) + "&resource=https%3A%2F%2Fmail.example";
    let page = jar.open(&both).await;
    let page = jar.submit(&page, &[("username", "ada@acme.example")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    let code = jar.submit(&page, &[("decision", "allow")]).await.answer()["code"].clone();
    let tokens = world.exchange(&shop, &code).await.json();
    let silent = format!("{both}&prompt=none");
    let code = jar.get(&silent).await.answer()["code"].clone();
    let refreshed = world.refresh(&shop, &text(&tokens, "refresh_token")).await.json();

    platform.defines_too(MAIL, "notes").await;
    assert_error(&world.exchange(&shop, &code).await, 400, "invalid_grant");
    assert_error(&world.refresh(&shop, &text(&refreshed, "refresh_token")).await, 400, "invalid_grant");
    assert_eq!(jar.get(&silent).await.answer()["error"], "consent_required");
    let page = jar.open(&both).await;
    let code = jar.submit(&page, &[("decision", "allow")]).await.answer()["code"].clone();
    assert_eq!(world.exchange(&shop, &code).await.status, 200);
}
