//! Tokens that must not pass (RFC 8725; P021 to P024).

use aws_lc_rs::hmac;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use symbolon::verify::{InvalidSettings, Refusal, TokenFault, Verifier};

use super::issuer::{
    AUDIENCE, ISSUER, KEY, OTHER_KEY, Rig, START, claims, claims_with, good_token, header, key_set, sign,
    signing_input,
};

async fn assert_refused(rig: &Rig, token: &str, fault: TokenFault) {
    let answer = rig.verify(token).await;
    assert_eq!(answer, Err(Refusal::InvalidToken(fault)), "{token}");
}

#[tokio::test]
async fn a_good_token_passes_and_tells_what_it_allows() {
    let rig = Rig::start().await;
    let verified = rig.verify(&good_token()).await.unwrap();
    assert_eq!(verified.claims().tenant.as_str(), "acme");
    assert!(verified.has_scope("notes") && !verified.has_scope("note"));
    assert!(verified.has_entitlement("notes", "write") && !verified.has_entitlement("notes", "export"));
    assert!(!verified.is_service_account());
    let refusal = verified.require_scope("graph").unwrap_err();
    assert_eq!(refusal.status(), 403);
    let challenge = refusal.challenge().unwrap();
    assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.ends_with("scope=\"graph\""));
    assert_eq!(verified.require_entitlement("graph", "read").unwrap_err().status(), 403);
}

#[tokio::test]
async fn p021_no_algorithm_but_rs256_is_taken() {
    let rig = Rig::start().await;
    let rightly_signed =
        |alg: &str| sign(&json!({"alg": alg, "typ": "at+jwt", "kid": "one"}), &claims(), &KEY);
    for alg in ["none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "rs256", ""] {
        assert_refused(&rig, &rightly_signed(alg), TokenFault::Malformed).await;
    }
    for alg in ["none", "NONE"] {
        let unsigned = signing_input(&json!({"alg": alg, "typ": "at+jwt", "kid": "one"}), &claims());
        assert_refused(&rig, &format!("{unsigned}."), TokenFault::Malformed).await;
    }
}

#[tokio::test]
async fn p021_our_public_key_is_no_hmac_secret() {
    let rig = Rig::start().await;
    let published = String::from_utf8(key_set(&[("one", &KEY)])).unwrap();
    let der = KEY.public_key().as_ref().to_vec();
    for secret in [der, published.into_bytes()] {
        let signed = signing_input(&json!({"alg": "HS256", "typ": "at+jwt", "kid": "one"}), &claims());
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
        assert_refused(&rig, &token, TokenFault::Malformed).await;
    }
}

#[tokio::test]
async fn p021_a_cut_changed_or_foreign_signature_fails() {
    let rig = Rig::start().await;
    let token = good_token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    assert_refused(&rig, &format!("{signed}."), TokenFault::Signature).await;
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let cut = URL_SAFE_NO_PAD.encode(&bytes[..bytes.len() - 1]);
    assert_refused(&rig, &format!("{signed}.{cut}"), TokenFault::Signature).await;
    assert_refused(&rig, signed, TokenFault::Malformed).await;
    assert_refused(&rig, &sign(&header(), &claims(), &OTHER_KEY), TokenFault::Signature).await;
    let richer = signing_input(&header(), &claims_with(&json!({"roles": ["owner"]})));
    assert_refused(&rig, &format!("{richer}.{signature}"), TokenFault::Signature).await;
}

#[tokio::test]
async fn p022_hints_to_other_keys_are_never_followed() {
    let rig = Rig::start().await;
    let modulus = URL_SAFE_NO_PAD.encode(OTHER_KEY.public_key().modulus().big_endian_without_leading_zero());
    let own_key = json!({"kty": "RSA", "n": modulus, "e": "AQAB", "kid": "one"});
    // The fake issuer panics when anything but its own two documents is fetched.
    for hint in [
        json!({"jku": "https://evil.example/keys"}),
        json!({"x5u": "https://evil.example/chain"}),
        json!({"jwk": own_key}),
        json!({"x5c": ["MIIB"]}),
    ] {
        let mut forged = header();
        for (name, value) in hint.as_object().unwrap() {
            forged[name] = value.clone();
        }
        assert_refused(&rig, &sign(&forged, &claims(), &OTHER_KEY), TokenFault::Signature).await;
    }
    let odd_names = ["../../etc/passwd", "' OR 1=1 --", "\u{0}", "", "two"];
    for kid in odd_names {
        let forged = json!({"alg": "RS256", "typ": "at+jwt", "kid": kid});
        assert_refused(&rig, &sign(&forged, &claims(), &OTHER_KEY), TokenFault::UnknownKey).await;
    }
    let nameless = json!({"alg": "RS256", "typ": "at+jwt"});
    assert_refused(&rig, &sign(&nameless, &claims(), &KEY), TokenFault::UnknownKey).await;
}

#[tokio::test]
async fn a_critical_header_is_refused() {
    let rig = Rig::start().await;
    let critical = json!({"alg": "RS256", "typ": "at+jwt", "kid": "one", "crit": ["b64"], "b64": false});
    assert_refused(&rig, &sign(&critical, &claims(), &KEY), TokenFault::Malformed).await;
}

