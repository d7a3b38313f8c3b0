//! OAuth clients (relying parties and service accounts).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::{ClientId, ClientSecretId, TenantId};
use super::resource_server::OpenTo;
use super::status::Status;
use super::time::Timestamp;

/// A client: a tenant's own, or the platform's and then open to other tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Who owns it.
    pub tenant_id: TenantId,
    /// Its identifier, unique in the deployment.
    pub client_id: ClientId,
    /// The name people read.
    pub name: String,
    /// What kind of program it is.
    pub kind: ClientKind,
    /// Whether it may be used.
    pub status: Status,
    /// Everything else that was registered, checked when it was stored.
    pub metadata: ClientMetadata,
}

impl Client {
    /// Whether people of this tenant may sign in through it.
    pub fn serves(&self, tenant: TenantId) -> bool {
        self.tenant_id == tenant || self.metadata.tenants.includes(tenant)
    }

    /// Whether nobody is asked for consent (D17): the platform's word about its own clients. A tenant's client that
    /// claims it is asked about like any other.
    pub fn is_first_party(&self) -> bool {
        self.metadata.first_party && self.client_id.owner_slug().is_none()
    }

    /// Whether it may take the proofs of people in its own forms (D16): the platform's word about its own clients, where nobody
    /// would be asked for consent and the client proves itself.
    pub fn may_sign_people_in(&self) -> bool {
        self.metadata.first_party_login && self.is_first_party() && self.is_confidential()
    }

    /// Whether none of its codes goes without a PKCE challenge, whatever a request says (RFC 9700 §2.1.1, P012).
    pub fn needs_pkce(&self) -> bool {
        let public = !self.is_confidential() || matches!(self.kind, ClientKind::Spa | ClientKind::Native);
        public || self.metadata.require_pkce
    }

    /// Whether it authenticates itself (RFC 6749 §2.1).
    pub fn is_confidential(&self) -> bool {
        !matches!(self.metadata.token_endpoint_auth_method, AuthMethod::None)
    }
}

/// What kind of program a client is (docs/architecture.md, Words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// A server-side application: it can keep a secret.
    Web,
    /// A program in the browser: public, PKCE always.
    Spa,
    /// An installed program: public, loopback redirects with any port (RFC 8252 §7.3).
    Native,
    /// A machine user: client credentials only.
    Service,
}

impl ClientKind {
    /// The word in files and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Spa => "spa",
            Self::Native => "native",
            Self::Service => "service",
        }
    }

    /// The kind with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Web, Self::Spa, Self::Native, Self::Service].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// How a client proves itself at the token endpoint (OIDC Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// Not at all: a public client.
    None,
    /// Its secret in the Authorization header.
    ClientSecretBasic,
    /// Its secret in the form.
    ClientSecretPost,
    /// An assertion signed with its own key (RFC 7523).
    PrivateKeyJwt,
}

impl AuthMethod {
    /// Every method.
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// The registered name (RFC 7591 §2).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The method with this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

/// What was registered for a client; stored as one JSON document. Lists are in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientMetadata {
    /// How it proves itself.
    pub token_endpoint_auth_method: AuthMethod,
    /// Grant types it may use, by their registered names.
    pub grant_types: Vec<String>,
    /// Where codes may be sent; matched exactly.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where a browser may go after logout; matched exactly.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// Scopes it may ask for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Identifiers of the resource servers it may ask tokens for.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Origins whose scripts may call the token and userinfo endpoints (CORS).
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// Which other tenants a platform client serves.
    pub tenants: OpenTo,
    /// No consent page: set by the platform only (D17).
    #[serde(default)]
    pub first_party: bool,
    /// It has people sign in by its own forms: set by the platform only (D16).
    #[serde(default)]
    pub first_party_login: bool,
    /// The public keys for `private_key_jwt`, a JWK set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    /// Where those keys are fetched instead; https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Shown on the sign-in page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Linked from the sign-in page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Linked from the sign-in page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Where its home page is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// PKCE even though it is confidential.
    #[serde(default)]
    pub require_pkce: bool,
    /// The `max_age` used when a request names none (OIDC Registration §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Life of an access token in seconds, where it differs from the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_seconds: Option<u64>,
    /// Life of an ID token in seconds, where it differs from the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_seconds: Option<u64>,
    /// Life of an authorization code in seconds, where it differs from the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_seconds: Option<u64>,
    /// Idle life of a refresh token in seconds, where it differs from the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_idle_seconds: Option<u64>,
    /// Absolute life of a refresh family in seconds, where it differs from the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_absolute_seconds: Option<u64>,
    /// Workspaces a service account was given: ids to context ids (D10).
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub workspaces: std::collections::BTreeMap<String, Vec<String>>,
}

impl ClientMetadata {
    /// Life of its access tokens, `default` where it has none of its own.
    pub fn access_token_life(&self, default: Duration) -> Duration {
        self.access_token_seconds.map_or(default, Duration::from_secs)
    }
}

/// A stored client secret; two may live at once (D9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its id.
    pub id: ClientSecretId,
    /// The client it belongs to.
    pub client_id: ClientId,
    /// SHA-256 of the secret, in hexadecimal.
    pub hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working, if it does.
    pub expires_at: Option<Timestamp>,
}
