//! The token endpoint (RFC 6749 §3.2): one file per grant. A grant answers with the claims of what it issues; signing
//! comes after the transaction.

pub mod authorization_code;
pub mod client_credentials;
pub mod entitlements;
mod event;
pub mod first_party;
mod issue;
pub mod refresh_token;
pub mod refusal;
pub mod rotation;
pub mod sign;
mod standing;
pub mod token_exchange;
mod turn;

use std::sync::Arc;
use std::time::Duration;

pub use refusal::{GrantFault, TokenRefusal};
pub use standing::workspaces_of;

use crate::crypto::seal::Sealer;
use crate::flows::call::Call;
use crate::flows::client_auth::{AuthenticatedClient, ClientAuthRefusal};
use crate::flows::failures::RecordRules;
use crate::flows::registered;
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::secret::Secret;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceIndicator;
use crate::protocol::scope::ScopeSet;
use crate::protocol::token_claims::{AccessTokenClaims, IdTokenClaims};
use crate::storage::TenantTx;

/// The client is not, or no longer, who it says.
const UNPROVED: TokenRefusal = TokenRefusal::Client(ClientAuthRefusal::Unproved);

/// What the endpoint needs besides the call.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How long what is issued lives, where the client has no times of its own.
    pub lifetimes: Lifetimes,
    /// Seals the successors of refresh tokens (D11).
    pub sealer: Arc<Sealer>,
    /// How refusals of public clients are recorded.
    pub records: RecordRules,
}

/// Who asks, and by which terms it is answered.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The call.
    pub call: &'a Call,
    /// The terms.
    pub terms: &'a Terms,
    /// The client.
    pub client: &'a AuthenticatedClient,
}

/// Lifetimes of the deployment.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// Access tokens.
    pub access: Duration,
    /// ID tokens.
    pub id_token: Duration,
    /// Refresh tokens that nobody uses.
    pub refresh_idle: Duration,
    /// A refresh family in all.
    pub refresh_absolute: Duration,
}

impl Lifetimes {
    fn access_of(&self, client: &Client) -> Duration {
        client.metadata.access_token_life(self.access)
    }

    fn id_token_of(&self, client: &Client) -> Duration {
        client.metadata.id_token_seconds.map_or(self.id_token, Duration::from_secs)
    }

    fn refresh_idle_of(&self, client: &Client) -> Duration {
        client.metadata.refresh_idle_seconds.map_or(self.refresh_idle, Duration::from_secs)
    }

    fn refresh_absolute_of(&self, client: &Client) -> Duration {
        client.metadata.refresh_absolute_seconds.map_or(self.refresh_absolute, Duration::from_secs)
    }
}

/// A token request, read and checked as far as it goes without the database.
pub enum GrantRequest {
    /// RFC 6749 §4.1.3.
    AuthorizationCode(authorization_code::Request),
    /// RFC 6749 §6.
    RefreshToken(refresh_token::Request),
    /// RFC 6749 §4.4.2.
    ClientCredentials(client_credentials::Request),
    /// RFC 8693 §2.1.
    TokenExchange(token_exchange::Request),
}

impl GrantRequest {
    /// Reads the form.
    pub fn read(params: &Params) -> Result<Self, TokenRefusal> {
        let grant = params.get("grant_type").ok_or(TokenRefusal::Missing("grant_type"))?;
        let grant: GrantType = grant.parse().map_err(|_| TokenRefusal::UnsupportedGrantType)?;
        Ok(match grant {
            GrantType::AuthorizationCode => {
                Self::AuthorizationCode(authorization_code::Request::read(params)?)
            }
            GrantType::RefreshToken => Self::RefreshToken(refresh_token::Request::read(params)?),
            GrantType::ClientCredentials => {
                Self::ClientCredentials(client_credentials::Request::read(params)?)
            }
            GrantType::TokenExchange => Self::TokenExchange(token_exchange::Request::read(params)?),
        })
    }

    /// Which grant it is.
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode(_) => GrantType::AuthorizationCode,
            Self::RefreshToken(_) => GrantType::RefreshToken,
            Self::ClientCredentials(_) => GrantType::ClientCredentials,
            Self::TokenExchange(_) => GrantType::TokenExchange,
        }
    }

    /// Whether this client was registered for the grant (P016).
    pub fn is_allowed(&self, client: &Client) -> Result<(), TokenRefusal> {
        if registered::grant(client, self.grant_type()) {
            Ok(())
        } else {
            Err(TokenRefusal::UnauthorizedClient)
        }
    }
}

/// What a grant issues, not signed yet.
#[derive(Debug)]
pub struct Issued {
    /// The access token.
    pub access: AccessTokenClaims,
    /// The ID token, where `openid` was granted; `at_hash` is filled in when the access token is signed.
    pub id_token: Option<IdTokenClaims>,
    /// The refresh token.
    pub refresh_token: Option<Secret<String>>,
}

/// Records a refusal that came before any grant was looked at; answers with what the client is told.
pub fn refuse(
    tx: &mut TenantTx<'_>,
    asking: Asking<'_>,
    grant: Option<GrantType>,
    why: TokenRefusal,
) -> Result<TokenRefusal, Failure> {
    if !asking.client.stands(tx, asking.call, &asking.terms.records)? {
        return Ok(UNPROVED);
    }
    event::refused(tx, asking, grant, why)?;
    Ok(why)
}

/// The `resource` parameters (RFC 8707 §2).
fn read_resources(params: &Params) -> Result<Vec<ResourceIndicator>, TokenRefusal> {
    params.all("resource").map(|text| text.parse().map_err(|_| TokenRefusal::Target)).collect()
}

/// The `scope` parameter, or `None` where it is left out.
fn read_scope(params: &Params) -> Result<Option<ScopeSet>, TokenRefusal> {
    let asked = params.get("scope").map(|text| text.parse().map_err(|_| TokenRefusal::Scope)).transpose()?;
    // Of spaces alone: `scope` holds one name at least where it stands (RFC 6749 §3.3).
    if asked.as_ref().is_some_and(ScopeSet::is_empty) { Err(TokenRefusal::Scope) } else { Ok(asked) }
}
