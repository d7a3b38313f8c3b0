//! Limits at every door, at the numbers of the documents (P133, D31).

use std::time::Duration;

use reqwest::Method;

use super::{ADA, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::jar::Page;
use crate::harness::seed::PASSWORD;

fn assert_too_many(page: &Page, what: &str) {
    assert_eq!(page.status, 429, "{what}");
    let seconds: u64 = page.header("retry-after").unwrap_or_else(|| panic!("{what}")).parse().unwrap();
    assert!(seconds > 0, "{what}");
}

#[tokio::test]
async fn p133_doors_of_programs_shut_after_the_documented_number_of_refusals() {
    for (path, method, headers, count) in [
        ("/oauth2/token", Method::POST, vec![], 60),
        ("/oauth2/introspect", Method::POST, vec![], 60),
        ("/oauth2/revoke", Method::POST, vec![], 60),
        ("/userinfo", Method::GET, vec![("authorization", "Bearer nonsense")], 60),
        ("/userinfo/workspaces", Method::GET, vec![("authorization", "Bearer nonsense")], 60),
    ] {
        let server = TestServer::start().await;
        furnish(&server).await;
        let browser = server.browser();
        let fields = [("client_id", "nobody"), ("token", "x"), ("grant_type", "client_credentials")];
        let fields = (method == Method::POST).then_some(&fields[..]);
        for n in 0..count {
            let page = browser.send(method.clone(), path, fields, &headers).await;
            assert!(matches!(page.status.as_u16(), 400 | 401), "{path} {n}: {}", page.status);
        }
        let page = browser.send(method.clone(), path, fields, &headers).await;
        assert_too_many(&page, path);
        assert_eq!(page.json()["error"], "temporarily_unavailable", "{path}");
        // A share of the window later, one more is let through.
        server.advance(Duration::from_secs(2)).await;
        let page = browser.send(method.clone(), path, fields, &headers).await;
        assert!(matches!(page.status.as_u16(), 400 | 401), "{path}: {}", page.status);
    }
}

#[tokio::test]
async fn p133_the_set_up_page_shuts_after_ten_wrong_links() {
    let server = TestServer::start().await;
    let browser = server.browser();
    for n in 0..10 {
        assert!(browser.get("/setup?token=wrong").await.status.is_client_error(), "{n}");
    }
    assert_too_many(&browser.get("/setup?token=wrong").await, "/setup");
}

/// Guesses at any names count against the address that they come from, right or wrong ones alike once it is shut.
#[tokio::test]
async fn p133_the_sign_in_shuts_after_twenty_failures_of_an_address() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let guess = async |name: &str, password: &str| {
        let jar = server.browser();
        let page = jar.open(&authorize("s")).await;
        if page.marker().as_deref() != Some("page-login") {
            return page;
        }
        let page = jar.submit(&page, &[("username", name)]).await;
        if page.marker().as_deref() != Some("page-password") {
            return page;
        }
        jar.submit(&page, &[("password", password)]).await
    };
    for n in 0..20 {
        assert!(
            guess(&format!("nobody-{n}@acme.example"), "wrong password").await.has("password-problem"),
            "{n}"
        );
    }
    for (name, password) in [("nobody@acme.example", "wrong password"), (ADA, PASSWORD)] {
        let page = guess(name, password).await;
        assert_too_many(&page, name);
        assert_eq!(page.marker().as_deref(), Some("page-error"), "{name}");
    }
    server.advance(Duration::from_secs(30)).await;
    assert!(guess(ADA, PASSWORD).await.answer().contains_key("code"), "a share of the window later");
}

