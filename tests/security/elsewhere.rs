//! P133: a page elsewhere makes the browsers of its visitors knock at every door, in every way that a
//! page can, and none of them is shut out by that.

use reqwest::Method;
use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;
use symbolon::server::routes;

use super::{ADA, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::seed::{PASSWORD, client};

/// What a browser says of itself for each thing that a page can do.
const WAYS: [(&str, &[(&str, &str)]); 6] = [
    ("GET", &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")]),
    (
        "GET",
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
    ),
    (
        "GET",
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("sec-purpose", "prefetch"),
        ],
    ),
    (
        "POST",
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ],
    ),
    ("POST", &[("origin", "null"), ("sec-fetch-site", "same-site"), ("sec-fetch-dest", "empty")]),
    (
        "POST",
        &[
            ("origin", "https://listed.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
        ],
    ),
];

/// What such a page sends along.
const FIELDS: [(&str, &str); 7] = [
    ("grant_type", "refresh_token"),
    ("client_id", "spa"),
    ("refresh_token", "nonsense"),
    ("token", "nonsense"),
    ("access_token", "a.b.c"),
    ("username", ADA),
    ("password", "wrong"),
];

async fn server() -> TestServer {
    let limits = [
        "limits.sign_in_address",
        "limits.authorize_address",
        "limits.token_address",
        "limits.token_client",
        "limits.bearer_address",
        "limits.setup_address",
        "limits.logout_address",
    ];
    let server = limits.iter().fold(TestServer::with(), |all, key| all.set(key, "4 per 10m")).start().await;
    furnish(&server).await;
    let mut theirs = client("theirs", ClientKind::Spa);
    theirs.metadata.tenants = OpenTo::All;
    theirs.metadata.allowed_origins = vec!["https://listed.example".to_owned()];
    server.platform().await.register(theirs).await;
    server
}

/// A page elsewhere does everything it can at every door; says how often it was told to wait.
async fn storm(server: &TestServer) -> usize {
    let visitor = server.browser();
    let mut waits = 0;
    for route in routes::table().iter().filter(|route| route.gate().door.is_some()) {
        let path = if route.path() == "/oauth2/authorize" {
            authorize("evil")
        } else {
            format!("{}?token=nonsense&interaction=nonsense", route.path())
        };
        for (method, headers) in WAYS {
            for _ in 0..6 {
                let answered = match method {
                    "GET" => visitor.send(Method::GET, &path, None, headers).await,
                    _ => visitor.send(Method::POST, &path, Some(&FIELDS), headers).await,
                };
                waits += usize::from(answered.status == 429);
            }
        }
    }
    waits
}

#[tokio::test]
async fn p133_a_page_elsewhere_shuts_no_door_for_its_visitors() {
    let server = server().await;
    assert!(storm(&server).await > 0, "what a page elsewhere does is limited too");
    let visitor = server.browser();
    let refresh = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", "nonsense")];
    let own = [
        ("origin", "https://app.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "empty"),
    ];
    for path in ["/oauth2/token", "/oauth2/revoke"] {
        for headers in [&own[..], &[]] {
            let fields = [&refresh[..], &[("token", "nonsense")]].concat();
            let answered = visitor.send(Method::POST, path, Some(&fields), headers).await;
            assert!(matches!(answered.status.as_u16(), 200 | 400), "{path} {headers:?}: {answered:?}");
        }
    }
    assert_eq!(visitor.get("/userinfo").await.status, 401);
    assert_eq!(visitor.get("/setup?token=nonsense").await.status, 410);
    assert_eq!(visitor.get("/oauth2/logout").await.status, 200);
    // Sent to us by a relying party, as for every sign-in.
    let window =
        [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let page = visitor.send(Method::GET, &authorize("s"), None, &window).await;
    let page = visitor.follow(page).await;
    let page = visitor.submit(&page, &[("username", ADA)]).await;
    assert!(visitor.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"));
}

/// Whoever invents what a browser says gets one more share of each door, and no more.
#[tokio::test]
async fn p133_inventing_origins_brings_no_share_beyond_one() {
    let server = server().await;
    let fields = [("grant_type", "client_credentials"), ("client_id", "nobody"), ("client_secret", "x")];
    let mut refused = 0;
    for n in 0..20 {
        let origin = format!("https://origin-{n}.example");
        let headers = [("origin", origin.as_str())];
        let answered = server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &headers).await;
        refused += usize::from(answered.status == 401);
    }
    assert_eq!(refused, 4);
}
