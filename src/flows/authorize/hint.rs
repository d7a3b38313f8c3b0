//! `id_token_hint` (OIDC Core §3.1.2.1): an ID token of ours names the person and the tenant. It may have expired; it
//! must be ours, and issued to this client.

use crate::crypto::jwt::{TokenKind, VerificationKeys, verify};
use crate::model::ids::{ClientId, TenantId};
use crate::model::issuer::Issuer;

/// Whom a hint names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hint {
    /// The `sub` claim.
    pub(super) subject: String,
    /// The `tenant_id` claim.
    pub(super) tenant: TenantId,
}

/// Reads a hint; `None` when it is not an ID token that we issued to this client.
pub(super) fn read(token: &str, client: &ClientId, issuer: &Issuer, keys: &VerificationKeys) -> Option<Hint> {
    let claims = verify(token, TokenKind::IdToken, keys).ok()?;
    let audience = claims.audience().ok()?;
    if claims.text("iss")? != issuer.as_str() || !audience.contains(&client.as_str()) {
        return None;
    }
    Some(Hint { subject: claims.text("sub")?.to_owned(), tenant: claims.text("tenant_id")?.parse().ok()? })
}
