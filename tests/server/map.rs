//! The URL map: every route declares what it takes, and what is not in it does not exist (P105).

use std::time::Duration;

use reqwest::Method;
use symbolon::server::routes::{self, Route};
use symbolon::web::limits::Door;
use symbolon::web::middleware::gate::Guard;

use crate::harness::{TestServer, raw};

#[test]
fn the_map_keeps_its_own_rules() {
    assert_eq!(routes::check(&routes::table()), Ok(()));
}

#[test]
fn a_map_that_does_not_fit_together_does_not_start() {
    let handler = || async { actix_web::HttpResponse::Ok().finish() };
    for (route, breach) in [
        (Route::new("/x", Guard::Open), "/x: takes no method"),
        (Route::new("/x", Guard::Open).post(handler), "/x: takes a method that changes something"),
        (Route::new("/x", Guard::Client).door(Door::Token).post(handler), "/x: is for programs, and a page"),
        (Route::new("/api/x", Guard::Browser).door(Door::SignIn).post(handler), "/api/x: is for people"),
        (Route::new("/x", Guard::Browser).post(handler), "/x: has neither a limit nor a reason"),
        (
            Route::new("/x", Guard::Browser).door(Door::SignIn).unlimited("both").post(handler),
            "/x: has neither a limit nor a reason to have none, or both",
        ),
        (Route::new("/x", Guard::Open).get(handler).cors(), "/x: is a page, and open to scripts"),
    ] {
        let breaches = routes::check(&[route]).expect_err(breach);
        assert!(breaches.starts_with(breach), "{breaches}");
    }
    let twice = [Route::new("/x", Guard::Open).get(handler), Route::new("/x", Guard::Open).get(handler)];
    assert_eq!(routes::check(&twice), Err("/x: stands twice".to_owned()));
}

/// P105: nothing of the inside is open: neither metrics nor debug pages nor files.
#[tokio::test]
async fn p105_doors_that_scanners_try_do_not_exist() {
    let server = TestServer::start().await;
    let browser = server.browser();
    for path in [
        "/metrics",
        "/debug",
        "/debug/pprof",
        "/actuator",
        "/actuator/env",
        "/env",
        "/.env",
        "/.git/config",
        "/admin",
        "/h2-console",
        "/server-status",
        "/phpinfo.php",
        "/swagger",
        "/graphql",
        "/trace",
        "/config",
        "/config.json",
        "/backup.sql",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "//evil.example",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 404, "{path}");
    }
}

/// P077, P105: what guards a path, here or in a proxy before us, goes by its text; so no other text leads there.
#[tokio::test]
async fn p105_no_second_spelling_of_a_path_leads_anywhere() {
    let server = TestServer::start().await;
    let ask = |path: &str| {
        // A client that follows the standard would mend such a path before it sends it.
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        raw::exchange(server.address, bytes.as_bytes(), Duration::from_secs(5)).statuses()
    };
    for route in routes::table().iter().filter(|route| !route.path().contains('{') && route.path() != "/") {
        let path = route.path();
        assert_ne!(ask(path), [404], "{path}");
        let (start, last) = path.split_at(path.len() - 1);
        let escaped = format!("{start}%{:02x}", last.as_bytes()[0]);
        let (folder, name) = path.rsplit_once('/').unwrap();
        for spelling in [
            escaped.clone(),
            format!("{escaped}?a=b"),
            format!("{path}/"),
            format!("/{path}"),
            format!("{folder}//{name}"),
            format!("/.{path}"),
            format!("/x/..{path}"),
            format!("{folder}/./{name}"),
            format!("/x%2f..{path}"),
            format!("{path};a=b"),
            format!("{path}%00"),
            format!("{path}%20"),
            format!("http://elsewhere.example{escaped}"),
        ] {
            assert_eq!(ask(&spelling), [404], "{spelling}");
        }
    }
}

/// P105: errors say nothing of the inside.
#[tokio::test]
async fn p105_errors_are_generic_and_carry_an_id() {
    let server = TestServer::start().await;
    let browser = server.browser();
    let tries: Vec<(Method, &str)> = vec![
        (Method::GET, "/%00"),
        (Method::GET, "/%ff%fe"),
        (Method::GET, "/assets/%ff"),
        (Method::GET, "/assets/%00"),
        (Method::POST, "/assets/x"),
        (Method::DELETE, "/healthz"),
        (Method::TRACE, "/healthz"),
        (Method::PATCH, "/nonsense"),
        (Method::GET, "/nonsense?a=%ff"),
        (Method::GET, "/oauth2/%00"),
        (Method::GET, "/api/v1/%27%20or%201=1"),
        (Method::GET, "/?%s%n"),
    ];
    for (method, path) in tries {
        let page = browser.send(method.clone(), path, None, &[]).await;
        assert!(page.status.is_client_error() || path == "/?%s%n", "{method} {path}: {}", page.status);
        assert!(page.header("x-request-id").is_some(), "{method} {path}");
        for word in ["panicked", "src/", ".rs", "actix", "sqlite", "diesel", "Error {", "stack"] {
            assert!(!page.body.contains(word), "{method} {path}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn a_method_that_a_route_does_not_take_is_named_with_those_it_takes() {
    let server = TestServer::start().await;
    let page = server.browser().send(Method::DELETE, "/healthz", None, &[]).await;
    assert_eq!((page.status.as_u16(), page.header("allow")), (405, Some("GET, HEAD")));
    assert_eq!(page.json()["type"], "urn:symbolon:problem:method-not-allowed");
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let server = TestServer::start().await;
    let page = server.browser().send(Method::HEAD, "/healthz", None, &[]).await;
    assert_eq!((page.status.as_u16(), page.body.as_str()), (200, ""));
}

#[tokio::test]
async fn a_node_that_stops_says_that_it_is_not_ready_and_lives() {
    let server = TestServer::start().await;
    let browser = server.browser();
    assert_eq!(browser.get("/readyz").await.status, 200);
    server.edge.readiness.close();
    assert_eq!(browser.get("/readyz").await.status, 503);
    assert_eq!(browser.get("/healthz").await.status, 200);
}
