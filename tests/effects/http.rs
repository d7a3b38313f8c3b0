//! The guarded client against servers and resolvers that mean harm (P126, P127).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use symbolon::effects::http::{
    AddressRules, ClientSettings, FetchError, GuardedClient, HttpClient, LookingUp, Lookup, MAX_BODY,
    MemoryClient, OutboundRequest, Response, Target,
};

use crate::harness::fixed_server::FixedServer;

/// A resolver that gives these addresses for every name, whatever the truth is.
struct FixedLookup {
    addresses: Vec<IpAddr>,
    asked: AtomicUsize,
}

impl FixedLookup {
    fn new(addresses: &[&str]) -> Arc<Self> {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Self { addresses, asked: AtomicUsize::new(0) })
    }
}

impl Lookup for FixedLookup {
    fn lookup(&self, _: &str) -> LookingUp {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(self.addresses.clone())))
    }
}

fn loopback_only() -> AddressRules {
    AddressRules::new(vec!["127.0.0.1/32".parse().unwrap()]).with_http()
}

fn client(rules: AddressRules, lookup: Arc<dyn Lookup>) -> GuardedClient {
    let settings = ClientSettings { rules, timeout: Duration::from_millis(400), ..ClientSettings::default() };
    GuardedClient::with_lookup(settings, lookup).unwrap()
}

async fn get(client: &GuardedClient, url: &str) -> Result<Response, FetchError> {
    client.send(OutboundRequest::get(Target::parse(url, &loopback_only()).unwrap())).await
}

#[tokio::test]
async fn a_listed_address_answers_and_the_answer_is_read_whole() {
    let server =
        FixedServer::saying("200 OK\r\nContent-Type: Application/JSON; charset=utf-8", "{\"keys\":[]}").await;
    let client = client(loopback_only(), FixedLookup::new(&["127.0.0.1"]));
    let answer = get(&client, &format!("http://keys.example:{}/", server.address.port())).await.unwrap();
    assert_eq!((answer.status, answer.content_type.as_deref()), (200, Some("application/json")));
    assert_eq!(answer.body, b"{\"keys\":[]}");
}

#[tokio::test]
async fn p126_a_name_that_leads_inside_is_never_connected_to() {
    let server = FixedServer::saying("200 OK", "secret").await;
    let url = format!("http://keys.example:{}/", server.address.port());
    for inside in
        [&["127.0.0.1"][..], &["::1"], &["::ffff:127.0.0.1"], &["8.8.8.8", "127.0.0.1"], &["169.254.169.254"]]
    {
        let client = client(AddressRules::default().with_http(), FixedLookup::new(inside));
        assert_eq!(get(&client, &url).await, Err(FetchError::Forbidden), "{inside:?}");
    }
    let literal = format!("http://{}/", server.address);
    let client = client(AddressRules::default().with_http(), FixedLookup::new(&[]));
    assert_eq!(get(&client, &literal).await, Err(FetchError::Forbidden));
    assert_eq!(server.connections(), 0);
}

