//! Connections that are reset in the middle of a request: what was begun is finished, counted and recorded all the same
//! (P037, P132, P138, D38).

use std::net::IpAddr;
use std::time::Duration;

use symbolon::flows::login::{Destination, lockout};
use symbolon::storage::TenantScope;
use symbolon::storage::records::audit;
use symbolon::web::knocker::{Knocker, Sender};
use symbolon::web::limits::Door;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::server::Builder;
use crate::harness::wait::until;

const ADA: &str = "ada@acme.example";
/// How long something may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// A server where every verdict on Ada's password waits until the gate is opened.
struct Held {
    server: TestServer,
    scope: TenantScope,
    gate: std::sync::mpsc::Sender<()>,
    holder: JoinHandle<()>,
    browser: Jar,
    page: Page,
}

impl Held {
    async fn start(builder: Builder) -> Self {
        let server = builder.start().await;
        let acme = server.organisation("acme", &[]).await;
        acme.person(ADA, &[]).await;
        let browser = server.browser();
        let page = browser.open("/login").await;
        let page = browser.submit(&page, &[("username", ADA), ("organisation", "acme")]).await;

        let key = server.edge.sign_in.account_key(&Destination::Tenant(acme.id()), ADA);
        let (first, now, rate) = (key.clone(), server.now(), "9 per 10m".parse().expect("a rate"));
        server.as_operator(move |tx| lockout::count(tx, &first, rate, now)).await;
        let (gate, opened) = std::sync::mpsc::channel();
        let (inside, entered) = oneshot::channel();
        let database = server.database().clone();
        let holder = tokio::spawn(async move {
            let held = database.write_directory(move |directory| {
                lockout::hold(directory, &key, now)?;
                let _waiting = inside.send(());
                let _opened = opened.recv();
                Ok(())
            });
            held.await.expect("a transaction");
        });
        entered.await.expect("the transaction has begun");
        let scope = acme.scope.clone();
        Self { server, scope, gate, holder, browser, page }
    }

    fn running(&self) -> usize {
        self.server.edge.running.count()
    }

    /// Guesses, and resets the connection while the guess is judged.
    async fn guess_and_reset(&self) {
        let before = self.running();
        let form = self.page.form();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form.fields)
            .append_pair("password", "wrong password")
            .finish();
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            form.action,
            self.server.issuer(),
            self.browser.cookie_header(),
            body.len(),
        );
        let mut stream = TcpStream::connect(self.server.address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        until(SOON, "the guess is judged", async || self.running() > before).await;
        stream.set_zero_linger().expect("a reset instead of an end");
        drop(stream);
        // The one worker has seen the reset when it has answered a request that came later.
        assert_eq!(self.browser.get("/healthz").await.status, 200);
        assert_eq!(self.running(), before + 1, "the guess ended with its connection");
    }

    /// Lets the verdicts be given, and counts those that were recorded.
    async fn recorded(self) -> usize {
        self.gate.send(()).expect("the gate");
        self.holder.await.expect("the transaction");
        self.server.edge.running.none().await;
        let events = self.server.database().read(&self.scope, |tx| audit::after(tx, 0, 1000)).await;
        let failures = |body: &str| body.contains("\"kind\":\"session.sign_in\"");
        events.expect("the events").iter().filter(|event| failures(&event.body)).count()
    }
}

#[tokio::test]
async fn p037_a_guess_counts_whose_connection_is_reset() {
    let held = Held::start(TestServer::with().set("limits.sign_in_address", "1 per 10m")).await;
    held.guess_and_reset().await;
    let (edge, now) = (held.server.edge.clone(), held.server.now());
    let knocker = Knocker::new(IpAddr::from([127, 0, 0, 1]).into(), Sender::Visitor);
    let address_may = || edge.limits.peek(Door::SignIn, &knocker, now).is_ok();
    assert!(address_may(), "before the verdict");
    assert_eq!(held.recorded().await, 1, "the failure is recorded");
    assert!(!address_may(), "the failure counts against its address");
}

/// P132: requests that run on without a connection are as many as connections may be, and no more.
#[tokio::test]
async fn p132_requests_without_a_connection_do_not_pile_up() {
    let tight =
        TestServer::with().unlimited().set("server.max_connections", "2").set("server.keep_alive", "0s");
    let held = Held::start(tight).await;
    held.guess_and_reset().await;
    held.guess_and_reset().await;
    assert_eq!(held.browser.get("/login").await.status, 503, "the third that runs");
    assert_eq!(held.browser.get("/healthz").await.status, 200, "the process lives");
    assert_eq!(held.recorded().await, 2);
}

/// D38: a server that is asked to stop refuses newcomers, and finishes what it began for those that are gone.
#[tokio::test]
async fn d38_a_server_that_stops_finishes_a_request_whose_connection_was_reset() {
    let mut held = Held::start(TestServer::with().unlimited().set("server.drain", "60s")).await;
    held.guess_and_reset().await;
    let address = held.server.address;
    held.server.terminate();
    until(SOON, "new connections are refused", async || TcpStream::connect(address).await.is_err()).await;
    assert_eq!(held.running(), 1);
    assert_eq!(held.recorded().await, 1, "the failure is recorded");
}
