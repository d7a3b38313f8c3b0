//! Sessions that end while somebody else ends them too (D12, P074, P151).

use std::time::Duration;

use symbolon::flows::provision;
use symbolon::model::audit::Actor;
use symbolon::model::failure::Failure;
use symbolon::model::ids::UserId;
use symbolon::storage::TenantScope;
use symbolon::storage::records::{browser_sessions, sessions};

use super::{count, events, is_signed_in, sign_in, signed_in, started};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::wait::until;

/// A browser with two accounts, and the question whether to sign both out.
struct Meeting {
    server: TestServer,
    acme: TenantScope,
    bob: UserId,
    jar: Jar,
    question: Page,
}

impl Meeting {
    async fn new() -> Self {
        let (server, _) = started().await;
        let acme = server.organisation("acme", &[]).await;
        acme.person("ada@acme.example", &[]).await;
        let bob = acme.person("bob@acme.example", &[]).await;
        let acme = acme.scope.clone();
        let jar = signed_in(&server, "ada@acme.example", "acme").await;
        server.advance(Duration::from_secs(1)).await;
        let page = jar.open("/login").await;
        sign_in(&jar, &page, ("bob@acme.example", "acme"), PASSWORD).await;
        let question = jar.open("/oauth2/logout").await;
        assert!(question.body.contains("ada@acme.example") && question.body.contains("bob@acme.example"));
        Self { server, acme, bob, jar, question }
    }

    async fn suspend(&self) {
        let (call, clock, bob) = (self.server.operator(), self.server.edge.clock.clone(), self.bob);
        let patient = self.server.database().with_patience(Duration::from_mins(1));
        let suspended = patient
            .write(&self.acme, move |tx| provision::suspend(tx, (&call, &clock), &Actor::Operator, bob))
            .await;
        assert!(suspended.expect("suspended").is_some());
    }

    async fn sign_out(&self) {
        let page = self.jar.submit(&self.question, &[("decision", "confirm")]).await;
        assert_eq!(page.marker().as_deref(), Some("page-logged-out"), "{page:#?}");
    }

    async fn each_session_ended_once(&self) {
        assert!(!is_signed_in(&self.jar).await);
        let events = events(&self.server, &self.acme).await;
        let ended = count(&events, "session.sign_out") + count(&events, "session.revoked");
        assert_eq!(ended, 2, "{events:#?}");
    }
}

#[tokio::test]
async fn p151_two_accounts_are_signed_out_while_one_of_them_is_suspended() {
    let meeting = Meeting::new().await;
    tokio::join!(meeting.suspend(), meeting.sign_out());
    meeting.each_session_ended_once().await;
}

/// The suspension is half done when the sign-out comes: neither loses, though PostgreSQL ends a transaction that waits for
/// another that waits for it.
#[tokio::test]
#[ignore = "PostgreSQL only"]
async fn p151_a_suspension_that_is_half_done_and_a_sign_out_wait_for_each_other_in_one_order() {
    let meeting = Meeting::new().await;
    let bob = meeting.bob;
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let patient = meeting.server.database().with_patience(Duration::from_mins(1));
    let gatekeeper = patient.write(&meeting.acme, move |tx| {
        // The suspension stops here: behind Bob's session, and before the change number.
        let [sid] = sessions::open_but(tx, bob, 0)?[..] else { panic!("Bob has one session") };
        let session = sessions::find(tx, sid)?.expect("Bob's session");
        browser_sessions::remove_account(tx, session.browser_session_id, sid)?;
        let _waiting = inside.send(());
        let _opened = gate.recv();
        Err::<(), _>(Failure::unavailable("undone"))
    });
    let waiting = async |many: i64| {
        let mut everything = Everything::open(meeting.server.storage());
        until(Duration::from_secs(20), "they wait", async || everything.locks_waited_for() >= many).await;
    };
    let suspending = async {
        entered.await.expect("the gate is shut");
        meeting.suspend().await;
    };
    let signing_out = async {
        waiting(1).await;
        meeting.sign_out().await;
    };
    let opening = async {
        waiting(2).await;
        open.send(()).expect("the gatekeeper waits");
    };
    let (undone, (), (), ()) = tokio::join!(gatekeeper, suspending, signing_out, opening);
    undone.expect_err("the gatekeeper changed nothing");
    meeting.each_session_ended_once().await;
}
