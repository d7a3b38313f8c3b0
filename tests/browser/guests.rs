//! A guest in a real browser (D4): signed in at home, they accept another organisation's invitation, prove themselves to it by a
//! factor of its own, and go between the two in the list of accounts.

use std::sync::Arc;

use symbolon::flows::invitations::{Inviter, Newcomer, invite_many};
use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;

use super::layout::FAULTS;
use super::site::Site;
use super::window::{PHONE, Window, with_window};
use crate::harness::TestServer;
use crate::harness::oathtool::{STEP, code};
use crate::harness::seed::{PASSWORD, client};

const ADA: &str = "ada@acme.example";

async fn sound(window: &Window, marker: &str) {
    window.arrive_at(marker).await;
    assert_eq!(window.evaluate(FAULTS).await, serde_json::json!([]), "{marker}");
    let complaints = window.complaints().await;
    assert!(complaints.is_empty(), "{marker}: {complaints:?}");
}

async fn sign_in(window: &Window, login: &str) {
    window.open(login).await;
    window.arrive_at("page-login").await;
    window.press(ADA).await;
    window.clear("organisation").await;
    window.press("acme").await;
    window.press_enter().await;
    window.arrive_at("page-password").await;
    window.press(PASSWORD).await;
    window.press_enter().await;
    window.arrive_at("page-home").await;
}

#[tokio::test]
async fn d4_a_guest_joins_another_organisation_and_switches_to_it() {
    let server = Arc::new(TestServer::start().await);
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    let globex = server.organisation("globex", &[]).await.scope.clone();
    let notes = Site::open();
    notes.put("/callback", "<!doctype html><title>notes</title><main id=\"page-notes\"></main>".to_owned());
    let mut registration = client("notes", ClientKind::Web);
    registration.metadata.redirect_uris = vec![notes.address("/callback")];
    registration.metadata.tenants = OpenTo::All;
    server.platform().await.register(registration).await;
    let (call, terms) = (server.operator(), server.edge.mail.clone());
    let newcomer =
        Newcomer { email: ADA.to_owned(), roles: vec!["member".to_owned()], ..Newcomer::default() };
    let sent = server
        .database()
        .write(&globex, move |tx| invite_many(tx, &call, &terms, &Inviter::operator(), (&[newcomer], 7)));
    sent.await.expect("sent").expect("nothing is wrong with it");
    let invitation = server.mails().await.last().expect("a mail").link();
    let page = |path: &str| format!("{}{path}", server.issuer());
    let request = page(&format!(
        "/oauth2/authorize?response_type=code&client_id=notes&scope=openid&state=s1&tenant=globex&redirect_uri={}",
        notes.address("/callback")
    ));
    let (login, host, world) = (page("/login"), globex.id(), Arc::clone(&server));
    with_window(PHONE, |window| async move {
        sign_in(&window, &login).await;
        window.open(&invitation).await;
        sound(&window, "page-invitation").await;
        window.picture("invitation-guest").await;
        window.click("guest-1").await;
        sound(&window, "page-enrol").await;
        window.click("totp-begin").await;
        window.arrive_at_id("totp-key").await;
        let key = window.text("totp-key").await.expect("the key");
        window.clear("code").await;
        window.press(&code(&key, world.now())).await;
        window.click("totp-confirm").await;
        sound(&window, "page-enrolled").await;
        window.click("enrol-onward").await;
        window.arrive_at("page-home").await;

        // Another day, another browser: from home to the host, by the host's own factor.
        window.forget_cookies().await;
        world.advance(STEP).await;
        sign_in(&window, &login).await;
        window.open(&request).await;
        sound(&window, "page-accounts").await;
        window.picture("accounts-guest").await;
        window.click("account-1").await;
        sound(&window, "page-totp").await;
        window.press(&code(&key, world.now())).await;
        window.press_enter().await;
        window.arrive_at("page-notes").await;
    })
    .await;
    let mut rows = crate::harness::rows::Everything::open(server.storage());
    assert_eq!(rows.of_tenant(host)["sessions"].len(), 2, "one for each browser");
}
