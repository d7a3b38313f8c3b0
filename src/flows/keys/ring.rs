//! The keys in memory: read when the change number has moved, and not trusted when that could not be asked for five
//! seconds (D25).

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};

use super::fresh::open;
use crate::crypto::jwk::{Algorithm, Jwk};
use crate::crypto::jwt::{self, TokenKind, VerificationKeys};
use crate::crypto::seal::Sealer;
use crate::crypto::signing_key::SigningKey;
use crate::model::digest::sha256;
use crate::model::failure::Failure;
use crate::model::signing_key::{KeyPurpose, KeyRecord, KeyState};
use crate::model::time::Timestamp;
use crate::storage::changes::MAX_STALENESS;
use crate::storage::records::{change_number, signing_keys};
use crate::storage::tx::Transaction;

/// How long a retired key stays in the key set: far longer than any token it signed.
pub const RETIRED_STAYS: Duration = Duration::from_hours(24);

/// The keys of this node. Readers take no lock.
pub struct KeyRing {
    sealer: Sealer,
    current: ArcSwapOption<Keys>,
    checked_at: AtomicI64,
}

/// One generation of keys.
pub struct Keys {
    number: i64,
    signers: HashMap<String, SigningKey>,
    tokens: SigningKey,
    feed: SigningKey,
    own: VerificationKeys,
    revoked: VerificationKeys,
    document: Arc<KeySetDocument>,
}

/// The JWK Set as it is sent (RFC 7517 §5), prepared when the keys changed.
#[derive(Debug, PartialEq, Eq)]
pub struct KeySetDocument {
    /// The JSON text.
    pub body: String,
    /// Its entity tag, quotes included (RFC 9110 §8.8.3).
    pub etag: String,
}

impl KeyRing {
    /// A ring without keys: it answers 503 until [`KeyRing::reload`] has read some.
    pub const fn new(sealer: Sealer) -> Self {
        Self { sealer, current: ArcSwapOption::const_empty(), checked_at: AtomicI64::new(0) }
    }

    /// Asks for the change number and reads the keys when it has moved. `now` is the time before the transaction
    /// began. When this fails, the old keys stay in use until they are too old.
    pub fn reload(&self, tx: &mut impl Transaction, now: Timestamp) -> Result<(), Failure> {
        let number = change_number::read(tx)?;
        let current = self.current.load_full();
        if current.as_ref().is_none_or(|keys| keys.number != number) {
            let records = signing_keys::all(tx)?;
            let keys = Keys::read(&records, number, now, |key| {
                let known = current.as_ref().and_then(|keys| keys.signers.get(&key.kid));
                known.map_or_else(|| open(key, &self.sealer), |known| Ok(known.clone()))
            })?;
            count(&records);
            self.current.store(Some(Arc::new(keys)));
        }
        self.checked_at.store(now.as_micros(), Ordering::Release);
        Ok(())
    }

    /// The keys in force.
    ///
    /// # Errors
    /// Unavailable: nothing was read yet, or nothing for five seconds.
    pub fn current(&self, now: Timestamp) -> Result<Arc<Keys>, Failure> {
        let checked_at = Timestamp::from_micros(self.checked_at.load(Ordering::Acquire));
        match self.current.load_full() {
            Some(keys) if checked_at.is_younger_than(MAX_STALENESS, now) => Ok(keys),
            Some(_) | None => Err(Failure::unavailable("the signing keys could not be read lately")),
        }
    }

    /// What seals private keys.
    pub const fn sealer(&self) -> &Sealer {
        &self.sealer
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("current", &self.current.load()).finish_non_exhaustive()
    }
}

