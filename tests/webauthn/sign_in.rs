//! Signing in with a passkey: without a name, behind a client, and while a stranger guesses passwords.

use std::collections::BTreeSet;
use std::time::Duration;

use symbolon::model::client::ClientKind;
use symbolon::model::policy::{Mfa, Networks, Policy};
use symbolon::model::resource_server::OpenTo;
use symbolon::model::session::Factor;
use symbolon::storage::records::policies;

use super::{answer, answer_with, count, device, enrol, is_signed_in, options, sign_in, stored};
use crate::harness::TestServer;
use crate::harness::authenticator::{Authenticator, Key, encode};
use crate::harness::jar::Page;
use crate::harness::rows::Everything;
use crate::harness::seed::{PASSWORD, client};

#[tokio::test]
async fn a_person_signs_in_with_a_passkey_alone() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let mut device = device(&server, &acme.scope, ada).await;
    enrol(&server, &acme.scope, ada, &mut device).await;
    let jar = server.browser();
    let before = jar.open("/login").await;
    assert!(before.body.contains("autocomplete=\"username webauthn\""), "the field suggests passkeys");
    let cookie = jar.cookie("symbolon").expect("a cookie");
    let home = sign_in(&jar, &device).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
    assert!(home.body.contains("ada@acme.example"));
    assert_ne!(jar.cookie("symbolon").expect("a cookie"), cookie, "P069");
    let passkeys = stored(&server, &acme.scope, ada).await;
    assert_eq!(passkeys[0].last_used_at, None, "the other one");
    assert_eq!(passkeys[1].last_used_at, Some(server.now()));
    let by = ["session.sign_in", "success", "\"factors\":[\"passkey\"]"];
    assert_eq!(count(&server, &acme.scope, &by).await, 1);
}

#[tokio::test]
async fn a_client_gets_its_answer_and_the_strength_of_a_passkey() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let device = device(&server, &acme.scope, ada).await;
    let mut registration = client("notes", ClientKind::Web);
    registration.metadata.tenants = OpenTo::All;
    server.platform().await.register(registration).await;
    let jar = server.browser();
    let page = jar.open(&authorize("")).await;
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:#?}");
    let back = answer(&jar, &page, &device.sign(&options(&page)).to_string()).await;
    assert!(back.answer().contains_key("code"), "{back:#?}");
}

