//! `id_token_hint` (OIDC Core §3.1.2.1, OIDC RP-Initiated Logout §2): an ID token of ours, which may have expired, names
//! its client, the person, the tenant and the session.

use crate::crypto::jwt::{TokenKind, VerificationKeys, verify};
use crate::model::ids::{ClientId, SessionId, TenantId, UserId};
use crate::model::issuer::Issuer;

/// What an ID token of ours says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdTokenHint {
    /// The client that it was issued to: its only audience.
    pub(super) client: ClientId,
    /// The `tenant_id` claim.
    pub(super) tenant: TenantId,
    /// The `sub` claim.
    pub(super) user: UserId,
    /// The `sid` claim.
    pub(super) sid: Option<SessionId>,
}

impl IdTokenHint {
    /// Reads a hint; `None` when it is not an ID token that we issued.
    pub(super) fn read(token: &str, issuer: &Issuer, keys: &VerificationKeys) -> Option<Self> {
        let claims = verify(token, TokenKind::IdToken, keys).ok()?;
        if claims.text("iss")? != issuer.as_str() {
            return None;
        }
        let audience = claims.audience().ok()?;
        let [client] = audience.as_slice() else { return None };
        Some(Self {
            client: client.parse().ok()?,
            tenant: claims.text("tenant_id")?.parse().ok()?,
            user: claims.text("sub")?.parse().ok()?,
            sid: claims.text("sid").and_then(|sid| sid.parse().ok()),
        })
    }
}
