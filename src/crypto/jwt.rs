//! JSON Web Tokens: signing our own, verifying ours and others' (RFC 7515, RFC 7519, RFC 8725). josekit writes them,
//! jsonwebtoken reads them; the rules about what is accepted are ours, and stand here.

use std::fmt;
use std::time::Duration;

use josekit::jws::{self, JwsHeader};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Validation};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::jwk::{Algorithm, Jwk};
use super::signing_key::SigningKey;
use crate::model::failure::Failure;
use crate::model::time::Timestamp;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 32 * 1024;

/// What a token is, as its `typ` header says (RFC 8725 §3.11). One kind never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `at+jwt` (RFC 9068 §2.1).
    AccessToken,
    /// `JWT`, or none: ID tokens.
    IdToken,
    /// `JWT`, `client-authentication+jwt`, or none: client assertions (RFC 7523).
    ClientAssertion,
    /// `revocations+jwt`: the revocation feed (D14).
    RevocationFeed,
    /// `checkpoint+jwt`: a statement about the head of an audit chain (D22).
    AuditCheckpoint,
}

impl TokenKind {
    /// The `typ` that we write.
    pub const fn typ(self) -> &'static str {
        match self {
            Self::AccessToken => "at+jwt",
            Self::IdToken => "JWT",
            Self::ClientAssertion => "client-authentication+jwt",
            Self::RevocationFeed => "revocations+jwt",
            Self::AuditCheckpoint => "checkpoint+jwt",
        }
    }

    /// Media types compare without regard to case, and `application/` may be left out (RFC 7515 §4.1.9).
    fn accepts(self, typ: Option<&str>) -> bool {
        let Some(typ) = typ else {
            return matches!(self, Self::IdToken | Self::ClientAssertion);
        };
        let typ = typ.to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        typ.eq_ignore_ascii_case(self.typ()) || (self == Self::ClientAssertion && typ == "jwt")
    }
}

/// Signs claims with RS256 under the key's own `kid`.
pub fn sign(key: &SigningKey, kind: TokenKind, claims: &impl Serialize) -> Result<String, Failure> {
    let payload =
        serde_json::to_vec(claims).map_err(|error| Failure::internal("writing claims").because(error))?;
    let mut header = JwsHeader::new();
    header.set_token_type(kind.typ());
    jws::serialize_compact(&payload, &header, key)
        .map_err(|error| Failure::internal("signing a token").because(error))
}

/// The keys of one issuer or client, ready to verify.
#[derive(Clone, Default)]
pub struct VerificationKeys(Vec<VerificationKey>);

#[derive(Clone)]
struct VerificationKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl VerificationKey {
    /// A key without a name is tried for every token, and a token without one tries every key (RFC 7515 §4.1.4).
    fn answers_to(&self, kid: Option<&str>) -> bool {
        kid.is_none() || self.kid.is_none() || self.kid.as_deref() == kid
    }
}

impl VerificationKeys {
    /// Takes every key for each algorithm that it fits and that `allowed` lists.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a Jwk>, allowed: &[Algorithm]) -> Self {
        let of = |jwk: &'a Jwk| {
            let usable = allowed.iter().copied().filter(|algorithm| jwk.allows(*algorithm));
            usable.map(|algorithm| VerificationKey {
                kid: jwk.kid().map(str::to_owned),
                algorithm,
                key: jwk.key().decoding_key(),
            })
        };
        Self(keys.into_iter().flat_map(of).collect())
    }

    /// Whether a key of this name is among them.
    pub fn knows(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.kid.as_deref() == Some(kid))
    }
}

impl fmt::Debug for VerificationKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| (&key.kid, key.algorithm))).finish()
    }
}

/// The claims of a token whose signature, algorithm and type were verified. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedClaims {
    claims: Map<String, Value>,
    signer: Option<String>,
}

/// Verifies a compact token with one of these keys. The times are judged by [`VerifiedClaims::check_times`], issuer and
/// audience by whoever knows them.
///
/// # Errors
/// [`InvalidJwt::UnknownKey`] when the token names a key that is not among these; its keys may be worth fetching anew.
pub fn verify(token: &str, kind: TokenKind, keys: &VerificationKeys) -> Result<VerifiedClaims, InvalidJwt> {
    if token.len() > MAX_TOKEN {
        return Err(InvalidJwt::Malformed);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| InvalidJwt::Malformed)?;
    // `jku`, `x5u`, `x5c` and `jwk` are never looked at: keys come from us alone (P022).
    if header.crit.is_some() || header.zip.is_some() || header.extras.inner().contains_key("b64") {
        return Err(InvalidJwt::Malformed);
    }
    let algorithm = Algorithm::ALL.into_iter().find(|own| own.stock() == header.alg);
    let algorithm = algorithm.ok_or(InvalidJwt::Algorithm)?;
    if !kind.accepts(header.typ.as_deref()) {
        return Err(InvalidJwt::Type);
    }
    let named = |key: &&VerificationKey| key.answers_to(header.kid.as_deref());
    if !keys.0.iter().any(|key| named(&key)) {
        return Err(InvalidJwt::UnknownKey);
    }
    let mut refusal = InvalidJwt::Algorithm;
    for key in keys.0.iter().filter(named).filter(|key| key.algorithm == algorithm) {
        match jsonwebtoken::decode::<Claims>(token, &key.key, &signature_alone(algorithm)) {
            Ok(read) => return Ok(VerifiedClaims { claims: read.claims.0, signer: key.kid.clone() }),
            Err(error) if *error.kind() == ErrorKind::InvalidSignature => refusal = InvalidJwt::Signature,
            Err(_) => return Err(InvalidJwt::Malformed),
        }
    }
    Err(refusal)
}