/// P045, P054: after the password, the passkey of the person who typed it, and nobody else's.
#[tokio::test]
async fn p054_a_second_factor_is_of_the_person_who_proved_the_first() {
    let server = TestServer::with().unlimited().start().await;
    let acme = server.organisation("acme", &[]).await;
    let (ada, bob) = (acme.person("ada@acme.example", &[]).await, acme.person("bob@acme.example", &[]).await);
    let mut hers = device(&server, &acme.scope, ada).await;
    enrol(&server, &acme.scope, ada, &mut hers).await;
    let his = device(&server, &acme.scope, bob).await;
    let policy = Policy { mfa: Mfa { everybody: true, ..Mfa::default() }, ..Policy::default() };
    let now = server.now();
    server.database().write(&acme.scope, move |tx| policies::put(tx, &policy, now)).await.expect("a policy");
    let jar = server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-passkey"), "{page:#?}");
    assert!(!is_signed_in(&jar).await, "the password alone is nothing");
    let allowed = options(&page)["allowCredentials"].as_array().expect("hers").len();
    assert_eq!(allowed, 2, "any of hers");
    for (what, device, handle) in [
        ("his", &his, None),
        ("his, in her name", &his, Some(encode(ada.as_bytes()))),
        ("hers, in his name", &hers, Some(encode(bob.as_bytes()))),
    ] {
        let page = jar.open(&page.path).await;
        let mut said = device.sign(&options(&page));
        if let Some(handle) = handle {
            said["response"]["userHandle"] = handle.into();
        }
        let after = answer(&jar, &page, &said.to_string()).await;
        assert_eq!(after.marker().as_deref(), Some("page-passkey"), "{what}: {after:#?}");
        assert!(after.has("passkey-problem"), "{what}");
        assert!(!is_signed_in(&jar).await, "{what}");
    }
    let page = jar.open(&page.path).await;
    let mut said = hers.sign_with(&hers.keys[0], &options(&page));
    // What an authenticator may leave out where it was told which passkeys there are.
    said["response"]["userHandle"] = serde_json::Value::Null;
    let home = answer(&jar, &page, &said.to_string()).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
    assert!(home.body.contains("ada@acme.example"));
    let both = ["session.sign_in", "success", "\"factors\":[\"password\",\"passkey\"]"];
    assert_eq!(count(&server, &acme.scope, &both).await, 1);
}

/// P043, P054: a passkey opens only what its tenant may answer.
#[tokio::test]
async fn p054_a_passkey_of_another_tenant_answers_no_request_that_is_settled() {
    let server = TestServer::start().await;
    let (acme, globex) = (server.organisation("acme", &[]).await, server.organisation("globex", &[]).await);
    let hank = globex.person("hank@globex.example", &[]).await;
    let device = device(&server, &globex.scope, hank).await;
    let mut registration = client("notes", ClientKind::Web);
    registration.metadata.tenants = OpenTo::All;
    server.platform().await.register(registration).await;
    acme.register(client("acme.wiki", ClientKind::Web)).await;
    let own = authorize("").replace("client_id=notes", "client_id=acme.wiki");
    for path in [authorize("&tenant=acme"), authorize("&tenant=nobody"), own] {
        let jar = server.browser();
        let page = jar.open(&path).await;
        assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:#?}");
        let again = answer(&jar, &page, &device.sign(&options(&page)).to_string()).await;
        assert_eq!(again.marker().as_deref(), Some("page-login"), "{path}: {again:#?}");
        assert!(again.has("passkey-problem"), "{again:#?}");
        assert!(!is_signed_in(&jar).await, "{path}");
    }
    assert_eq!(stored(&server, &globex.scope, hank).await[0].last_used_at, None);
}

/// P043, P077: a right passkey opens nothing where its tenant takes none, or not from there: whoever holds one sees what whoever
/// holds a wrong one sees, and the rule is in the record.
#[tokio::test]
async fn p043_a_right_passkey_that_the_policy_refuses_looks_like_a_wrong_one() {
    let server = TestServer::with().unlimited().start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let device = device(&server, &acme.scope, ada).await;
    let mut foreign = Authenticator::at(server.issuer());
    foreign.keys.push(Key::foreign(device.keys[0].id.clone(), device.keys[0].user_handle.clone()));
    let rule = async |policy: Policy| {
        let now = server.now();
        server.database().write(&acme.scope, move |tx| policies::put(tx, &policy, now)).await.expect("set");
    };
    let sign_in = vec!["203.0.113.0/24".parse().expect("a network")];
    for (policy, reason) in [
        (
            Policy { methods: BTreeSet::from([Factor::Password, Factor::Totp]), ..Policy::default() },
            "methods",
        ),
        (
            Policy { networks: Networks { sign_in, ..Networks::default() }, ..Policy::default() },
            "networks.sign_in",
        ),
    ] {
        rule(policy).await;
        let (right, wrong) = (server.browser(), server.browser());
        let shown = super::sign_in(&right, &device).await;
        let other = super::sign_in(&wrong, &foreign).await;
        let shape = |page: &Page| (page.status, page.marker(), page.text_of("passkey-problem"));
        assert_eq!(shape(&shown), shape(&other), "{reason}");
        assert!(shown.has("passkey-problem"), "{reason}: {shown:#?}");
        assert!(!is_signed_in(&right).await, "{reason}");
        let named = format!("\"reason\":\"{reason}\"");
        let denied = ["session.sign_in", "denied", named.as_str()];
        assert_eq!(count(&server, &acme.scope, &denied).await, 1, "{reason}");
    }
    rule(Policy::default()).await;
    let home = super::sign_in(&server.browser(), &device).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
}

/// D31: a stranger's wrong passwords keep nobody out who has a passkey, and failed passkeys lock no account.
#[tokio::test]
async fn a_locked_account_opens_with_its_passkey() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "2 per 10m").start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let device = device(&server, &acme.scope, ada).await;
    let stranger = server.browser();
    let page = stranger.open("/login").await;
    let page = stranger.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    let mut last = page.clone();
    for _ in 0..3 {
        last = stranger.submit(&page, &[("password", "a wrong password")]).await;
    }
    assert_eq!(last.status, reqwest::StatusCode::TOO_MANY_REQUESTS, "locked: {last:#?}");
    let jar = server.browser();
    let home = sign_in(&jar, &device).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
    let mut foreign = Authenticator::at(server.issuer());
    foreign.keys.push(Key::foreign(device.keys[0].id.clone(), device.keys[0].user_handle.clone()));
    for _ in 0..5 {
        sign_in(&server.browser(), &foreign).await;
    }
    let jar = server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    let home = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "her sign-in forgave, and nothing locked since");
}

