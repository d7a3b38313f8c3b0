//! The `grant_type` parameter (RFC 6749 §4.1.3, §4.4.2, §6, RFC 8693 §2.1).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a client hands in for tokens. A further grant is a further variant; every match on it is exhaustive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 8693 §2: a personal access token for a short access token (D34).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
}

impl GrantType {
    /// Every grant supported.
    pub const ALL: [Self; 4] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::TokenExchange];

    /// The word in requests and metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }
}

impl FromStr for GrantType {
    type Err = UnsupportedGrantType;

    fn from_str(text: &str) -> Result<Self, UnsupportedGrantType> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text).ok_or(UnsupportedGrantType)
    }
}

/// RFC 6749 §5.2 `unsupported_grant_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this grant_type is not supported")]
pub struct UnsupportedGrantType;
