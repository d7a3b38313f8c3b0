//! Client authentication (RFC 6749 §2.3, RFC 7523): P026, P027.

use std::time::Duration;

use josekit::jwk::KeyPair as _;
use josekit::jwk::alg::ed::EdKeyPair;
use josekit::jws::{EdDSA, JwsHeader};
use serde_json::{Value, json};
use symbolon::flows::client_auth::ASSERTION_TYPE;
use symbolon::model::client::{AuthMethod, ClientKind};

use super::party::{World, assert_error, basic, platform_client, service};
use crate::harness::jar::Page;
use crate::harness::seed::Registered;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn p026_a_confidential_client_must_prove_itself() {
    let world = World::new().await;
    let (id, secret) = (world.job.id(), &*world.job.secret);
    let wrong = secret.replace("sys_", "syx_");
    for header in [
        basic(id, ""),
        basic(id, &wrong),
        basic("nobody", secret),
        basic(world.stranger.id(), secret),
        "Basic".to_owned(),
        "Basic !!!".to_owned(),
        format!("Bearer {secret}"),
        String::new(),
    ] {
        let page = world.post("/oauth2/token", &[GRANT], &[("authorization", &header)]).await;
        assert_error(&page, 401, "invalid_client");
        assert!(page.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Basic ")));
    }
    for fields in [
        vec![GRANT],
        vec![GRANT, ("client_id", id)],
        vec![GRANT, ("client_id", id), ("client_secret", "")],
        // The right secret by another method than the registered one.
        vec![GRANT, ("client_id", id), ("client_secret", secret)],
        vec![GRANT, ("client_id", "nobody"), ("client_secret", secret)],
    ] {
        assert_error(&world.post("/oauth2/token", &fields, &[]).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn p026_two_ways_to_prove_it_are_one_too_many() {
    let world = World::new().await;
    let (id, secret) = (world.job.id(), &*world.job.secret);
    let header = basic(id, secret);
    for fields in [
        vec![GRANT, ("client_secret", secret)],
        vec![GRANT, ("client_id", "other")],
        vec![GRANT, ("client_assertion", "a.b.c"), ("client_assertion_type", ASSERTION_TYPE)],
    ] {
        let page = world.post("/oauth2/token", &fields, &[("authorization", &header)]).await;
        assert_error(&page, 400, "invalid_request");
    }
    let repeated = [GRANT, ("client_id", id), ("client_id", id)];
    assert_error(&world.post("/oauth2/token", &repeated, &[]).await, 400, "invalid_request");
}

#[tokio::test]
async fn a_secret_in_the_form_works_where_it_is_registered() {
    let world = World::new().await;
    let platform = world.server.platform().await;
    let mut client = service("poster");
    client.metadata.token_endpoint_auth_method = AuthMethod::ClientSecretPost;
    let poster = platform.register(client).await;
    let fields = [GRANT, ("client_id", "poster"), ("client_secret", &*poster.secret)];
    assert_eq!(world.post("/oauth2/token", &fields, &[]).await.status, 200);
    let header = basic("poster", &poster.secret);
    assert_error(
        &world.post("/oauth2/token", &[GRANT], &[("authorization", &header)]).await,
        401,
        "invalid_client",
    );
}

struct Signing {
    world: World,
    client: Registered,
    key: EdKeyPair,
}

impl Signing {
    async fn new() -> Self {
        let world = World::new().await;
        let mut key = EdKeyPair::generate(josekit::jwk::alg::ed::EdCurve::Ed25519).unwrap();
        key.set_key_id(Some("k1"));
        let mut client = service("signer");
        client.metadata.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        client.metadata.jwks = Some(json!({"keys": [key.to_jwk_public_key()]}));
        let client = world.server.platform().await.register(client).await;
        Self { world, client, key }
    }

    fn claims(&self) -> Value {
        let now = self.world.server.now().unix();
        json!({"iss": "signer", "sub": "signer", "aud": self.world.server.issuer(), "jti": "j1", "iat": now, "exp": now + 60})
    }

    fn sign(&self, claims: &Value) -> String {
        let signer = EdDSA.signer_from_jwk(&self.key.to_jwk_private_key()).unwrap();
        let mut header = JwsHeader::new();
        header.set_token_type("JWT");
        josekit::jws::serialize_compact(claims.to_string().as_bytes(), &header, &signer).unwrap()
    }

    async fn present(&self, assertion: &str) -> Page {
        let fields = [
            GRANT,
            ("scope", "notes"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        self.world.post("/oauth2/token", &fields, &[]).await
    }
}

#[tokio::test]
async fn p027_an_assertion_is_for_us_alone() {
    let signing = Signing::new().await;
    let issuer = signing.world.server.issuer().to_owned();
    for (n, aud) in [json!(issuer), json!(format!("{issuer}/oauth2/token"))].into_iter().enumerate() {
        let mut claims = signing.claims();
        claims["aud"] = aud;
        claims["jti"] = json!(format!("good-{n}"));
        assert_eq!(signing.present(&signing.sign(&claims)).await.status, 200);
    }
    for (n, aud) in [
        json!([issuer]),
        json!([issuer, "https://other.example"]),
        json!("https://other.example"),
        json!(format!("{issuer}/")),
        json!(format!("{issuer}/oauth2/par")),
        json!(format!("{issuer}/oauth2/introspect")),
        Value::Null,
        json!(7),
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims = signing.claims();
        claims["aud"] = aud;
        claims["jti"] = json!(format!("bad-{n}"));
        assert_error(&signing.present(&signing.sign(&claims)).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn p023_one_broken_claim_spoils_an_assertion() {
    let signing = Signing::new().await;
    let now = signing.world.server.now().unix();
    for (claim, value) in [
        ("iss", json!("other")),
        ("sub", json!("wiki")),
        ("iss", Value::Null),
        ("sub", Value::Null),
        ("exp", Value::Null),
        ("exp", json!("soon")),
        ("exp", json!(now - 300)),
        ("exp", json!(now + 4000)),
        ("exp", json!(1e300)),
        ("nbf", json!(now + 61)),
        ("iat", json!(now + 61)),
        ("iat", json!("now")),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("jti", json!("x".repeat(300))),
    ] {
        let mut claims = signing.claims();
        claims[claim] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        }
        assert_error(&signing.present(&signing.sign(&claims)).await, 401, "invalid_client");
    }
    let mut early = signing.claims();
    early["nbf"] = json!(now + 8);
    assert_eq!(signing.present(&signing.sign(&early)).await.status, 200, "clocks may differ a little");
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    let signing = Signing::new().await;
    let assertion = signing.sign(&signing.claims());
    assert_eq!(signing.present(&assertion).await.status, 200);
    assert_error(&signing.present(&assertion).await, 401, "invalid_client");
    signing.world.server.advance(Duration::from_secs(30)).await;
    assert_error(&signing.present(&assertion).await, 401, "invalid_client");
}

#[tokio::test]
async fn p021_an_assertion_signed_by_nobody_or_another_proves_nobody() {
    let signing = Signing::new().await;
    let good = signing.sign(&signing.claims());
    let (message, _) = good.rsplit_once('.').unwrap();
    let stranger = Signing {
        key: EdKeyPair::generate(josekit::jwk::alg::ed::EdCurve::Ed25519).unwrap(),
        client: signing.world.server.platform().await.register(platform_client("x2", ClientKind::Web)).await,
        world: World::new().await,
    };
    let mut claims = signing.claims();
    claims["jti"] = json!("j2");
    for assertion in [format!("{message}."), message.to_owned(), stranger.sign(&claims), "a.b.c".to_owned()] {
        assert_error(&signing.present(&assertion).await, 401, "invalid_client");
    }
    assert_eq!(signing.client.id(), "signer");
}

/// A proof that was shown is used up, also where the request fails for another reason.
#[tokio::test]
async fn p027_an_assertion_of_a_request_that_failed_is_used_up() {
    let signing = Signing::new().await;
    for (n, grant) in [
        vec![("grant_type", "authorization_code"), ("code", "nonsense")],
        vec![("grant_type", "refresh_token"), ("refresh_token", "nonsense")],
        vec![("grant_type", "password")],
        vec![GRANT, ("scope", "everything")],
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims = signing.claims();
        claims["jti"] = json!(format!("once-{n}"));
        let assertion = signing.sign(&claims);
        let mut fields = grant;
        fields.extend([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &*assertion)]);
        assert_eq!(signing.world.post("/oauth2/token", &fields, &[]).await.status, 400, "{fields:?}");
        assert_error(&signing.present(&assertion).await, 401, "invalid_client");
    }
}
