//! Clients that prove themselves by a key (RFC 7523, OIDC Core §9): every algorithm that is announced, keys that are
//! registered and keys that a client publishes, and their rotation.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jws::{ES256, JwsHeader, JwsSigner, PS256, RS256};
use reqwest::Method;
use serde_json::{Value, json};
use symbolon::flows::client_auth::ASSERTION_TYPE;
use symbolon::model::client::{AuthMethod, ClientKind, ClientMetadata};
use symbolon::model::resource_server::OpenTo;
use symbolon::storage::records::{audit, clients};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::party::{NOTES, assert_error, platform_client, service};
use crate::harness::TestServer;
use crate::harness::fixed_server::FixedServer;
use crate::harness::jar::Page;
use crate::harness::server::Builder;

const ALGORITHMS: [&str; 3] = ["RS256", "PS256", "ES256"];

/// A key pair of a client.
fn key(algorithm: &str, kid: &str) -> Jwk {
    let mut key = if algorithm == "ES256" {
        Jwk::generate_ec_key(EcCurve::P256).unwrap()
    } else {
        Jwk::generate_rsa_key(2048).unwrap()
    };
    key.set_key_id(kid);
    key
}

/// The public side, under the same name.
fn public(key: &Jwk) -> Jwk {
    let mut public = key.to_public_key().unwrap();
    public.set_key_id(key.key_id().unwrap());
    public
}

fn set(keys: &[&Jwk]) -> Value {
    json!({ "keys": keys.iter().map(|key| public(key)).collect::<Vec<_>>() })
}

/// Where a client publishes its keys.
struct KeyServer {
    uri: String,
    server: FixedServer,
}

impl KeyServer {
    async fn start() -> Self {
        let server = FixedServer::start(Vec::new(), false).await;
        Self { uri: format!("http://{}/jwks.json", server.address), server }
    }

    fn publishes(&self, document: &Value) {
        self.answers("200 OK", &document.to_string());
    }

    fn answers(&self, head: &str, body: &str) {
        self.server.says(&format!("{head}\r\nContent-Type: application/json"), body);
    }

    fn asked(&self) -> usize {
        self.server.connections()
    }
}

/// A deployment whose client `signer` proves itself by a key.
struct Rig {
    server: TestServer,
    count: AtomicUsize,
}

impl Rig {
    async fn with(jwks: Option<Value>, jwks_uri: Option<&str>, private: &str) -> Self {
        let builder = TestServer::with().set("outbound.allow_private", private).unlimited();
        Self::made(builder, jwks, jwks_uri).await
    }

    /// The same on a server with settings of its own.
    async fn on(builder: Builder, jwks: Value) -> Self {
        Self::made(builder, Some(jwks), None).await
    }

    async fn made(builder: Builder, jwks: Option<Value>, jwks_uri: Option<&str>) -> Self {
        let server = builder.start().await;
        let platform = server.platform().await;
        platform.resource(NOTES, None, &["notes"], OpenTo::All).await;
        let mut client = service("signer");
        client.metadata.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        client.metadata.jwks = jwks;
        client.metadata.jwks_uri = jwks_uri.map(str::to_owned);
        platform.register(client).await;
        Self { server, count: AtomicUsize::new(0) }
    }

    async fn registered(jwks: Value) -> Self {
        Self::with(Some(jwks), None, "").await
    }

    async fn publishing(keys: &KeyServer) -> Self {
        Self::with(None, Some(&keys.uri), "127.0.0.1/32").await
    }

    /// The claims of a new assertion.
    fn claims(&self) -> Value {
        let now = self.server.now().unix();
        let jti = format!("jti-{}", self.count.fetch_add(1, Ordering::Relaxed));
        json!({"iss": "signer", "sub": "signer", "aud": self.server.issuer(), "jti": jti, "iat": now, "exp": now + 60})
    }

    /// Registers the client anew, with another method or other places; only the first node sees it.
    async fn changes(&self, change: impl FnOnce(&mut ClientMetadata) + Send + 'static) {
        let scope = self.server.platform().await.scope;
        self.server
            .as_operator(move |tx| {
                let mut tx = tx.enter(&scope)?;
                let mut client = clients::find(&mut tx, &"signer".parse().unwrap())?.expect("the client");
                change(&mut client.metadata);
                clients::update(&mut tx, &client)
            })
            .await;
    }

