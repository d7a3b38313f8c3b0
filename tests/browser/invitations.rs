//! An invitation in a real browser: accepted with a passkey of its own authenticator, with which the person signs in from then on.

use symbolon::flows::invitations::{Inviter, Newcomer, invite_many};

use super::layout::FAULTS;
use super::window::{PHONE, with_window};
use crate::harness::TestServer;

#[tokio::test]
async fn an_invitation_is_accepted_with_a_passkey() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await.scope;
    let (call, terms) = (server.operator(), server.edge.mail.clone());
    let newcomer = Newcomer {
        email: "grace@acme.example".to_owned(),
        roles: vec!["member".to_owned()],
        ..Newcomer::default()
    };
    let sent = server
        .database()
        .write(&acme, move |tx| invite_many(tx, &call, &terms, &Inviter::operator(), (&[newcomer], 7)));
    sent.await.expect("sent").expect("nothing is wrong with it");
    let link = server.mails().await.last().expect("a mail").link();
    let login = format!("{}/login", server.issuer());
    with_window(PHONE, |window| async move {
        window.plug_in_authenticator().await;
        window.open(&link).await;
        window.arrive_at("page-invitation").await;
        assert_eq!(window.evaluate(FAULTS).await, serde_json::json!([]));
        window.picture("invitation").await;
        window.clear("name").await;
        window.press("Grace Hopper").await;
        window.click("passkey-submit").await;
        window.arrive_at("page-enrolled").await;
        assert_eq!(window.evaluate(FAULTS).await, serde_json::json!([]));
        window.picture("enrolled").await;
        window.click("enrol-onward").await;
        window.arrive_at("page-home").await;
        let complaints = window.complaints().await;
        assert!(complaints.is_empty(), "{complaints:?}");
        window.forget_cookies().await;
        window.suggest_nothing().await;
        window.open(&login).await;
        window.arrive_at("page-login").await;
        window.click("passkey-submit").await;
        window.arrive_at("page-home").await;
        assert!(window.text("home-sign-out").await.is_some(), "signed in by the passkey");
    })
    .await;
}
