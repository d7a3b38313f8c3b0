//! Passkeys: public keys that a person's devices sign with (WebAuthn Level 3).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::ids::{PasskeyId, UserId};
use super::time::Timestamp;
use super::unseen::is_unseen;

/// The longest credential id, in bytes (WebAuthn Level 3 §4).
const LONGEST_ID: usize = 1023;

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// What an authenticator calls a credential: 1 to 1023 bytes, unique in the deployment. As text it is base64url.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    /// The id with these bytes; `None` where they are too few or too many.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (1..=LONGEST_ID).contains(&bytes.len()).then(|| Self(bytes.to_vec()))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for CredentialId {
    type Err = InvalidCredentialId;

    fn from_str(text: &str) -> Result<Self, InvalidCredentialId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCredentialId)?;
        Self::from_bytes(&bytes).ok_or(InvalidCredentialId)
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialId({self})")
    }
}

/// The text is no credential id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a credential id")]
pub struct InvalidCredentialId;

/// A passkey of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its row.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// What its authenticator calls it.
    pub credential_id: CredentialId,
    /// What its owner calls it.
    pub name: PasskeyName,
    /// The public key, the counter and the backup flags, as `crypto::passkey` wrote them.
    pub credential: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last signed somebody in, or proved somebody again.
    pub last_used_at: Option<Timestamp>,
}

/// What a person calls a passkey: 1 to 60 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PasskeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PasskeyName {
    type Err = InvalidPasskeyName;

    fn from_str(text: &str) -> Result<Self, InvalidPasskeyName> {
        let name = text.trim();
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
        let is_shown = |c: char| !(c.is_control() || is_unseen(c));
        if fits && name.chars().all(is_shown) { Ok(Self(name.to_owned())) } else { Err(InvalidPasskeyName) }
    }
}

/// The text is no name of a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 60 characters on one line")]
pub struct InvalidPasskeyName;
