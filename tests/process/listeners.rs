//! The listeners of `serve`: TLS, metrics, and how they close (D38, R73, P105).

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use reqwest::Certificate;

use super::{Home, TLS_FILES, report_token};
use crate::harness::jar::{Jar, client};
use crate::harness::raw;
use crate::harness::wait::until;

/// How long something may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(SOON)).expect("a time limit");
    stream
}

/// D38: SIGTERM lets the running request finish, takes no new one, and ends with 0.
#[tokio::test]
async fn at_sigterm_the_running_request_is_answered_and_no_other() {
    let mut home = Home::with_acme();
    // One worker, which takes connections in their order.
    home.program = home.program.set("server.workers", "1");
    let mut serving = home.program.serve();
    assert_eq!(report_token(&serving).await.0, 200);
    let body = "grant_type=client_credentials&scope=notes&client_id=globex.report&client_secret=no";
    let (first, rest) = body.split_at(20);
    let mut running = connect(serving.address);
    let head = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    );
    running.write_all(head.as_bytes()).expect("half a request");
    // The half has arrived when another connection, opened later, was answered.
    assert_eq!(client().get(serving.url("/healthz")).send().await.expect("an answer").status(), 200);

    serving.signal("TERM");
    serving.said("\"message\":\"stopping\"");
    until(SOON, "new connections are refused", async || is_refused(serving.address)).await;
    running.write_all(rest.as_bytes()).expect("the other half");
    let mut answer = String::new();
    running.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("invalid_client"), "{answer}");
    let (code, log) = serving.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
}

/// Whether a new connection is refused, or closed without an answer.
fn is_refused(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return true };
    stream.set_read_timeout(Some(SOON)).expect("a time limit");
    let _closed_early = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    // That nothing comes for long is no refusal.
    match stream.read(&mut [0; 16]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let home = Home::new();
    let mut serving = home.program.serve();
    let mut waiting = connect(serving.address);
    waiting.write_all(b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n").expect("sent");
    assert_eq!(client().get(serving.url("/healthz")).send().await.expect("an answer").status(), 200);
    serving.signal("INT");
    serving.said("\"message\":\"stopping\"");
    serving.signal("INT");
    assert_eq!(serving.wait().0, Some(0));
}

/// While `server.unready` lasts, the server answers and says that it is not ready.
#[tokio::test]
async fn readiness_goes_before_the_listener() {
    let mut home = Home::new();
    home.program = home.program.set("server.unready", "60s");
    let mut serving = home.program.serve();
    serving.signal("TERM");
    serving.said("\"message\":\"stopping\"");
    let readyz = client().get(serving.url("/readyz")).send().await.expect("an answer");
    assert_eq!(readyz.status(), 503);
    let keys = client().get(serving.url("/.well-known/jwks.json")).send().await.expect("an answer");
    assert_eq!(keys.status(), 200);
    serving.signal("TERM");
    assert_eq!(serving.wait().0, Some(0));
}

/// R73: the listener speaks TLS by itself, and nothing else on that port.
#[tokio::test]
async fn a_listener_with_a_certificate_speaks_https_only() {
    let home = Home::with_tls();
    let serving = home.program.serve();
    let root = std::fs::read(format!("{TLS_FILES}/ca.pem")).expect("the root");
    let trusting = trusting(&root, serving.address);
    let url = format!("https://keys.example:{}/.well-known/jwks.json", serving.address.port());
    let keys = trusting.get(url).send().await;
    assert_eq!(keys.expect("an answer over TLS").status(), 200);
    assert!(
        client().get(format!("https://{}/healthz", serving.address)).send().await.is_err(),
        "an unknown root"
    );
    assert!(is_alive(serving.address), "the image's health check speaks TLS too");
    let plain =
        raw::exchange(serving.address, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", Duration::from_secs(1));
    assert!(!plain.text.contains("alive"), "{plain:?}");

    let broken = home.program.set("server.tls_key", format!("{TLS_FILES}/ca.pem"));
    let refused = broken.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(78), "{refused:?}");
    assert!(refused.err.contains("server.tls_key"), "{refused:?}");
}

/// Asks as the container image does.
fn is_alive(address: SocketAddr) -> bool {
    let mut check = Command::new("bash");
    check.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/docker/healthcheck"));
    check.env("SYMBOLON_SERVER__LISTEN", address.to_string()).status().expect("bash runs").success()
}

#[tokio::test]
async fn the_images_health_check_tells_a_living_server_from_none() {
    let serving = Home::new().program.serve();
    let address = serving.address;
    assert!(is_alive(address));
    serving.kill();
    assert!(!is_alive(address));
}

#[expect(clippy::disallowed_methods, reason = "the test trusts the root of the test")]
fn trusting(root: &[u8], address: SocketAddr) -> reqwest::Client {
    let root = Certificate::from_pem(root).expect("a certificate");
    reqwest::Client::builder()
        .tls_certs_only([root])
        .resolve("keys.example", address)
        .build()
        .expect("a client")
}

/// P105: metrics have a listener of their own, labels of few values, and nothing about people.
#[tokio::test]
async fn p105_metrics_have_their_own_listener_and_name_nobody() {
    let mut home = Home::with_acme();
    home.program = home.program.set("server.metrics_listen", "127.0.0.1:0");
    let serving = home.program.serve();
    let own: serde_json::Value =
        serde_json::from_str(&serving.logged("\"message\":\"metrics\"")).expect("JSON");
    let metrics = format!("http://{}/metrics", own["address"].as_str().expect("an address"));

    let jar = Jar::at(&serving.url(""), "http://localhost:8080");
    for (n, path) in
        ["/login", "/nothing/0191c7a2", "/assets/made-up", "/oauth2/authorize?client_id=acme.wiki"]
            .iter()
            .enumerate()
    {
        jar.get(&format!("{path}{}x{n}=ada@acme.example", if path.contains('?') { '&' } else { '?' })).await;
    }
    assert_eq!(report_token(&serving).await.0, 200);
    let page = jar.open("/login").await;
    jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    for method in ["BREW", "PROPFIND", "POST"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        jar.send(method, "/userinfo", None, &[]).await;
    }

    let text = client().get(&metrics).send().await.expect("an answer").text().await.expect("text");
    assert!(text.contains("symbolon_requests_total"), "{text}");
    for secret in
        ["ada", "acme", "globex", "127.0.0.1", "client_id", "made-up", "0191c7a2", "BREW", "PROPFIND", "@"]
    {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let allowed = BTreeSet::from([
        "route", "method", "status", "family", "le", "table", "job", "result", "purpose", "state", "quantile",
    ]);
    let labels: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split_once('{')?.1.split_once('}').map(|(labels, _)| labels))
        .flat_map(|labels| labels.split(','))
        .filter_map(|label| label.split_once('=').map(|(name, _)| name))
        .collect();
    assert!(
        labels.is_subset(&allowed),
        "labels whose values nobody has bounded: {:?}",
        labels.difference(&allowed)
    );

    assert_eq!(jar.get("/metrics").await.status, 404, "not on the outside");
    serving.kill();
}
