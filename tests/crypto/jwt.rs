//! Tokens: ours as foreign code reads them, and foreign ones as we read them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use symbolon::crypto::jwk::{Algorithm, Jwk};
use symbolon::crypto::jwt::{InvalidJwt, TokenKind, VerificationKeys, claimed_kid, sign, verify};
use symbolon::crypto::signing_key::SigningKey;

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", b64(header.to_string()), b64(claims.to_string()))
}

#[test]
fn our_tokens_are_accepted_by_another_library() {
    let key = SigningKey::generate().unwrap();
    let token = sign(&key, TokenKind::AccessToken, &json!({"sub": "ada"})).unwrap();
    let foreign = josekit::jwk::Jwk::from_bytes(serde_json::to_vec(key.public()).unwrap()).unwrap();
    let verifier = josekit::jws::RS256.verifier_from_jwk(&foreign).unwrap();
    let (payload, header) = josekit::jws::deserialize_compact(&token, &verifier).unwrap();
    assert_eq!(payload, br#"{"sub":"ada"}"#);
    assert_eq!(header.claim("typ"), Some(&json!("at+jwt")));
    assert_eq!(header.claim("alg"), Some(&json!("RS256")));
    assert_eq!(header.key_id(), Some(key.kid()));
    assert_eq!(claimed_kid(&token).as_deref(), Some(key.kid()));
}

#[test]
fn a_token_names_its_key_and_an_unknown_one_is_told_apart() {
    let (one, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let token = sign(&one, TokenKind::IdToken, &json!({"sub": "ada"})).unwrap();
    let both = VerificationKeys::new([one.public(), other.public()], &[Algorithm::Rs256]);
    assert_eq!(verify(&token, TokenKind::IdToken, &both).unwrap().kid(), Some(one.kid()));
    let wrong = VerificationKeys::new([other.public()], &[Algorithm::Rs256]);
    assert_eq!(verify(&token, TokenKind::IdToken, &wrong), Err(InvalidJwt::UnknownKey));
    let not_this_algorithm = VerificationKeys::new([one.public()], &[Algorithm::Es256]);
    assert_eq!(verify(&token, TokenKind::IdToken, &not_this_algorithm), Err(InvalidJwt::UnknownKey));
}

/// RFC 7515 Appendix A.2 and A.3.
#[test]
fn the_examples_of_rfc_7515_verify() {
    let rsa = json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"});
    let rs256 = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let ec = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let es256 = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    for (key, token) in [(rsa, rs256), (ec, es256)] {
        let keys = VerificationKeys::new([&Jwk::parse(&key).unwrap()], &Algorithm::ALL);
        assert_eq!(verify(token, TokenKind::IdToken, &keys).unwrap().text("iss"), Some("joe"));
        let changed = token.replacen("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Uj", 1);
        assert_eq!(verify(&changed, TokenKind::IdToken, &keys), Err(InvalidJwt::Signature));
    }
}

#[test]
fn ps256_and_eddsa_and_es256_verify_under_their_own_name_only() {
    let random = SystemRandom::new();
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    let ecdsa = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let rsa = SigningKey::generate().unwrap();
    let pair = RsaKeyPair::from_pkcs8(rsa.to_pkcs8().unwrap().expose()).unwrap();
    let public = |value: Value| Jwk::parse(&value).unwrap();
    let mut rsa_public = serde_json::to_value(rsa.public()).unwrap();
    rsa_public.as_object_mut().unwrap().remove("alg");
    let (x, y) = ecdsa.public_key().as_ref()[1..].split_at(32);
    let keys = [
        public(json!({"kty": "OKP", "crv": "Ed25519", "x": b64(ed25519.public_key())})),
        public(json!({"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)})),
        public(rsa_public),
    ];
    let keys = VerificationKeys::new(&keys, &Algorithm::ALL);
    for algorithm in Algorithm::ALL {
        let message = unsigned(&json!({"alg": algorithm.as_str(), "typ": "JWT"}), &json!({"sub": "ada"}));
        let signatures = [
            (Algorithm::EdDsa, ed25519.sign(message.as_bytes()).as_ref().to_vec()),
            (Algorithm::Es256, ecdsa.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec()),
            (Algorithm::Ps256, {
                let mut signature = vec![0; 256];
                pair.sign(&RSA_PSS_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }),
        ];
        for (signer, signature) in signatures {
            let token = format!("{message}.{}", b64(signature));
            assert_eq!(verify(&token, TokenKind::IdToken, &keys).is_ok(), signer == algorithm, "{signer:?}");
        }
    }
}
