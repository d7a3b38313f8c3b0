//! APIs that accept our tokens (D7).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ids::{ResourceServerId, TenantId};
use super::status::Status;

/// An API that accepts our tokens. Its identifier is unique in the deployment and becomes the `aud` claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceServer {
    /// Its id.
    pub id: ResourceServerId,
    /// Who owns it: the platform or one tenant.
    pub owner: TenantId,
    /// The resource indicator (RFC 8707 §2).
    pub identifier: String,
    /// The name people read.
    pub name: String,
    /// The product it delivers; entitlements to it go into tokens for this resource.
    pub product: Option<String>,
    /// Which tenants besides the owner may use it.
    pub open_to: OpenTo,
    /// The scopes it defines.
    pub scopes: Vec<ScopeDefinition>,
    /// Whether it may be used.
    pub status: Status,
}

impl ResourceServer {
    /// Whether tokens of this tenant may name it.
    pub fn is_open_to(&self, tenant: TenantId) -> bool {
        self.owner == tenant || self.open_to.includes(tenant)
    }
}

/// Which tenants besides the owner may use a platform's client or resource server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenTo {
    /// No other tenant.
    OwnerOnly,
    /// Every tenant, those made later too.
    All,
    /// These.
    Some(BTreeSet<TenantId>),
}

impl OpenTo {
    /// Whether this tenant is among them.
    pub fn includes(&self, tenant: TenantId) -> bool {
        match self {
            Self::OwnerOnly => false,
            Self::All => true,
            Self::Some(tenants) => tenants.contains(&tenant),
        }
    }
}

/// A scope that a resource server defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeDefinition {
    /// The scope token (RFC 6749 §3.3).
    pub name: String,
    /// What it allows, in words for the consent page.
    pub description: String,
}
