//! Revocation (RFC 7009) and introspection (RFC 7662): P018, P019.

use serde_json::json;
use symbolon::flows::revocation::{Within, revoke};
use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;
use symbolon::protocol::revocation_feed::{RevokedKind, entry_key};
use symbolon::storage::records::{audit, change_number};

use super::party::{World, assert_error, basic, claims, text};
use crate::harness::seed::client;

#[tokio::test]
async fn p018_a_client_takes_its_own_tokens_back_and_nobody_elses() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    for token in [&*access, &*refresh, "nonsense", "syr_AAAA"] {
        assert_eq!(world.ask("/oauth2/revoke", &world.other, &[("token", token)]).await.status, 200);
    }
    assert_eq!(world.userinfo(&access).await.status, 200, "a foreign client changes nothing");
    assert_eq!(world.ask("/oauth2/revoke", &world.wiki, &[("token", &access)]).await.status, 200);
    assert_eq!(world.userinfo(&access).await.status, 401);
    assert_eq!(world.introspect(&world.wiki, &access).await.json(), json!({"active": false}));
    assert_eq!(world.refresh(&world.wiki, &refresh).await.status, 200, "the refresh token lives on");
}

#[tokio::test]
async fn p018_a_revoked_refresh_token_takes_its_family_along() {
    let world = World::new().await;
    let tokens = world.tokens(&world.spa).await;
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(world.ask("/oauth2/revoke", &world.spa, &[("token", &refresh)]).await.status, 200);
    assert_error(&world.refresh(&world.spa, &refresh).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&text(&tokens, "access_token")).await.status, 401);
}

#[tokio::test]
async fn p018_a_client_that_does_not_prove_itself_revokes_nothing() {
    let world = World::new().await;
    let access = text(&world.tokens(&world.wiki).await, "access_token");
    let header = basic("wiki", "wrong");
    let page = world.post("/oauth2/revoke", &[("token", &access)], &[("authorization", &header)]).await;
    assert_error(&page, 401, "invalid_client");
    assert_error(&world.post("/oauth2/revoke", &[("token", &access)], &[]).await, 401, "invalid_client");
    assert_error(&world.ask("/oauth2/revoke", &world.wiki, &[]).await, 400, "invalid_request");
    assert_eq!(world.userinfo(&access).await.status, 200);
}

#[tokio::test]
async fn p019_introspection_answers_those_whose_business_it_is() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    let access = text(&tokens, "access_token");
    let own = world.introspect(&world.wiki, &access).await.json();
    assert_eq!(
        (&own["active"], &own["client_id"], &own["tenant"]),
        (&json!(true), &json!("wiki"), &json!("acme"))
    );
    assert_eq!((&own["token_type"], &own["sub"]), (&json!("Bearer"), &json!(world.ada.to_string())));
    // A client of the platform, which owns the API that the token is for, registered for it.
    assert_eq!(world.introspect(&world.other, &access).await.json()["active"], true);
    // No client that may only call the API, be it of the same tenant as the person or of another (RFC 7662 §4).
    let nothing = json!({"active": false});
    for client in [&world.job, &world.stranger] {
        assert_eq!(world.introspect(client, &access).await.json(), nothing);
    }
    assert_eq!(world.introspect(&world.stranger, "nonsense").await.json(), nothing);
    for token in [&*text(&tokens, "refresh_token"), &*text(&tokens, "id_token"), "a.b.c", "\u{e9}"] {
        assert_eq!(world.introspect(&world.wiki, token).await.json(), nothing, "{token}");
    }
}

/// P019: a resource server by the name of the issuer gives its owner no say in tokens that are for ourselves, even where
/// one stands in the database since before the issuer had that name.
#[tokio::test]
async fn p019_nobody_owns_the_tokens_that_are_for_the_issuer() {
    let world = World::new().await;
    let issuer = world.server.issuer().to_owned();
    let globex = world.server.scope_of("globex").await;
    globex.resource(&issuer, None, &["ours"], OpenTo::All).await;
    let mut spy = client("globex.spy", ClientKind::Service);
    spy.metadata.scopes = vec!["ours".to_owned()];
    spy.metadata.resources = vec![issuer.clone()];
    let spy = globex.register(spy).await;
    let code = world.authorize(&world.server.browser(), &world.wiki, &[("scope", "openid")]).await;
    let access = text(&world.exchange(&world.wiki, &code["code"]).await.json(), "access_token");
    assert_eq!(claims(&access)["aud"], json!([issuer]));
    assert_eq!(world.introspect(&world.wiki, &access).await.json()["active"], true);
    assert_eq!(world.introspect(&spy, &access).await.json(), json!({"active": false}));
}

