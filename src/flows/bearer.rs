//! Access tokens of ours at our own doors: the signature first, then everything that the token stands on, read from the
//! database (D25; P021 to P025, P072, P104).

use serde_json::Value;

use super::call::Call;
use super::known::KnownClient;
use super::registered;
use super::revocation;
use super::session;
use super::target::Target;
use crate::crypto::jwt::{self, TokenKind, VerificationKeys};
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, UserId};
use crate::model::user::User;
use crate::protocol::grant_type::GrantType;
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::records::users;
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
    /// What it says, less what has been closed or taken from its client since.
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
    if revocation::is_revoked(directory, &claims, &kid, call.now)? {
        return Ok(None);
    }
    let Some(claims) = still_given(directory, call, claims)? else { return Ok(None) };
    let mut tx = directory.enter(&scope)?;
    if let Some(sid) = claims.sid {
        let Ok(client) = claims.client_id.parse() else { return Ok(None) };
        if session::took_along(&mut tx, call, sid, (&client, claims.iat))? {
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

/// Whether the client may still use a grant that such a token comes from (P016).
fn still_granted(client: &Client, claims: &AccessTokenClaims) -> bool {
    let from: &[GrantType] = if claims.sub == claims.client_id {
        &[GrantType::ClientCredentials]
    } else {
        &[GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::TokenExchange]
    };
    from.iter().any(|grant| registered::grant(client, *grant))
}

/// What is left of the token by what stands behind it at this moment: its client, active and open to its tenant as the
/// client's owner is; what that client is registered for; and resource servers that are open to the tenant.
fn still_given(
    directory: &mut Directory<'_>,
    call: &Call,
    claims: AccessTokenClaims,
) -> Result<Option<AccessTokenClaims>, Failure> {
    let Ok(id) = claims.client_id.parse::<ClientId>() else { return Ok(None) };
    let Some(client) = KnownClient::find(directory, &id, call.now)? else { return Ok(None) };
    if !client.client.serves(claims.tenant_id) || !still_granted(&client.client, &claims) {
        return Ok(None);
    }
    let scope = registered::scope(&client.client, &claims.scope);
    let ours = call.issuer.as_str();
    let named: Vec<String> = claims.aud.iter().filter(|name| *name != ours).cloned().collect();
    let Ok(target) = Target::granted(client.resources_for(claims.tenant_id), &named, &scope) else {
        return Ok(None);
    };
    let mut userinfo_claims = claims.userinfo_claims;
    userinfo_claims.retain(|name| registered::claim(&client.client, name));
    let (aud, scope) = (target.audience(&call.issuer), target.scopes);
    Ok(Some(AccessTokenClaims { aud, scope, userinfo_claims, ..claims }))
}
