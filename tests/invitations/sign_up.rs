//! Signing up by the domain of one's address (P042, P036, P064), where the tenant lets people do so.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use symbolon::model::policy::{Policy, Registration};
use symbolon::model::role::Role;

use super::{Acme, CHOSEN, is_signed_in, send};
use crate::harness::jar::{Jar, Page};

fn by_domain() -> Policy {
    let email_domains = BTreeSet::from(["acme.example".to_owned(), "xn--bcher-kva.example".to_owned()]);
    Policy { registration: Registration::Domain, email_domains, ..Policy::default() }
}

/// Asks for an account, past whatever the page would say.
async fn ask(jar: &Jar, organisation: &str, email: &str) -> Page {
    let page = jar.open("/signup").await;
    jar.submit(&page, &[("organisation", organisation), ("email", email)]).await
}

/// What the answer is but the address that was typed and what is new each time.
fn told(page: &Page, email: &str) -> (StatusCode, String) {
    (page.status, page.body.replace(email.trim(), "-"))
}

#[tokio::test]
async fn whoever_reads_a_mailbox_of_a_listed_domain_gets_an_account() {
    let acme = Acme::new().await;
    acme.policy(by_domain()).await;
    for (n, (typed, canonical)) in [
        ("Grace@Acme.example", "grace@acme.example"),
        ("ida@b\u{fc}cher.example", "ida@xn--bcher-kva.example"),
    ]
    .into_iter()
    .enumerate()
    {
        let jar = acme.server.browser();
        let sent = ask(&jar, "acme", typed).await;
        assert_eq!(sent.marker().as_deref(), Some("page-signup-sent"), "{sent:#?}");
        assert!(acme.account(canonical).await.is_none(), "nothing before the mailbox is proved");
        let path = acme.link_to(typed).await;
        let page = jar.open(&path).await;
        send(&jar, &page, CHOSEN).await;
        assert!(is_signed_in(&jar).await, "{n}");
        let account = acme.account(canonical).await.expect("an account");
        assert_eq!((account.roles, account.email_verified), (BTreeSet::from([Role::Member]), true));
    }
}

#[tokio::test]
async fn p042_an_address_that_may_not_gets_neither_mail_nor_account_and_the_same_answer() {
    let acme = Acme::new().await;
    acme.policy(by_domain()).await;
    let jar = acme.server.browser();
    let neutral = told(&ask(&jar, "acme", "grace@acme.example").await, "grace@acme.example");
    assert_eq!(acme.server.mails().await.len(), 1);
    let before = acme.rows();
    for email in [
        // Outside of the list: above it, below it, beside it, and what looks like it.
        "eve@sub.acme.example",
        "eve@example.com",
        "eve@acme.example.evil.example",
        "eve@notacme.example",
        "eve@acm\u{435}.example",
        "eve@xn--acm-8cd.example",
        "acme.example@evil.example",
    ] {
        let page = ask(&jar, "acme", email).await;
        assert_eq!(told(&page, email), neutral, "{email}");
    }
    // What is no address is told by its form alone.
    for email in [
        "eve@evil.example@acme.example",
        "eve@acme.example@evil.example",
        "@acme.example",
        "eve",
        "eve@",
        "\"eve@evil.example\"@acme.example",
        "eve@[127.0.0.1]",
        "eve@acme.example,eve@evil.example",
    ] {
        let page = ask(&jar, "acme", email).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}: {page:?}");
    }
    assert_eq!(acme.server.mails().await.len(), 1, "nobody else was written to");
    assert_eq!(acme.rows(), before);
}

/// P036: the answer is the same, and what there is to say is said in the mailbox alone.
#[tokio::test]
async fn p036_an_address_that_has_an_account_is_told_so_by_mail() {
    let acme = Acme::new().await;
    acme.policy(by_domain()).await;
    let jar = acme.server.browser();
    let neutral = told(&ask(&jar, "acme", "grace@acme.example").await, "grace@acme.example");
    let page = ask(&jar, "acme", "OWNER@ACME.example").await;
    assert_eq!(told(&page, "OWNER@ACME.example"), neutral);
    let mails = acme.server.mails().await;
    assert_eq!(mails.len(), 2);
    let mail = mails.iter().find(|mail| mail.to == "owner@acme.example").expect("as the account has it");
    assert!(mail.subject.contains("already have an account"), "{mail:?}");
    assert!(!mail.text.contains("http"), "it opens nothing: {mail:?}");
    // An account that nobody can use is nobody's to be told of.
    let owner = acme.account("owner@acme.example").await.expect("the owner").id;
    acme.server.suspend_user(acme.scope.id(), owner).await;
    let page = ask(&jar, "acme", "owner@acme.example").await;
    assert_eq!(told(&page, "owner@acme.example"), neutral);
    assert_eq!(acme.server.mails().await.len(), 2);
}

#[tokio::test]
async fn p042_where_sign_up_is_off_there_is_no_such_page_as_where_there_is_no_such_tenant() {
    let acme = Acme::new().await;
    let jar = acme.server.browser();
    let mut seen = Vec::new();
    for registration in [Registration::InviteOnly, Registration::Closed] {
        acme.policy(Policy { registration, ..by_domain() }).await;
        seen.push(ask(&jar, "acme", "grace@acme.example").await);
        seen.push(jar.get("/signup?organisation=acme").await);
    }
    seen.push(ask(&jar, "nowhere", "grace@acme.example").await);
    seen.push(ask(&jar, "../acme", "grace@acme.example").await);
    acme.policy(by_domain()).await;
    acme.server.suspend_tenant(acme.scope.id()).await;
    seen.push(ask(&jar, "acme", "grace@acme.example").await);
    for page in &seen {
        assert_eq!((page.status, page.marker().as_deref()), (StatusCode::NOT_FOUND, Some("page-error")));
    }
    assert!(acme.server.mails().await.is_empty());
}

