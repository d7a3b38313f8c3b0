//! Token revocation (RFC 7009): a client gives back what was issued to it (P018).

use super::bearer;
use super::call::Call;
use super::client_auth::{AuthenticatedClient, ClientAuthRefusal};
use super::failures::RecordRules;
use super::foreign::{self, Reached};
use super::revocation::{self, Within};
use super::token::rotation;
use crate::crypto::jwt::VerificationKeys;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::protocol::opaque::{self, Presented, TenantKind};
use crate::protocol::revocation_feed::RevokedKind;
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::Directory;
use crate::storage::records::refresh_families::{self, EndReason};
use crate::storage::records::refresh_tokens;

/// Revokes a token of this client; false where nothing changed. A token that is unknown, spoiled, revoked or another
/// client's changes nothing, and the answer is the same (RFC 7009 §2.2).
///
/// # Errors
/// The client may not be used any more.
pub fn revoke(
    directory: &mut Directory<'_>,
    call: &Call,
    (keys, rules): (&VerificationKeys, &RecordRules),
    client: &AuthenticatedClient,
    token: &str,
) -> Result<Result<bool, ClientAuthRefusal>, Failure> {
    if !client.stands(&mut directory.enter(&client.known().scope)?, call, rules)? {
        return Ok(Err(ClientAuthRefusal::Unproved));
    }
    let changed = if let Some(presented) = opaque::parse(TenantKind::RefreshToken, token) {
        revoke_family(directory, call, rules, client, &presented)?
    } else if let Some(bearer) = bearer::read(call, keys, token) {
        revoke_access_token(directory, call, rules, client, bearer.claims())?
    } else {
        false
    };
    Ok(Ok(changed))
}

/// Ends the family of a refresh token, used though it may be, and the access tokens that came with it.
fn revoke_family(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    client: &AuthenticatedClient,
    presented: &Presented,
) -> Result<bool, Failure> {
    let Some(scope) = directory.tenant(presented.tenant)? else { return Ok(false) };
    let mut tx = directory.enter(&scope)?;
    let Some(token) = refresh_tokens::find(&mut tx, &presented.hash)? else { return Ok(false) };
    // A family that has ended is not ended again: repeating a revocation writes nothing.
    let family = refresh_families::find(&mut tx, token.family_id)?.filter(|family| family.ended_at.is_none());
    let Some(family) = family else { return Ok(false) };
    if family.client_id != *client.id() {
        let id = family.id.to_string();
        let reached = Reached { at: "revocation", kind: "refresh_family", id: &id };
        foreign::note(directory, call, rules, client, &reached)?;
        return Ok(false);
    }
    rotation::kill(&mut tx, call, &family, EndReason::Revoked)?;
    tx.record(event(call, client).for_user(family.user_id).on("refresh_family", family.id));
    Ok(true)
}

fn revoke_access_token(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    client: &AuthenticatedClient,
    claims: &AccessTokenClaims,
) -> Result<bool, Failure> {
    if claims.client_id != client.id().as_str() {
        let reached = Reached { at: "revocation", kind: "access_token", id: &claims.jti };
        foreign::note(directory, call, rules, client, &reached)?;
        return Ok(false);
    }
    let Some(scope) = directory.tenant(claims.tenant_id)? else { return Ok(false) };
    let mut tx = directory.enter(&scope)?;
    let known = revocation::cut_off(&mut tx, [(RevokedKind::Token, claims.jti.as_str())], call.now)?;
    if known.is_some_and(|cut_off| claims.iat <= cut_off.unix()) {
        return Ok(false);
    }
    let within = Within::subject(claims.tenant_id, &claims.sub);
    revocation::revoke(&mut tx, &within, [(RevokedKind::Token, claims.jti.as_str())], call.now)?;
    let mut event = event(call, client).with("jti", claims.jti.as_str());
    if let Ok(user) = claims.sub.parse() {
        event = event.for_user(user);
    }
    tx.record(event);
    Ok(true)
}

fn event(call: &Call, client: &AuthenticatedClient) -> Event {
    let actor = if client.is_confidential() { Actor::Client(client.id().clone()) } else { Actor::Anonymous };
    call.event(EventKind::TokenRevoked, EventResult::Success, actor).by_client(client.id())
}
