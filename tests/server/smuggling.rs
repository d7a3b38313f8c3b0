//! Requests whose end two programs could see in different places (P129):
//! 400 and a closed connection, never two answers.

use std::time::Duration;

use crate::harness::{TestServer, raw};

/// Every case ends with a second request that must never be answered.
const SECOND: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// What the endpoint of tokens reads; elsewhere nobody would come to the end of a body.
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn p129_ambiguous_lengths_are_refused_and_the_connection_is_closed() {
    let server = TestServer::start().await;
    let chunked = format!("0\r\n\r\n{SECOND}");
    let heads: Vec<(&str, &str)> = vec![
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", &chunked),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", &chunked),
        ("Content-Length: 0\r\nContent-Length: 5\r\n", SECOND),
        ("Content-Length: 5\r\nContent-Length: 5\r\n", SECOND),
        ("Content-Length: 5, 5\r\n", SECOND),
        ("Content-Length: +5\r\n", SECOND),
        ("Content-Length: -5\r\n", SECOND),
        ("Content-Length: 0x5\r\n", SECOND),
        ("Content-Length: 5 5\r\n", SECOND),
        ("Content-Length: \r\n", SECOND),
        ("Content-Length: 99999999999999999999999\r\n", SECOND),
        ("Transfer-Encoding: chunked, chunked\r\n", &chunked),
        ("Transfer-Encoding: identity, chunked\r\n", &chunked),
        ("Transfer-Encoding: chunked, identity\r\n", &chunked),
        ("Transfer-Encoding: gzip, chunked\r\n", &chunked),
        ("Transfer-Encoding: xchunked\r\n", &chunked),
        ("Transfer-Encoding: \"chunked\"\r\n", &chunked),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", &chunked),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", &chunked),
        ("Transfer-Encoding: x\r\n", SECOND),
        ("Transfer-Encoding : chunked\r\n", &chunked),
        ("Content-Length : 5\r\n", SECOND),
        ("Transfer-Encoding: chunked\r\n", "g\r\nhello\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "-1\r\nhello\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n"),
        ("X: a\r\n folded: b\r\nContent-Length: 5\r\n", SECOND),
        ("X\0: a\r\n", SECOND),
        ("Host: y\r\n", SECOND),
        (": a\r\n", SECOND),
    ];
    for (head, body) in heads {
        let bytes = format!("POST /oauth2/token HTTP/1.1\r\nHost: x\r\n{FORM}{head}\r\n{body}");
        let answer = raw::exchange(server.address, bytes.as_bytes(), Duration::from_secs(5));
        assert_eq!((answer.statuses(), answer.closed), (vec![400], true), "{head:?}: {answer:?}");
    }
}

#[tokio::test]
async fn p129_a_request_without_a_host_or_of_an_unknown_version_is_refused() {
    let server = TestServer::start().await;
    for bytes in [
        "GET /healthz HTTP/1.1\r\n\r\n",
        "GET /healthz HTTP/3.7\r\nHost: x\r\n\r\n",
        "GET /healthz\r\n\r\n",
        "G\0T /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST /oauth2/nowhere HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let answer = raw::exchange(server.address, bytes.as_bytes(), Duration::from_secs(5));
        assert_eq!((answer.statuses(), answer.closed), (vec![400], true), "{bytes:?}: {answer:?}");
    }
}