/// D23: answers are not recorded, and asking about the tokens of others is.
#[tokio::test]
async fn p019_only_asking_about_what_is_none_of_ones_business_is_recorded() {
    let world = World::new().await;
    let access = text(&world.tokens(&world.wiki).await, "access_token");
    let recorded = || async {
        let acme = world.server.scope_of("acme").await.scope;
        let events = world.server.database().read(&acme, |tx| audit::after(tx, 0, 10_000)).await;
        let kind = "\"kind\":\"access.denied\"";
        events.expect("the events").iter().filter(|event| event.body.contains(kind)).count()
    };
    let own = world.machine_token(&world.job).await;
    for token in [&*own, "nonsense"] {
        world.introspect(&world.job, token).await;
    }
    assert_eq!(recorded().await, 0);
    for _ in 0..30 {
        world.introspect(&world.job, &access).await;
    }
    assert_eq!(recorded().await, 20, "the rest is folded");
}

/// P018, P132: what is revoked again and again writes nothing more.
#[tokio::test]
async fn p018_a_revocation_that_is_repeated_writes_nothing() {
    let world = World::new().await;
    let acme = world.server.scope_of("acme").await.scope;
    let written = || async {
        let head = world.server.database().read(&acme, audit::head).await.expect("the head");
        let number = world.server.database().read_directory(|directory| change_number::read(directory));
        (head.seq, number.await.expect("the change number"))
    };
    for member in ["access_token", "refresh_token"] {
        let token = text(&world.tokens(&world.wiki).await, member);
        let before = written().await;
        assert_eq!(world.ask("/oauth2/revoke", &world.wiki, &[("token", &token)]).await.status, 200);
        let once = written().await;
        assert!(once.0 > before.0 && once.1 > before.1, "{member}");
        for _ in 0..3 {
            assert_eq!(world.ask("/oauth2/revoke", &world.wiki, &[("token", &token)]).await.status, 200);
        }
        assert_eq!(written().await, once, "{member}");
    }
}

#[tokio::test]
async fn p019_a_public_client_may_not_ask() {
    let world = World::new().await;
    let access = text(&world.tokens(&world.spa).await, "access_token");
    assert_error(&world.introspect(&world.spa, &access).await, 401, "invalid_client");
    assert_error(&world.post("/oauth2/introspect", &[("token", &access)], &[]).await, 401, "invalid_client");
    assert_error(&world.ask("/oauth2/introspect", &world.wiki, &[]).await, 400, "invalid_request");
}

/// A token that is dated ahead, because its client was cut off a moment before, dies of its own revocation in the same
/// second all the same (D14).
#[tokio::test]
async fn p018_a_token_that_is_dated_ahead_is_revoked_at_once() {
    let world = World::new().await;
    let (now, id) = (world.server.now(), world.job.id().to_owned());
    let cut_off = move |tx: &mut symbolon::storage::PlatformTx<'_>| {
        let within = Within { subject: None, tenant: None };
        revoke(tx, &within, [(RevokedKind::Client, id.as_str())], now)?;
        revoke(tx, &within, [(RevokedKind::Client, id.as_str())], now)
    };
    world.server.as_operator(cut_off).await;
    let access = world.machine_token(&world.job).await;
    assert!(claims(&access)["iat"].as_i64() > Some(now.unix() + 10), "it is dated ahead");
    assert_eq!(world.introspect(&world.job, &access).await.json()["active"], true);
    assert_eq!(world.ask("/oauth2/revoke", &world.job, &[("token", &access)]).await.status, 200);
    assert_eq!(world.introspect(&world.job, &access).await.json(), json!({"active": false}));
    let feed = world.server.browser().get("/.well-known/revocations").await;
    assert_eq!(feed.status, 200);
    let named = entry_key(RevokedKind::Token, claims(&access)["jti"].as_str().expect("an id"));
    world.server.refresh().await;
    let feed = world.server.browser().get("/.well-known/revocations").await;
    let entries = claims(&feed.body)["revoked"].clone();
    let entry = entries.as_array().expect("entries").iter().find(|entry| entry["h"] == named.as_str());
    let until = entry.expect("the token is named")["t"].as_i64().expect("a time");
    assert!(until >= claims(&access)["iat"].as_i64().expect("a time"), "verifiers see it dead too");
}