    async fn present(&self, assertion: &str) -> Page {
        Self::present_to(&self.server, assertion).await
    }

    async fn present_to(server: &TestServer, assertion: &str) -> Page {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await
    }

    /// Presents a new assertion signed by this key under its own name.
    async fn prove(&self, algorithm: &str, key: &Jwk) -> Page {
        self.present(&sign(algorithm, key, key.key_id(), &self.claims())).await
    }
}

fn sign(algorithm: &str, key: &Jwk, kid: Option<&str>, claims: &Value) -> String {
    let mut key = key.clone();
    // The header names the key as the test says, not as the key does.
    key.set_parameter("kid", None).unwrap();
    let signer: Box<dyn JwsSigner> = match algorithm {
        "RS256" => Box::new(RS256.signer_from_jwk(&key).unwrap()),
        "PS256" => Box::new(PS256.signer_from_jwk(&key).unwrap()),
        _ => Box::new(ES256.signer_from_jwk(&key).unwrap()),
    };
    let mut header = JwsHeader::new();
    header.set_token_type("JWT");
    if let Some(kid) = kid {
        header.set_key_id(kid);
    }
    josekit::jws::serialize_compact(claims.to_string().as_bytes(), &header, &*signer).unwrap()
}

#[tokio::test]
async fn every_announced_algorithm_proves_a_client_by_registered_keys() {
    for algorithm in ALGORITHMS {
        let own = key(algorithm, "k1");
        let rig = Rig::registered(set(&[&own])).await;
        assert_eq!(rig.prove(algorithm, &own).await.status, 200, "{algorithm}");
        let unnamed = sign(algorithm, &own, None, &rig.claims());
        assert_eq!(rig.present(&unnamed).await.status, 200, "{algorithm}: one key needs no name");
        assert_error(&rig.prove(algorithm, &key(algorithm, "k1")).await, 401, "invalid_client");
        assert_error(&rig.prove(algorithm, &key(algorithm, "k2")).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn every_announced_algorithm_proves_a_client_by_keys_that_it_publishes() {
    let keys = ALGORITHMS.map(|algorithm| key(algorithm, algorithm));
    let published = KeyServer::start().await;
    published.publishes(&set(&keys.each_ref()));
    let rig = Rig::publishing(&published).await;
    for (algorithm, own) in ALGORITHMS.into_iter().zip(&keys) {
        assert_eq!(rig.prove(algorithm, own).await.status, 200, "{algorithm}");
    }
    assert_eq!(published.asked(), 1, "a set is fetched once");
}

#[tokio::test]
async fn many_assertions_at_once_wait_for_one_answer() {
    let own = key("ES256", "k1");
    let published = KeyServer::start().await;
    published.publishes(&set(&[&own]));
    let rig = Rig::publishing(&published).await;
    let prove = || rig.prove("ES256", &own);
    let (a, b, c, d) = tokio::join!(prove(), prove(), prove(), prove());
    for page in [a, b, c, d] {
        assert_eq!(page.status, 200, "{page:#?}");
    }
    assert_eq!(published.asked(), 1);
}

/// P021: the algorithm belongs to the key, whatever the assertion says.
#[tokio::test]
async fn p021_an_algorithm_that_is_not_the_keys_proves_nobody() {
    let (rsa, ec) = (key("RS256", "rsa"), key("ES256", "ec"));
    let mut pinned = public(&rsa);
    pinned.set_algorithm("PS256");
    let rig = Rig::registered(json!({"keys": [pinned, public(&ec)]})).await;
    assert_eq!(rig.prove("PS256", &rsa).await.status, 200);
    assert_error(&rig.prove("RS256", &rsa).await, 401, "invalid_client");
    assert_error(&rig.present(&sign("PS256", &rsa, Some("ec"), &rig.claims())).await, 401, "invalid_client");
    assert_error(&rig.present(&sign("ES256", &ec, Some("rsa"), &rig.claims())).await, 401, "invalid_client");
    let modulus = rsa.parameter("n").and_then(Value::as_str).unwrap();
    for kid in ["rsa", "ec"] {
        for algorithm in ["none", "HS256", "HS512", "RS512", "ES384", "rs256"] {
            let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
            let message = format!("{}.{}", part(json!({"alg": algorithm, "kid": kid})), part(rig.claims()));
            let shared = hmac::Key::new(hmac::HMAC_SHA256, modulus.as_bytes());
            let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&shared, message.as_bytes()));
            for signature in ["", &*tag] {
                let page = rig.present(&format!("{message}.{signature}")).await;
                assert_error(&page, 401, "invalid_client");
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_a_client_rotates_is_found_by_one_more_request_and_not_by_a_flood() {
    let (old, new) = (key("ES256", "old"), key("ES256", "new"));
    let published = KeyServer::start().await;
    published.publishes(&set(&[&old]));
    let rig = Rig::publishing(&published).await;
    assert_eq!(rig.prove("ES256", &old).await.status, 200);
    published.publishes(&set(&[&new]));
    for _ in 0..5 {
        assert_error(&rig.prove("ES256", &new).await, 401, "invalid_client");
    }
    assert_eq!(published.asked(), 1, "names that nobody knows cause no flood of requests");
    rig.server.advance(Duration::from_secs(61)).await;
    assert_eq!(rig.prove("ES256", &new).await.status, 200);
    assert_eq!(published.asked(), 2);
    assert_error(&rig.prove("ES256", &old).await, 401, "invalid_client");
    assert_eq!(published.asked(), 2);
    // A key that is withdrawn without a successor's name in sight goes within the hour.
    published.publishes(&set(&[&old]));
    assert_eq!(rig.prove("ES256", &new).await.status, 200);
    rig.server.advance(Duration::from_hours(1)).await;
    assert_error(&rig.prove("ES256", &new).await, 401, "invalid_client");
    assert_eq!(published.asked(), 3);
}

#[tokio::test]
async fn published_keys_outlive_an_outage_by_a_day_and_no_longer() {
    let own = key("ES256", "k1");
    let published = KeyServer::start().await;
    published.publishes(&set(&[&own]));
    let rig = Rig::publishing(&published).await;
    assert_eq!(rig.prove("ES256", &own).await.status, 200);
    published.answers("500 Oh Dear", "{}");
    for _ in 0..3 {
        rig.server.advance(Duration::from_hours(7)).await;
        assert_eq!(rig.prove("ES256", &own).await.status, 200, "the client should not suffer from it");
    }
    assert_eq!(published.asked(), 4);
    rig.server.advance(Duration::from_hours(4)).await;
    assert_error(&rig.prove("ES256", &own).await, 401, "invalid_client");
    published.publishes(&set(&[&own]));
    rig.server.advance(Duration::from_secs(61)).await;
    assert_eq!(rig.prove("ES256", &own).await.status, 200);
}

#[tokio::test]
async fn what_is_no_public_key_set_proves_nobody() {
    let own = key("ES256", "k1");
    let elsewhere = KeyServer::start().await;
    elsewhere.publishes(&set(&[&own]));
    let published = KeyServer::start().await;
    let rig = Rig::publishing(&published).await;
    let private = json!({"keys": [own]}).to_string();
    let large = format!("{}{}", set(&[&own]), " ".repeat(1_100_000));
    let moved = format!("302 Found\r\nLocation: {}", elsewhere.uri);
    for (head, body) in [
        ("200 OK", "{"),
        ("200 OK", "[]"),
        ("200 OK", "{\"keys\":[]}"),
        ("200 OK", &*private),
        ("200 OK", &*large),
        ("404 Not Found", &*set(&[&own]).to_string()),
        (&*moved, ""),
    ] {
        published.answers(head, body);
        assert_error(&rig.prove("ES256", &own).await, 401, "invalid_client");
        rig.server.advance(Duration::from_secs(61)).await;
    }
    assert_eq!((published.asked(), elsewhere.asked()), (7, 0), "no redirect is followed");
    published.publishes(&set(&[&own]));
    assert_eq!(rig.prove("ES256", &own).await.status, 200);
}

/// P022: an assertion brings no key of its own, and sends us nowhere to fetch one.
#[tokio::test]
async fn p022_an_assertion_brings_no_key_of_its_own() {
    let (own, attacker) = (key("ES256", "k1"), key("ES256", "k1"));
    let elsewhere = KeyServer::start().await;
    elsewhere.publishes(&set(&[&attacker]));
    let rig = Rig::with(Some(set(&[&own])), None, "127.0.0.1/32").await;
    for kid in ["k1", "k2", "../../dev/null", "' OR 1=1 --", &elsewhere.uri] {
        let mut plain = JwsHeader::new();
        plain.set_key_id(kid);
        let [mut jwk, mut jku, mut x5u] = [plain.clone(), plain.clone(), plain.clone()];
        jwk.set_jwk(public(&attacker));
        jku.set_jwk_set_url(&elsewhere.uri);
        x5u.set_x509_url(&elsewhere.uri);
        for header in [plain, jwk, jku, x5u] {
            let mut unnamed = attacker.clone();
            unnamed.set_parameter("kid", None).unwrap();
            let signer = ES256.signer_from_jwk(&unnamed).unwrap();
            let claims = rig.claims().to_string();
            let forged = josekit::jws::serialize_compact(claims.as_bytes(), &header, &signer).unwrap();
            assert_error(&rig.present(&forged).await, 401, "invalid_client");
        }
    }
    assert_eq!(elsewhere.asked(), 0);
    assert_eq!(rig.prove("ES256", &own).await.status, 200);
}

/// RFC 7523 §3: what one node saw, no node takes again.
#[tokio::test]
async fn an_assertion_is_used_once_on_all_nodes_together() {
    let own = key("ES256", "k1");
    let rig = Rig::registered(set(&[&own])).await;
    let other = rig.server.another_node().await;
    let assertion = sign("ES256", &own, Some("k1"), &rig.claims());
    assert_eq!(rig.present(&assertion).await.status, 200);
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &*assertion),
    ];
    let replayed = other.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
    assert_error(&replayed, 401, "invalid_client");
    let fresh = sign("ES256", &own, Some("k1"), &rig.claims());
    let fields = [fields[0], fields[1], ("client_assertion", &*fresh)];
    assert_eq!(other.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await.status, 200);
    assert_error(&rig.present(&fresh).await, 401, "invalid_client");
}

/// RFC 7523 §3: a refusal uses an assertion up as a success does, so that one from a log is worth nothing.
#[tokio::test]
async fn an_assertion_of_a_refused_request_is_used_up_too() {
    let own = key("ES256", "k1");
    let rig = Rig::registered(set(&[&own])).await;
    let mut web = platform_client("web-signer", ClientKind::Web);
    web.metadata.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
    web.metadata.jwks = Some(set(&[&own]));
    rig.server.platform().await.register(web).await;
    let refused: [(&str, &[(&str, &str)]); 6] = [
        ("web-signer", &[("grant_type", "authorization_code"), ("code", "syc_nonsense")]),
        ("web-signer", &[("grant_type", "refresh_token"), ("refresh_token", "syr_nonsense")]),
        ("web-signer", &[("grant_type", "client_credentials")]),
        ("signer", &[("grant_type", "client_credentials"), ("scope", "everything")]),
        ("signer", &[("grant_type", "client_credentials"), ("resource", "https://elsewhere.example")]),
        ("signer", &[("grant_type", "password")]),
    ];
    for (client, request) in refused {
        let mut claims = rig.claims();
        claims["iss"] = json!(client);
        claims["sub"] = json!(client);
        let assertion = sign("ES256", &own, Some("k1"), &claims);
        let proof = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &*assertion)];
        let fields: Vec<_> = request.iter().copied().chain(proof).collect();
        let send = || rig.server.browser();
        let first = send().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
        assert_eq!(first.status, 400, "{request:?}: {first:#?}");
        let again = send().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
        assert_error(&again, 401, "invalid_client");
        assert_error(&rig.present(&assertion).await, 401, "invalid_client");
    }
}

/// RFC 7523 §3: at every door, whatever ends the request, an assertion is used up by being shown; and shown again it
/// leaves the same record everywhere.
#[tokio::test]
async fn an_assertion_is_used_up_by_being_shown() {
    let own = key("ES256", "k1");
    let rig = Rig::registered(set(&[&own])).await;
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        let assertion = sign("ES256", &own, Some("k1"), &rig.claims());
        let fields = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &*assertion)];
        let bare = rig.server.browser().send(Method::POST, path, Some(&fields), &[]).await;
        assert_error(&bare, 400, "invalid_request");
        for other in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            let again = rig.server.browser().send(Method::POST, other, Some(&fields), &[]).await;
            assert_error(&again, 401, "invalid_client");
        }
        assert_error(&rig.present(&assertion).await, 401, "invalid_client");
    }
    let platform = rig.server.platform().await.scope;
    let read = rig.server.database().read(&platform, |tx| audit::after(tx, 0, 10_000)).await;
    let bodies: Vec<String> = read.expect("events").into_iter().map(|event| event.body).collect();
    let replays = bodies.iter().filter(|body| body.contains("\"used_assertion\""));
    let alike = replays.filter(|body| {
        body.contains("\"oauth.client_authentication\"") && body.contains("\"type\":\"anonymous\"")
    });
    assert_eq!(alike.count(), 12, "{bodies:#?}");
}

