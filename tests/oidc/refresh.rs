//! The refresh token grant: rotation, reuse, and everything that a token stands on (RFC 9700 §4.14, D11, D12).

use std::time::Duration;

use serde_json::Value;
use symbolon::flows::revocation::{self, Within};
use symbolon::model::client::ClientKind;
use symbolon::model::policy::{Policy, SessionLimits};
use symbolon::model::resource_server::OpenTo;
use symbolon::model::status::Status;
use symbolon::protocol::revocation_feed::RevokedKind;
use symbolon::storage::PlatformTx;
use symbolon::storage::records::{clients, policies, revocations, sessions};

use super::party::{MAIL, World, assert_error, claims, platform_client, text};
use crate::harness::rows::Everything;
use crate::harness::seed::Registered;

async fn refreshed(world: &World, client: &Registered, token: &str) -> Value {
    let page = world.refresh(client, token).await;
    assert_eq!(page.status, 200, "{page:?}");
    page.json()
}

#[tokio::test]
async fn a_refresh_rotates_and_keeps_what_must_stay() {
    let world = World::new().await;
    let first = world.tokens(&world.wiki).await;
    world.server.advance(Duration::from_secs(30)).await;
    let second = refreshed(&world, &world.wiki, &text(&first, "refresh_token")).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let (before, after) = (claims(&text(&first, "id_token")), claims(&text(&second, "id_token")));
    for claim in ["iss", "sub", "aud", "auth_time", "sid", "tenant_id"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    assert!(after["iat"].as_i64() > before["iat"].as_i64() && after.get("nonce").is_none());
}

#[tokio::test]
async fn p013_reused_refresh_token_kills_the_whole_family() {
    let world = World::new().await;
    let first = text(&world.tokens(&world.spa).await, "refresh_token");
    let second = text(&refreshed(&world, &world.spa, &first).await, "refresh_token");
    let third = refreshed(&world, &world.spa, &second).await;
    assert_error(&world.refresh(&world.spa, &first).await, 400, "invalid_grant");
    assert_error(&world.refresh(&world.spa, &text(&third, "refresh_token")).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&text(&third, "access_token")).await.status, 401);
}

#[tokio::test]
async fn d11_a_confidential_client_gets_the_same_successor_for_ten_seconds() {
    let world = World::new().await;
    let first = text(&world.tokens(&world.wiki).await, "refresh_token");
    let second = refreshed(&world, &world.wiki, &first).await;
    world.server.advance(Duration::from_secs(9)).await;
    let again = refreshed(&world, &world.wiki, &first).await;
    assert_eq!(second["refresh_token"], again["refresh_token"]);
    assert_ne!(second["access_token"], again["access_token"]);
    // Once the successor was used, the old one is a replay.
    refreshed(&world, &world.wiki, &text(&second, "refresh_token")).await;
    assert_error(&world.refresh(&world.wiki, &first).await, 400, "invalid_grant");
    for tokens in [&second, &again] {
        assert_eq!(world.userinfo(&text(tokens, "access_token")).await.status, 401);
    }
}

#[tokio::test]
async fn d11_after_ten_seconds_the_family_is_dead() {
    let world = World::new().await;
    let first = text(&world.tokens(&world.wiki).await, "refresh_token");
    let second = text(&refreshed(&world, &world.wiki, &first).await, "refresh_token");
    world.server.advance(Duration::from_secs(11)).await;
    assert_error(&world.refresh(&world.wiki, &first).await, 400, "invalid_grant");
    assert_error(&world.refresh(&world.wiki, &second).await, 400, "invalid_grant");
}

#[tokio::test]
async fn p013_a_replay_with_a_wider_scope_is_a_replay_all_the_same() {
    let world = World::new().await;
    let first = text(&world.tokens(&world.spa).await, "refresh_token");
    let second = text(&refreshed(&world, &world.spa, &first).await, "refresh_token");
    let wide = [("grant_type", "refresh_token"), ("refresh_token", &*first), ("scope", "everything")];
    assert_error(&world.token(&world.spa, &wide).await, 400, "invalid_grant");
    assert_error(&world.refresh(&world.spa, &second).await, 400, "invalid_grant");
}

#[tokio::test]
async fn p014_a_refresh_token_serves_its_client_alone() {
    let world = World::new().await;
    let globex = world.server.scope_of("globex").await;
    let foreign = globex.register(platform_client("globex.app", ClientKind::Spa)).await;
    let token = text(&world.tokens(&world.wiki).await, "refresh_token");
    for client in [&world.other, &world.spa, &foreign] {
        assert_error(&world.refresh(client, &token).await, 400, "invalid_grant");
    }
    let own = refreshed(&world, &world.wiki, &token).await;
    assert_eq!(claims(&text(&own, "access_token"))["client_id"], "wiki");
}

#[tokio::test]
async fn p015_nothing_is_refreshed_for_who_may_not_sign_in() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "refresh_token");
    world.server.suspend_user(world.acme, world.ada).await;
    assert_error(&world.refresh(&world.wiki, &token).await, 400, "invalid_grant");
}