#[tokio::test]
async fn p133_authorization_requests_of_strangers_are_limited_and_those_of_people_are_not() {
    let server = TestServer::with().set("limits.authorize_address", "8 per 1m").start().await;
    furnish(&server).await;
    let person = server.browser();
    let page = person.open(&authorize("s")).await;
    let page = person.submit(&page, &[("username", ADA)]).await;
    assert!(person.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"));
    for n in 0..20 {
        let page = person.get(&authorize("again")).await;
        assert!(page.answer().contains_key("code"), "{n}: {page:?}");
    }
    let mut shut = None;
    for n in 0..10 {
        let page = server.browser().get(&authorize("stranger")).await;
        if page.status == 429 {
            assert_too_many(&page, "/oauth2/authorize");
            assert_eq!(page.marker().as_deref(), Some("page-error"));
            shut = Some(n);
            break;
        }
    }
    // The person, too, was a stranger once.
    assert_eq!(shut, Some(7));
}

/// D31, R71: a person has a share of their own, wherever they are: strangers at the same address take nothing of it, and it has
/// an end, for each code leaves a record for good.
#[tokio::test]
async fn p133_each_person_has_a_share_of_the_authorization_endpoint_and_strangers_take_nothing_of_it() {
    let limits = [("limits.authorize_address", "4 per 1m"), ("limits.authorize_person", "6 per 1m")];
    let limited = limits.iter().fold(TestServer::with(), |all, (key, rate)| all.set(key, *rate));
    let server = limited.start().await;
    furnish(&server).await;
    server.scope_of("acme").await.person("bob@acme.example", &[]).await;
    let mut people = Vec::new();
    // The request before the sign-in is a stranger's, and the way back from it is the person's.
    for name in [ADA, "bob@acme.example"] {
        let jar = server.browser();
        let page = jar.open(&authorize("s")).await;
        let page = jar.submit(&page, &[("username", name)]).await;
        assert!(jar.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"));
        people.push(jar);
    }
    let [ada, bob] = &people[..] else { panic!("two people") };
    for n in 0..2 {
        assert_eq!(server.browser().get(&authorize("s")).await.status, 303, "{n}");
    }
    assert_too_many(&server.browser().get(&authorize("s")).await, "strangers");
    let stale = server.browser();
    stale.set_cookie("symbolon", &ada.cookie("symbolon").expect("a cookie").replace("syb_", "syb_A"));
    assert_too_many(&stale.get(&authorize("s")).await, "a cookie that is none");
    let visited = server.browser();
    visited.open("/login").await;
    assert_too_many(&visited.get(&authorize("s")).await, "a cookie of nobody who is signed in");
    for n in 0..5 {
        assert!(ada.get(&authorize("s")).await.answer().contains_key("code"), "{n}");
    }
    assert_too_many(&ada.get(&authorize("s")).await, "more than a person may ask");
    assert_too_many(&ada.copy().get(&authorize("s")).await, "in another window");
    assert!(bob.get(&authorize("s")).await.answer().contains_key("code"));
    server.advance(Duration::from_secs(10)).await;
    assert!(ada.get(&authorize("s")).await.answer().contains_key("code"), "a share of the window later");
}

/// D31: an office behind one address works: what succeeds is not counted.
#[tokio::test]
async fn p133_success_is_not_counted_against_an_address() {
    let server = TestServer::with().set("limits.token_address", "3 per 1m").start().await;
    furnish(&server).await;
    let browser = server.browser();
    for n in 0..20 {
        assert_eq!(browser.get("/.well-known/jwks.json").await.status, 200, "{n}");
    }
    let fields = [("client_id", "nobody"), ("grant_type", "client_credentials")];
    for _ in 0..3 {
        browser.send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
    }
    assert_too_many(
        &browser.send(Method::POST, "/oauth2/token", Some(&fields), &[]).await,
        "the fourth failure",
    );
    assert_eq!(browser.get("/.well-known/jwks.json").await.status, 200);
}

/// D31: whoever fails to sign in keeps nobody behind the same address from answering, leaving and seeing where he is.
#[tokio::test]
async fn p133_failed_sign_ins_do_not_lock_the_signed_in_in() {
    let server = TestServer::with().set("limits.sign_in_address", "3 per 10m").start().await;
    furnish(&server).await;
    let person = server.browser();
    let page = person.open(&authorize("s")).await;
    let page = person.submit(&page, &[("username", ADA)]).await;
    person.submit(&page, &[("password", PASSWORD)]).await;
    let stranger = server.browser();
    let page = stranger.open("/login").await;
    let page = stranger.submit(&page, &[("username", "eve@acme.example"), ("organisation", "acme")]).await;
    for _ in 0..3 {
        stranger.submit(&page, &[("password", "wrong wrong wrong")]).await;
    }
    assert_too_many(&stranger.submit(&page, &[("password", "wrong")]).await, "the door of strangers");
    assert_eq!(person.get("/").await.status, 200);
    let chooser = person.open(&format!("{}&prompt=select_account", authorize("t"))).await;
    assert_eq!(chooser.marker().as_deref(), Some("page-accounts"));
    let asked = person.get("/oauth2/logout").await;
    assert_eq!(asked.marker().as_deref(), Some("page-logout-confirm"));
    let left = person.submit(&asked, &[("decision", "confirm")]).await;
    assert_eq!(left.marker().as_deref(), Some("page-logged-out"));
}