#[tokio::test]
async fn only_the_access_token_type_passes_in_any_case_and_long_form() {
    let rig = Rig::start().await;
    let typed = |typ: Value| sign(&json!({"alg": "RS256", "kid": "one", "typ": typ}), &claims(), &KEY);
    for good in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert!(rig.verify(&typed(json!(good))).await.is_ok(), "{good}");
    }
    for bad in ["JWT", "", "at+jwt ", "revocations+jwt", "logout+jwt", "application/", "text/at+jwt", "é"] {
        assert_refused(&rig, &typed(json!(bad)), TokenFault::WrongType).await;
    }
    let untyped = sign(&json!({"alg": "RS256", "kid": "one"}), &claims(), &KEY);
    assert_refused(&rig, &untyped, TokenFault::WrongType).await;
}

#[tokio::test]
async fn p023_wrong_or_odd_claims_fail() {
    let rig = Rig::start().await;
    let far = i64::MAX;
    for (changes, fault) in [
        (json!({"iss": "https://id.example.com/"}), TokenFault::Issuer),
        (json!({"iss": "https://evil.example"}), TokenFault::Issuer),
        (json!({"iss": [ISSUER]}), TokenFault::Claims),
        (json!({"aud": ["https://graph.example.com"]}), TokenFault::Audience),
        (json!({"aud": []}), TokenFault::Audience),
        (json!({"aud": [format!("{AUDIENCE}/")]}), TokenFault::Audience),
        (json!({"aud": {"0": AUDIENCE}}), TokenFault::Claims),
        (json!({"exp": START - 31}), TokenFault::Life),
        (json!({"iat": START - 600, "exp": START - 31}), TokenFault::Expired),
        (json!({"exp": far}), TokenFault::Life),
        (json!({"exp": START + 3601}), TokenFault::Life),
        (json!({"exp": "1790000600"}), TokenFault::Claims),
        (json!({"exp": 1e300}), TokenFault::Claims),
        (json!({"exp": null}), TokenFault::Claims),
        (json!({"iat": START + 31}), TokenFault::NotYet),
        (json!({"iat": far, "exp": far}), TokenFault::Life),
        (json!({"iat": -1}), TokenFault::Life),
        (json!({"iat": "now"}), TokenFault::Claims),
        (json!({"nbf": START + 31}), TokenFault::NotYet),
        (json!({"nbf": far}), TokenFault::NotYet),
        (json!({"nbf": "soon"}), TokenFault::Claims),
        (json!({"sub": 7}), TokenFault::Claims),
        (json!({"tenant_id": "acme"}), TokenFault::Claims),
        (json!({"cnf": {"jkt": "abc"}}), TokenFault::SenderConstrained),
    ] {
        assert_refused(&rig, &sign(&header(), &claims_with(&changes), &KEY), fault).await;
    }
}

#[tokio::test]
async fn p023_a_missing_claim_fails() {
    let rig = Rig::start().await;
    for name in ["iss", "aud", "exp", "iat", "sub", "jti", "client_id", "tenant_id", "tenant", "scope"] {
        let mut incomplete = claims();
        incomplete.as_object_mut().unwrap().remove(name);
        assert_refused(&rig, &sign(&header(), &incomplete, &KEY), TokenFault::Claims).await;
    }
    assert_refused(&rig, &sign(&header(), &json!([1]), &KEY), TokenFault::Claims).await;
}

#[tokio::test]
async fn clocks_may_differ_by_the_leeway_and_no_more() {
    let rig = Rig::start().await;
    let token = good_token();
    for (seconds, passes) in [(-30, true), (-31, false), (629, true), (630, false)] {
        rig.advance(seconds);
        rig.revoke(1, &[]).await;
        assert_eq!(rig.verify(&token).await.is_ok(), passes, "{seconds} s from the start");
        rig.advance(-seconds);
    }
    let too_much =
        Verifier::builder(ISSUER).audience(AUDIENCE).leeway(std::time::Duration::from_secs(31)).build();
    assert_eq!(too_much.err(), Some(InvalidSettings::Leeway));
    assert_eq!(Verifier::builder(ISSUER).build().err(), Some(InvalidSettings::Audience));
}

#[tokio::test]
async fn garbage_is_refused_and_never_repeated() {
    let rig = Rig::start().await;
    let long = "a".repeat(64 * 1024);
    let good = good_token();
    for garbage in ["", ".", "..", "...", "a.b.c", "é.é.é", &long, &format!("{good}.x"), &format!("x.{good}")]
    {
        let refusal = rig.verify(garbage).await.unwrap_err();
        assert_eq!(refusal, Refusal::InvalidToken(TokenFault::Malformed), "{garbage}");
    }
    let marked = sign(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "marked-kid"}), &claims(), &KEY);
    let refusal = rig.verify(&marked).await.unwrap_err();
    let answer = format!("{} {}", refusal.challenge().unwrap(), refusal.body());
    assert!(answer.contains("invalid_token") && !answer.contains("marked-kid"), "{answer}");
}
