//! Passkeys in a real browser with an authenticator of its own: made on the account's page, then used without a name by the
//! button and by the field's suggestions, and as the second factor.

use std::time::Duration;

use symbolon::model::policy::{Mfa, Policy};
use symbolon::storage::records::policies;

use super::layout::FAULTS;
use super::window::{DESKTOP, Look, PHONE, Window, with_window};
use crate::harness::TestServer;
use crate::harness::seed::PASSWORD;
use crate::harness::wait::until;

/// A tenant with one person; the page on which she begins.
async fn scene() -> (TestServer, String) {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let login = format!("{}/login", server.issuer());
    (server, login)
}

/// Checks the layout of the page that is shown, and that the policy blocks nothing of ours.
async fn sound(window: &Window, marker: &str) {
    window.arrive_at(marker).await;
    assert_eq!(window.evaluate(FAULTS).await, serde_json::json!([]), "{marker}");
    let complaints = window.complaints().await;
    assert!(complaints.is_empty(), "{marker}: {complaints:?}");
}

/// How long a script may take to ask the browser what it can.
const SEEN: Duration = Duration::from_secs(20);

async fn type_in(window: &Window, field: &str, text: &str) {
    window.clear(field).await;
    window.press(text).await;
}

/// By address and password, up to what comes after them.
async fn give_password(window: &Window, login: &str) {
    window.open(login).await;
    window.arrive_at("page-login").await;
    type_in(window, "username", "ada@acme.example").await;
    if window.text("organisation-hint").await.is_some() {
        type_in(window, "organisation", "acme").await;
    }
    window.press_enter().await;
    window.arrive_at("page-password").await;
    if window.evaluate("return document.documentElement.classList.contains('has-passkeys')").await == true {
        let field = "return document.querySelector('input[name=device]').value === 'passkey'";
        until(SEEN, "the device is seen", async || window.evaluate(field).await == true).await;
    }
    type_in(window, "password", PASSWORD).await;
    window.press_enter().await;
}

/// Makes a passkey on the account's page.
async fn make(window: &Window, login: &str, name: &str) {
    let new = login.replace("/login", "/account/passkeys/new");
    window.open(&new).await;
    sound(window, "page-passkey-new").await;
    window.picture("passkey-new").await;
    type_in(window, "passkey-name", name).await;
    window.click("passkey-submit").await;
    window.arrive_at("page-passkey-added").await;
}

#[tokio::test]
async fn a_person_makes_passkeys_and_signs_in_with_them() {
    let (server, login) = scene().await;
    let place = login.clone();
    with_window(DESKTOP, |window| async move {
        window.plug_in_authenticator().await;
        give_password(&window, &place).await;
        sound(&window, "page-offer").await;
        window.picture("offer").await;
        window.click("offer-later").await;
        window.arrive_at("page-home").await;
        make(&window, &place, "Laptop").await;
        sound(&window, "page-passkey-added").await;
        window.picture("passkey-added").await;
        window.click("passkeys-back").await;
        sound(&window, "page-passkeys").await;
        window.picture("passkeys").await;

        window.forget_cookies().await;
        // An authenticator of tests would take the suggestion before the button is pressed.
        window.suggest_nothing().await;
        window.open(&place).await;
        sound(&window, "page-login").await;
        window.picture("identifier-passkey").await;
        window.click("passkey-submit").await;
        window.arrive_at("page-home").await;
        assert!(window.text("home-sign-out").await.is_some(), "signed in by the button");
    })
    .await;
    drop(server);
}

#[tokio::test]
async fn the_field_of_the_address_suggests_a_passkey() {
    let (server, login) = scene().await;
    let place = login.clone();
    with_window(PHONE, |window| async move {
        window.plug_in_authenticator().await;
        give_password(&window, &place).await;
        window.arrive_at("page-offer").await;
        window.click("offer-add").await;
        window.arrive_at("page-passkey-new").await;
        window.click("passkey-submit").await;
        window.arrive_at("page-passkey-added").await;
        window.forget_cookies().await;
        // An authenticator of tests takes the first suggestion by itself, with nothing pressed.
        window.open(&place).await;
        window.arrive_at("page-home").await;
        assert!(window.text("home-sign-out").await.is_some(), "signed in by the suggestion");
    })
    .await;
    drop(server);
}

#[tokio::test]
async fn after_the_password_a_passkey_is_the_second_factor() {
    let (server, login) = scene().await;
    let acme = server.scope_of("acme").await.scope;
    let place = login.clone();
    with_window(DESKTOP, |window| async move {
        window.plug_in_authenticator().await;
        give_password(&window, &place).await;
        window.arrive_at("page-offer").await;
        make(&window, &place, "Laptop").await;
        let policy = Policy { mfa: Mfa { everybody: true, ..Mfa::default() }, ..Policy::default() };
        let now = server.now();
        server.database().write(&acme, move |tx| policies::put(tx, &policy, now)).await.expect("a policy");
        window.forget_cookies().await;
        // The suggestions would be quicker than the typing.
        window.look(Look { script: false, ..DESKTOP }).await;
        give_password(&window, &place).await;
        window.arrive_at("page-passkey").await;
        assert!(window.text("passkey-unable").await.is_some(), "told that it needs a script");
        window.look(DESKTOP).await;
        window.open(&window.address().await).await;
        sound(&window, "page-passkey").await;
        window.picture("passkey-second").await;
        window.click("passkey-submit").await;
        window.arrive_at("page-home").await;
    })
    .await;
}
