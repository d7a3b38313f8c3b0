//! The account pages of codes: who may change what (P048, P056), and what they keep to themselves.

use std::time::Duration;

use reqwest::StatusCode;
use symbolon::model::policy::Policy;
use symbolon::storage::records::policies;

use super::codes::{ADA, Phone, codes_on};
use super::{is_signed_in, sign_in, signed_in, started};
use crate::harness::oathtool::{another, code};
use crate::harness::rows::{Everything, RECORD, Rows, without};
use crate::harness::seed::PASSWORD;

/// What is kept of the factors.
fn factors(phone: &Phone) -> Rows {
    let mut rows = without(Everything::open(phone.server.storage()).all(), &RECORD);
    rows.retain(|table, _| ["totp_factors", "recovery_codes", "mails"].contains(&table.as_str()));
    rows
}

/// P048, P056: with a session alone, stolen or left open, no factor is added, removed or renewed; whoever proves one is led
/// back and may.
#[tokio::test]
async fn p048_an_old_session_changes_no_factor() {
    let phone = Phone::new().await;
    let before = factors(&phone);
    phone.server.advance(Duration::from_mins(11)).await;
    let thief = phone.jar.copy();
    let old = [
        ("/account/factors/totp", vec![("action", "begin")]),
        ("/account/factors/totp", vec![("action", "confirm"), ("code", "123456")]),
        ("/account/factors/totp/remove", vec![]),
        ("/account/factors/recovery-codes", vec![("action", "make")]),
    ];
    let page = thief.open("/account/factors/recovery-codes").await;
    let csrf = page.form().fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
    for (path, mut fields) in old {
        fields.push(("csrf", &csrf));
        let answer = thief.post(path, &fields).await;
        let to = answer.location().unwrap_or_else(|| panic!("{path}: {answer:?}"));
        assert!(to.starts_with("/login/factor?interaction="), "{path}: {to}");
        let landed = thief.follow(answer).await;
        assert_eq!(landed.marker().as_deref(), Some("page-totp"), "{path}: {landed:?}");
    }
    assert_eq!(factors(&phone), before);
    // Its owner proves the phone, comes back to the page, and goes on.
    let page = phone.jar.open("/account/factors/recovery-codes").await;
    let asked = phone.jar.submit(&page, &[("action", "make")]).await;
    assert_eq!(asked.marker().as_deref(), Some("page-totp"), "{asked:?}");
    let asked = phone.jar.submit(&asked, &[("code", &phone.shows())]).await;
    assert_eq!(asked.marker().as_deref(), Some("page-password"), "{asked:?}");
    let page = phone.jar.submit(&asked, &[("password", PASSWORD)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-recovery-codes"), "{page:?}");
    let page = phone.jar.submit(&page, &[("action", "make")]).await;
    assert_eq!(codes_on(&page).len(), 10, "{page:?}");
    assert_ne!(factors(&phone), before);
    assert!(phone.server.mails().await.iter().any(|mail| mail.to == ADA), "she is told of the new codes");
}

/// P048, P056: one factor proved anew takes the other one away as little as an old session does, whatever the session holds.
#[tokio::test]
async fn p048_one_factor_alone_does_not_take_the_other_one_away() {
    let phone = Phone::new().await;
    let jar = phone.by_both().await;
    phone.server.advance(Duration::from_mins(11)).await;
    let before = factors(&phone);
    let remove = jar.open("/account/factors/totp/remove").await;
    let asked = jar.submit(&remove, &[]).await;
    let field = |name: &str| asked.form().fields.into_iter().find(|(own, _)| own == name).expect("a field").1;
    let asked = jar.open(&format!("/login/password?interaction={}", field("interaction"))).await;
    assert_eq!(asked.marker().as_deref(), Some("page-password"), "{asked:?}");
    // With the cookie and the password, but without the phone.
    let more = jar.submit(&asked, &[("password", PASSWORD)]).await;
    assert_eq!(more.marker().as_deref(), Some("page-totp"), "{more:?}");
    let remove = jar.open("/account/factors/totp/remove").await;
    let again = jar.submit(&remove, &[]).await;
    assert_ne!(again.marker().as_deref(), Some("page-factors"), "{again:?}");
    assert_eq!(factors(&phone), before);
}

/// P048: a wrong first code confirms nothing, and does not show the key again.
#[tokio::test]
async fn p048_the_key_is_shown_once_even_while_it_waits() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    let jar = signed_in(&server, ADA, "acme").await;
    let page = jar.open("/account/factors/totp").await;
    let page = jar.submit(&page, &[("action", "begin")]).await;
    let key = page.text_of("totp-key").expect("a key");
    assert!(page.has("totp-qr") && page.body.contains("<path d=\"M4 4h7v1h-7z"), "{page:?}");
    let shown = code(&key, server.now());
    for (typed, status) in [(another(&shown), 422), (String::new(), 422), ("0".repeat(5000), 422)] {
        let wrong = jar.submit(&page, &[("code", &typed), ("action", "confirm")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.has("code-problem")), (status, true), "{wrong:?}");
        assert!(!wrong.body.contains(&key) && !wrong.has("totp-qr"), "{wrong:?}");
    }
    let waiting = jar.open("/account/factors/totp").await;
    assert!(waiting.has("code") && !waiting.has("totp-key"), "{waiting:?}");
    assert!(is_signed_in(&signed_in(&server, ADA, "acme").await).await, "it is asked of nobody yet");
    let done = jar.submit(&waiting, &[("code", &shown), ("action", "confirm")]).await;
    assert_eq!(codes_on(&done).len(), 10, "{done:?}");
}

/// P048: what was shown once is nowhere to be read again.
#[tokio::test]
async fn p048_no_page_shows_a_secret_again() {
    let phone = Phone::new().await;
    for path in ["/account/factors", "/account/factors/totp", "/account/factors/recovery-codes", "/"] {
        let page = phone.jar.open(path).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        assert!(!page.has("totp-key") && !page.has("totp-qr") && codes_on(&page).is_empty(), "{page:?}");
    }
    let page = phone.jar.open("/account/factors/recovery-codes").await;
    let begun = phone.jar.post("/account/factors/totp", &with_token(&page.form().fields, "begin")).await;
    assert!(begun.location().is_some() && !begun.body.contains("otpauth"), "one is set up: {begun:?}");
    let events = format!("{:?}", Everything::open(phone.server.storage()).all());
    assert!(phone.sheet.iter().all(|code| !events.contains(code.as_str())));
}

fn with_token<'a>(fields: &'a [(String, String)], action: &'a str) -> Vec<(&'a str, &'a str)> {
    let own = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.chain([("action", action)]).collect()
}

