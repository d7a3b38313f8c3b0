//! Tokens by people who have our public key and an imagination (P021, P022, P023).

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use symbolon::crypto::jwk::Algorithm;
use symbolon::crypto::jwt::{
    InvalidClaim, InvalidJwt, TokenKind, VerificationKeys, VerifiedClaims, sign, verify,
};
use symbolon::crypto::signing_key::SigningKey;
use symbolon::model::time::Timestamp;

struct Rig {
    key: SigningKey,
    keys: VerificationKeys,
}

impl Rig {
    fn new() -> Self {
        let key = SigningKey::generate().unwrap();
        let keys = VerificationKeys::new([key.public()], &[Algorithm::Rs256]);
        Self { key, keys }
    }

    fn verify(&self, token: &str) -> Result<VerifiedClaims, InvalidJwt> {
        verify(token, TokenKind::AccessToken, &self.keys)
    }

    /// Signs whatever header with a key, `alg` and `kid` apart.
    fn signed_by(key: &SigningKey, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let signature = josekit::jws::JwsSigner::sign(key, message.as_bytes()).unwrap();
        format!("{message}.{}", b64(signature))
    }

    fn claims(&self, claims: &Value) -> VerifiedClaims {
        self.verify(&sign(&self.key, TokenKind::AccessToken, claims).unwrap()).unwrap()
    }
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn p021_unsigned_symmetric_and_cut_tokens_are_refused() {
    let rig = Rig::new();
    let claims = b64(r#"{"sub":"owner"}"#);
    for alg in
        ["none", "None", "NONE", "nOnE", "", "RS1", "rs256", "RS384", "PS256", "ES256", "HS256", "HS512"]
    {
        let header = b64(json!({"alg": alg, "typ": "at+jwt", "kid": rig.key.kid()}).to_string());
        for signature in [String::new(), b64([0; 256]), b64([0; 64])] {
            assert!(rig.verify(&format!("{header}.{claims}.{signature}")).is_err(), "{alg}");
        }
    }
    let header = b64(json!({"alg": "HS256", "typ": "at+jwt", "kid": rig.key.kid()}).to_string());
    let public = serde_json::to_value(rig.key.public()).unwrap();
    let modulus = public["n"].as_str().unwrap().to_owned();
    for shared in
        [public.to_string().into_bytes(), URL_SAFE_NO_PAD.decode(&modulus).unwrap(), modulus.into_bytes()]
    {
        let message = format!("{header}.{claims}");
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &shared), message.as_bytes());
        assert_eq!(rig.verify(&format!("{message}.{}", b64(tag))), Err(InvalidJwt::Algorithm));
    }
    let genuine = sign(&rig.key, TokenKind::AccessToken, &json!({"sub": "ada"})).unwrap();
    let (message, signature) = genuine.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let other = sign(&rig.key, TokenKind::AccessToken, &json!({"sub": "bob"})).unwrap();
    let stolen = other.rsplit_once('.').unwrap().1;
    for bad in [
        message.to_owned(),
        format!("{message}."),
        format!("{message}.."),
        format!("{message}.{stolen}"),
        format!("{message}.{signature}="),
        format!("{message}.{signature}.{signature}"),
        format!("{header}.{payload} .{signature}"),
        format!("{header}..{signature}"),
        format!(" {genuine}"),
        format!("{genuine}\n"),
        format!("{message}.{}", &signature[..signature.len() - 4]),
        String::new(),
        "..".to_owned(),
        ".".to_owned(),
        "é.é.é".to_owned(),
        "a".repeat(40_000),
    ] {
        assert!(rig.verify(&bad).is_err(), "{bad}");
    }
    assert!(rig.verify(&genuine).is_ok());
}

#[test]
fn p022_key_hints_of_the_token_are_never_followed() {
    let rig = Rig::new();
    let attacker = SigningKey::generate().unwrap();
    let own = serde_json::to_value(attacker.public()).unwrap();
    let claims = json!({"sub": "owner"});
    for kid in [
        rig.key.kid(),
        attacker.kid(),
        "../../../../dev/null",
        "' OR 1=1 --",
        "https://evil.example/jwks",
        "\u{0}",
        "",
    ] {
        for (name, value) in [
            ("jwk", own.clone()),
            ("jku", json!("https://evil.example/jwks.json")),
            ("x5u", json!("https://evil.example/chain.pem")),
            ("x5c", json!(["MIIB"])),
            ("cty", json!("JWT")),
        ] {
            let header = json!({"alg": "RS256", "typ": "at+jwt", "kid": kid, name: value});
            let token = Rig::signed_by(&attacker, &header, &claims);
            assert!(rig.verify(&token).is_err(), "{name} {kid}");
        }
    }
    for kid in [json!(5), json!(["a"]), json!({})] {
        let token = Rig::signed_by(&rig.key, &json!({"alg": "RS256", "typ": "at+jwt", "kid": kid}), &claims);
        assert!(rig.verify(&token).is_err());
    }
}

