//! `prompt`, `max_age`, hints and several accounts (OIDC Core §3.1.2.1, §3.1.2.6; P006, P007).

use std::time::Duration;

use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;

use super::{ADA, acme, assert_sent_back, request, sign_in};
use crate::harness::seed::client;

#[tokio::test]
async fn p007_prompt_none_never_shows_a_page() {
    let server = acme().await;
    let jar = server.browser();
    let refused = jar.get(&request(&[("prompt", "none")])).await;
    assert_sent_back(&server, &refused, "login_required", "nobody is signed in");
    let page = jar.open(&request(&[])).await;
    sign_in(&jar, page, ADA).await;
    let quiet = jar.get(&request(&[("prompt", "none")])).await;
    assert!(quiet.answer().contains_key("code"));
    let elsewhere = server.browser().get(&request(&[("prompt", "none")])).await;
    assert_sent_back(&server, &elsewhere, "login_required", "another browser");

    // Where somebody else is asked for, Ada is not told of.
    let other = r#"{"id_token":{"sub":{"value":"0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f"}}}"#;
    let other = jar.get(&request(&[("prompt", "none"), ("claims", other)])).await;
    assert_sent_back(&server, &other, "login_required", "somebody else is signed in");
    let said = |page: &crate::harness::jar::Page| page.answer().remove("error_description");
    assert_eq!(said(&other).as_deref(), Some("Nobody who may answer is signed in."));
    assert_eq!(said(&other), said(&elsewhere));
}

#[tokio::test]
async fn p006_prompt_login_and_max_age_want_a_factor_again() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    sign_in(&jar, page, ADA).await;
    server.advance(Duration::from_secs(10)).await;

    let at_once = jar.open(&request(&[("max_age", "10000")])).await;
    assert!(at_once.answer().contains_key("code"), "recent enough");

    let again = jar.open(&request(&[("prompt", "login")])).await;
    assert!(matches!(again.marker().as_deref(), Some("page-login" | "page-password")), "{}", again.body);
    let refused = jar.get(&request(&[("prompt", "none"), ("max_age", "1")])).await;
    assert_sent_back(&server, &refused, "login_required", "too old, and no page");

    let again = jar.open(&request(&[("max_age", "1")])).await;
    let back = prove_again(&jar, again).await;
    assert!(back.answer().contains_key("code"));
    let quiet = jar.get(&request(&[("prompt", "none"), ("max_age", "5")])).await;
    assert!(quiet.answer().contains_key("code"), "the new proof counts");
}

/// The identifier page may be passed over for a person who is known already.
async fn prove_again(
    jar: &crate::harness::jar::Jar,
    page: crate::harness::jar::Page,
) -> crate::harness::jar::Page {
    if page.marker().as_deref() == Some("page-password") {
        return jar.submit(&page, &[("password", crate::harness::seed::PASSWORD)]).await;
    }
    sign_in(jar, page, ADA).await
}

#[tokio::test]
async fn two_accounts_lead_to_the_chooser_and_prompt_none_says_so() {
    let server = acme().await;
    server.scope_of("acme").await.person("grace@acme.example", &[Role::Member]).await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    sign_in(&jar, page, ADA).await;
    let page = jar.open(&request(&[("prompt", "select_account")])).await;
    assert_eq!(page.marker().as_deref(), Some("page-accounts"), "{}", page.body);
    assert!(page.has("account-other"));
    let page = jar.open(&request(&[("prompt", "login")])).await;
    let back = sign_in(&jar, page, "grace@acme.example").await;
    assert!(back.answer().contains_key("code"));
    let page = jar.open(&request(&[])).await;
    assert_eq!(page.marker().as_deref(), Some("page-accounts"));
    assert!(page.has("account-1"));
    let refused = jar.get(&request(&[("prompt", "none")])).await;
    assert_sent_back(&server, &refused, "account_selection_required", "two accounts");
}

#[tokio::test]
async fn an_interaction_belongs_to_the_browser_that_began_it() {
    let server = acme().await;
    let (mine, theirs) = (server.browser(), server.browser());
    let page = mine.open(&request(&[])).await;
    theirs.open(&request(&[])).await;
    let stolen = theirs.open(&page.path).await;
    assert_eq!(stolen.marker().as_deref(), Some("page-error"));
    let (_, handle) = page.path.split_once("interaction=").expect("a handle");
    let resumed = theirs.open(&format!("/oauth2/authorize/resume?interaction={handle}")).await;
    assert_eq!(resumed.marker().as_deref(), Some("page-error"));
    for nonsense in ["", "x", "../../etc/passwd", "00000000-0000-0000-0000-000000000000"] {
        let page = mine.open(&format!("/oauth2/authorize/resume?interaction={nonsense}")).await;
        assert_eq!(page.marker().as_deref(), Some("page-error"), "{nonsense}");
    }
}

#[tokio::test]
async fn an_interaction_that_waited_too_long_is_over() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    server.advance(Duration::from_hours(2)).await;
    let late = jar.open(&page.path).await;
    assert_eq!(late.marker().as_deref(), Some("page-error"));
}

/// P006: a proof that was made for the request does not last as long as the page behind it stays open.
#[tokio::test]
async fn p006_a_proof_grows_old_while_the_question_waits() {
    let server = acme().await;
    let mut shop = client("shop", ClientKind::Web);
    shop.metadata.first_party = false;
    shop.metadata.tenants = OpenTo::All;
    server.platform().await.register(shop).await;
    for (minutes, marker) in [(5, None), (20, Some("page-login"))] {
        let jar = server.browser();
        let page =
            jar.open(&request(&[("client_id", "shop"), ("max_age", "1"), ("prompt", "consent")])).await;
        let page = sign_in(&jar, page, ADA).await;
        assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
        server.advance(Duration::from_mins(minutes)).await;
        let next = jar.submit(&page, &[("decision", "allow")]).await;
        assert_eq!(next.marker().as_deref(), marker, "{minutes}: {next:?}");
        assert_eq!(next.location().is_some(), marker.is_none());
    }
}
