//! Failures of our own, at every door: the same headers as any answer, no detail, no
//! echo, and the number of the request (P077, P105).

use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::Method;
use symbolon::server::routes;
use symbolon::web::family::Family;
use symbolon::web::middleware::gate::Guard;

use crate::authorize::{ADA, acme, request, sign_in};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::Everything;

/// Sent along with every request; nothing of it comes back.
const ECHO: &str = "echo7f3a9c";

/// What every answer of a family says beside its content.
const POLICIES: [&str; 7] = [
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-resource-policy",
    "x-permitted-cross-domain-policies",
];

/// An answer to a failure of ours, like any other of its family but for the content.
fn assert_failure(page: &Page, (status, sound): (u16, &Sound), family: Family, what: &str) {
    let sound = sound.like(family);
    assert_eq!(page.status.as_u16(), status, "{what}: {page:?}");
    for name in POLICIES {
        assert!(page.header(name).is_some(), "{what}: {name}");
        assert_eq!(page.header(name), sound.header(name), "{what}: {name}");
    }
    assert_eq!(page.header("cache-control"), Some("no-store"), "{what}");
    assert_eq!(page.header("retry-after").is_some(), status == 503, "{what}");
    let id = page.header("x-request-id").unwrap_or_else(|| panic!("{what}: no number of the request"));
    // Without the number: its digits may spell a name.
    let whole = format!("{:?}{}", page.headers, page.body).to_lowercase().replace(id, "");
    for word in [ECHO, "spoiled", "sql", "column", "diesel", "metadata", "panicked", "src/", "acme", "ada"] {
        assert!(!whole.contains(word), "{what}: {word} in {page:?}");
    }
    assert!(
        page.headers.get("set-cookie").is_none_or(|cookie| !format!("{cookie:?}").contains("session")),
        "{what}"
    );
    match family {
        Family::Page | Family::Asset => {
            assert_eq!(page.marker().as_deref(), Some("page-error"), "{what}: {page:?}");
            assert_eq!(page.text_of("request-id").as_deref(), Some(id), "{what}");
        }
        Family::OAuth => {
            let code = if status == 503 { "temporarily_unavailable" } else { "server_error" };
            assert_eq!(page.json()["error"], code, "{what}: {page:?}");
        }
        Family::Api => {
            assert_eq!(page.header("content-type"), Some("application/problem+json"), "{what}");
            assert_eq!(page.json()["status"], status, "{what}: {page:?}");
        }
    }
}

/// An answer of each family, from a server that is well.
struct Sound {
    page: Page,
    oauth: Page,
    api: Page,
}

impl Sound {
    async fn of(server: &TestServer) -> Self {
        let jar = server.browser();
        Self {
            page: jar.get("/nonsense").await,
            oauth: jar.get("/oauth2/nonsense").await,
            api: jar.get("/api/nonsense").await,
        }
    }

    const fn like(&self, family: Family) -> &Page {
        match family {
            Family::Page | Family::Asset => &self.page,
            Family::OAuth => &self.oauth,
            Family::Api => &self.api,
        }
    }
}

async fn ask(jar: &Jar, method: &str, path: &str, headers: &[(&str, &str)]) -> Page {
    let fields = [("token", ECHO), ("grant_type", ECHO), ("username", ECHO), ("client_id", "acme.app")];
    match method {
        "POST" => jar.send(Method::POST, path, Some(&fields), headers).await,
        other => jar.send(other.parse().expect("a method"), path, None, headers).await,
    }
}

/// The path with an id in each of its places.
fn filled(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "0191c7a0-0000-7000-8000-000000000000" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A node that has lost its database closes every door that asks for a proof, and says no more than that.
#[tokio::test]
async fn p077_an_answer_that_something_is_unavailable_is_like_any_other() {
    let server = acme().await;
    let sound = Sound::of(&server).await;
    // The node looks for changes by itself, and must not find out that all is well.
    Everything::open(server.storage()).hide("change_number");
    server.clock.advance(Duration::from_secs(10));
    let jar = server.browser();
    let mut doors = 0;
    for route in routes::table().iter().filter(|route| route.gate().guard != Guard::Open) {
        for method in &route.gate().methods {
            let path = format!("{}?echo={ECHO}", filled(route.path()));
            let answered = ask(&jar, method.as_str(), &path, &[]).await;
            if method.as_str() == "HEAD" {
                assert_eq!((answered.status.as_u16(), answered.body.as_str()), (503, ""), "{path}");
                continue;
            }
            assert_failure(&answered, (503, &sound), route.family(), &format!("{method} {path}"));
            doors += 1;
        }
    }
    assert!(doors > 15, "{doors}");
}

/// D25: a node whose clock was set back cannot tell how long ago it heard of the database, and closes the same doors.
#[tokio::test]
async fn d25_a_clock_that_is_set_back_does_not_keep_an_old_reading_fresh() {
    let server = acme().await;
    Everything::open(server.storage()).hide("change_number");
    server.clock.set(server.now() - Duration::from_hours(1));
    let jar = server.browser();
    for path in ["/readyz", "/.well-known/jwks.json", "/.well-known/revocations", "/login", &request(&[])] {
        assert_eq!(jar.get(path).await.status, 503, "{path}");
    }
    assert_eq!(jar.get("/healthz").await.status, 200);
}

/// What cannot be read of the data is our fault, and looks like nothing else.
#[tokio::test]
async fn p077_an_answer_to_a_fault_of_ours_is_like_any_other() {
    let server = acme().await;
    let sound = Sound::of(&server).await;
    let (jar, stranger) = (server.browser(), server.browser());
    let signed_in = jar.open(&request(&[])).await;
    sign_in(&jar, signed_in, ADA).await;
    let waiting = stranger.open(&request(&[])).await;
    let (_, handle) = waiting.path.split_once("interaction=").expect("a handle");
    let once_more = jar.open(&request(&[("prompt", "login")])).await;
    let (_, own) = once_more.path.split_once("interaction=").expect("a handle");
    let mut below = Everything::open(server.storage());
    for spoiled in [("clients", "metadata"), ("interactions", "progress"), ("users", "profile")] {
        below.spoil(spoiled, "spoiled");
    }
    let wanted = request(&[("state", ECHO)]);
    let again = format!("/login?interaction={handle}&echo={ECHO}");
    for (browser, method, path) in [
        (&stranger, "GET", wanted.as_str()),
        (&stranger, "GET", &*again),
        (&stranger, "GET", &*format!("/login/password?interaction={handle}")),
        (&jar, "GET", &*format!("/login/accounts?interaction={own}")),
        (&jar, "GET", &*format!("/consent?interaction={own}")),
        (&stranger, "GET", &*format!("/oauth2/authorize/resume?interaction={handle}")),
        (&jar, "GET", "/"),
        (&jar, "GET", "/oauth2/logout"),
    ] {
        let answered = ask(browser, method, path, &[]).await;
        assert_failure(&answered, (500, &sound), Family::Page, path);
    }
    let posted = [("username", ECHO), ("password", ECHO), ("action", "continue")];
    let answered = stranger.submit(&waiting, &posted).await;
    assert_failure(&answered, (500, &sound), Family::Page, "POST /login");
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        let answered = ask(&stranger, "POST", path, &[]).await;
        assert_failure(&answered, (500, &sound), Family::OAuth, path);
    }
    let faults = server.edge.defects.swap(0, Ordering::Relaxed);
    assert!(faults >= 12, "each is counted as the defect that it is: {faults}");
}