#[tokio::test]
async fn a_sheet_is_saved_as_a_file_and_nothing_else_is() {
    let phone = Phone::new().await;
    let jar = phone.by_both().await;
    let page = jar.open("/account/factors/recovery-codes").await;
    let page = jar.submit(&page, &[("action", "make")]).await;
    let codes = codes_on(&page);
    let file = jar.submit(&page, &[("action", "file")]).await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"recovery-codes.txt\""));
    assert!(file.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")), "{file:?}");
    assert!(file.header("cache-control").is_some_and(|kept| kept.contains("no-store")), "{file:?}");
    assert!(codes.iter().all(|code| file.body.contains(code.as_str())), "{file:?}");
    let invented = jar.submit(&page, &[("action", "file"), ("codes", "<script>alert(1)</script>")]).await;
    assert_eq!(invented.marker().as_deref(), Some("page-recovery-codes"), "{invented:?}");
    assert!(!invented.body.contains("alert(1)"));
}

#[tokio::test]
async fn an_authenticator_is_removed_and_the_password_is_enough_again() {
    let phone = Phone::new().await;
    let jar = phone.by_both().await;
    let page = jar.open("/account/factors/totp/remove").await;
    let page = jar.submit(&page, &[]).await;
    assert!(page.has("totp-set-up") && page.has("factors-notice"), "{page:?}");
    let jar = signed_in(&phone.server, ADA, "acme").await;
    assert!(is_signed_in(&jar).await);
}

#[tokio::test]
async fn the_only_second_factor_of_a_tenant_that_asks_for_one_stays() {
    let phone = Phone::new().await;
    let acme = phone.server.scope_of("acme").await.scope;
    let now = phone.server.now();
    let mut policy = Policy::default();
    policy.mfa.everybody = true;
    phone.server.database().write(&acme, move |tx| policies::put(tx, &policy, now)).await.expect("set");
    // The session that has proved one factor only is not enough any more.
    let (jar, page) = phone.past_the_password().await;
    let home = jar.submit(&page, &[("code", &phone.shows())]).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
    let page = jar.open("/account/factors/totp/remove").await;
    assert!(page.has("totp-needed") && !page.has("totp-remove-confirm"), "{page:?}");
    let csrf = jar.open("/account/factors/recovery-codes").await.form().fields;
    let refused = jar.post("/account/factors/totp/remove", &with_token(&csrf, "")).await;
    assert_eq!((refused.status, refused.has("totp-needed")), (StatusCode::CONFLICT, true), "{refused:?}");
    assert_eq!(Everything::open(phone.server.storage()).count("totp_factors"), 1);
}

/// D1: where several accounts are signed in in a browser, the pages are about the one that was named, and ask where none is.
#[tokio::test]
async fn the_account_that_is_changed_is_the_one_that_was_named() {
    let phone = Phone::new().await;
    phone.server.scope_of("acme").await.person("bob@acme.example", &[]).await;
    let page = phone.jar.open("/login").await;
    sign_in(&phone.jar, &page, ("bob@acme.example", "acme"), PASSWORD).await;
    for path in ["/account", "/account/factors", "/account/factors/totp"] {
        let page = phone.jar.open(path).await;
        assert_eq!(page.marker().as_deref(), Some("page-account"), "{path}: {page:?}");
    }
    let page = phone.jar.open("/account").await;
    let sids: Vec<String> = page
        .body
        .split("/account/factors?account=")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("a sid").to_owned())
        .collect();
    assert_eq!(sids.len(), 2, "{page:?}");
    let mut owners = Vec::new();
    for sid in &sids {
        let page = phone.jar.open(&format!("/account/factors?account={sid}")).await;
        let of_ada = page.body.contains(ADA);
        assert_ne!(of_ada, page.body.contains("bob@acme.example"), "{page:?}");
        assert_eq!(of_ada, page.has("totp-manage"), "{page:?}");
        owners.push(of_ada);
    }
    assert_ne!(owners[0], owners[1]);
    let bob = &sids[usize::from(owners[0])];
    let page = phone.jar.open(&format!("/account/factors/totp?account={bob}")).await;
    let page = phone.jar.submit(&page, &[("action", "begin")]).await;
    assert!(page.has("totp-key"), "{page:?}");
    assert_eq!(Everything::open(phone.server.storage()).count("totp_factors"), 2);
    for foreign in ["01920000-0000-7000-8000-000000000002", "x", "%27", ""] {
        let page = phone.jar.open(&format!("/account/factors?account={foreign}")).await;
        assert_eq!(page.marker().as_deref(), Some("page-account"), "{foreign}: {page:?}");
    }
}