/// Asks for a signature of this algorithm, and for nothing of the claims: times, issuer and audience are judged by
/// callers, who know the time and whom they expect.
fn signature_alone(algorithm: Algorithm) -> Validation {
    let mut rules = Validation::new(algorithm.stock());
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules
}

/// The `kid` that a token claims to be signed with: a hint for choosing keys, and never more.
pub fn claimed_kid(token: &str) -> Option<String> {
    (token.len() <= MAX_TOKEN).then(|| jsonwebtoken::decode_header(token).ok()?.kid).flatten()
}

/// The claims of a token that nobody has verified: hints, and never more.
pub fn unverified_claims(token: &str) -> Option<Map<String, Value>> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(token).ok().map(|claims| claims.0)
}

/// A claims set. A name that stands twice refuses it, so that no two readers see two tokens (RFC 7519 §4).
struct Claims(Map<String, Value>);

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(Members).map(Self)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut claims = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if claims.insert(name, value).is_some() {
                return Err(A::Error::custom("a claim stands twice"));
            }
        }
        Ok(claims)
    }
}

impl VerifiedClaims {
    /// Every claim.
    pub const fn as_map(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Gives the claims away.
    pub fn into_map(self) -> Map<String, Value> {
        self.claims
    }

    /// The name of the key that signed.
    pub fn kid(&self) -> Option<&str> {
        self.signer.as_deref()
    }

    /// A claim that is text, or `None` when it is missing or something else.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// A `NumericDate` (RFC 7519 §2). Fractions are cut off.
    ///
    /// # Errors
    /// The claim is there and no number, negative, or beyond the year 9999.
    pub fn time(&self, name: &'static str) -> Result<Option<Timestamp>, InvalidClaim> {
        const LAST: f64 = 253_402_300_799.0;
        match self.claims.get(name) {
            None => Ok(None),
            Some(value) => {
                let seconds = value.as_f64().filter(|seconds| (0.0..=LAST).contains(seconds));
                #[expect(clippy::cast_possible_truncation, reason = "the range was checked one line above")]
                let whole = seconds.ok_or(InvalidClaim(name))? as i64;
                Ok(Some(Timestamp::from_unix(whole)))
            }
        }
    }

    /// The audiences: one text or a list of texts (RFC 7519 §4.1.3); none when missing.
    ///
    /// # Errors
    /// The claim is something else.
    pub fn audience(&self) -> Result<Vec<&str>, InvalidClaim> {
        match self.claims.get("aud") {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(list)) => {
                list.iter().map(|entry| entry.as_str().ok_or(InvalidClaim("aud"))).collect()
            }
            Some(_) => Err(InvalidClaim("aud")),
        }
    }

    /// Judges `exp`, `nbf` and `iat` (RFC 8725 §3.8): `exp` must be there and ahead, the others may be missing and must
    /// not lie ahead. `leeway` forgives clocks that differ.
    pub fn check_times(&self, now: Timestamp, leeway: Duration) -> Result<(), InvalidClaim> {
        let expires = self.time("exp")?.ok_or(InvalidClaim("exp"))?;
        if expires + leeway <= now {
            return Err(InvalidClaim("exp"));
        }
        for name in ["nbf", "iat"] {
            if self.time(name)?.is_some_and(|begins| begins > now + leeway) {
                return Err(InvalidClaim(name));
            }
        }
        Ok(())
    }
}

/// Why a token is refused. Callers answer with their protocol's one error for all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJwt {
    /// Not a compact JWS, too long, or with header members that we do not honour.
    #[error("not a signed token")]
    Malformed,
    /// An algorithm that is not accepted here, or not from this key.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// A token of another kind.
    #[error("the token is of another type")]
    Type,
    /// A key that is not among those given.
    #[error("the key is not known")]
    UnknownKey,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
}

/// The claim of this name is missing, of the wrong type, or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the claim {0} does not hold")]
pub struct InvalidClaim(pub &'static str);
