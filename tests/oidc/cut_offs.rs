//! What a revocation reaches, and what it leaves alone (D14, D25).

use std::time::Duration;

use symbolon::flows::revocation::{self, Within};
use symbolon::flows::session::{self, EndReason};
use symbolon::protocol::revocation_feed::RevokedKind;
use symbolon::storage::tx::Transaction as _;

use super::party::{World, claims, text};

/// Revokes everything that Ada has, by a transaction that began this long ago.
async fn revoke_ada(world: &World, ago: Duration) {
    let (acme, ada, then) = (world.acme, world.ada.to_string(), world.server.now() - ago);
    world
        .server
        .as_operator(move |tx| {
            let subject = [(RevokedKind::Subject, ada.as_str())];
            revocation::revoke(tx, &Within::subject(acme, &ada), subject, then)
        })
        .await;
}

/// A token may be issued by a request that read the old state: in a transaction that is open while the revocation
/// commits, or from what a node remembered.
#[tokio::test]
async fn a_revocation_reaches_what_was_issued_while_it_was_on_its_way() {
    let world = World::new().await;
    let access = text(&world.tokens(&world.wiki).await, "access_token");
    assert_eq!(world.userinfo(&access).await.status, 200);
    revoke_ada(&world, Duration::from_secs(6)).await;
    assert_eq!(world.userinfo(&access).await.status, 401);
}

/// Whoever may come back comes back at once, and at every door: no token waits for the cut-off to pass.
#[tokio::test]
async fn what_is_issued_after_a_revocation_is_good_at_once() {
    let world = World::new().await;
    let first = world.tokens(&world.wiki).await;
    revoke_ada(&world, Duration::ZERO).await;
    let fresh = world.tokens(&world.wiki).await;
    let refreshed = world.refresh(&world.wiki, &text(&first, "refresh_token")).await.json();
    for tokens in [&fresh, &refreshed] {
        let access = text(tokens, "access_token");
        assert_eq!(world.userinfo(&access).await.status, 200);
        assert_eq!(world.introspect(&world.wiki, &access).await.json()["active"], true);
        let ahead = claims(&access)["iat"].as_i64().expect("iat") - world.server.now().unix();
        assert!((1..=20).contains(&ahead), "{ahead} seconds: within every verifier's leeway");
        assert!(tokens["expires_in"].as_i64().is_some_and(|seconds| seconds > 0));
        let id_token = claims(&text(tokens, "id_token"));
        assert_eq!(id_token["iat"], world.server.now().unix(), "no feed names ID tokens");
    }
    assert_eq!(world.userinfo(&text(&first, "access_token")).await.status, 401);
}

/// What was dated ahead falls too when its session ends before that date.
#[tokio::test]
async fn a_token_that_is_dated_ahead_ends_with_its_session() {
    let world = World::new().await;
    revoke_ada(&world, Duration::ZERO).await;
    let access = text(&world.tokens(&world.wiki).await, "access_token");
    assert_eq!(world.userinfo(&access).await.status, 200);
    end_session(&world, &access).await;
    assert_eq!(world.userinfo(&access).await.status, 401);
}

/// Ends the session that a token names.
async fn end_session(world: &World, access: &str) {
    let (acme, call) = (world.acme, world.server.operator());
    let sid = text(&claims(access), "sid").parse().expect("a session id");
    let ended = world.server.as_operator(move |tx| {
        let scope = tx.tenant(acme)?.expect("acme");
        session::end(&mut tx.directory(), &call, vec![(scope, sid)], EndReason::SignedOut)
    });
    assert_eq!(ended.await, 1);
}

/// A refresh token that outlives its session gets a token dated behind the end of that session, and it falls when the
/// person loses everything in the same second.
#[tokio::test]
async fn what_a_session_dated_ahead_falls_with_its_person() {
    let world = World::new().await;
    let tokens = world.tokens(&world.wiki).await;
    end_session(&world, &text(&tokens, "access_token")).await;
    let refreshed = world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await;
    let access = text(&refreshed.json(), "access_token");
    assert_eq!(world.userinfo(&access).await.status, 200);
    revoke_ada(&world, Duration::ZERO).await;
    assert_eq!(world.userinfo(&access).await.status, 401);
}

/// P010: a code that comes back again and again is punished once.
#[tokio::test]
async fn p010_a_code_replayed_many_times_fills_no_feed() {
    let world = World::new().await;
    let code = world.code(&world.spa).await;
    assert_eq!(world.exchange(&world.spa, &code).await.status, 200);
    let number = || async {
        let read = world
            .server
            .database()
            .read_directory(|directory| symbolon::storage::records::change_number::read(directory));
        read.await.expect("the change number")
    };
    assert_eq!(world.exchange(&world.spa, &code).await.status, 400);
    let punished = number().await;
    for _ in 0..5 {
        assert_eq!(world.exchange(&world.spa, &code).await.status, 400);
    }
    assert_eq!(number().await, punished, "nothing more is revoked");
}
