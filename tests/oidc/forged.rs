//! Tokens that we did not issue, or not as they stand, at every door that takes JWTs: P021 to P024.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{HS256, JwsHeader};
use reqwest::Method;
use serde_json::{Value, json};
use symbolon::crypto::jwt::{TokenKind, sign};
use symbolon::crypto::signing_key::SigningKey;

use super::party::{World, claims, text};

fn compact(header: &Value, payload: &Value, signature: &str) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", encode(header), encode(payload))
}

async fn assert_refused(world: &World, token: &str) {
    assert_eq!(world.userinfo(token).await.status, 401, "{token}");
    assert_eq!(world.introspect(&world.wiki, token).await.json(), json!({"active": false}), "{token}");
}

#[tokio::test]
async fn p021_unsigned_and_wrongly_signed_tokens_are_refused() {
    let world = World::new().await;
    let good = text(&world.tokens(&world.wiki).await, "access_token");
    let payload = claims(&good);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let jwks = world.server.browser().get("/.well-known/jwks.json").await.body;
    let kid = serde_json::from_str::<Value>(&jwks).unwrap()["keys"][0]["kid"].as_str().unwrap().to_owned();
    for alg in ["none", "None", "HS256", "RS512", "PS256", "ES256"] {
        let header = json!({"alg": alg, "typ": "at+jwt", "kid": kid});
        for signature in ["", signature] {
            assert_refused(&world, &compact(&header, &payload, signature)).await;
        }
    }
    let mut header = JwsHeader::new();
    header.set_token_type("at+jwt");
    header.set_key_id(&kid);
    let secret = jwks.repeat(2).into_bytes();
    let signer = HS256.signer_from_bytes(&secret).unwrap();
    let forged = josekit::jws::serialize_compact(payload.to_string().as_bytes(), &header, &signer).unwrap();
    assert_refused(&world, &forged).await;
    assert_refused(&world, &format!("{message}.")).await;
    assert_refused(&world, message).await;
    let mut other = payload.clone();
    other["tenant"] = json!("globex");
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(good.split('.').next().unwrap()).unwrap()).unwrap();
    assert_refused(&world, &compact(&header, &other, signature)).await;
}

#[tokio::test]
async fn p022_key_hints_of_the_attacker_lead_nowhere() {
    let world = World::new().await;
    let payload = claims(&text(&world.tokens(&world.wiki).await, "access_token"));
    let own = SigningKey::generate().unwrap();
    let token = sign(&own, TokenKind::AccessToken, &payload).unwrap();
    assert_refused(&world, &token).await;
    let signature = token.rsplit_once('.').unwrap().1;
    for hint in [
        json!({"kid": "../../etc/passwd"}),
        json!({"kid": "' OR 1=1 --"}),
        json!({"kid": 7}),
        json!({"jku": "http://127.0.0.1:1/keys"}),
        json!({"x5u": "http://127.0.0.1:1/cert"}),
        json!({"jwk": own.public()}),
        json!({"crit": ["exp"]}),
    ] {
        let mut header = json!({"alg": "RS256", "typ": "at+jwt"});
        header.as_object_mut().unwrap().extend(hint.as_object().unwrap().clone());
        assert_refused(&world, &compact(&header, &payload, signature)).await;
    }
}

/// Signed by our own key, so that only the claim is wrong.
#[tokio::test]
async fn p023_one_broken_claim_spoils_a_token() {
    let world = World::new().await;
    let payload = claims(&text(&world.tokens(&world.wiki).await, "access_token"));
    let keys = world.server.edge.keys.current(world.server.now()).unwrap();
    let signed = |payload: &Value| keys.sign(TokenKind::AccessToken, payload).unwrap();
    assert_eq!(world.userinfo(&signed(&payload)).await.status, 200);
    let now = world.server.now().unix();
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!([payload["iss"]])),
        ("exp", json!(now)),
        ("exp", json!("never")),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("iat", json!(now + 60)),
        ("nbf", json!(now + 60)),
        ("aud", json!([])),
        ("aud", json!(7)),
        ("tenant_id", json!("acme")),
        ("sub", json!("' OR 1=1 --")),
        ("scope", json!(["openid"])),
        ("client_id", json!("nobody")),
    ] {
        let mut broken = payload.clone();
        broken[claim] = value;
        assert_refused(&world, &signed(&broken)).await;
    }
    for claim in ["iss", "exp", "aud", "iat", "jti", "sub", "client_id", "tenant_id"] {
        let mut broken = payload.clone();
        broken.as_object_mut().unwrap().remove(claim);
        assert_refused(&world, &signed(&broken)).await;
    }
    // One kind of token never passes for another (RFC 8725 §3.11).
    assert_refused(&world, &keys.sign(TokenKind::IdToken, &payload).unwrap()).await;
}

#[tokio::test]
async fn p024_the_tenant_in_the_token_decides_and_nothing_else() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "access_token");
    let header = format!("Bearer {token}");
    for path in ["/userinfo?tenant=globex", "/userinfo/workspaces?tenant=globex"] {
        let headers = [("authorization", &*header), ("x-tenant-id", "globex")];
        let page = world.server.browser().send(Method::GET, path, None, &headers).await;
        assert_eq!(page.json()["tenant_id"], world.acme.to_string());
    }
    let mut payload = claims(&token);
    payload["tenant_id"] = json!(world.stranger.client.tenant_id.to_string());
    let keys = world.server.edge.keys.current(world.server.now()).unwrap();
    assert_refused(&world, &keys.sign(TokenKind::AccessToken, &payload).unwrap()).await;
}