/// D31, P132: at an address from which too many passkeys and passwords failed, a right passkey signs in, and a wrong one costs
/// no row.
#[tokio::test]
async fn p132_wrong_answers_from_an_address_keep_no_right_passkey_out() {
    let server = TestServer::with().set("limits.sign_in_address", "3 per 10m").start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let device = device(&server, &acme.scope, ada).await;
    let (policy, now) =
        (Policy { mfa: Mfa { everybody: true, ..Mfa::default() }, ..Policy::default() }, server.now());
    server.database().write(&acme.scope, move |tx| policies::put(tx, &policy, now)).await.expect("a policy");
    let mut foreign = Authenticator::at(server.issuer());
    foreign.keys.push(Key::foreign(device.keys[0].id.clone(), device.keys[0].user_handle.clone()));
    let waiting = server.browser();
    let page = waiting.open("/login").await;
    let page = waiting.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    let asked = waiting.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(asked.marker().as_deref(), Some("page-passkey"), "{asked:#?}");
    let stranger = server.browser();
    let page = stranger.open("/login").await;
    let page = stranger.submit(&page, &[("username", "eve@acme.example"), ("organisation", "acme")]).await;
    for _ in 0..3 {
        stranger.submit(&page, &[("password", "a wrong password")]).await;
    }
    let last = stranger.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(last.status, reqwest::StatusCode::TOO_MANY_REQUESTS, "passwords: {last:#?}");
    for n in 0..3 {
        let page = sign_in(&server.browser(), &foreign).await;
        assert_eq!(page.status, reqwest::StatusCode::UNPROCESSABLE_ENTITY, "{n}: counted apart: {page:#?}");
    }
    let rows = Everything::open(server.storage()).count("spent_challenges");
    for _ in 0..2 {
        let page = sign_in(&server.browser(), &foreign).await;
        assert_eq!(page.status, reqwest::StatusCode::TOO_MANY_REQUESTS, "{page:#?}");
        assert!(page.has("request-id"), "a page, with words: {page:#?}");
        let jar = server.browser();
        let asked = jar.open("/login").await;
        let page = answer(&jar, &asked, "nonsense").await;
        assert_eq!(page.status, reqwest::StatusCode::TOO_MANY_REQUESTS, "{page:#?}");
    }
    assert_eq!(Everything::open(server.storage()).count("spent_challenges"), rows);
    for _ in 0..5 {
        let jar = server.browser();
        let home = sign_in(&jar, &device).await;
        assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
    }
    let wrong = answer(&waiting, &asked, &foreign.sign(&options(&asked)).to_string()).await;
    assert_eq!(wrong.status, reqwest::StatusCode::TOO_MANY_REQUESTS, "{wrong:#?}");
    let home = answer(&waiting, &asked, &device.sign(&options(&asked)).to_string()).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "as a second factor too: {home:#?}");
}

/// P132: a look at a page leaves no row, and neither does an answer that cannot be read.
#[tokio::test]
async fn p132_a_question_costs_no_row() {
    let server = TestServer::with().unlimited().start().await;
    let jar = server.browser();
    for _ in 0..5 {
        let page = jar.open("/login").await;
        answer(&jar, &page, "nonsense").await;
    }
    let mut rows = Everything::open(server.storage());
    for table in ["spent_challenges", "interactions", "browser_sessions"] {
        assert_eq!(rows.count(table), 0, "{table}");
    }
}

