//! The queue: what waits, what leaves, what is tried again, and what is given up.

use std::time::Duration;

use symbolon::effects::mail::SendError;
use symbolon::flows::mail::delivery;
use symbolon::model::failure::Failure;
use symbolon::model::mail::{MailKind, MailState};
use symbolon::server::mail::worker;
use symbolon::storage::PlatformScope;

use super::{TOKEN, magic_link, queue_and, queued, row, standing};
use crate::harness::TestServer;
use crate::harness::rows::Everything;
use crate::harness::wait::{EVERYWHERE, until};

/// Invariant 5: nothing leaves of what was rolled back, and nothing is lost of what was committed.
#[tokio::test]
async fn a_mail_leaves_when_what_it_is_about_is_committed_and_never_when_it_is_not() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let undone = (MailKind::PasswordChanged, Err(Failure::internal("of this test")));
    queue_and(&server, &acme.scope, ada, undone).await.expect_err("it is undone");
    assert!(server.mails().await.is_empty());
    queued(&server, &acme.scope, ada, MailKind::PasswordChanged).await;
    let mails = server.mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ada@acme.example"]);
    assert_eq!(server.mails().await.len(), 1, "once");
}

/// Invariant 3: a link that signs in stands in no row in the clear, and in none at all once it is sent.
#[tokio::test]
async fn what_a_mail_says_is_sealed_while_it_waits_and_gone_once_it_is_sent() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let id = queued(&server, &acme.scope, ada, magic_link(&server)).await;
    let waiting = row(&server, &acme.scope, id).await;
    assert!(waiting.sealed_variables.is_some_and(|sealed| sealed.starts_with("sealed1.")));
    let everything = format!("{:?}", Everything::open(server.storage()).all());
    assert!(everything.contains("magic_link") && !everything.contains(TOKEN));
    let mails = server.mails().await;
    assert_eq!(mails[0].path(server.issuer()), format!("/link/{TOKEN}"));
    let sent = row(&server, &acme.scope, id).await;
    assert_eq!((sent.state, sent.sealed_variables, sent.attempts), (MailState::Sent, None, 1));
    server.advance(Duration::from_hours(31 * 24)).await;
    server.run_jobs().await;
    assert_eq!(Everything::open(server.storage()).count("mails"), 0, "it is forgotten after a month");
}

/// What was sealed for one mail opens for no other, whoever moves it.
#[tokio::test]
async fn what_one_mail_says_cannot_be_moved_to_another_recipient() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let (ada, eve) = (acme.person("ada@acme.example", &[]).await, acme.person("eve@acme.example", &[]).await);
    let to_ada = queued(&server, &acme.scope, ada, magic_link(&server)).await;
    let to_eve = queued(&server, &acme.scope, eve, MailKind::NewDevice).await;
    Everything::open(server.storage()).tamper(&format!(
        "UPDATE mails SET sealed_variables = (SELECT sealed_variables FROM mails WHERE id = '{to_ada}') WHERE id = '{to_eve}'"
    ));
    let mails = server.mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ada@acme.example"]);
    let standing = standing(&server, &acme.scope, to_eve).await;
    assert_eq!(standing, (MailState::Dead, 0, Some("unreadable".to_owned())));
}

#[tokio::test]
async fn a_mail_that_the_server_cannot_take_now_is_tried_again_after_longer_and_longer_waits() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let id = queued(&server, &acme.scope, ada, MailKind::PasswordChanged).await;
    let mail_box = server.mail_box.clone().expect("a box");
    let mut waits = Vec::new();
    for tries in 1..=8 {
        mail_box.refuse_next(SendError::Busy);
        let mut minutes = 0;
        while standing(&server, &acme.scope, id).await.1 < tries {
            server.deliver_mails().await;
            if standing(&server, &acme.scope, id).await.1 < tries {
                server.clock.advance(Duration::from_mins(1));
                minutes += 1;
                assert!(minutes < 1000, "it is never tried again");
            }
        }
        waits.push(minutes);
    }
    assert_eq!(waits, [0, 1, 5, 30, 120, 360, 360, 360], "minutes between the tries");
    let dead = (MailState::Dead, 8, Some("busy".to_owned()));
    assert_eq!(standing(&server, &acme.scope, id).await, dead);
    server.advance(Duration::from_hours(48)).await;
    assert!(server.mails().await.is_empty(), "given up");
    assert!(row(&server, &acme.scope, id).await.sealed_variables.is_some(), "the operator may send it yet");
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_given_up_at_once() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let id = queued(&server, &acme.scope, ada, MailKind::PasswordChanged).await;
    server.mail_box.as_ref().expect("a box").refuse_next(SendError::Refused);
    server.deliver_mails().await;
    let dead = (MailState::Dead, 1, Some("refused".to_owned()));
    assert_eq!(standing(&server, &acme.scope, id).await, dead);
    assert_eq!(Everything::open(server.storage()).count("mail_queue"), 0);
}

