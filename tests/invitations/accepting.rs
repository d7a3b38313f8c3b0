//! What becomes of a link that is good.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use symbolon::model::policy::Policy;
use symbolon::model::role::Role;
use symbolon::model::session::Factor;
use symbolon::model::workspace::Group;
use symbolon::storage::records::groups;

use super::{Acme, CHOSEN, GRACE, accept, is_signed_in, send};
use crate::harness::authenticator::Authenticator;
use crate::harness::jar::{Jar, Page};
use crate::webauthn;

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_is_signed_in_as_what_the_row_says() {
    let acme = Acme::new().await;
    let path = acme.invite("Grace@ACME.example", &["security", "member"]).await;
    let jar = acme.server.browser();
    let page = jar.open(&path).await;
    assert!(page.body.contains("Tenant acme") && page.body.contains("Ada Lovelace"), "{page:#?}");
    assert!(page.body.contains("Grace@ACME.example") && page.body.contains("Security"), "{page:#?}");
    let home = send(&jar, &page, CHOSEN).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
    assert!(is_signed_in(&jar).await);
    let grace = acme.account(GRACE).await.expect("an account");
    assert_eq!(grace.roles, BTreeSet::from([Role::Security, Role::Member]));
    assert!(grace.email_verified, "she read the mailbox");
    assert_eq!(grace.profile.name.as_deref(), Some("Grace Hopper"));
    let other = acme.server.browser();
    let page = other.open("/login").await;
    let page = other.submit(&page, &[("username", GRACE), ("organisation", "acme")]).await;
    other.submit(&page, &[("password", CHOSEN)]).await;
    assert!(is_signed_in(&other).await, "the password is hers");
}

/// P059: what looks at the mail before its reader changes nothing.
#[tokio::test]
async fn p059_looking_at_the_link_changes_nothing() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["member"]).await;
    let before = acme.rows();
    for method in [Method::HEAD, Method::GET, Method::GET] {
        let page = acme.server.browser().send(method, &path, None, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
    }
    assert_eq!(acme.rows(), before);
    assert!(acme.account(GRACE).await.is_none());
    let jar = acme.server.browser();
    accept(&jar, &path, CHOSEN).await;
    assert!(is_signed_in(&jar).await);
}

/// P066, P067, P063: nothing that the form brings changes what the account will be.
#[tokio::test]
async fn p066_what_the_account_is_comes_from_the_row_alone() {
    let acme = Acme::new().await;
    let globex = acme.server.organisation("globex", &[]).await.id();
    let path = acme.invite(GRACE, &["readonly"]).await;
    let jar = acme.server.browser();
    let page = jar.open(&path).await;
    let globex = globex.to_string();
    let fields = [
        ("name", "Grace Hopper"),
        ("password", CHOSEN),
        ("action", "password"),
        ("role", "owner"),
        ("roles", "owner"),
        ("email", "eve@evil.example"),
        ("username", "eve@evil.example"),
        ("tenant", &globex),
        ("tenant_id", &globex),
        ("organisation", "globex"),
        ("groups", "board"),
        ("email_verified", "false"),
        ("user", "0191c7b2-7a00-7000-8000-000000000001"),
        ("invited_by", &globex),
    ];
    jar.submit(&page, &fields).await;
    let grace = acme.account(GRACE).await.expect("an account");
    assert_eq!((grace.roles, grace.email_verified), (BTreeSet::from([Role::ReadOnly]), true));
    assert!(acme.account("eve@evil.example").await.is_none());
}

#[tokio::test]
async fn the_groups_of_the_row_are_those_of_the_account() {
    let acme = Acme::new().await;
    let call = acme.server.operator();
    let team = Group { id: call.id(), name: "team".to_owned(), roles: [Role::Member].into() };
    let (put, id) = (team.clone(), team.id);
    acme.server.database().write(&acme.scope, move |tx| groups::put(tx, &put)).await.expect("a group");
    let newcomer = symbolon::flows::invitations::Newcomer {
        email: GRACE.to_owned(),
        roles: vec!["readonly".to_owned()],
        groups: vec!["team".to_owned()],
        ..Default::default()
    };
    let (call, terms) = (acme.server.operator(), acme.server.edge.mail.clone());
    let sent = acme.server.database().write(&acme.scope, move |tx| {
        let operator = symbolon::flows::invitations::Inviter::operator();
        symbolon::flows::invitations::invite_many(tx, &call, &terms, &operator, (&[newcomer], 7))
    });
    sent.await.expect("sent").expect("nothing is wrong with it");
    let path = acme.link_to(GRACE).await;
    accept(&acme.server.browser(), &path, CHOSEN).await;
    let grace = acme.account(GRACE).await.expect("an account").id;
    let found = acme.server.database().read(&acme.scope, move |tx| groups::of_users(tx, &[grace]));
    let found = found.await.expect("the groups").remove(&grace).expect("some");
    assert_eq!(found.iter().map(|group| group.id).collect::<Vec<_>>(), [id]);
}

