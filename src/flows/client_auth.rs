//! Client authentication (RFC 6749 §2.3, OIDC Core §9, RFC 7523 §2.2, §3; P026, P027).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::call::Call;
use super::failures::{self, RecordRules, Source};
use super::known::KnownClient;
use crate::crypto::jwt::{self, TokenKind, VerificationKeys, VerifiedClaims};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::{AuthMethod, Client};
use crate::model::digest::sha256_hex;
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::secret::Secret;
use crate::model::time::Timestamp;
use crate::protocol::metadata::paths;
use crate::protocol::params::Params;
use crate::storage::TenantTx;
use crate::storage::records::{client_assertions, clients};
use crate::storage::tx::Transaction;

/// The one `client_assertion_type` (RFC 7523 §2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far the clocks of client and server may differ.
const LEEWAY: Duration = Duration::from_secs(10);
/// The longest life of an assertion: its id is kept that long.
const LONGEST_ASSERTION: Duration = Duration::from_hours(1);
/// The longest `jti` of an assertion, in bytes.
const LONGEST_JTI: usize = 256;

/// What a request presents to prove its client.
pub enum ClientProof {
    /// Only the name: a public client.
    Name(ClientId),
    /// A secret in the `Authorization` header.
    Basic(ClientId, Secret<String>),
    /// A secret in the form.
    Post(ClientId, Secret<String>),
    /// A signed assertion; the name is the one it claims, unproved.
    Assertion(ClientId, String),
}

impl ClientProof {
    /// Reads the `Authorization` header and the form. Exactly one method may be used (RFC 6749 §2.3).
    pub fn read(authorization: Option<&str>, params: &Params) -> Result<Self, ClientAuthRefusal> {
        let named = match params.get("client_id") {
            None => None,
            Some(text) => Some(text.parse::<ClientId>().map_err(|_| ClientAuthRefusal::Unproved)?),
        };
        let methods = [authorization.is_some(), params.has("client_secret"), params.has("client_assertion")];
        if methods.into_iter().filter(|used| *used).count() > 1 {
            return Err(ClientAuthRefusal::SeveralMethods);
        }
        if let Some(header) = authorization {
            let (client, secret) = read_basic(header).ok_or(ClientAuthRefusal::Unproved)?;
            return if named.is_none_or(|named| named == client) {
                Ok(Self::Basic(client, secret))
            } else {
                Err(ClientAuthRefusal::SeveralClients)
            };
        }
        if let Some(assertion) = params.get("client_assertion") {
            if params.get("client_assertion_type") != Some(ASSERTION_TYPE) {
                return Err(ClientAuthRefusal::Unproved);
            }
            let claimed = claimed_client(assertion).ok_or(ClientAuthRefusal::Unproved)?;
            return if named.is_none_or(|named| named == claimed) {
                Ok(Self::Assertion(claimed, assertion.to_owned()))
            } else {
                Err(ClientAuthRefusal::Unproved)
            };
        }
        let client = named.ok_or(ClientAuthRefusal::Unproved)?;
        Ok(match params.secret("client_secret") {
            None => Self::Name(client),
            Some(secret) => Self::Post(client, secret),
        })
    }

    /// The client that the request speaks for, unproved.
    pub const fn client_id(&self) -> &ClientId {
        match self {
            Self::Name(client)
            | Self::Basic(client, _)
            | Self::Post(client, _)
            | Self::Assertion(client, _) => client,
        }
    }

    const fn method(&self) -> AuthMethod {
        match self {
            Self::Name(_) => AuthMethod::None,
            Self::Basic(..) => AuthMethod::ClientSecretBasic,
            Self::Post(..) => AuthMethod::ClientSecretPost,
            Self::Assertion(..) => AuthMethod::PrivateKeyJwt,
        }
    }
}

/// `Basic base64(form(id):form(secret))` (RFC 6749 §2.3.1, RFC 7617 §2).
fn read_basic(header: &str) -> Option<(ClientId, Secret<String>)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Secret::new(STANDARD.decode(credentials.trim_start_matches(' ')).ok()?);
    let text = std::str::from_utf8(decoded.expose()).ok()?;
    let (id, secret) = text.split_once(':')?;
    let (id, secret) = (form_decoded(id)?, Secret::new(form_decoded(secret)?));
    if secret.expose().is_empty() {
        return None;
    }
    Some((id.parse().ok()?, secret))
}

fn form_decoded(text: &str) -> Option<String> {
    let pair = Params::parse(format!("v={}", text.replace('&', "%26")).as_bytes()).ok()?;
    Some(pair.get("v").unwrap_or_default().to_owned())
}

