//! An issuer without a network: two RSA keys, documents that tests may change, and a clock that tests set.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use symbolon::model::time::Timestamp;
use symbolon::protocol::revocation_feed::{Entry, RevokedKind};
use symbolon::verify::{FetchError, Fetching, Refusal, Source, Verified, Verifier, VerifierBuilder};
use tokio::sync::RwLock;
use url::Url;

pub(crate) const ISSUER: &str = "https://id.example.com";
pub(crate) const AUDIENCE: &str = "https://notes.example.com";
pub(crate) const TENANT: &str = "0191c7b2-7a00-7000-8000-000000000003";
pub(crate) const SESSION: &str = "0191c7b2-7a00-7000-8000-000000000002";
pub(crate) const WORKSPACE: &str = "0191c7b2-7a00-7000-8000-000000000004";
pub(crate) const CONTEXT: &str = "0191c7b2-7a00-7000-8000-000000000005";
pub(crate) const START: i64 = 1_790_000_000;

pub(crate) static KEY: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
pub(crate) static LIST_KEY: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
pub(crate) static OTHER_KEY: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

/// What the issuer publishes, and how often it was asked.
pub(crate) struct Shelf {
    pub(crate) keys: Mutex<Result<Vec<u8>, FetchError>>,
    pub(crate) revocations: Mutex<Result<Vec<u8>, FetchError>>,
    pub(crate) key_fetches: AtomicUsize,
    /// Held by a test that lets no fetch of the keys come to its end.
    pub(crate) key_gate: RwLock<()>,
}

struct Counter(Arc<Shelf>);

impl Source for Counter {
    fn get<'a>(&'a self, url: &'a Url) -> Fetching<'a> {
        Box::pin(async move {
            // Gives way once, as a real fetch does, so that a flood really queues up behind it.
            tokio::task::yield_now().await;
            match url.path() {
                "/.well-known/jwks.json" => {
                    self.0.key_fetches.fetch_add(1, Ordering::SeqCst);
                    let _open = self.0.key_gate.read().await;
                    self.0.keys.lock().unwrap().clone()
                }
                "/.well-known/revocations" => self.0.revocations.lock().unwrap().clone(),
                path => panic!("the verifier asked for {path}"),
            }
        })
    }
}

/// The issuer, and a verifier of its tokens for the service [`AUDIENCE`].
pub(crate) struct Rig {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) verifier: Verifier,
    clock: Arc<AtomicI64>,
}

impl Rig {
    /// Keys and an empty revocation list are published and fetched.
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(settings: impl FnOnce(VerifierBuilder) -> VerifierBuilder) -> Self {
        let (shelf, clock, builder) = Self::publish_first();
        let verifier = settings(builder).build().unwrap();
        verifier.refresh().await;
        Self { shelf, verifier, clock }
    }

    /// The same, and the verifier looks after itself, as in a service.
    pub(crate) async fn running(settings: impl FnOnce(VerifierBuilder) -> VerifierBuilder) -> Self {
        let (shelf, clock, builder) = Self::publish_first();
        let verifier = settings(builder).start().await.unwrap();
        Self { shelf, verifier, clock }
    }

    fn publish_first() -> (Arc<Shelf>, Arc<AtomicI64>, VerifierBuilder) {
        let clock = Arc::new(AtomicI64::new(START));
        let shelf = Arc::new(Shelf {
            keys: Mutex::new(Ok(key_set(&[("one", &KEY)]))),
            revocations: Mutex::new(Ok(feed(START, 1, &[]).into_bytes())),
            key_fetches: AtomicUsize::new(0),
            key_gate: RwLock::default(),
        });
        let time = Arc::clone(&clock);
        let builder = Verifier::builder(ISSUER)
            .audience(AUDIENCE)
            .source(Counter(Arc::clone(&shelf)))
            .time(move || Timestamp::from_unix(time.load(Ordering::SeqCst)));
        (shelf, clock, builder)
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Publishes these revocations and has the verifier poll.
    pub(crate) async fn revoke(&self, seq: u64, entries: &[(RevokedKind, &str, i64)]) {
        self.publish(&feed(self.now(), seq, entries)).await;
    }

    pub(crate) async fn publish(&self, document: &str) {
        *self.shelf.revocations.lock().unwrap() = Ok(document.as_bytes().to_vec());
        self.verifier.refresh().await;
    }

    pub(crate) fn key_fetches(&self) -> usize {
        self.shelf.key_fetches.load(Ordering::SeqCst)
    }

    pub(crate) async fn verify(&self, token: &str) -> Result<Verified, Refusal> {
        self.verifier.verify(token).await
    }
}

/// These keys of tokens, and the one of the revocation list.
pub(crate) fn key_set(keys: &[(&str, &RsaKeyPair)]) -> Vec<u8> {
    let lists: (&str, &RsaKeyPair) = ("lists", &LIST_KEY);
    let mut keys: Vec<Value> = keys
        .iter()
        .chain([&lists])
        .map(|(kid, pair)| {
            let n = URL_SAFE_NO_PAD.encode(pair.public_key().modulus().big_endian_without_leading_zero());
            let e = URL_SAFE_NO_PAD.encode(pair.public_key().exponent().big_endian_without_leading_zero());
            json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e})
        })
        .collect();
    keys.last_mut().unwrap()["purpose"] = json!("revocations");
    json!({ "keys": keys }).to_string().into_bytes()
}

/// The claims of a good token of a person, issued at [`START`].
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "0191c7b2-7a00-7000-8000-000000000001", "aud": [AUDIENCE], "client_id": "notes",
        "scope": "notes openid", "jti": "token-1", "sid": SESSION, "iat": START, "exp": START + 600,
        "auth_time": START - 10, "acr": "urn:symbolon:acr:1", "amr": ["pwd"], "tenant_id": TENANT,
        "tenant": "acme", "plan": "pro", "entitlements": {"notes": ["read", "write"]},
        "workspaces": {WORKSPACE: [CONTEXT]}, "roles": ["member"]
    })
}

pub(crate) fn claims_with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "typ": "at+jwt", "kid": "one"})
}

/// A token with this header and these claims, rightly signed by the key.
pub(crate) fn sign(header: &Value, claims: &Value, key: &RsaKeyPair) -> String {
    let signed = signing_input(header, claims);
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) fn signing_input(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

pub(crate) fn good_token() -> String {
    sign(&header(), &claims(), &KEY)
}

pub(crate) fn feed(now: i64, seq: u64, entries: &[(RevokedKind, &str, i64)]) -> String {
    let revoked: Vec<Entry> =
        entries.iter().map(|(kind, value, last)| Entry::new(*kind, value, *last)).collect();
    let claims = json!({"iss": ISSUER, "iat": now, "exp": now + 30, "seq": seq, "revoked": revoked});
    sign(&json!({"alg": "RS256", "typ": "revocations+jwt", "kid": "lists"}), &claims, &LIST_KEY)
}