#[tokio::test]
async fn p040_a_weak_password_is_refused_and_the_invitation_stays() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["member"]).await;
    let jar = acme.server.browser();
    let page = jar.open(&path).await;
    let long = "x".repeat(200);
    for weak in ["", "s4ort", "passwordpassword", "aaaaaaaaaaaaaaaa", GRACE, "gracehopper2026", &long] {
        let answer = send(&jar, &page, weak).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}: {answer:?}");
        assert!(answer.has("password-problem"), "{weak}: {answer:?}");
    }
    assert!(acme.account(GRACE).await.is_none());
    acme.policy(Policy {
        password: symbolon::model::policy::PasswordRules { min_length: 40 },
        ..Policy::default()
    })
    .await;
    let short = send(&jar, &page, CHOSEN).await;
    assert!(short.has("password-problem") && short.body.contains("40"), "the tenant's own rule: {short:?}");
    for name in ["", " ", "a\u{202e}b", &"x".repeat(201)] {
        let answer = jar.submit(&page, &[("name", name), ("password", CHOSEN), ("action", "password")]).await;
        assert!(answer.has("name-problem"), "{name}: {answer:?}");
    }
    acme.policy(Policy::default()).await;
    send(&jar, &page, CHOSEN).await;
    assert!(is_signed_in(&jar).await);
}

/// What the page asks the browser to make.
fn options(page: &Page) -> Value {
    let options = page.attribute("passkey-form", "data-options").unwrap_or_else(|| panic!("{page:#?}"));
    serde_json::from_str(&options).expect("options")
}

/// Accepts with a passkey that this device makes.
async fn accept_with(jar: &Jar, page: &Page, said: &str) -> Page {
    jar.submit(page, &[("name", "Grace Hopper"), ("answer", said)]).await
}

#[tokio::test]
async fn a_passkey_is_a_first_way_in_and_brings_recovery_codes() {
    let acme = Acme::new().await;
    let methods = BTreeSet::from([Factor::Passkey]);
    acme.policy(Policy { methods, ..Policy::default() }).await;
    let path = acme.invite(GRACE, &["member"]).await;
    let jar = acme.server.browser();
    let page = jar.open(&path).await;
    assert!(!page.has("password"), "the tenant has no passwords: {page:#?}");
    let refused = send(&jar, &page, CHOSEN).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{refused:?}");
    assert!(acme.account(GRACE).await.is_none());
    let mut device = Authenticator::at(acme.server.issuer());
    let said = device.make(&options(&page)).to_string();
    let stolen = acme.server.browser();
    stolen.open(&path).await;
    let elsewhere = stolen.submit(&page, &[("name", "Eve"), ("answer", &said)]).await;
    assert!(!is_signed_in(&stolen).await, "the question was another browser's: {elsewhere:?}");
    let page = jar.open(&path).await;
    let wrong = accept_with(&jar, &page, "{}").await;
    assert!(wrong.has("passkey-problem"), "{wrong:?}");
    assert!(acme.account(GRACE).await.is_none());
    let said = device.make(&options(&wrong)).to_string();
    let codes = accept_with(&jar, &wrong, &said).await;
    assert_eq!(codes.marker().as_deref(), Some("page-enrolled"), "{codes:#?}");
    assert!(codes.has("recovery-codes") && is_signed_in(&jar).await);
    let other = acme.server.browser();
    webauthn::sign_in(&other, &device).await;
    assert!(is_signed_in(&other).await, "the passkey is hers");
}

#[tokio::test]
async fn a_tenant_of_mailed_links_alone_has_accounts_without_a_factor() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["member"]).await;
    let jar = acme.server.browser();
    let page = jar.open(&path).await;
    let refused = jar.submit(&page, &[("name", "Grace"), ("action", "mailbox")]).await;
    assert_eq!(refused.status, StatusCode::OK, "magic links are among the usual methods: {refused:?}");
    assert_eq!(refused.marker().as_deref(), Some("page-invitation-done"));
    assert!(!is_signed_in(&jar).await, "an invitation is no sign-in");
}

#[tokio::test]
async fn p066_two_who_accept_at_once_make_one_account() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["member"]).await;
    let (one, two) = (acme.server.browser(), acme.server.browser());
    let (first, second) = (one.open(&path).await, two.open(&path).await);
    let (a, b) = tokio::join!(send(&one, &first, CHOSEN), send(&two, &second, CHOSEN));
    let made = [&a, &b].into_iter().filter(|page| page.status == StatusCode::OK).count();
    assert_eq!(made, 1, "{a:#?} {b:#?}");
    let gone = [&a, &b].into_iter().filter(|page| page.status == StatusCode::GONE).count();
    assert_eq!(gone, 1, "{a:#?} {b:#?}");
}