/// The address that was judged is the one connected to: a name is looked up once for each request.
#[tokio::test]
async fn p127_a_name_is_looked_up_once() {
    let server = FixedServer::saying("200 OK", "x").await;
    let lookup = FixedLookup::new(&["127.0.0.1"]);
    let client = client(loopback_only(), lookup.clone());
    get(&client, &format!("http://keys.example:{}/", server.address.port())).await.unwrap();
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn p127_redirects_are_not_followed_and_http_is_not_spoken() {
    let inner = FixedServer::saying("200 OK", "secret").await;
    let outer = FixedServer::saying(&format!("302 Found\r\nLocation: http://{}/", inner.address), "").await;
    let open = client(loopback_only(), FixedLookup::new(&["127.0.0.1"]));
    let url = format!("http://{}/", outer.address);
    assert_eq!(get(&open, &url).await.unwrap().status, 302);
    assert_eq!(inner.connections(), 0);
    let strict =
        client(AddressRules::new(vec!["127.0.0.1/32".parse().unwrap()]), FixedLookup::new(&["127.0.0.1"]));
    assert_eq!(get(&strict, &url).await, Err(FetchError::Forbidden));
    assert_eq!(outer.connections(), 1);
}

#[tokio::test]
async fn size_and_time_are_bounded() {
    let long = FixedServer::saying("200 OK", &"x".repeat(MAX_BODY + 1)).await;
    let client = client(loopback_only(), FixedLookup::new(&["127.0.0.1"]));
    assert_eq!(get(&client, &format!("http://{}/", long.address)).await, Err(FetchError::TooLarge));
    let silent = FixedServer::start(Vec::new(), true).await;
    assert_eq!(get(&client, &format!("http://{}/", silent.address)).await, Err(FetchError::TimedOut));
    let slow = FixedServer::start(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx".to_vec(), true).await;
    assert_eq!(get(&client, &format!("http://{}/", slow.address)).await, Err(FetchError::TimedOut));
    let gone = FixedServer::start(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx".to_vec(), false).await;
    assert_eq!(get(&client, &format!("http://{}/", gone.address)).await, Err(FetchError::Malformed));
    assert_eq!(get(&client, "http://127.0.0.1:1/").await, Err(FetchError::Unreachable));
}

#[tokio::test]
async fn extra_roots_must_be_certificates() {
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let settings =
            ClientSettings { extra_roots: Some(pem.as_bytes().to_vec()), ..ClientSettings::default() };
        assert!(GuardedClient::new(settings).is_err(), "{pem}");
    }
}

#[tokio::test]
async fn the_client_in_memory_keeps_the_rules_and_remembers() {
    let client = MemoryClient::new(AddressRules::default());
    client.answer_json("https://keys.example/jwks", &serde_json::json!({"keys": []}));
    let client: &dyn HttpClient = &client;
    assert!(client.judge("https://127.0.0.1/").is_err());
    let target = client.judge("https://keys.example/jwks").unwrap();
    assert_eq!(client.get_json(target).await, Ok(serde_json::json!({"keys": []})));
    let target = client.judge("https://elsewhere.example/").unwrap();
    assert_eq!(client.get_json(target).await, Err(FetchError::Unreachable));
}

/// Serves `GET /` over TLS as `keys.example`.
fn tls_server() -> (SocketAddr, actix_web::dev::ServerHandle) {
    use rustls_pki_types::pem::PemObject as _;
    let chain = rustls_pki_types::CertificateDer::pem_slice_iter(include_bytes!("tls/server.pem"))
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let key = rustls_pki_types::PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = actix_web::HttpServer::new(|| {
        actix_web::App::new().default_service(actix_web::web::to(|| async { "hello" }))
    })
    .workers(1)
    .disable_signals()
    .listen_rustls_0_23(listener, config)
    .unwrap()
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    (address, handle)
}

/// Design §4.5: an authority of the operator's own opens its servers, and opens them alone.
#[actix_web::test]
async fn an_extra_root_is_trusted_and_a_certificate_without_one_is_not() {
    let (address, server) = tls_server();
    let url = format!("https://keys.example:{}/", address.port());
    let lookup = FixedLookup::new(&["127.0.0.1"]);
    let rules = AddressRules::new(vec!["127.0.0.1/32".parse().unwrap()]);
    let settings = ClientSettings { rules: rules.clone(), ..ClientSettings::default() };
    let without = GuardedClient::with_lookup(settings.clone(), lookup.clone()).unwrap();
    assert_eq!(get(&without, &url).await, Err(FetchError::Unreachable));
    let extra_roots = Some(include_bytes!("tls/ca.pem").to_vec());
    let with = GuardedClient::with_lookup(ClientSettings { extra_roots, ..settings }, lookup).unwrap();
    assert_eq!(get(&with, &url).await.unwrap().body, b"hello");
    let other_name = format!("https://other.example:{}/", address.port());
    assert_eq!(get(&with, &other_name).await, Err(FetchError::Unreachable));
    server.stop(false).await;
}
