//! Public keys as JSON (RFC 7517, RFC 7518 §6, RFC 8037) and their names (RFC 7638). Private members are refused.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::model::digest::sha256;

/// The most keys that a set may hold.
pub const MAX_KEYS: usize = 64;

/// A signature algorithm that we verify. `none` and the symmetric ones do not exist here (P021).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519 (RFC 8037).
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The word of the `alg` member (RFC 7518 §3.1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The same in the library that reads tokens.
    pub(super) const fn stock(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Ps256 => jsonwebtoken::Algorithm::PS256,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }

    /// The algorithm with exactly this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == word)
    }
}

/// A public key of a kind that we understand.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { x: [u8; 32], y: [u8; 32] },
    Ed25519 { x: [u8; 32] },
}

impl PublicKey {
    /// An RSA key of 2048 to 8192 bits with an odd exponent of at least 3, from big-endian numbers.
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, InvalidJwk> {
        let modulus = without_leading_zeros(modulus);
        let exponent = without_leading_zeros(exponent);
        let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
        let exponent_holds = match exponent {
            [] => false,
            [only] => *only >= 3 && only % 2 == 1,
            [.., last] => exponent.len() <= 4 && last % 2 == 1,
        };
        if !(2048..=8192).contains(&bits) || !exponent_holds {
            return Err(InvalidJwk::Weak);
        }
        let key = Self(Kind::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() });
        key.checked()
    }

    /// Whether this kind of key makes signatures of that algorithm.
    pub const fn fits(&self, algorithm: Algorithm) -> bool {
        match (&self.0, algorithm) {
            (Kind::Rsa { .. }, Algorithm::Rs256 | Algorithm::Ps256)
            | (Kind::P256 { .. }, Algorithm::Es256)
            | (Kind::Ed25519 { .. }, Algorithm::EdDsa) => true,
            (Kind::Rsa { .. } | Kind::P256 { .. } | Kind::Ed25519 { .. }, _) => false,
        }
    }

    /// The RFC 7638 thumbprint: SHA-256 in base64url, 43 characters.
    pub fn thumbprint(&self) -> String {
        let canonical = match &self.0 {
            Kind::Rsa { modulus, exponent } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encode(exponent), encode(modulus))
            }
            Kind::P256 { x, y } => {
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, encode(x), encode(y))
            }
            Kind::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x)),
        };
        encode(&sha256(canonical.as_bytes()))
    }

    /// The key in the form of the library that verifies.
    pub(super) fn decoding_key(&self) -> DecodingKey {
        match &self.0 {
            Kind::Rsa { modulus, exponent } => DecodingKey::from_rsa_raw_components(modulus, exponent),
            Kind::P256 { x, y } => DecodingKey::from_ec_der(&point(x, y)),
            Kind::Ed25519 { x } => DecodingKey::from_ed_der(x),
        }
    }

    /// The key, if its numbers are one: a point of its curve, an RSA modulus; and if nobody but its owner can sign with it.
    fn checked(self) -> Result<Self, InvalidJwk> {
        if self.is_anybodys() {
            return Err(InvalidJwk::Weak);
        }
        let parsed = match &self.0 {
            Kind::Rsa { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .is_ok(),
            Kind::P256 { x, y } => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point(x, y)).is_ok(),
            Kind::Ed25519 { x } => ParsedPublicKey::new(&ED25519, x).is_ok(),
        };
        if parsed { Ok(self) } else { Err(InvalidJwk::Malformed) }
    }

    /// Whether everybody can sign with it: an RSA modulus with a small factor, a curve's own generator, and the points of
    /// small order of Ed25519 (RFC 8032 §5.1.7 verifies a signature by one of those over anything). P-256 has no such points.
    fn is_anybodys(&self) -> bool {
        match &self.0 {
            Kind::Rsa { modulus, .. } => has_small_factor(modulus),
            Kind::P256 { x, .. } => *x == GENERATOR_X,
            Kind::Ed25519 { x } => {
                let mut y = *x;
                if let Some(last) = y.last_mut() {
                    // The sign of the other coordinate says nothing of the order.
                    *last &= 0x7f;
                }
                ANYBODYS_POINTS.contains(&y) || is_not_reduced(&y)
            }
        }
    }
}

/// The `y` of Ed25519 points, little-endian, with which everybody can sign: 0, 1 and -1, the two of order 8, and the
/// generator.
const ANYBODYS_POINTS: [[u8; 32]; 6] = [
    [0; 32],
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    [
        0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
        0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    ],
];

/// The `x` of the generator of P-256 (SEC 2 §2.4.2).
const GENERATOR_X: [u8; 32] = [
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77,
    0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
];

/// Whether a coordinate of Ed25519 is written with the prime of its field, 2^255 - 19, added: a second spelling of a point
/// (RFC 8032 §5.1.3 refuses it).
fn is_not_reduced(y: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = y;
    *last == 0x7f && middle.iter().all(|byte| *byte == 0xff) && *first >= 0xed
}

/// Whether one of the primes up to 47 divides it.
fn has_small_factor(number: &[u8]) -> bool {
    const PRODUCT: u128 = 614_889_782_588_491_410;
    let remainder = number.iter().fold(0_u128, |left, byte| ((left << 8) | u128::from(*byte)) % PRODUCT);
    let (mut a, mut b) = (PRODUCT, remainder);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a != 1
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

/// A public signature key with what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    key: PublicKey,
    kid: Option<String>,
    algorithm: Option<Algorithm>,
}

impl Jwk {
    /// A key without a name.
    pub const fn new(key: PublicKey) -> Self {
        Self { key, kid: None, algorithm: None }
    }