#[tokio::test]
async fn an_assertion_that_came_too_often_is_used_up_too() {
    let own = key("ES256", "k1");
    let rig = Rig::on(TestServer::with().set("limits.token_client", "1 per 1m"), set(&[&own])).await;
    assert_eq!(rig.prove("ES256", &own).await.status, 200);
    let assertion = sign("ES256", &own, Some("k1"), &rig.claims());
    assert_eq!(rig.present(&assertion).await.status, 429);
    assert_error(&rig.present(&assertion).await, 401, "invalid_client");
}

/// P027: a node whose memory of the client is out of date looks again, and then by the keys of the new place alone.
#[tokio::test]
async fn p027_keys_of_a_place_that_a_client_has_left_prove_nobody() {
    let (old, new) = (key("ES256", "k"), key("ES256", "k"));
    let (left, taken) = (KeyServer::start().await, KeyServer::start().await);
    left.publishes(&set(&[&old]));
    taken.publishes(&set(&[&new]));
    let rig = Rig::publishing(&left).await;
    rig.changes(|metadata| metadata.token_endpoint_auth_method = AuthMethod::ClientSecretBasic).await;
    let behind = rig.server.another_node().await;
    let prove =
        async |key: &Jwk| Rig::present_to(&behind, &sign("ES256", key, key.key_id(), &rig.claims())).await;
    assert_error(&prove(&old).await, 401, "invalid_client");
    let place = taken.uri.clone();
    rig.changes(move |metadata| {
        metadata.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        metadata.jwks_uri = Some(place);
    })
    .await;
    assert_error(&prove(&old).await, 401, "invalid_client");
    assert_eq!(prove(&new).await.status, 200);
}

