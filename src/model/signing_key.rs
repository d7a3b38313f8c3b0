//! The life of a signing key: next, active, retired, revoked.

use std::fmt;

use super::time::Timestamp;

/// What a key signs. Each purpose has one active key and, published ahead, the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyPurpose {
    /// Tokens and other statements of the issuer.
    Tokens,
    /// The revocation feed and nothing else (D14).
    Revocations,
}

impl KeyPurpose {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::Tokens, Self::Revocations];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Revocations => "revocations",
        }
    }

    /// The purpose with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published, and not used yet.
    Next,
    /// Signs.
    Active {
        /// Since when.
        since: Timestamp,
    },
    /// Signs no more; what it signed stays good.
    Retired {
        /// When it began to sign.
        activated_at: Timestamp,
        /// Since when.
        since: Timestamp,
    },
    /// Nothing that it signed is good.
    Revoked {
        /// When it began to sign, if it ever did.
        activated_at: Option<Timestamp>,
        /// Since when.
        since: Timestamp,
    },
}

impl KeyState {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active { .. } => "active",
            Self::Retired { .. } => "retired",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// When it began to sign.
    pub const fn activated_at(self) -> Option<Timestamp> {
        match self {
            Self::Next => None,
            Self::Active { since } => Some(since),
            Self::Retired { activated_at, .. } => Some(activated_at),
            Self::Revoked { activated_at, .. } => activated_at,
        }
    }
}

/// A key as the database holds it: public side in clear, private side sealed, and erased when it is needed no more.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// Its name: the RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// Its public side, a JWK as JSON text.
    pub public_jwk: String,
    /// Its private side, sealed; `None` once it signs no more.
    pub sealed_private: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    state: KeyState,
}

impl KeyRecord {
    /// A new key, published and not used yet.
    pub const fn next(
        kid: String,
        purpose: KeyPurpose,
        public_jwk: String,
        sealed_private: String,
        created_at: Timestamp,
    ) -> Self {
        let sealed_private = Some(sealed_private);
        Self { kid, purpose, public_jwk, sealed_private, created_at, state: KeyState::Next }
    }

    /// The same key in the state that was stored.
    #[must_use]
    pub const fn in_state(mut self, stored: KeyState) -> Self {
        self.state = stored;
        self
    }

    /// Where it stands.
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Begins to sign.
    pub fn activate(&mut self, now: Timestamp) -> Result<(), WrongKeyState> {
        match self.state {
            KeyState::Next => self.state = KeyState::Active { since: now },
            KeyState::Active { .. } | KeyState::Retired { .. } | KeyState::Revoked { .. } => {
                return Err(WrongKeyState);
            }
        }
        Ok(())
    }

    /// Stops signing, and forgets the private side.
    pub fn retire(&mut self, now: Timestamp) -> Result<(), WrongKeyState> {
        match self.state {
            KeyState::Active { since } => {
                self.state = KeyState::Retired { activated_at: since, since: now };
                self.sealed_private = None;
                Ok(())
            }
            KeyState::Next | KeyState::Retired { .. } | KeyState::Revoked { .. } => Err(WrongKeyState),
        }
    }

    /// Is good for nothing any more, and forgets the private side.
    pub fn revoke(&mut self, now: Timestamp) -> Result<(), WrongKeyState> {
        match self.state {
            KeyState::Next | KeyState::Active { .. } | KeyState::Retired { .. } => {
                let activated_at = self.state.activated_at();
                self.state = KeyState::Revoked { activated_at, since: now };
                self.sealed_private = None;
                Ok(())
            }
            KeyState::Revoked { .. } => Err(WrongKeyState),
        }
    }
}

impl fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRecord({} {} {})", self.kid, self.purpose.as_str(), self.state.as_str())
    }
}

/// The key is not in a state from which this can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key is in another state")]
pub struct WrongKeyState;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_lives_forward_only_and_forgets_its_private_side() {
        let at = Timestamp::from_unix;
        let mut key = KeyRecord::next("k".into(), KeyPurpose::Tokens, "{}".into(), "sealed".into(), at(1));
        assert_eq!(key.retire(at(2)), Err(WrongKeyState));
        key.activate(at(2)).unwrap();
        assert_eq!(key.activate(at(3)), Err(WrongKeyState));
        assert!(key.sealed_private.is_some());
        key.retire(at(4)).unwrap();
        assert_eq!(key.state(), KeyState::Retired { activated_at: at(2), since: at(4) });
        assert!(key.sealed_private.is_none());
        key.revoke(at(5)).unwrap();
        assert_eq!(key.state(), KeyState::Revoked { activated_at: Some(at(2)), since: at(5) });
        assert_eq!(key.revoke(at(6)), Err(WrongKeyState));
        assert!(!format!("{key:?}").contains("sealed"));
    }
}
