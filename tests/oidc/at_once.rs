//! The same thing presented twice at the same time: one wins, and nothing is used twice (invariant 5).

use serde_json::json;
use symbolon::model::status::Status;
use symbolon::model::user::User;
use symbolon::storage::PlatformScope;
use symbolon::storage::records::users;

use super::party::{World, assert_error, text};
use crate::harness::statements;
use crate::harness::wait::{EVERYWHERE, until};

#[tokio::test]
async fn p010_of_many_who_present_one_code_at_once_one_wins_and_loses_it_all() {
    let world = World::new().await;
    let code = world.code(&world.wiki).await;
    let (a, b, c) = tokio::join!(
        world.exchange(&world.wiki, &code),
        world.exchange(&world.wiki, &code),
        world.exchange(&world.wiki, &code)
    );
    let (won, lost): (Vec<_>, Vec<_>) = [a, b, c].into_iter().partition(|page| page.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 2), "{won:?} {lost:?}");
    for page in &lost {
        assert_error(page, 400, "invalid_grant");
    }
    let tokens = won[0].json();
    assert_eq!(world.userinfo(&text(&tokens, "access_token")).await.status, 401);
    assert_error(&world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await, 400, "invalid_grant");
}

#[tokio::test]
async fn d11_a_confidential_client_that_refreshes_twice_at_once_gets_one_successor() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "refresh_token");
    let (a, b) = tokio::join!(world.refresh(&world.wiki, &token), world.refresh(&world.wiki, &token));
    assert_eq!((a.status.as_u16(), b.status.as_u16()), (200, 200), "{a:?} {b:?}");
    assert_eq!(a.json()["refresh_token"], b.json()["refresh_token"]);
    let next = text(&a.json(), "refresh_token");
    assert_eq!(world.refresh(&world.wiki, &next).await.status, 200);
}

#[tokio::test]
async fn p013_a_public_client_that_refreshes_twice_at_once_loses_the_family() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.spa).await, "refresh_token");
    let (a, b) = tokio::join!(world.refresh(&world.spa, &token), world.refresh(&world.spa, &token));
    let (won, lost): (Vec<_>, Vec<_>) = [a, b].into_iter().partition(|page| page.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 1), "{won:?} {lost:?}");
    let won = won[0].json();
    assert_error(&world.refresh(&world.spa, &text(&won, "refresh_token")).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&text(&won, "access_token")).await.status, 401);
}

/// Whoever wins the race: a family that was revoked gives nothing that lives on.
#[tokio::test]
async fn p018_a_refresh_that_meets_its_revocation_leaves_nothing_alive() {
    let world = World::new().await;
    for _ in 0..5 {
        let token = text(&world.tokens(&world.wiki).await, "refresh_token");
        let gone = [("token", &*token)];
        let (refreshed, revoked) =
            tokio::join!(world.refresh(&world.wiki, &token), world.ask("/oauth2/revoke", &world.wiki, &gone));
        assert_eq!(revoked.status, 200);
        if refreshed.status == 200 {
            let tokens = refreshed.json();
            let next = text(&tokens, "refresh_token");
            assert_error(&world.refresh(&world.wiki, &next).await, 400, "invalid_grant");
            let access = text(&tokens, "access_token");
            assert_eq!(world.introspect(&world.wiki, &access).await.json(), json!({"active": false}));
        } else {
            assert_error(&refreshed, 400, "invalid_grant");
        }
    }
}

/// P074: what is given while the account is being suspended is not there when it is resumed.
#[tokio::test]
async fn p074_a_code_that_meets_the_suspension_of_its_person_gives_nothing() {
    statements::watch();
    let world = World::new().await;
    let code = world.code(&world.wiki).await;
    // The suspension is another node's: on SQLite one node has one writer, whose work never meets.
    let other = world.server.another_node().await;
    let (acme, ada, since) = (world.acme, world.ada, world.server.now());
    let (open, gate) = std::sync::mpsc::channel();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let database = other.database().clone();
    let suspending = tokio::spawn(async move {
        let right = PlatformScope::operator();
        let suspend = database.write_platform(&right, move |tx| {
            let scope = tx.tenant(acme)?.expect("acme");
            let mut tx = tx.enter(&scope)?;
            let user = users::find(&mut tx, ada)?.expect("ada");
            users::update(&mut tx, &User { status: Status::Suspended { since }, ..user })?;
            let _waiting = inside.send(());
            let _opened = gate.recv();
            Ok(())
        });
        suspend.await.expect("the suspension");
    });
    entered.await.expect("the suspension has begun");
    let exchange = world.exchange(&world.wiki, &code);
    let opening = async {
        let meets = || async { statements::somebody_waits(world.server.storage()) };
        until(EVERYWHERE, "the exchange waits for the suspension", meets).await;
        open.send(())
    };
    let (page, opened) = tokio::join!(exchange, opening);
    opened.expect("the gate");
    suspending.await.expect("the suspension");
    assert_error(&page, 400, "invalid_grant");
}