/// Passkeys first: offered after a password, where a script found that the device could make one.
#[tokio::test]
async fn a_passkey_is_offered_until_not_now_or_made() {
    let server = TestServer::with().unlimited().start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let mut registration = client("notes", ClientKind::Web);
    registration.metadata.tenants = OpenTo::All;
    server.platform().await.register(registration).await;
    let sign_in = async |path: &str, found: &str| {
        let jar = server.browser();
        let page = jar.open(path).await;
        let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
        (jar.submit(&page, &[("password", PASSWORD), ("device", found)]).await, jar)
    };
    let (page, _) = sign_in("/login", "").await;
    assert_eq!(page.marker().as_deref(), Some("page-home"), "without a script nothing changes");
    let (page, jar) = sign_in(&authorize("&tenant=acme"), "passkey").await;
    assert_eq!(page.marker().as_deref(), Some("page-offer"), "{page:#?}");
    assert!(is_signed_in(&jar).await, "the sign-in is whole");
    let back = jar.submit(&page, &[]).await;
    assert!(back.answer().contains_key("code"), "not now goes on: {back:#?}");
    let (page, _) = sign_in("/login", "passkey").await;
    assert_eq!(page.marker().as_deref(), Some("page-home"), "not again so soon");
    server.advance(Duration::from_hours(31 * 24)).await;
    let (page, _) = sign_in("/login", "passkey").await;
    assert_eq!(page.marker().as_deref(), Some("page-offer"), "after a month");
    let (page, jar) = sign_in("/login?then=console", "passkey").await;
    assert_eq!(page.marker().as_deref(), Some("page-offer"), "on the way to the console too");
    let page = jar.open(&page.attribute("offer-add", "href").expect("the way to a passkey")).await;
    let mut own = Authenticator::at(server.issuer());
    let made = own.make(&options(&page)).to_string();
    let page = answer_with(&jar, &page, &[("answer", made.as_str()), ("name", "Phone")]).await;
    let onward = page.attribute("passkey-onward", "href");
    assert_eq!(onward.as_deref(), Some("/console"), "{page:#?}");
    let (page, _) = sign_in("/login", "passkey").await;
    assert_eq!(page.marker().as_deref(), Some("page-home"), "there is one");
    let stranger = server.browser().open("/login/offer").await;
    assert_eq!(stranger.marker().as_deref(), Some("page-error"), "{stranger:#?}");
}

#[tokio::test]
async fn an_issuer_by_address_shows_no_passkeys() {
    let server = TestServer::with().set("server.issuer", "http://127.0.0.1:8080").start().await;
    let jar = server.browser();
    let page = jar.open("/login").await;
    assert!(!page.has("passkey-form"), "{page:#?}");
    let csrf = page.form_of("login-form").fields;
    assert!(!csrf.is_empty());
}

/// P076: who is suspended, or whose tenant is, has no passkey.
#[tokio::test]
async fn p076_a_suspended_person_signs_in_with_nothing() {
    let server = TestServer::with().unlimited().start().await;
    let acme = server.organisation("acme", &[]).await;
    let (ada, bob) = (acme.person("ada@acme.example", &[]).await, acme.person("bob@acme.example", &[]).await);
    let (hers, his) = (device(&server, &acme.scope, ada).await, device(&server, &acme.scope, bob).await);
    server.advance(Duration::from_secs(1)).await;
    server.suspend_user(acme.id(), ada).await;
    let jar = server.browser();
    sign_in(&jar, &hers).await;
    assert!(!is_signed_in(&jar).await);
    let jar = server.browser();
    sign_in(&jar, &his).await;
    assert!(is_signed_in(&jar).await, "another is not");
    server.suspend_tenant(acme.id()).await;
    let jar = server.browser();
    sign_in(&jar, &his).await;
    assert!(!is_signed_in(&jar).await);
}

fn authorize(more: &str) -> String {
    format!(
        "/oauth2/authorize?response_type=code&client_id=notes&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback\
         &scope=openid&state=s1{more}"
    )
}