impl Keys {
    fn read(
        records: &[KeyRecord],
        number: i64,
        now: Timestamp,
        opened: impl Fn(&KeyRecord) -> Result<SigningKey, Failure>,
    ) -> Result<Self, Failure> {
        let mut signers = HashMap::new();
        let mut published = Vec::new();
        let (mut own, mut revoked) = (Vec::new(), Vec::new());
        let mut active = HashMap::new();
        for record in records {
            let state = record.state();
            match state {
                KeyState::Active { .. } => {
                    let signer = opened(record)?;
                    active.insert(record.purpose, signer.clone());
                    signers.insert(record.kid.clone(), signer);
                }
                KeyState::Next => {
                    signers.insert(record.kid.clone(), opened(record)?);
                }
                KeyState::Retired { .. } | KeyState::Revoked { .. } => {}
            }
            let public = read_public(record)?;
            if is_published(state, now) {
                published.push((record.purpose, rank(state), public.clone()));
            }
            match (record.purpose, state) {
                (KeyPurpose::Revocations, _) => {}
                (KeyPurpose::Tokens, KeyState::Revoked { .. }) => revoked.push(public),
                (KeyPurpose::Tokens, KeyState::Next | KeyState::Active { .. } | KeyState::Retired { .. }) => {
                    own.push(public);
                }
            }
        }
        published.sort_by_key(|(purpose, rank, _)| (*purpose, *rank));
        let mut take = |purpose| {
            active.remove(&purpose).ok_or_else(|| {
                Failure::unavailable(
                    "there is no active signing key: run `symbolon init` or `symbolon keys rotate`",
                )
            })
        };
        Ok(Self {
            number,
            tokens: take(KeyPurpose::Tokens)?,
            feed: take(KeyPurpose::Revocations)?,
            signers,
            own: VerificationKeys::new(&own, &[Algorithm::Rs256]),
            revoked: VerificationKeys::new(&revoked, &[Algorithm::Rs256]),
            document: Arc::new(KeySetDocument::of(&published)?),
        })
    }

    /// Signs claims with the active key: the revocation feed with its own, everything else with that of tokens.
    pub fn sign(&self, kind: TokenKind, claims: &impl Serialize) -> Result<String, Failure> {
        jwt::sign(self.signer(kind), kind, claims)
    }

    /// The key that signs this kind now.
    pub const fn signer(&self, kind: TokenKind) -> &SigningKey {
        match kind {
            TokenKind::RevocationFeed => &self.feed,
            TokenKind::AccessToken
            | TokenKind::IdToken
            | TokenKind::ClientAssertion
            | TokenKind::AuditCheckpoint => &self.tokens,
        }
    }

    /// The key that signs tokens and other statements of ours now.
    pub const fn tokens(&self) -> &SigningKey {
        &self.tokens
    }

    /// What verifies our own tokens: every key of tokens that is not revoked, retired ones however old.
    pub const fn own(&self) -> &VerificationKeys {
        &self.own
    }

    /// What verifies statements of keys that were revoked. They are good for nothing but to be compared with the audit
    /// chains that they speak of.
    pub const fn revoked(&self) -> &VerificationKeys {
        &self.revoked
    }

    /// The key set as it is sent.
    pub const fn document(&self) -> &Arc<KeySetDocument> {
        &self.document
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({}, {})", self.tokens.kid(), self.feed.kid())
    }
}

impl KeySetDocument {
    fn of(keys: &[(KeyPurpose, u8, Jwk)]) -> Result<Self, Failure> {
        let mut listed = Vec::with_capacity(keys.len());
        for (purpose, _, key) in keys {
            let mut members = serde_json::to_value(key)
                .map_err(|error| Failure::internal("writing the key set").because(error))?;
            if *purpose == KeyPurpose::Revocations
                && let Value::Object(members) = &mut members
            {
                members.insert("purpose".into(), json!(purpose.as_str()));
            }
            listed.push(members);
        }
        let body = json!({ "keys": listed }).to_string();
        let hash = sha256(body.as_bytes());
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.split_at(12).0));
        Ok(Self { body, etag })
    }
}

fn read_public(record: &KeyRecord) -> Result<Jwk, Failure> {
    let damaged = || Failure::internal("signing_keys.public_jwk");
    let value = serde_json::from_str(&record.public_jwk).map_err(|error| damaged().because(error))?;
    Jwk::parse(&value).map_err(|error| damaged().because(error))
}

fn is_published(state: KeyState, now: Timestamp) -> bool {
    match state {
        KeyState::Next | KeyState::Active { .. } => true,
        KeyState::Retired { since, .. } => now.since(since) < RETIRED_STAYS,
        KeyState::Revoked { .. } => false,
    }
}

/// The active key stands first, for clients that take whatever comes first.
const fn rank(state: KeyState) -> u8 {
    match state {
        KeyState::Active { .. } => 0,
        KeyState::Next => 1,
        KeyState::Retired { .. } => 2,
        KeyState::Revoked { .. } => 3,
    }
}

fn count(records: &[KeyRecord]) {
    for purpose in KeyPurpose::ALL {
        for word in ["next", "active", "retired", "revoked"] {
            let found =
                records.iter().filter(|key| key.purpose == purpose && key.state().as_str() == word).count();
            #[expect(clippy::cast_precision_loss, reason = "there are never 2^52 keys")]
            metrics::gauge!("symbolon_signing_keys", "purpose" => purpose.as_str(), "state" => word)
                .set(found as f64);
        }
    }
}
