//! What is too large, too slow or packed is refused before a handler sees it (P130), in the shape of its family.

use std::time::Duration;

use crate::harness::{TestServer, raw};

#[tokio::test]
async fn p130_a_large_head_is_refused() {
    let server = TestServer::start().await;
    let browser = server.browser();
    let large = "a".repeat(40 * 1024);
    let page = browser.send(reqwest::Method::GET, "/healthz", None, &[("x-large", &large)]).await;
    assert_eq!(page.status, 431);
    let cookie = format!("a={large}");
    let page = browser.send(reqwest::Method::GET, "/oauth2/nowhere", None, &[("cookie", &cookie)]).await;
    assert_eq!((page.status.as_u16(), page.json()["error"].clone()), (431, "invalid_request".into()));
    // Larger than the server reads at all.
    let bytes = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(200 * 1024));
    let answer = raw::exchange(server.address, bytes.as_bytes(), Duration::from_secs(1));
    assert_eq!((answer.statuses(), answer.closed), (vec![431], true), "{answer:?}");
    let many = "x: y\r\n".repeat(200);
    let bytes = format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{many}\r\n");
    let answer = raw::exchange(server.address, bytes.as_bytes(), Duration::from_secs(1));
    assert_eq!(answer.statuses(), [431], "{answer:?}");
    assert_eq!(browser.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn p130_a_slow_head_is_cut_off() {
    let server = TestServer::with().set("server.header_timeout", "1s").start().await;
    let answer = raw::exchange(server.address, b"GET /healthz HTTP/1.1\r\nHost:", Duration::from_secs(4));
    assert_eq!((answer.statuses(), answer.closed), (vec![408], true), "{answer:?}");
}
