//! An authenticator in software that lies where a test tells it to: every part of what it says can be another one.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::{Map, Value, json};

/// Somebody was there.
pub(crate) const PRESENT: u8 = 0x01;
/// It was verified who.
pub(crate) const VERIFIED: u8 = 0x04;
/// The key may be backed up.
pub(crate) const ELIGIBLE: u8 = 0x08;
/// The key is backed up.
pub(crate) const BACKED_UP: u8 = 0x10;
/// A key follows.
const ATTESTED: u8 = 0x40;

/// The algorithm that its keys are for (COSE).
pub(crate) const ES256: i64 = -7;

/// A device with its keys, and what it says of itself and of the page that asks. It is honest until told otherwise.
pub(crate) struct Authenticator {
    /// The origin that the browser tells.
    pub(crate) origin: String,
    /// What it says whose relying party asks.
    pub(crate) rp_id: String,
    /// What it says of who used it.
    pub(crate) flags: u8,
    /// What it counts to at the next use; at zero it does not count.
    pub(crate) counter: u32,
    /// The ceremony, where it is another than the one that was asked for.
    pub(crate) ceremony: Option<&'static str>,
    /// Further members of what the browser says, in place of those of the same name; `null` removes one.
    pub(crate) client_data: Map<String, Value>,
    /// The person whom it names at a sign-in, instead of the right one; `null` names nobody.
    pub(crate) user_handle: Option<Value>,
    /// The algorithm that it says its new keys are for.
    pub(crate) algorithm: i64,
    /// The keys that it has made.
    pub(crate) keys: Vec<Key>,
}

/// A key that it made.
pub(crate) struct Key {
    /// What it calls it.
    pub(crate) id: Vec<u8>,
    /// Whose it is.
    pub(crate) user_handle: Vec<u8>,
    pair: EcdsaKeyPair,
}

impl Key {
    /// A key that nobody registered, under the name of one.
    pub(crate) fn foreign(id: Vec<u8>, user_handle: Vec<u8>) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        Self { id, user_handle, pair }
    }

    fn cose(&self, algorithm: i64) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let integer = |number: i64| Cbor::Integer(number.into());
        cbor(&Cbor::Map(vec![
            (integer(1), integer(2)),
            (integer(3), integer(algorithm)),
            (integer(-1), integer(1)),
            (integer(-2), Cbor::Bytes(point[1..33].to_vec())),
            (integer(-3), Cbor::Bytes(point[33..65].to_vec())),
        ]))
    }

    /// Signs what an authenticator signs.
    pub(crate) fn sign(&self, data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let signed = [data, digest(&SHA256, client_data).as_ref()].concat();
        self.pair.sign(&SystemRandom::new(), &signed).expect("a signature").as_ref().to_vec()
    }
}

impl Authenticator {
    /// A device in a browser that shows a page of this origin.
    pub(crate) fn at(origin: &str) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
        let rp_id = host.split_once(':').map_or(host, |(host, _)| host).to_owned();
        Self {
            origin: origin.to_owned(),
            rp_id,
            flags: PRESENT | VERIFIED,
            counter: 0,
            ceremony: None,
            client_data: Map::new(),
            user_handle: None,
            algorithm: ES256,
            keys: Vec::new(),
        }
    }

    /// Makes a key, as `navigator.credentials.create` does.
    pub(crate) fn make(&mut self, options: &Value) -> Value {
        let handle = options["user"]["id"].as_str().expect("the person");
        let id: [u8; 16] = aws_lc_rs::rand::generate(&SystemRandom::new()).expect("randomness").expose();
        let key = Key::foreign(id.to_vec(), decode(handle));
        let mut data = self.data(ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len()).expect("short").to_be_bytes());
        data.extend(id);
        data.extend(key.cose(self.algorithm));
        self.keys.push(key);
        self.attested(options, &id, data)
    }

    /// The answer of `navigator.credentials.create` with these authenticator data.
    pub(crate) fn attested(&self, options: &Value, id: &[u8], data: Vec<u8>) -> Value {
        let object = cbor(&Cbor::Map(vec![
            (Cbor::Text("fmt".into()), Cbor::Text("none".into())),
            (Cbor::Text("attStmt".into()), Cbor::Map(Vec::new())),
            (Cbor::Text("authData".into()), Cbor::Bytes(data)),
        ]));
        json!({
            "id": encode(id),
            "rawId": encode(id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "attestationObject": encode(&object),
                "clientDataJSON": encode(&self.client_data(options, "webauthn.create")),
                "transports": ["internal"],
            },
        })
    }

    /// Signs with its newest key, as `navigator.credentials.get` does.
    pub(crate) fn sign(&self, options: &Value) -> Value {
        self.sign_with(self.keys.last().expect("a key"), options)
    }

    /// Signs with this key.
    pub(crate) fn sign_with(&self, key: &Key, options: &Value) -> Value {
        let data = self.data(0);
        let client_data = self.client_data(options, "webauthn.get");
        let handle = self.user_handle.clone().unwrap_or_else(|| encode(&key.user_handle).into());
        json!({
            "id": encode(&key.id),
            "rawId": encode(&key.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": encode(&data),
                "clientDataJSON": encode(&client_data),
                "signature": encode(&key.sign(&data, &client_data)),
                "userHandle": handle,
            },
        })
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, options: &Value, ceremony: &str) -> Vec<u8> {
        let mut said = json!({
            "type": self.ceremony.unwrap_or(ceremony),
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        let members = said.as_object_mut().expect("an object");
        for (name, value) in &self.client_data {
            if value.is_null() {
                members.remove(name)
            } else {
                members.insert(name.clone(), value.clone())
            };
        }
        said.to_string().into_bytes()
    }
}

/// Base64url as browsers write it.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What base64url stands for.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

fn cbor(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("CBOR");
    bytes
}
