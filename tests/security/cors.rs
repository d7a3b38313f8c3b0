//! Scripts of other origins (P035).

use reqwest::Method;

use super::furnish;
use crate::harness::TestServer;
use crate::harness::jar::Page;
use crate::harness::tokens::basic;

const ALLOW: &str = "access-control-allow-origin";

/// Look-alikes of `https://app.example`, and others that nobody listed.
const HOSTILE: [&str; 9] = [
    "https://evil.example",
    "null",
    "http://app.example",
    "https://app.example.evil.example",
    "https://evilapp.example",
    "https://app.example:444",
    "https://APP.example",
    "https://app.example/",
    "*",
];

/// Where a script may call, and how a browser asks beforehand.
const DOORS: [(&str, Method); 6] = [
    ("/oauth2/token", Method::POST),
    ("/oauth2/revoke", Method::POST),
    ("/userinfo", Method::GET),
    ("/.well-known/jwks.json", Method::GET),
    ("/.well-known/openid-configuration", Method::GET),
    ("/.well-known/oauth-authorization-server", Method::GET),
];

async fn simple(server: &TestServer, method: Method, path: &str, origin: &str) -> Page {
    server.browser().send(method, path, None, &[("origin", origin)]).await
}

async fn preflight(server: &TestServer, method: &Method, path: &str, origin: &str) -> Page {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method.as_str()),
        ("access-control-request-headers", "authorization"),
    ];
    server.browser().send(Method::OPTIONS, path, None, &headers).await
}

#[tokio::test]
async fn p035_an_origin_that_nobody_listed_reads_nothing() {
    let server = TestServer::start().await;
    furnish(&server).await;
    for origin in HOSTILE {
        for (path, method) in DOORS {
            for page in [
                simple(&server, method.clone(), path, origin).await,
                preflight(&server, &method, path, origin).await,
            ] {
                assert_eq!(page.header(ALLOW), None, "{origin} {path}");
                assert_eq!(page.header("access-control-allow-credentials"), None, "{origin} {path}");
                assert_eq!(
                    page.header("vary").map(str::to_ascii_lowercase).as_deref(),
                    Some("origin"),
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn p035_a_listed_origin_reads_and_never_with_credentials() {
    let server = TestServer::with().set("cors.allowed_origins", "https://ours.example").start().await;
    furnish(&server).await;
    for origin in ["https://app.example", "https://ours.example"] {
        for (path, method) in DOORS {
            for page in [
                simple(&server, method.clone(), path, origin).await,
                preflight(&server, &method, path, origin).await,
            ] {
                assert_eq!(page.header(ALLOW), Some(origin), "{path}");
                assert_eq!(page.header("access-control-allow-credentials"), None, "{path}");
            }
        }
    }
}

/// P035: pages and the endpoints of confidential clients are open to nobody, listed or not.
#[tokio::test]
async fn p035_pages_and_introspection_are_open_to_no_other_origin() {
    let server = TestServer::with().set("cors.allowed_origins", "https://ours.example").start().await;
    furnish(&server).await;
    for path in ["/oauth2/authorize", "/login", "/consent", "/oauth2/logout", "/setup", "/oauth2/introspect"]
    {
        for method in [Method::GET, Method::POST] {
            for page in [
                simple(&server, method.clone(), path, "https://ours.example").await,
                preflight(&server, &method, path, "https://ours.example").await,
            ] {
                assert_eq!(page.header(ALLOW), None, "{method} {path}");
            }
        }
    }
}

/// P035: an origin of one client does not read the answers to another.
#[tokio::test]
async fn p035_the_origin_must_belong_to_the_client_that_authenticated() {
    let server = TestServer::start().await;
    let clients = furnish(&server).await;
    let browser = server.browser();
    let basic = basic(clients.wiki.id(), &clients.wiki.secret);
    let headers = [("origin", "https://app.example"), ("authorization", &*basic)];
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", "https://app.example/callback"),
    ];
    let page = browser.send(Method::POST, "/oauth2/token", Some(&fields), &headers).await;
    assert_eq!((page.status.as_u16(), page.header(ALLOW)), (400, None), "{page:?}");

    let own = [("client_id", clients.spa.id())];
    let fields: Vec<(&str, &str)> = fields.into_iter().chain(own).collect();
    let headers = [("origin", "https://app.example")];
    let page = browser.send(Method::POST, "/oauth2/token", Some(&fields), &headers).await;
    assert_eq!((page.status.as_u16(), page.header(ALLOW)), (400, Some("https://app.example")), "{page:?}");
}
