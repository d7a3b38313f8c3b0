//! From claims to the token response (RFC 6749 §5.1, OIDC Core §3.1.3.3). Runs after the transaction: signatures cost
//! more than everything else together.

use serde::Serialize;

use super::{Issued, token_exchange};
use crate::crypto::half_hash::half_hash;
use crate::crypto::jwt::{self, TokenKind};
use crate::crypto::signing_key::SigningKey;
use crate::model::failure::Failure;

/// The body of a token response. It holds secrets: it is written to the client and nowhere else.
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    /// What it is (RFC 8693 §2.2.1), where something was exchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl TokenResponse {
    /// The same, as the answer to an exchange.
    #[must_use]
    pub fn exchanged(self) -> Self {
        Self { issued_token_type: Some(token_exchange::ACCESS_TOKEN), ..self }
    }
}

/// Signs what was issued.
pub fn sign(key: &SigningKey, issued: Issued) -> Result<TokenResponse, Failure> {
    let Issued { access, id_token, refresh_token } = issued;
    let access_token = jwt::sign(key, TokenKind::AccessToken, &access)?;
    let id_token = match id_token {
        None => None,
        Some(mut claims) => {
            claims.at_hash = Some(half_hash(&access_token));
            Some(jwt::sign(key, TokenKind::IdToken, &claims)?)
        }
    };
    Ok(TokenResponse {
        access_token,
        issued_token_type: None,
        token_type: "Bearer",
        expires_in: (access.exp - access.iat).max(0),
        scope: access.scope.to_string(),
        refresh_token: refresh_token.map(|token| token.expose().clone()),
        id_token,
    })
}
