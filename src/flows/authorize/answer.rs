//! The authorization response (RFC 6749 §4.1.2, RFC 9207 §2): where it goes, how it travels, what it carries.

use crate::model::ids::{TenantId, UserId};
use crate::model::issuer::Issuer;
use crate::model::secret::Secret;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::redirect_uri::VerifiedRedirect;
use crate::protocol::response_mode::ResponseMode;
use crate::storage::TenantScope;

/// An authorization response. Only an exactly matched redirect URI can be its target.
#[derive(Debug)]
pub struct SendBack {
    /// Where it goes.
    pub to: VerifiedRedirect,
    /// How it travels.
    pub mode: ResponseMode,
    /// Returned exactly as it came.
    pub state: Option<String>,
    /// The client's name, for the page that carries a form post.
    pub client_name: String,
    /// Whose page that is: the tenant of the account that got a code, else that of a tenant's own client (D1).
    pub tenant: Option<TenantScope>,
    /// The languages that the request prefers there.
    pub ui_locales: Option<String>,
    /// What it carries.
    pub answer: Answer,
    /// The person who got a code, for the record of the request.
    pub person: Option<(TenantId, UserId)>,
}

/// What an authorization response carries.
#[derive(Debug)]
pub enum Answer {
    /// A code.
    Code(Secret<String>),
    /// An error with a fixed description.
    Error(ErrorCode, &'static str),
}

impl SendBack {
    /// The parameters in order; `iss` is in every one of them (P005).
    pub fn parameters(&self, issuer: &Issuer) -> Vec<(&'static str, String)> {
        let mut parameters = match &self.answer {
            Answer::Code(code) => vec![("code", code.expose().clone())],
            Answer::Error(code, description) => {
                vec![("error", code.as_str().to_owned()), ("error_description", (*description).to_owned())]
            }
        };
        if let Some(state) = &self.state {
            parameters.push(("state", state.clone()));
        }
        parameters.push(("iss", issuer.as_str().to_owned()));
        parameters
    }
}