#[tokio::test]
async fn p104_nothing_is_refreshed_in_a_suspended_tenant() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let machine = world.machine_token(&world.job).await;
    world.server.suspend_tenant(world.acme).await;
    assert_error(&world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&text(&tokens, "access_token")).await.status, 401);
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    assert_error(&world.token(&world.job, &grant).await, 401, "invalid_client");
    assert_eq!(world.introspect(&world.wiki, &machine).await.json(), serde_json::json!({"active": false}));
}

#[tokio::test]
async fn p015_a_suspended_client_gets_nothing() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "refresh_token");
    let (mut client, now) = (world.wiki.client.clone(), world.server.now());
    client.status = Status::Suspended { since: now };
    world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(client.tenant_id)?.expect("the platform");
            clients::update(&mut tx.enter(&scope)?, &client)
        })
        .await;
    assert_error(&world.refresh(&world.wiki, &token).await, 401, "invalid_client");
}

/// RFC 6749 §6: what no resource of the grant defined was never granted, and nothing is no part of it.
#[tokio::test]
async fn p016_a_scope_of_another_resource_was_not_granted() {
    let world = World::new().await;
    let platform = world.server.platform().await;
    platform.resource(MAIL, None, &["letters"], OpenTo::All).await;
    let mut both = platform_client("both", ClientKind::Web);
    both.metadata.resources.push(MAIL.to_owned());
    both.metadata.scopes.push("letters".to_owned());
    let both = platform.register(both).await;
    let asked = [("resource", MAIL), ("scope", "openid letters notes")];
    let code = world.authorize(&world.server.browser(), &both, &asked).await.remove("code").expect("a code");
    let tokens = world.exchange(&both, &code).await.json();
    assert_eq!(tokens["scope"], "letters openid");
    let token = text(&tokens, "refresh_token");
    let refresh = |scope: &'static str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("scope", scope)];
        let (world, both) = (&world, &both);
        async move { world.token(both, &fields).await }
    };
    assert_error(&refresh("notes").await, 400, "invalid_scope");
    platform.defines_too(MAIL, "notes").await;
    assert_error(&refresh("notes").await, 400, "invalid_scope");
    assert_eq!(refresh("letters").await.json()["scope"], "letters");
}

#[tokio::test]
async fn p016_a_refresh_gives_less_but_never_more() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "refresh_token");
    let ask = |token: String, scope: &'static str| {
        let world = &world;
        async move {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", &*token), ("scope", scope)];
            world.token(&world.wiki, &fields).await
        }
    };
    assert_error(&ask(token.clone(), "openid profile").await, 400, "invalid_scope");
    assert_error(&ask(token.clone(), " ").await, 400, "invalid_scope");
    let less = ask(token, "openid").await.json();
    assert_eq!(less["scope"], "openid");
    let full = refreshed(&world, &world.wiki, &text(&less, "refresh_token")).await;
    assert_eq!(full["scope"], "notes offline_access openid");
    let grant = [("grant_type", "client_credentials")];
    assert_error(&world.token(&world.wiki, &grant).await, 400, "unauthorized_client");
}

#[tokio::test]
async fn d12_without_offline_access_the_token_dies_with_its_session() {
    let world = World::new().await;
    let jar = world.server.browser();
    let bound = world.authorize(&jar, &world.wiki, &[("scope", "openid notes")]).await;
    let bound = world.exchange(&world.wiki, &bound["code"]).await.json();
    let offline = world.authorize(&jar, &world.wiki, &[]).await;
    let offline = world.exchange(&world.wiki, &offline["code"]).await.json();
    // Beyond the idle limit of a session, within that of an offline grant.
    world.server.advance(Duration::from_hours(9)).await;
    assert_error(&world.refresh(&world.wiki, &text(&bound, "refresh_token")).await, 400, "invalid_grant");
    let next = refreshed(&world, &world.wiki, &text(&offline, "refresh_token")).await;
    world.server.advance(Duration::from_hours(15 * 24)).await;
    assert_error(&world.refresh(&world.wiki, &text(&next, "refresh_token")).await, 400, "invalid_grant");
}

/// The sessions of acme live no longer than ten minutes from now on.
async fn shorten_sessions(world: &World) {
    let (acme, now) = (world.acme, world.server.now());
    let session = SessionLimits { idle_seconds: 600, absolute_seconds: 600 };
    let policy = Policy { session, ..Policy::default() };
    let shorten = move |tx: &mut PlatformTx<'_>| {
        let scope = tx.tenant(acme)?.expect("acme");
        policies::put(&mut tx.enter(&scope)?, &policy, now)
    };
    world.server.as_operator(shorten).await;
}