/// The client that an unverified assertion speaks for: a hint for the look-up, and never more.
fn claimed_client(assertion: &str) -> Option<ClientId> {
    jwt::unverified_claims(assertion)?.get("sub")?.as_str()?.parse().ok()
}

/// A client that proved who it is, or a public one that was named. Only [`authenticate`] makes one.
#[derive(Debug, Clone)]
pub struct AuthenticatedClient {
    known: Arc<KnownClient>,
    method: AuthMethod,
    assertion: Option<Assertion>,
}

/// What must be remembered of an assertion, so that it is used once.
#[derive(Debug, Clone)]
struct Assertion {
    jti_hash: String,
    expires_at: Timestamp,
}

impl AuthenticatedClient {
    /// The client with its tenant, secrets and resources.
    pub fn known(&self) -> &KnownClient {
        &self.known
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.known.client
    }

    /// Its id.
    pub fn id(&self) -> &ClientId {
        &self.known.client.client_id
    }

    /// Whether it proved itself; a public client only said its name.
    pub fn is_confidential(&self) -> bool {
        self.method != AuthMethod::None
    }

    /// Asked first in the transaction of whatever the client proved itself for, on the rows of its own tenant:
    /// whether it may still be used, for what a node remembers of it may be seconds old (D25). False: the
    /// request must be refused, and that is recorded.
    pub fn stands(&self, tx: &mut TenantTx<'_>, call: &Call, rules: &RecordRules) -> Result<bool, Failure> {
        if tx.scope().id() != self.known.scope.id() {
            return Err(Failure::internal("a client was asked for in another tenant than its own"));
        }
        let usable = clients::is_usable(tx, self.id())?;
        if !usable {
            self.note_unusable(tx, call, rules)?;
        }
        Ok(usable)
    }

    /// Records on the chain of the client's own tenant that it proved itself, and may not be used any more.
    pub fn note_unusable(
        &self,
        tx: &mut TenantTx<'_>,
        call: &Call,
        rules: &RecordRules,
    ) -> Result<(), Failure> {
        record_failure(tx, call, rules, (Some(&self.known), self.id()), "not_usable")
    }

    /// Whether the proof serves once only.
    pub const fn is_spent_by_use(&self) -> bool {
        self.assertion.is_some()
    }

    /// Uses an assertion up, whatever becomes of the request. False where it was used before: the request must be
    /// refused, and that is recorded.
    pub fn spend(&self, tx: &mut TenantTx<'_>, call: &Call, rules: &RecordRules) -> Result<bool, Failure> {
        let Some(assertion) = &self.assertion else { return Ok(true) };
        let fresh = client_assertions::spend(tx, self.id(), &assertion.jti_hash, assertion.expires_at)?;
        if !fresh {
            record_failure(tx, call, rules, (Some(&self.known), self.id()), "used_assertion")?;
        }
        Ok(fresh)
    }
}

/// Judges what was presented by what is known of the client. `fetched` are keys from its `jwks_uri`, where it has one.
///
/// The client must use the one method that it is registered for. Every fault gives the same refusal, whether the client
/// exists or not (D8).
pub fn authenticate(
    call: &Call,
    known: Option<Arc<KnownClient>>,
    presented: &ClientProof,
    fetched: Option<&VerificationKeys>,
) -> Result<AuthenticatedClient, ClientAuthRefusal> {
    let known = known.ok_or(ClientAuthRefusal::Unproved)?;
    let registered = known.client.metadata.token_endpoint_auth_method;
    if registered != presented.method() || known.client.client_id != *presented.client_id() {
        return Err(ClientAuthRefusal::Unproved);
    }
    let assertion = match presented {
        ClientProof::Name(_) => None,
        ClientProof::Basic(_, secret) | ClientProof::Post(_, secret) => {
            if !is_live_secret(&known, secret, call.now) {
                return Err(ClientAuthRefusal::Unproved);
            }
            None
        }
        ClientProof::Assertion(_, assertion) => {
            let keys = known.keys.as_ref().or(fetched).ok_or(ClientAuthRefusal::Unproved)?;
            Some(check_assertion(call, &known.client.client_id, assertion, keys)?)
        }
    };
    Ok(AuthenticatedClient { known, method: registered, assertion })
}

/// Records a proof that did not hold: on the chain of the client's tenant, or where there is no such client on the
/// platform's. Who sent it is not known: the client is only whom it named, and a name that is none is not repeated.
pub fn record_failure(
    tx: &mut impl Transaction,
    call: &Call,
    rules: &RecordRules,
    (known, named): (Option<&KnownClient>, &ClientId),
    reason: &'static str,
) -> Result<(), Failure> {
    let event = call.event(EventKind::ClientAuthentication, EventResult::Denied, Actor::Anonymous);
    let event = match known {
        Some(known) => event.by_client(&known.client.client_id).with("reason", reason),
        None => event.with("reason", "unknown_client"),
    };
    let source = Source { tenant: known.map(|known| known.scope.id()), named: named.as_str() };
    failures::record(tx, call, rules, source, event)
}