/// A mail whose link has run out helps nobody.
#[tokio::test]
async fn a_link_that_no_longer_works_is_not_sent() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let link = queued(&server, &acme.scope, ada, magic_link(&server)).await;
    let notice = queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    server.advance(Duration::from_mins(10)).await;
    assert_eq!(server.mails().await.len(), 1);
    let expired = (MailState::Dead, 0, Some("expired".to_owned()));
    assert_eq!(standing(&server, &acme.scope, link).await, expired);
    assert_eq!(standing(&server, &acme.scope, notice).await.0, MailState::Sent);
}

#[tokio::test]
async fn a_tenant_that_is_suspended_sends_nothing() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    server.suspend_tenant(acme.id()).await;
    assert!(server.mails().await.is_empty());
    assert_eq!(Everything::open(server.storage()).count("mails WHERE last_error = 'tenant_inactive'"), 1);
}

/// Invariant 5: whichever node is faster.
#[tokio::test]
async fn two_nodes_at_once_send_every_mail_once() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    for _ in 0..30 {
        queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    }
    let other = server.another_node().await;
    let (one, two) = tokio::join!(server.deliver_mails(), other.deliver_mails());
    assert_eq!(one + two, 30);
    let sent = server.mail_box.as_ref().expect("a box").messages();
    let ids: std::collections::BTreeSet<_> = sent.iter().map(|message| message.id.to_string()).collect();
    assert_eq!((sent.len(), ids.len()), (30, 30));
}

/// A node that dies after it claimed a mail: nobody sends it as long as it might, and then it is sent.
#[tokio::test]
async fn a_crash_between_claim_and_send_loses_nothing() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let id = queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    let (call, sealer) = (server.operator(), server.edge.mail.sealer.clone());
    let right = PlatformScope::operator();
    let claimed = server.database().write_platform(&right, move |tx| {
        let claimed = delivery::claim(tx, &call, 10)?;
        assert!(delivery::begin(tx, &call, &sealer, &claimed[0])?.is_some());
        Ok(claimed.len())
    });
    assert_eq!(claimed.await.expect("an answer"), 1);
    assert!(server.mails().await.is_empty(), "it may be under way");
    server.advance(Duration::from_mins(5)).await;
    assert_eq!(server.mails().await.len(), 1);
    assert_eq!(standing(&server, &acme.scope, id).await, (MailState::Sent, 2, None));
}

/// Nobody waits for the next look of a worker.
#[tokio::test]
async fn a_mail_leaves_at_once_when_its_transaction_is_committed() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let mails = worker(&server.edge, &server.config);
    let running = tokio::spawn(async move { mails.run().await });
    // The first look is over: what comes now is noticed by the bell, or not within ten seconds.
    let mail_box = server.mail_box.clone().expect("a box");
    queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    until(EVERYWHERE, "the first mail", async || mail_box.messages().len() == 1).await;
    queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    until(EVERYWHERE, "the second mail", async || mail_box.messages().len() == 2).await;
    running.abort();
}

#[tokio::test]
async fn a_deployment_without_a_mail_server_gives_its_mails_up_and_says_so() {
    let server = TestServer::with().mailing().start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let id = queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    server.deliver_mails().await;
    let dead = (MailState::Dead, 1, Some("no_transport".to_owned()));
    assert_eq!(standing(&server, &acme.scope, id).await, dead);
}
