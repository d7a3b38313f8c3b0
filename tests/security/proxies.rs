//! Headers that claim another address (P123).

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Method;
use symbolon::web::knocker::{Knocker, Sender};
use symbolon::web::limits::Door;

use super::furnish;
use crate::harness::{TestServer, raw};

/// Everything that a client may claim.
const CLAIMS: [(&str, &str); 9] = [
    ("x-forwarded-for", "203.0.113.9"),
    ("x-real-ip", "203.0.113.9"),
    ("forwarded", "for=203.0.113.9"),
    ("x-client-ip", "203.0.113.9"),
    ("true-client-ip", "203.0.113.9"),
    ("cf-connecting-ip", "203.0.113.9"),
    ("x-forwarded", "203.0.113.9"),
    ("x-cluster-client-ip", "203.0.113.9"),
    ("client-ip", "203.0.113.9"),
];

/// The door of tokens is shut for this address after one refused request.
async fn server(proxies: &str) -> TestServer {
    let server = TestServer::with()
        .set("limits.token_address", "1 per 10m")
        .set("server.trusted_proxies", proxies)
        .start()
        .await;
    furnish(&server).await;
    server
}

async fn knock(server: &TestServer, headers: &[(&str, &str)]) -> u16 {
    let fields = [("grant_type", "client_credentials"), ("client_id", "nobody")];
    server.browser().send(Method::POST, "/oauth2/token", Some(&fields), headers).await.status.as_u16()
}

#[tokio::test]
async fn p123_a_claimed_address_from_an_unlisted_peer_is_ignored() {
    let server = server("").await;
    assert_eq!(knock(&server, &[]).await, 401);
    for claim in CLAIMS {
        assert_eq!(knock(&server, &[claim]).await, 429, "{claim:?}");
    }
    let claimed: IpAddr = "203.0.113.9".parse().unwrap();
    assert!(
        server
            .edge
            .limits
            .peek(Door::Token, &Knocker::new(claimed.into(), Sender::Visitor), server.now())
            .is_ok()
    );
}

#[tokio::test]
async fn p123_a_listed_proxy_is_believed_about_its_own_peer_alone() {
    let server = server("127.0.0.1").await;
    let forwarded = |value: &'static str| [("x-forwarded-for", value)];
    assert_eq!(knock(&server, &forwarded("203.0.113.9")).await, 401);
    assert_eq!(knock(&server, &forwarded("203.0.113.9")).await, 429);
    assert_eq!(
        knock(&server, &forwarded("198.51.100.1, 203.0.113.9")).await,
        429,
        "left of the peer is hearsay"
    );
    assert_eq!(knock(&server, &forwarded("203.0.113.9, 198.51.100.1")).await, 401, "another peer");
    for claim in &CLAIMS[1..] {
        let headers = [("x-forwarded-for", "203.0.113.9"), *claim];
        assert_eq!(knock(&server, &headers).await, 429, "{claim:?}");
    }
}

/// The proxy appends the address of its peer to whatever the peer has written, which need not be text.
#[tokio::test]
async fn p123_bytes_that_are_no_text_do_not_hide_who_sent_them() {
    let server = server("127.0.0.1").await;
    let body = "grant_type=client_credentials&client_id=nobody";
    let head = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nX-Forwarded-For: ",
        body.len()
    );
    let knock = |claimed: &[u8]| {
        let line = [claimed, b", 203.0.113.9\r\n\r\n"].concat();
        let bytes = [head.as_bytes(), &line, body.as_bytes()].concat();
        raw::exchange(server.address, &bytes, Duration::from_secs(5)).statuses()
    };
    assert_eq!(knock(b"1.1.1.1"), [401]);
    assert_eq!(knock(b"\xff"), [429], "the door is shut for the address that the proxy saw");
    assert_eq!(knock(b"\xc3, \x80"), [429]);
    let proxy: IpAddr = "127.0.0.1".parse().unwrap();
    let knocker = Knocker::new(proxy.into(), Sender::Visitor);
    assert!(server.edge.limits.peek(Door::Token, &knocker, server.now()).is_ok(), "and not for the proxy");
}