/// Looks at every secret, and compares digests in constant time, so that which one fits makes no difference. No test
/// measures the time.
fn is_live_secret(known: &KnownClient, secret: &Secret<String>, now: Timestamp) -> bool {
    let presented = Secret::new(sha256_hex(secret.expose().as_bytes()));
    known.secrets.iter().fold(false, |found, stored| {
        let live = stored.expires_at.is_none_or(|end| end > now);
        (presented.matches(stored.hash.as_bytes()) && live) || found
    })
}

/// RFC 7523 §3, with `aud` our issuer or our token endpoint as the sole text (P027).
fn check_assertion(
    call: &Call,
    client: &ClientId,
    assertion: &str,
    keys: &VerificationKeys,
) -> Result<Assertion, ClientAuthRefusal> {
    let refused = ClientAuthRefusal::Unproved;
    let claims = jwt::verify(assertion, TokenKind::ClientAssertion, keys).map_err(|_| refused)?;
    claims.check_times(call.now, LEEWAY).map_err(|_| refused)?;
    let expires_at = claims.time("exp").ok().flatten().ok_or(refused)?;
    let spoken_for = [claims.text("iss"), claims.text("sub")];
    let jti = claims.text("jti").filter(|jti| (1..=LONGEST_JTI).contains(&jti.len())).ok_or(refused)?;
    let holds = spoken_for.into_iter().all(|name| name == Some(client.as_str()))
        && names_us_alone(call, &claims)
        && expires_at <= call.now + LONGEST_ASSERTION;
    if holds {
        Ok(Assertion { jti_hash: sha256_hex(jti.as_bytes()), expires_at: expires_at + LEEWAY })
    } else {
        Err(refused)
    }
}

fn names_us_alone(call: &Call, claims: &VerifiedClaims) -> bool {
    match claims.as_map().get("aud") {
        Some(Value::String(audience)) => {
            audience == call.issuer.as_str() || *audience == call.issuer.url(paths::TOKEN)
        }
        None | Some(_) => false,
    }
}

/// Why a client was not authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthRefusal {
    /// Two methods in one request (RFC 6749 §2.3): `invalid_request`.
    SeveralMethods,
    /// The header and the form name different clients: `invalid_request`.
    SeveralClients,
    /// Nothing presented, something malformed, an unknown client, or a proof that does not hold: `invalid_client`.
    Unproved,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: Option<&str>, form: &str) -> Result<&'static str, ClientAuthRefusal> {
        let params = Params::parse(form.as_bytes()).unwrap();
        ClientProof::read(authorization, &params).map(|presented| presented.method().as_str())
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn p026_one_method_is_read_and_two_are_refused() {
        let header = basic("notes:s%3Acret");
        assert_eq!(read(Some(&header), ""), Ok("client_secret_basic"));
        assert_eq!(read(Some(&header), "client_id=notes"), Ok("client_secret_basic"));
        assert_eq!(read(None, "client_id=notes&client_secret=s"), Ok("client_secret_post"));
        assert_eq!(read(None, "client_id=notes"), Ok("none"));
        assert_eq!(read(Some(&header), "client_id=other"), Err(ClientAuthRefusal::SeveralClients));
        assert_eq!(read(Some(&header), "client_secret=s"), Err(ClientAuthRefusal::SeveralMethods));
        assert_eq!(read(None, "client_secret=s&client_assertion=a"), Err(ClientAuthRefusal::SeveralMethods));
    }

    #[test]
    fn p026_broken_headers_prove_nobody() {
        for header in [
            "",
            "Basic",
            "Basic ",
            "Basic !!!",
            "Bearer abc",
            &basic("notes"),
            &basic("notes:"),
            &basic(":s"),
            &basic("notes:%zz"),
            &basic("notes:\u{0}"),
            &basic("no tes:s"),
        ] {
            assert_eq!(read(Some(header), ""), Err(ClientAuthRefusal::Unproved), "{header}");
        }
        assert_eq!(read(None, ""), Err(ClientAuthRefusal::Unproved));
        assert_eq!(read(None, "client_id=notes&client_secret="), Ok("none"));
        assert_eq!(read(None, "client_assertion=a.b.c"), Err(ClientAuthRefusal::Unproved));
    }

    #[test]
    fn the_secret_is_decoded_as_a_form_value() {
        let (client, secret) = read_basic(&basic("acme.wiki:a%2Bb+c&d=e")).unwrap();
        assert_eq!((client.as_str(), secret.expose().as_str()), ("acme.wiki", "a+b c&d=e"));
    }
}
