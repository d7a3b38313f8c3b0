//! Bodies that are too large, too slow, too deep or packed (P130).

use std::time::Duration;

use super::furnish;
use crate::harness::{TestServer, raw};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

fn request(path: &str, head: &str, body: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n{body}").into_bytes()
}

#[tokio::test]
async fn p130_a_large_body_is_refused_in_the_words_of_its_family() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let large = "a".repeat(2 * 1024 * 1024);
    let browser = server.browser();
    let page = browser.post("/oauth2/token", &[("scope", &large)]).await;
    assert_eq!((page.status.as_u16(), page.json()["error"].clone()), (413, "invalid_request".into()));
    let page = browser.post("/login", &[("username", &large)]).await;
    assert_eq!((page.status.as_u16(), page.marker().as_deref()), (413, Some("page-error")));
    // Chunked, so that the length is not announced.
    let mut bytes = request("/oauth2/token", &format!("{FORM}Transfer-Encoding: chunked\r\n"), "");
    bytes.extend_from_slice(format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len()).as_bytes());
    let answer = raw::exchange(server.address, &bytes, Duration::from_secs(3));
    assert_eq!(answer.statuses(), [413], "{answer:?}");
    assert_eq!(browser.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn p130_long_values_deep_nesting_and_many_parameters_are_refused() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let browser = server.browser();
    let long = "a".repeat(40 * 1024);
    let nested = "[".repeat(30_000);
    for fields in
        [vec![("scope", long.as_str())], vec![("claims", long.as_str())], vec![("claims", nested.as_str())]]
    {
        let mut fields = fields;
        fields.push(("client_id", "wiki"));
        for path in ["/oauth2/authorize", "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            let page = browser.post(path, &fields).await;
            assert!(page.status.is_client_error(), "{path}: {}", page.status);
            assert!(!page.body.contains("aaaa") && !page.body.contains("[["), "{path}");
        }
    }
    let many: Vec<(String, String)> = (0..1000).map(|n| (format!("p{n}"), "1".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.post("/oauth2/token", &many).await;
    assert_eq!((page.status.as_u16(), page.json()["error"].clone()), (400, "invalid_request".into()));
}

/// P130: a small packed body could become a large one.
#[tokio::test]
async fn p130_a_packed_body_is_refused_unread() {
    let server = TestServer::start().await;
    furnish(&server).await;
    for encoding in ["gzip", "deflate", "br", "zstd", "identity, gzip", "nonsense"] {
        let head = format!("{FORM}Content-Encoding: {encoding}\r\nContent-Length: 5\r\n");
        let answer =
            raw::exchange(server.address, &request("/oauth2/token", &head, "a=b&c"), Duration::from_secs(2));
        assert_eq!(answer.statuses(), [415], "{encoding}: {answer:?}");
    }
}

#[tokio::test]
async fn p130_a_slow_body_is_cut_off() {
    let server = TestServer::with().set("server.body_timeout", "1s").start().await;
    furnish(&server).await;
    let head = format!("{FORM}Content-Length: 100\r\n");
    let answer = raw::exchange(
        server.address,
        &request("/oauth2/token", &head, "grant_type="),
        Duration::from_secs(5),
    );
    assert_eq!((answer.statuses(), answer.closed), (vec![408], true), "{answer:?}");
}

#[tokio::test]
async fn p130_a_body_that_is_no_form_is_refused() {
    let server = TestServer::start().await;
    furnish(&server).await;
    for (media, body) in
        [("application/json", "{}"), ("text/plain", "a=b"), ("multipart/form-data; boundary=x", "--x--")]
    {
        let head = format!("Content-Type: {media}\r\nContent-Length: {}\r\n", body.len());
        for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke", "/login", "/consent"] {
            let answer = raw::exchange(server.address, &request(path, &head, body), Duration::from_secs(2));
            let statuses = answer.statuses();
            assert!(statuses.len() == 1 && matches!(statuses[0], 400 | 415), "{path} {media}: {answer:?}");
        }
    }
}
