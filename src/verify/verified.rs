//! A token that passed every check, and what a service asks it.

use super::refusal::{AccessFault, Refusal};
use crate::model::role::Role;
use crate::protocol::scope_headers::RequestScope;
use crate::protocol::token_claims::AccessTokenClaims;

/// The claims of a good token, and where the request belongs by its scope headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    claims: AccessTokenClaims,
    scope: RequestScope,
}

impl Verified {
    pub(super) const fn new(claims: AccessTokenClaims, scope: RequestScope) -> Self {
        Self { claims, scope }
    }

    /// Every claim. `tenant_id` is the one tenant whose data this request may touch.
    pub const fn claims(&self) -> &AccessTokenClaims {
        &self.claims
    }

    /// The workspace and context that the scope headers name, found in the token.
    pub const fn request_scope(&self) -> RequestScope {
        self.scope
    }

    /// Whether a service account, and no person, holds the token: its `sub` is the client (RFC 9068 §2.2).
    pub fn is_service_account(&self) -> bool {
        self.claims.sub == self.claims.client_id
    }

    /// Whether the token carries this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.claims.scope.contains(scope)
    }

    /// Passes only with this scope.
    ///
    /// # Errors
    /// 403 `insufficient_scope`, naming the scope (RFC 6750 §3.1).
    pub fn require_scope(&self, scope: &str) -> Result<(), Refusal> {
        if self.has_scope(scope) { Ok(()) } else { Err(AccessFault::Scope(scope.to_owned()).into()) }
    }

    /// Whether the tenant bought this grant of this product. What the person may do is a matter of roles (D6).
    pub fn has_entitlement(&self, product: &str, grant: &str) -> bool {
        self.claims.entitlements.get(product).is_some_and(|grants| grants.contains(grant))
    }

    /// Passes only if the tenant bought this grant of this product.
    ///
    /// # Errors
    /// 403.
    pub fn require_entitlement(&self, product: &str, grant: &str) -> Result<(), Refusal> {
        if self.has_entitlement(product, grant) { Ok(()) } else { Err(AccessFault::Entitlement.into()) }
    }

    /// Passes only if the person has one of these roles in the tenant.
    ///
    /// # Errors
    /// 403.
    pub fn require_role(&self, any_of: &[Role]) -> Result<(), Refusal> {
        let has_one = any_of.iter().any(|role| self.claims.roles.contains(role));
        if has_one { Ok(()) } else { Err(AccessFault::Role.into()) }
    }

    /// Passes only if this is the token's own tenant: for a tenant that stands in a path or a body.
    ///
    /// # Errors
    /// 403, in the same words as for a tenant that does not exist.
    pub fn require_tenant(&self, tenant_id: &str) -> Result<(), Refusal> {
        if self.claims.tenant_id.to_string() == tenant_id {
            Ok(())
        } else {
            Err(AccessFault::ScopeHeader.into())
        }
    }
}