/// P027: the client moves its keys while they are fetched from where they were.
#[tokio::test]
async fn p027_keys_that_arrive_from_a_place_after_the_client_has_left_it_prove_nobody() {
    let (old, new) = (key("ES256", "k"), key("ES256", "k"));
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let left = format!("http://{}/jwks.json", slow.local_addr().unwrap());
    let taken = KeyServer::start().await;
    taken.publishes(&set(&[&new]));
    let rig = Rig::with(None, Some(&left), "127.0.0.1/32").await;
    let meanwhile = async {
        let (mut asking, _) = slow.accept().await.unwrap();
        let _request = asking.read(&mut [0; 4096]).await.unwrap();
        let place = taken.uri.clone();
        rig.changes(move |metadata| metadata.jwks_uri = Some(place)).await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
        asking.write_all(format!("{head}{}", set(&[&old])).as_bytes()).await.unwrap();
    };
    let (page, ()) = tokio::join!(rig.prove("ES256", &old), meanwhile);
    assert_error(&page, 401, "invalid_client");
    assert_eq!(rig.prove("ES256", &new).await.status, 200);
}

/// P126: a `jwks_uri` leads nowhere inside, unless the operator listed the network.
#[tokio::test]
async fn p126_keys_inside_a_private_network_are_not_fetched() {
    let own = key("ES256", "k1");
    let published = KeyServer::start().await;
    published.publishes(&set(&[&own]));
    let rig = Rig::with(None, Some(&published.uri), "").await;
    assert_error(&rig.prove("ES256", &own).await, 401, "invalid_client");
    assert_eq!(published.asked(), 0);
}