/// A sign-up that was asked for while it was allowed ends with that.
#[tokio::test]
async fn p042_a_link_of_a_sign_up_is_dead_when_the_policy_does_not_allow_it_any_more() {
    let acme = Acme::new().await;
    for after in [
        Policy::default(),
        Policy { email_domains: BTreeSet::from(["other.example".to_owned()]), ..by_domain() },
    ] {
        acme.policy(by_domain()).await;
        let jar = acme.server.browser();
        ask(&jar, "acme", "grace@acme.example").await;
        let path = acme.link_to("grace@acme.example").await;
        let open = jar.open(&path).await;
        acme.policy(after).await;
        assert_eq!(jar.open(&path).await.status, StatusCode::GONE);
        assert_eq!(send(&jar, &open, CHOSEN).await.status, StatusCode::GONE);
        assert!(acme.account("grace@acme.example").await.is_none());
    }
    acme.policy(by_domain()).await;
    let jar = acme.server.browser();
    ask(&jar, "acme", "grace@acme.example").await;
    let first = acme.link_to("grace@acme.example").await;
    ask(&jar, "acme", "grace@acme.example").await;
    assert_eq!(jar.open(&first).await.status, StatusCode::GONE, "the newest only");
    let newest = acme.link_to("grace@acme.example").await;
    acme.server.advance(Duration::from_hours(1)).await;
    assert_eq!(acme.server.browser().open(&newest).await.status, StatusCode::GONE);
}

/// P064: whoever signs up with somebody else's address has nothing by it.
#[tokio::test]
async fn p064_signing_up_with_the_address_of_somebody_else_takes_nothing_from_them() {
    let acme = Acme::new().await;
    acme.policy(by_domain()).await;
    let eve = acme.server.browser();
    ask(&eve, "acme", "grace@acme.example").await;
    assert!(acme.account("grace@acme.example").await.is_none());
    // The administrator's invitation is another row, and its roles come to nobody by a sign-up.
    let invited = acme.invite("grace@acme.example", &["admin"]).await;
    ask(&eve, "acme", "grace@acme.example").await;
    let grace = acme.server.browser();
    let page = grace.open(&invited).await;
    send(&grace, &page, CHOSEN).await;
    assert!(is_signed_in(&grace).await, "a stranger's asking kills no invitation");
    assert_eq!(acme.account("grace@acme.example").await.expect("an account").roles, [Role::Admin].into());
}

/// P057: whatever the request says of hosts, the link is the issuer's.
#[tokio::test]
async fn p057_no_header_leads_the_link_of_a_sign_up_elsewhere() {
    let acme = Acme::new().await;
    acme.policy(by_domain()).await;
    let issuer = acme.server.issuer().to_owned();
    for (n, header) in [
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-forwarded-proto", "http"),
        ("x-original-host", "evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("host", "evil.example"),
    ]
    .into_iter()
    .enumerate()
    {
        let jar = acme.server.browser();
        let page = jar.open("/signup").await;
        let csrf = page.form().fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
        let email = format!("n{n}@acme.example");
        let fields = [("csrf", csrf.as_str()), ("organisation", "acme"), ("email", &email)];
        let headers = [header, ("origin", &issuer), ("sec-fetch-site", "same-origin")];
        let answer = jar.send(Method::POST, "/signup", Some(&fields), &headers).await;
        if answer.status != StatusCode::OK {
            assert!(matches!(answer.status.as_u16(), 400 | 403 | 421), "{header:?}: {answer:?}");
        }
    }
    let mails = acme.server.mails().await;
    assert!(!mails.is_empty());
    for mail in mails {
        assert!(mail.link().starts_with(&format!("{issuer}/invitation?token=syi_")), "{}", mail.text);
    }
}

/// P068: however often strangers ask, one mailbox gets no more than the limit.
#[tokio::test]
async fn p068_asking_fifty_times_sends_five_mails() {
    let acme = Acme::new().await;
    acme.policy(by_domain()).await;
    for n in 0..50 {
        let jar = acme.server.browser();
        let page = ask(&jar, "acme", ["grace@acme.example", "Grace@ACME.example"][n % 2]).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
    }
    assert_eq!(acme.server.mails().await.len(), 5);
}

#[tokio::test]
async fn p041_a_form_that_is_not_whole_sends_nothing() {
    let acme = Acme::new().await;
    acme.policy(by_domain()).await;
    let jar = acme.server.browser();
    for fields in [
        &[][..],
        &[("organisation", "acme")],
        &[("email", "grace@acme.example")],
        &[("organisation", ""), ("email", "grace@acme.example")],
        &[("organisation", "acme"), ("email", "")],
        &[("organisation[]", "acme"), ("email[]", "grace@acme.example")],
    ] {
        let page = jar.open("/signup").await;
        let answer = jar.submit(&page, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}: {answer:?}");
    }
    assert!(acme.server.mails().await.is_empty());
}
