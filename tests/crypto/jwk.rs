//! Public keys as JSON (RFC 7517, RFC 7638).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use symbolon::crypto::jwk::{Algorithm, InvalidJwk, Jwk, parse_set};
use symbolon::crypto::signing_key::SigningKey;

/// The key of RFC 7638 §3.1.
fn rfc_7638_key() -> Value {
    json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29"
    })
}

fn with(mut key: Value, name: &str, value: impl Into<Value>) -> Value {
    key[name] = value.into();
    key
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638() {
    let key = Jwk::parse(&rfc_7638_key()).unwrap();
    assert_eq!(key.key().thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!(key.kid(), Some("2011-04-29"));
    assert!(key.allows(Algorithm::Rs256) && !key.allows(Algorithm::Ps256) && !key.allows(Algorithm::Es256));
}

#[test]
fn the_thumbprint_is_that_of_rfc_8037_appendix_a_3() {
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    assert_eq!(Jwk::parse(&key).unwrap().key().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn keys_read_back_as_they_were_written() {
    let point = json!({"kty": "EC", "crv": "P-256", "kid": "e1",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    for value in [rfc_7638_key(), point] {
        let key = Jwk::parse(&value).unwrap();
        assert_eq!(Jwk::parse(&serde_json::to_value(&key).unwrap()).unwrap(), key);
    }
}

/// Also `p025_jwks_never_holds_private_members` at the level of the type: what we generate is written without them.
#[test]
fn p025_a_generated_key_shows_public_members_only() {
    let key = SigningKey::generate().unwrap();
    let document = json!({ "keys": [key.public()] });
    let members: Vec<&str> = document["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut members = members.clone();
    members.sort_unstable();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(document["keys"][0]["kid"], key.kid());
    assert_eq!(parse_set(&document).unwrap()[0].key().thumbprint(), key.kid());
    let again = SigningKey::from_pkcs8(key.to_pkcs8().unwrap().expose()).unwrap();
    assert_eq!(again.kid(), key.kid());
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.kid()));
}

#[test]
fn p025_a_key_with_a_private_member_refuses_the_whole_set() {
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let key = with(rfc_7638_key(), name, "AQAB");
        assert_eq!(Jwk::parse(&key), Err(InvalidJwk::Private), "{name}");
        assert_eq!(parse_set(&json!({"keys": [rfc_7638_key(), key]})), Err(InvalidJwk::Private));
    }
    let shared = json!({"kty": "oct", "k": "c2VjcmV0"});
    assert_eq!(Jwk::parse(&shared), Err(InvalidJwk::Private));
}

#[test]
fn weak_malformed_and_foreign_keys_are_refused() {
    let short: String = rfc_7638_key()["n"].as_str().unwrap().chars().take(172).collect();
    for (key, error) in [
        (with(rfc_7638_key(), "n", short), InvalidJwk::Weak),
        (with(rfc_7638_key(), "e", "AQ"), InvalidJwk::Weak),
        (with(rfc_7638_key(), "e", "Ag"), InvalidJwk::Weak),
        (with(rfc_7638_key(), "e", ""), InvalidJwk::Weak),
        (with(rfc_7638_key(), "n", 5), InvalidJwk::Malformed),
        (with(rfc_7638_key(), "n", "*"), InvalidJwk::Malformed),
        (with(rfc_7638_key(), "use", "enc"), InvalidJwk::Unsupported),
        (with(rfc_7638_key(), "alg", "none"), InvalidJwk::Unsupported),
        (with(rfc_7638_key(), "alg", "ES256"), InvalidJwk::Unsupported),
        (with(rfc_7638_key(), "key_ops", json!(["sign"])), InvalidJwk::Unsupported),
        (json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}), InvalidJwk::Unsupported),
        // Not a point of the curve.
        (
            json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}),
            InvalidJwk::Malformed,
        ),
        (json!([]), InvalidJwk::Malformed),
        (json!(null), InvalidJwk::Malformed),
    ] {
        assert_eq!(Jwk::parse(&key), Err(error), "{key}");
    }
}

#[test]
fn a_set_passes_over_foreign_keys_and_needs_one_usable() {
    let foreign = json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"});
    assert_eq!(parse_set(&json!({"keys": [foreign, rfc_7638_key()]})).unwrap().len(), 1);
    assert_eq!(parse_set(&json!({"keys": [foreign]})), Err(InvalidJwk::Unsupported));
    assert_eq!(parse_set(&json!({"keys": vec![rfc_7638_key(); 65]})), Err(InvalidJwk::Malformed));
    assert_eq!(parse_set(&json!([rfc_7638_key()])), Err(InvalidJwk::Malformed));
}

/// An Ed25519 key with this point, in hexadecimal.
fn ed25519(point: &str) -> Value {
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&point[2 * at..2 * at + 2], 16).expect("a byte")).collect();
    json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(bytes)})
}

/// Every encoding of a point of small order, also those that add the prime of the field or carry a sign that is none: with any
/// of them `01 00 ... 00` is a signature over anything, or over every second or eighth text.
#[test]
fn p021_keys_with_which_everybody_can_sign_are_refused() {
    let zeros = "00".repeat(30);
    let ones = "ff".repeat(30);
    let order_8 = [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03",
    ];
    let mut points = Vec::new();
    for sign in ["00", "80"] {
        points.extend(["00", "01"].map(|first| format!("{first}{zeros}{sign}")));
    }
    for sign in ["7f", "ff"] {
        points.extend(["ec", "ed", "ee"].map(|first| format!("{first}{ones}{sign}")));
    }
    for (point, signs) in order_8.iter().zip([["05", "85"], ["7a", "fa"]]) {
        points.extend(signs.map(|sign| format!("{point}{sign}")));
    }
    assert_eq!(points.len(), 14);
    // The generator, whose private half is one, with both signs.
    points.extend([format!("58{}", "66".repeat(31)), format!("58{}e6", "66".repeat(30))]);
    // Other points that are spelled with the prime added.
    points.extend((0xef..=0xff).map(|first| format!("{first:02x}{ones}7f")));
    for point in &points {
        assert_eq!(Jwk::parse(&ed25519(point)), Err(InvalidJwk::Weak), "{point}");
        let set = json!({"keys": [rfc_7638_key(), ed25519(point)]});
        assert_eq!(parse_set(&set), Err(InvalidJwk::Weak), "{point}");
    }
    // RFC 8037 appendix A.2.
    let sound = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    assert!(Jwk::parse(&sound).is_ok());
    let generator = json!({"kty": "EC", "crv": "P-256", "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
        "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"});
    assert_eq!(Jwk::parse(&generator), Err(InvalidJwk::Weak));
    let sound = URL_SAFE_NO_PAD.decode(rfc_7638_key()["n"].as_str().unwrap()).unwrap();
    // Moduli of 2048 bits: 2^2048 - 2, 2^2048 - 1, which three divides, and a number near the sound one that 47 divides.
    let even = [&[0xff; 255][..], &[0xfe]].concat();
    let mut by_47 = sound.clone();
    *by_47.last_mut().unwrap() += 102;
    for modulus in [even, vec![0xff; 256], by_47] {
        let key = with(rfc_7638_key(), "n", URL_SAFE_NO_PAD.encode(modulus));
        assert_eq!(Jwk::parse(&key), Err(InvalidJwk::Weak));
    }
    assert!(Jwk::parse(&with(rfc_7638_key(), "n", URL_SAFE_NO_PAD.encode(sound))).is_ok());
}
