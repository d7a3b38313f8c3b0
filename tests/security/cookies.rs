//! The headers and cookies of every page, before and after signing in (P077).

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{ADA, authorize, furnish};
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::{TestServer, raw};

/// Every page that a person can meet, the broken ones too.
const PATHS: [&str; 12] = [
    "/",
    "/login",
    "/login/password",
    "/login/accounts",
    "/consent",
    "/setup",
    "/setup?token=wrong",
    "/oauth2/logout",
    "/oauth2/authorize",
    "/oauth2/authorize/resume",
    "/oauth2/authorize?client_id=nobody",
    "/nonsense",
];

fn check(page: &Page, https: bool) {
    let what = &page.path;
    let policy = page.header("content-security-policy").unwrap_or_else(|| panic!("{what}"));
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
        "{what}: {policy}"
    );
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}: {policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{what}");
    assert!(page.header("permissions-policy").is_some(), "{what}");
    assert!(page.header("cache-control").is_some_and(|value| value.contains("no-store")), "{what}");
    assert_eq!(page.header("strict-transport-security").is_some(), https, "{what}");
    for cookie in page.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        for wanted in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&wanted), "{what}: {cookie}");
        }
        assert!(!cookie.to_ascii_lowercase().contains("domain="), "{what}: {cookie}");
        assert_eq!(
            cookie.starts_with("__Host-") && attributes.contains(&"Secure"),
            https,
            "{what}: {cookie}"
        );
    }
}

async fn crawl(jar: &Jar, https: bool) {
    for path in PATHS {
        check(&jar.get(path).await, https);
    }
}

#[tokio::test]
async fn p077_every_page_has_its_headers_and_every_cookie_its_attributes() {
    let server = TestServer::with().unlimited().start().await;
    furnish(&server).await;
    let jar = server.browser();
    crawl(&jar, false).await;
    let page = jar.open(&authorize("s")).await;
    check(&page, false);
    let page = jar.submit(&page, &[("username", ADA)]).await;
    check(&page, false);
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(page.answer().contains_key("code"));
    crawl(&jar, false).await;
}

#[tokio::test]
async fn p077_on_https_the_cookies_are_host_cookies() {
    let server = TestServer::with().set("server.issuer", "https://id.example.com").unlimited().start().await;
    furnish(&server).await;
    let jar = server.browser();
    crawl(&jar, true).await;
    let page = jar.open(&authorize("s")).await;
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:?}");
    assert!(jar.cookie("__Host-symbolon").is_some() && jar.cookie("__Host-symbolon-csrf").is_some());
    check(&page, true);
}

/// P077, P105: the pages of our own failures are pages like the others, and say nothing of what failed.
#[tokio::test]
async fn p077_the_pages_of_failures_have_their_headers_and_tell_nothing() {
    let server = TestServer::with().unlimited().start().await;
    furnish(&server).await;
    let mut below = Everything::open(server.storage());
    let jar = server.browser();
    let page = jar.open(&authorize("s")).await;
    let password = jar.submit(&page, &[("username", ADA)]).await;
    below.fail_writes("interactions");
    let away = server.browser().get(&authorize("s")).await;
    below.heal("interactions");
    below.tamper("UPDATE users SET profile = '{'");
    let broken = jar.submit(&password, &[("password", PASSWORD)]).await;
    for (page, status) in [(&away, 503), (&broken, 500)] {
        assert_eq!(
            (page.status.as_u16(), page.marker().as_deref()),
            (status, Some("page-error")),
            "{page:?}"
        );
        check(page, false);
        assert_eq!(page.text_of("request-id").as_deref(), page.header("x-request-id"));
        for word in
            ["disk full", "interactions", "profile", "users", "JSON", "EOF", "line 1", ".rs", "diesel"]
        {
            assert!(!page.body.contains(word), "{status}: {word} in {}", page.body);
        }
    }
    // This one answer of 500 was asked for.
    assert_eq!(server.edge.defects.swap(0, Ordering::Relaxed), 1);
}

/// D30: the forms of a waiting request may lead to its own client and to nobody else.
#[tokio::test]
async fn p077_forms_lead_to_us_and_to_the_verified_redirect_only() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let page = server.browser().open(&authorize("s")).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.ends_with("form-action 'self' https://app.example"), "{policy}");
    let page = server.browser().open("/login").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.ends_with("form-action 'self'"), "{policy}");
}

/// P069: a cookie that a neighbouring site has planted, of bytes that are no text, signs nobody out.
#[tokio::test]
async fn p069_a_planted_cookie_of_odd_bytes_does_not_hide_ours() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let jar = server.browser();
    let page = jar.open(&authorize("s")).await;
    let page = jar.submit(&page, &[("username", ADA)]).await;
    jar.submit(&page, &[("password", PASSWORD)]).await;
    let path = format!("{}&prompt=none", authorize("again"));
    for planted in [&b"other=\xe9"[..], b"\xff", b"=; \xc3=\xa9"] {
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ");
        let cookies = [planted, b"; ", jar.cookie_header().as_bytes()].concat();
        let bytes = [head.as_bytes(), &cookies, b"\r\n\r\n"].concat();
        let answer = raw::exchange(server.address, &bytes, Duration::from_secs(5));
        assert!(answer.text.contains("code=") && !answer.text.contains("login_required"), "{answer:?}");
    }
}
