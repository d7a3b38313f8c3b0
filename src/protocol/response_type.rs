//! The `response_type` parameter (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types §3).

use std::str::FromStr;

/// What the authorization endpoint returns. Nothing that puts a token in a URL exists here (RFC 9700 §2.1.2; P004).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseType {
    /// An authorization code.
    Code,
}

impl ResponseType {
    /// Every value supported.
    pub const ALL: [Self; 1] = [Self::Code];

    /// The word in requests and metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
        }
    }
}

impl FromStr for ResponseType {
    type Err = UnsupportedResponseType;

    fn from_str(text: &str) -> Result<Self, UnsupportedResponseType> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnsupportedResponseType)
    }
}

/// RFC 6749 §4.1.2.1 `unsupported_response_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only response_type=code is supported")]
pub struct UnsupportedResponseType;
