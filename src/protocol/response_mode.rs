//! The `response_mode` parameter (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode §2).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How the answer of the authorization endpoint travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of a redirect: the default of `response_type=code`.
    #[default]
    Query,
    /// In a form that the browser posts.
    FormPost,
}

impl ResponseMode {
    /// Every value supported.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The word in requests and metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }
}

impl FromStr for ResponseMode {
    type Err = UnsupportedResponseMode;

    fn from_str(text: &str) -> Result<Self, UnsupportedResponseMode> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or(UnsupportedResponseMode)
    }
}

/// A mode that is unknown, or would put the answer where it must not stand; answered with `invalid_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("response_mode must be query or form_post")]
pub struct UnsupportedResponseMode;