#[test]
fn a_token_of_one_kind_does_not_pass_for_another() {
    let rig = Rig::new();
    let kinds =
        [TokenKind::AccessToken, TokenKind::IdToken, TokenKind::RevocationFeed, TokenKind::AuditCheckpoint];
    for made in kinds {
        let token = sign(&rig.key, made, &json!({"sub": "ada"})).unwrap();
        for asked in kinds {
            assert_eq!(verify(&token, asked, &rig.keys).is_ok(), made == asked, "{made:?} as {asked:?}");
        }
    }
    let claims = json!({"sub": "ada"});
    for (typ, accepted) in
        [("AT+JWT", true), ("application/at+jwt", true), ("JWT", false), ("at+jwt ", false)]
    {
        let token = Rig::signed_by(&rig.key, &json!({"alg": "RS256", "typ": typ}), &claims);
        assert_eq!(rig.verify(&token).is_ok(), accepted, "{typ}");
    }
}

#[test]
fn headers_that_we_do_not_honour_and_claims_that_are_none_refuse_the_token() {
    let rig = Rig::new();
    for (name, value) in
        [("crit", json!(["exp"])), ("crit", json!([])), ("b64", json!(false)), ("zip", json!("DEF"))]
    {
        let header = json!({"alg": "RS256", "typ": "at+jwt", "kid": rig.key.kid(), name: value});
        let token = Rig::signed_by(&rig.key, &header, &json!({"sub": "ada"}));
        assert_eq!(rig.verify(&token), Err(InvalidJwt::Malformed), "{name}");
    }
    for payload in [
        "[]",
        "null",
        "\"text\"",
        "{",
        "{\"a\":1}}",
        "{\"sub\":\"ada\",\"sub\":\"owner\"}",
        "{\"tenant\":\"acme\",\"tenant\":\"globex\"}",
    ] {
        let header = json!({"alg": "RS256", "typ": "at+jwt"});
        let message = format!("{}.{}", b64(header.to_string()), b64(payload));
        let signature = josekit::jws::JwsSigner::sign(&rig.key, message.as_bytes()).unwrap();
        assert_eq!(rig.verify(&format!("{message}.{}", b64(signature))), Err(InvalidJwt::Malformed));
    }
}

#[test]
fn p023_times_that_are_wrong_missing_text_or_huge_are_refused() {
    let rig = Rig::new();
    let now = Timestamp::from_unix(1_800_000_000);
    let leeway = Duration::from_secs(30);
    let judge = |claims: Value| rig.claims(&claims).check_times(now, leeway);
    assert_eq!(judge(json!({"exp": 1_800_000_001, "nbf": 1_800_000_000, "iat": 1_799_999_000})), Ok(()));
    assert_eq!(judge(json!({"exp": 1_800_000_001.5})), Ok(()));
    assert_eq!(judge(json!({"exp": 1_799_999_971})), Ok(()));
    for exp in [
        json!(1_799_999_970),
        json!(0),
        json!(-1),
        json!("1900000000"),
        json!(1e300),
        json!(null),
        json!(true),
        json!({}),
        json!(999_999_999_999_999_999_u64),
    ] {
        assert_eq!(judge(json!({"exp": exp})), Err(InvalidClaim("exp")), "{exp}");
    }
    for exp in [json!([1_900_000_000]), json!({"at": 1_900_000_000})] {
        let token = sign(&rig.key, TokenKind::AccessToken, &json!({"exp": exp})).unwrap();
        assert_eq!(rig.verify(&token), Err(InvalidJwt::Malformed), "{exp}");
    }
    assert_eq!(judge(json!({})), Err(InvalidClaim("exp")));
    for bad in [json!(1_800_000_031), json!("now"), json!(-5), json!(null)] {
        assert_eq!(judge(json!({"exp": 1_900_000_000, "nbf": bad})), Err(InvalidClaim("nbf")));
        assert_eq!(judge(json!({"exp": 1_900_000_000, "iat": bad})), Err(InvalidClaim("iat")));
    }
}

#[test]
fn p023_an_audience_is_text_or_a_list_of_texts() {
    let rig = Rig::new();
    assert_eq!(rig.claims(&json!({"aud": "a"})).audience(), Ok(vec!["a"]));
    assert_eq!(rig.claims(&json!({"aud": ["a", "b"]})).audience(), Ok(vec!["a", "b"]));
    assert_eq!(rig.claims(&json!({})).audience(), Ok(Vec::new()));
    for bad in [json!(5), json!(["a", 5]), json!({"a": 1}), json!(null), json!(true)] {
        assert_eq!(rig.claims(&json!({"aud": bad})).audience(), Err(InvalidClaim("aud")));
    }
    assert_eq!(rig.claims(&json!({"iss": ["x"]})).text("iss"), None);
}
