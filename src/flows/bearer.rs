//! Access tokens of ours at our own doors: the signature first, then everything that the token stands on, read from the
//! database (D25; P021 to P025, P072, P104).

use serde_json::Value;

use super::call::Call;
use super::revocation::{self, reach};
use crate::crypto::jwt::{self, TokenKind, VerificationKeys};
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, UserId};
use crate::model::user::User;
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::records::{clients, sessions, users};
use crate::storage::{Directory, TenantScope};

/// An access token that we signed and that has not expired. Whether it is still good is asked by [`live`].
#[derive(Debug, Clone)]
pub struct Bearer {
    claims: AccessTokenClaims,
    kid: String,
}

/// A token that is good now, with its holder.
#[derive(Debug)]
pub struct LiveToken {
    /// What it says.
    pub claims: AccessTokenClaims,
    /// The tenant it is good in, read and active.
    pub scope: TenantScope,
    /// Who holds it.
    pub holder: Holder,
}

/// Who holds a token.
#[derive(Debug)]
pub enum Holder {
    /// A person, read and active.
    Person(Box<User>),
    /// A service account.
    Service,
}

impl Bearer {
    /// What the token says.
    pub const fn claims(&self) -> &AccessTokenClaims {
        &self.claims
    }
}

/// Reads an access token; `None` for anything that is not one of ours and in its time.
pub fn read(call: &Call, keys: &VerificationKeys, token: &str) -> Option<Bearer> {
    let verified = jwt::verify(token, TokenKind::AccessToken, keys).ok()?;
    verified.check_times(call.now, revocation::DATED_AHEAD).ok()?;
    let in_time = verified.time("exp").ok()?.is_some_and(|end| end > call.now);
    let kid = verified.kid()?.to_owned();
    if !in_time || verified.text("iss") != Some(call.issuer.as_str()) {
        return None;
    }
    let claims: AccessTokenClaims = serde_json::from_value(Value::Object(verified.into_map())).ok()?;
    (!claims.aud.is_empty()).then_some(Bearer { claims, kid })
}

/// Whether the token is good now: nothing it stands on is revoked, and tenant, client, person and session are there.
pub fn live(
    directory: &mut Directory<'_>,
    call: &Call,
    bearer: Bearer,
) -> Result<Option<LiveToken>, Failure> {
    let Bearer { claims, kid } = bearer;
    let Some(scope) = directory.tenant(claims.tenant_id)? else { return Ok(None) };
    if revocation::is_revoked(directory, &claims, &kid, call.now)? || !has_client(directory, &claims)? {
        return Ok(None);
    }
    let mut tx = directory.enter(&scope)?;
    if let Some(sid) = claims.sid {
        let session = sessions::find(&mut tx, sid)?;
        // A refresh token with offline_access outlives its session, and so does what it gets afterwards (D12).
        let ended_after =
            session.and_then(|session| session.ended_at).is_some_and(|end| claims.iat <= reach(end).unix());
        if ended_after {
            return Ok(None);
        }
    }
    let holder = match claims.sub.parse::<UserId>() {
        Err(_) if claims.sub == claims.client_id => Holder::Service,
        Err(_) => return Ok(None),
        Ok(user) => match users::find(&mut tx, user)?.filter(|user| user.status.is_active()) {
            Some(user) => Holder::Person(Box::new(user)),
            None => return Ok(None),
        },
    };
    Ok(Some(LiveToken { claims, scope, holder }))
}

/// Whether the client that got the token is still active and open to its tenant, and its owner is active too.
fn has_client(directory: &mut Directory<'_>, claims: &AccessTokenClaims) -> Result<bool, Failure> {
    let Ok(id) = claims.client_id.parse::<ClientId>() else { return Ok(false) };
    let Some(owner) = directory.client_owner(&id)? else { return Ok(false) };
    let client = clients::find(&mut directory.enter(&owner)?, &id)?;
    Ok(client.is_some_and(|client| client.status.is_active() && client.serves(claims.tenant_id)))
}
