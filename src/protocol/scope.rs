//! Scopes (RFC 6749 §3.3).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// OIDC Core §3.1.2.1: the request is an authentication request.
pub const OPENID: &str = "openid";
/// OIDC Core §5.4.
pub const PROFILE: &str = "profile";
/// OIDC Core §5.4.
pub const EMAIL: &str = "email";
/// OIDC Core §5.4.
pub const ADDRESS: &str = "address";
/// OIDC Core §5.4.
pub const PHONE: &str = "phone";
/// OIDC Core §11: a refresh token that outlives the session (D12).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes that `OpenID` Connect defines; all others belong to resource servers.
pub const STANDARD: [&str; 6] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS];

/// The most scopes in one request.
pub const MAX_COUNT: usize = 64;
/// The longest name of one scope, in bytes.
pub const MAX_LENGTH: usize = 128;

/// The name of one scope: `scope-token` of RFC 6749 §3.3.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Scope(String);

impl Scope {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        if (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ScopeError::Malformed)
        }
    }
}

impl std::borrow::Borrow<str> for Scope {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A set of scopes. Their order carries no meaning (RFC 6749 §3.3); written out they are sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// Whether the scope is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many scopes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether every scope is in the other set too.
    pub fn is_subset(&self, of: &Self) -> bool {
        self.0.is_subset(&of.0)
    }

    /// The scopes in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.0.intersection(&other.0).cloned().collect()
    }

    /// The scopes in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.0.union(&other.0).cloned().collect()
    }

    /// The scopes that the other set lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.0.difference(&other.0).cloned().collect()
    }

    /// The scopes, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl FromStr for ScopeSet {
    type Err = ScopeError;

    /// Reads a space-delimited list. Repeated names and spaces are forgiven, everything else is not.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let mut set = BTreeSet::new();
        for name in text.split(' ').filter(|name| !name.is_empty()) {
            set.insert(name.parse()?);
            if set.len() > MAX_COUNT {
                return Err(ScopeError::TooMany);
            }
        }
        Ok(Self(set))
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a scope parameter is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// A name outside of the grammar of RFC 6749 §3.3.
    #[error("a scope name has 1 to 128 printable ASCII characters without space, quote and backslash")]
    Malformed,
    /// More than [`MAX_COUNT`] names.
    #[error("at most 64 scopes may be asked for")]
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_carry_no_meaning() {
        let one: ScopeSet = "openid email  profile".parse().unwrap();
        let other: ScopeSet = "profile openid email openid ".parse().unwrap();
        assert_eq!(one, other);
        assert_eq!(one.to_string(), "email openid profile");
        assert!("openid".parse::<ScopeSet>().unwrap().is_subset(&one));
    }

    #[test]
    fn names_outside_the_grammar_are_refused() {
        for bad in ["a\tb", "a\"b", "a\\b", "é", "a\nb", "a\0b", &"x".repeat(129)] {
            assert!(bad.parse::<ScopeSet>().is_err(), "{bad:?}");
        }
        let many = (0..65).map(|n| format!("s{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(many.parse::<ScopeSet>(), Err(ScopeError::TooMany));
    }
}
