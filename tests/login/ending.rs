//! Sessions that end while somebody else ends them too (D12, P074, P151).

use std::time::Duration;

use symbolon::flows::provision;
use symbolon::model::audit::Actor;
use symbolon::model::failure::Failure;
use symbolon::storage::records::{browser_sessions, sessions};

use super::{count, events, is_signed_in, sign_in, signed_in, started};
use crate::harness::database::on_postgres;
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::wait::until;

/// A sign-out of two accounts meets the suspension of the second, which is half done: neither loses, on PostgreSQL either,
/// where a transaction that waits for another that waits for it is ended by the database.
#[tokio::test]
async fn p151_two_accounts_are_signed_out_while_one_of_them_is_suspended() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let bob = acme.person("bob@acme.example", &[]).await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    server.advance(Duration::from_secs(1)).await;
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("bob@acme.example", "acme"), PASSWORD).await;
    let question = jar.open("/oauth2/logout").await;
    assert!(question.body.contains("ada@acme.example") && question.body.contains("bob@acme.example"));

    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let patient = server.database().with_patience(Duration::from_mins(1));
    let gatekeeper = patient.write(&acme.scope, move |tx| {
        if on_postgres() {
            // The suspension stops here: behind Bob's session, and before the change number.
            let [sid] = sessions::open_but(tx, bob, 0)?[..] else { panic!("Bob has one session") };
            let session = sessions::find(tx, sid)?.expect("Bob's session");
            browser_sessions::remove_account(tx, session.browser_session_id, sid)?;
        }
        let _waiting = inside.send(());
        if on_postgres() {
            let _opened = gate.recv();
        }
        Err::<(), _>(Failure::unavailable("undone"))
    });
    let suspending = async {
        entered.await.expect("the gate is shut");
        let (call, clock) = (server.operator(), server.edge.clock.clone());
        let work = patient
            .write(&acme.scope, move |tx| provision::suspend(tx, (&call, &clock), &Actor::Operator, bob));
        work.await
    };
    let waiting = async |many: i64| {
        let mut everything = Everything::open(server.storage());
        until(Duration::from_secs(20), "they wait", async || {
            !on_postgres() || everything.locks_waited_for() >= many
        })
        .await;
    };
    let signing_out = async {
        waiting(1).await;
        jar.submit(&question, &[("decision", "confirm")]).await
    };
    let opening = async {
        waiting(2).await;
        let _nobody_on_sqlite = open.send(());
    };
    let (_, suspended, signed_out, ()) = tokio::join!(gatekeeper, suspending, signing_out, opening);
    assert!(suspended.expect("suspended").is_some());
    assert_eq!(signed_out.marker().as_deref(), Some("page-logged-out"), "{signed_out:#?}");
    assert!(!is_signed_in(&jar).await);
    let events = events(&server, &acme.scope).await;
    let ended = count(&events, "session.sign_out") + count(&events, "session.revoked");
    assert_eq!(ended, 2, "each session ended once: {events:#?}");
}