    /// The key under this name.
    #[must_use]
    pub fn named(mut self, kid: &str) -> Self {
        self.kid = Some(kid.to_owned());
        self
    }

    /// The key for this algorithm only.
    #[must_use]
    pub const fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Reads one key.
    ///
    /// # Errors
    /// It carries a private member, is too weak, malformed, or of a kind or for a use that we do not know.
    pub fn parse(value: &Value) -> Result<Self, InvalidJwk> {
        const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
        let members = value.as_object().ok_or(InvalidJwk::Malformed)?;
        if PRIVATE.into_iter().any(|name| members.contains_key(name)) {
            return Err(InvalidJwk::Private);
        }
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(InvalidJwk::Malformed),
        };
        let bytes = |name: &str| {
            let encoded = text(name)?.ok_or(InvalidJwk::Malformed)?;
            URL_SAFE_NO_PAD.decode(encoded).map_err(|_| InvalidJwk::Malformed)
        };
        let coordinate = |name: &str| bytes(name)?.try_into().map_err(|_: Vec<u8>| InvalidJwk::Malformed);
        let key = match (text("kty")?.ok_or(InvalidJwk::Malformed)?, text("crv")?) {
            ("RSA", None) => PublicKey::rsa(&bytes("n")?, &bytes("e")?)?,
            ("EC", Some("P-256")) => {
                PublicKey(Kind::P256 { x: coordinate("x")?, y: coordinate("y")? }).checked()?
            }
            ("OKP", Some("Ed25519")) => PublicKey(Kind::Ed25519 { x: coordinate("x")? }).checked()?,
            _ => return Err(InvalidJwk::Unsupported),
        };
        let algorithm = match text("alg")? {
            None => None,
            Some(word) => Some(Algorithm::parse(word).ok_or(InvalidJwk::Unsupported)?),
        };
        let for_signatures = text("use")?.is_none_or(|purpose| purpose == "sig");
        let may_verify = members.get("key_ops").is_none_or(|operations| {
            operations.as_array().is_some_and(|list| list.iter().any(|operation| operation == "verify"))
        });
        if !for_signatures || !may_verify || algorithm.is_some_and(|algorithm| !key.fits(algorithm)) {
            return Err(InvalidJwk::Unsupported);
        }
        Ok(Self { key, kid: text("kid")?.map(str::to_owned), algorithm })
    }

    /// The key itself.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The name that its owner gave it.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it may be used with this algorithm.
    pub fn allows(&self, algorithm: Algorithm) -> bool {
        self.key.fits(algorithm) && self.algorithm.is_none_or(|only| only == algorithm)
    }
}

impl Serialize for Jwk {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let mut map = output.serialize_map(None)?;
        match &self.key.0 {
            Kind::Rsa { .. } => map.serialize_entry("kty", "RSA")?,
            Kind::P256 { .. } => map.serialize_entry("kty", "EC")?,
            Kind::Ed25519 { .. } => map.serialize_entry("kty", "OKP")?,
        }
        map.serialize_entry("use", "sig")?;
        if let Some(algorithm) = self.algorithm {
            map.serialize_entry("alg", algorithm.as_str())?;
        }
        if let Some(kid) = &self.kid {
            map.serialize_entry("kid", kid)?;
        }
        match &self.key.0 {
            Kind::Rsa { modulus, exponent } => {
                map.serialize_entry("n", &encode(modulus))?;
                map.serialize_entry("e", &encode(exponent))?;
            }
            Kind::P256 { x, y } => {
                map.serialize_entry("crv", "P-256")?;
                map.serialize_entry("x", &encode(x))?;
                map.serialize_entry("y", &encode(y))?;
            }
            Kind::Ed25519 { x } => {
                map.serialize_entry("crv", "Ed25519")?;
                map.serialize_entry("x", &encode(x))?;
            }
        }
        map.end()
    }
}

/// Reads a JWK Set: the keys that can verify signatures, in their order. Keys of kinds, uses or algorithms that we do
/// not know are passed over (RFC 7517 §5).
///
/// # Errors
/// Any private member, weak or malformed key refuses the whole set, as do more than [`MAX_KEYS`] keys or none usable.
pub fn parse_set(value: &Value) -> Result<Vec<Jwk>, InvalidJwk> {
    let listed = value.get("keys").and_then(Value::as_array).ok_or(InvalidJwk::Malformed)?;
    if listed.len() > MAX_KEYS {
        return Err(InvalidJwk::Malformed);
    }
    let mut keys = Vec::with_capacity(listed.len());
    for key in listed {
        match Jwk::parse(key) {
            Ok(key) => keys.push(key),
            Err(InvalidJwk::Unsupported) => {}
            Err(error) => return Err(error),
        }
    }
    if keys.is_empty() { Err(InvalidJwk::Unsupported) } else { Ok(keys) }
}

/// Why a key or a set is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJwk {
    /// It holds a private or symmetric member, which nobody should have sent.
    #[error("the key holds private members")]
    Private,
    /// RSA under 2048 bits or with a bad exponent, and numbers with which everybody can sign.
    #[error(
        "the key is too weak: RSA keys need 2048 to 8192 bits and an odd exponent, and no key may be one that anybody can sign with"
    )]
    Weak,
    /// Not a JWK, or numbers that are no key.
    #[error("not a JSON Web Key")]
    Malformed,
    /// No key for signatures of a kind that we know.
    #[error("no signature key of kind RSA, P-256 or Ed25519")]
    Unsupported,
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// An uncompressed point (SEC 1 §2.3.3).
fn point(x: &[u8; 32], y: &[u8; 32]) -> Vec<u8> {
    [[4].as_slice(), x, y].concat()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