/// P074, P076: every door judges a session by the limits of this moment. What was issued while they were longer ends with
/// it, and what has outlived its session stays.
#[tokio::test]
async fn p076_a_session_beyond_a_shortened_limit_takes_its_tokens_along() {
    let world = World::new().await;
    let jar = world.server.browser();
    let bound = world.authorize(&jar, &world.wiki, &[("scope", "openid notes")]).await;
    let bound = world.exchange(&world.wiki, &bound["code"]).await.json();
    let offline = world.authorize(&jar, &world.other, &[]).await;
    let offline = world.exchange(&world.other, &offline["code"]).await.json();
    world.server.advance(Duration::from_mins(30)).await;
    let bound = refreshed(&world, &world.wiki, &text(&bound, "refresh_token")).await;
    let access = text(&bound, "access_token");
    assert_eq!(world.userinfo(&access).await.status, 200);
    shorten_sessions(&world).await;
    let narrow = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*text(&offline, "refresh_token")),
        ("scope", "openid"),
    ];
    let outlived = text(&world.token(&world.other, &narrow).await.json(), "access_token");
    assert_eq!(world.userinfo(&outlived).await.status, 200, "D12");
    assert_eq!(world.userinfo(&access).await.status, 401);
    assert_eq!(world.introspect(&world.wiki, &access).await.json(), serde_json::json!({"active": false}));
    assert_error(&world.refresh(&world.wiki, &text(&bound, "refresh_token")).await, 400, "invalid_grant");
}

/// P076, D14: a token that a revocation dated ahead does not outlive its session by that date.
#[tokio::test]
async fn p076_a_token_that_is_dated_ahead_ends_with_its_session() {
    let world = World::new().await;
    shorten_sessions(&world).await;
    let answer = world.authorize(&world.server.browser(), &world.wiki, &[("scope", "openid notes")]).await;
    let tokens = world.exchange(&world.wiki, &answer["code"]).await.json();
    world.server.advance(Duration::from_secs(599)).await;
    let now = world.server.now();
    let revoke = move |tx: &mut PlatformTx<'_>| {
        revocation::revoke(tx, &Within::default(), [(RevokedKind::Client, "wiki")], now)
    };
    world.server.as_operator(revoke).await;
    let next = refreshed(&world, &world.wiki, &text(&tokens, "refresh_token")).await;
    let access = text(&next, "access_token");
    assert!(claims(&access)["iat"].as_i64().expect("a time") > now.unix() + 1, "dated ahead");
    assert_eq!(world.userinfo(&access).await.status, 200);
    world.server.advance(Duration::from_secs(2)).await;
    assert_eq!(world.userinfo(&access).await.status, 401);
}

/// A family that was refreshed again and again dies by one entry of the feed, and takes all its access tokens along.
#[tokio::test]
async fn p013_a_family_of_many_tokens_dies_as_a_whole_and_fills_no_feed() {
    let world = World::new().await;
    let first = world.tokens(&world.spa).await;
    let mut newest = first.clone();
    for _ in 0..60 {
        newest = refreshed(&world, &world.spa, &text(&newest, "refresh_token")).await;
    }
    assert_error(&world.refresh(&world.spa, &text(&first, "refresh_token")).await, 400, "invalid_grant");
    for tokens in [&first, &newest] {
        assert_eq!(world.userinfo(&text(tokens, "access_token")).await.status, 401);
    }
    let now = world.server.now();
    let read = world.server.database().read_directory(move |directory| revocations::count(directory, now));
    assert_eq!(read.await.expect("the revocations"), 1);
}

/// D32: what is judged later is where the person's browser was, not where the client's server stands.
#[tokio::test]
async fn d32_a_refresh_keeps_the_session_alive_and_leaves_its_browser_where_it_was() {
    let world = World::new().await;
    let jar = world.server.browser();
    let answer = world.authorize(&jar, &world.wiki, &[("scope", "openid notes")]).await;
    let tokens = world.exchange(&world.wiki, &answer["code"]).await.json();
    let sid = claims(&text(&tokens, "access_token"))["sid"].as_str().expect("a session").to_owned();
    let acme = world.server.scope_of("acme").await.scope;
    let read = || async {
        let sid = sid.parse().expect("a session id");
        let read = world.server.database().read(&acme, move |tx| sessions::find(tx, sid));
        read.await.expect("a read").expect("the session").last_seen_at
    };
    let before = read().await;
    world.server.advance(Duration::from_mins(5)).await;
    let header = super::party::basic(world.wiki.id(), &world.wiki.secret);
    let refresh = text(&tokens, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    let headers = [("authorization", &*header), ("user-agent", "a server of the client")];
    assert_eq!(world.post("/oauth2/token", &fields, &headers).await.status, 200);
    let after = read().await;
    assert!(after > before, "it is in use");
    let rows = Everything::open(world.server.storage()).of_tenant(world.acme);
    assert!(!rows["sessions"].iter().any(|row| row.contains("a server of the client")), "{rows:#?}");
}

/// P013: a family whose tokens were given again so often that not each is noted dies with its session's tokens.
#[tokio::test]
async fn p013_no_access_token_survives_by_being_one_of_too_many() {
    let world = World::new().await;
    let first = text(&world.tokens(&world.wiki).await, "refresh_token");
    let mut given = Vec::new();
    for _ in 0..25 {
        given.push(refreshed(&world, &world.wiki, &first).await);
    }
    world.server.advance(Duration::from_secs(11)).await;
    assert_error(&world.refresh(&world.wiki, &first).await, 400, "invalid_grant");
    for tokens in &given {
        assert_eq!(world.userinfo(&text(tokens, "access_token")).await.status, 401);
    }
}
