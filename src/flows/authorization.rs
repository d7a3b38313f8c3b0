//! What a person allowed a client, and how they had proved themselves: kept with a code and with a refresh family.

use serde::{Deserialize, Serialize};

use crate::model::failure::Failure;
use crate::model::ids::{ClientId, SessionId, UserId};
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::scope::ScopeSet;

/// A granted authorization. It names the tenant by where it is stored: the tenant that the person is signed in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// The client it was given to.
    pub client_id: ClientId,
    /// Who gave it.
    pub user_id: UserId,
    /// The session it was given in.
    pub sid: SessionId,
    /// The scope that was granted.
    pub scope: ScopeSet,
    /// Identifiers of the resource servers it is for (RFC 8707 §2); empty: the issuer itself.
    pub resources: Vec<String>,
    /// The claims that were asked for one by one (OIDC Core §5.5).
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// When a factor was last proved: `auth_time`, the same at every refresh.
    pub auth_time: Timestamp,
    /// The factors that were proved, in order; `acr` and `amr` follow from them (D13).
    pub factors: Vec<Factor>,
    /// The request's `nonce`, returned exactly (OIDC Core §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The redirect URI of the request; the token request must name the same (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// The PKCE challenge, S256 (RFC 7636 §4.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
}

impl Authorization {
    /// Reads the form in which it is stored beside a code or a refresh family.
    pub fn from_stored(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|error| Failure::internal("authorization_data").because(error))
    }

    /// The form in which it is stored.
    pub fn to_stored(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(|error| Failure::internal("authorization_data").because(error))
    }
}
