//! Refresh families: begun, rotated, given again for ten seconds, ended (RFC 9700 §4.14, D11, D12; P010, P013).

use std::time::Duration;

use super::Terms;
use crate::crypto::seal::Place;
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::revocation::{self, Within};
use crate::model::failure::Failure;
use crate::model::ids::{FamilyId, TenantId};
use crate::model::secret::Secret;
use crate::protocol::opaque::{self, TenantKind};
use crate::protocol::revocation_feed::{LONGEST_TOKEN_SECONDS, RevokedKind};
use crate::storage::TenantTx;
use crate::storage::records::refresh_families::{self, EndReason, Family};
use crate::storage::records::refresh_tokens::{self, StoredToken};

/// How long a rotated token may come back and get the same successor (D11).
pub const OVERLAP: Duration = Duration::from_secs(10);

/// The most access tokens noted beside one refresh token; where it is reached, more may have been issued.
const MOST_NOTED: usize = 20;
/// The most access tokens of a family that are revoked one by one.
const MOST_NAMED: usize = 50;

/// Which member of a family a refresh token is.
pub(super) struct Member<'a> {
    pub(super) family: FamilyId,
    /// 1 for the first.
    pub(super) generation: i64,
    /// The access token that is issued with it.
    pub(super) access_jti: &'a str,
}

/// Issues a token of a family.
pub(super) fn issue(
    tx: &mut TenantTx<'_>,
    call: &Call,
    member: &Member<'_>,
) -> Result<Secret<String>, Failure> {
    let token = draw(tx.scope().id(), call);
    store(tx, call, &token, member)?;
    Ok(token)
}

/// A fresh token text of this tenant.
pub(super) fn draw(tenant: TenantId, call: &Call) -> Secret<String> {
    opaque::issue(TenantKind::RefreshToken, tenant, call.secret_bytes::<32>().expose())
}

/// Stores a token as this member of its family.
pub(super) fn store(
    tx: &mut TenantTx<'_>,
    call: &Call,
    token: &Secret<String>,
    member: &Member<'_>,
) -> Result<(), Failure> {
    refresh_tokens::insert(
        tx,
        &StoredToken {
            token_hash: opaque::hash(token.expose()),
            family_id: member.family,
            generation: member.generation,
            issued_at: call.now,
            consumed_at: None,
            sealed_successor: None,
            access_jti: member.access_jti.to_owned(),
        },
    )
}

/// The successor sealed beside the token that it replaces, where it may be given again: to clients that authenticate.
pub(super) fn seal(
    terms: &Terms,
    call: &Call,
    client: &AuthenticatedClient,
    beside: Place<'_>,
    successor: &Secret<String>,
) -> Result<Option<String>, Failure> {
    if !client.is_confidential() {
        return Ok(None);
    }
    terms
        .sealer
        .seal(beside, successor.expose().as_bytes(), call.random.as_ref())
        .map(Some)
        .map_err(|error| Failure::internal("sealing a refresh token").because(error))
}

/// The successor of a token that came back, if the overlap still holds: the same authenticated client, within ten
/// seconds, and nobody used the successor yet. `None` means reuse.
pub(super) fn successor_again(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &Terms,
    client: &AuthenticatedClient,
    old: &StoredToken,
) -> Result<Option<(Secret<String>, StoredToken)>, Failure> {
    let recent = old.consumed_at.is_some_and(|at| call.now.since(at) <= OVERLAP);
    let Some(sealed) = old.sealed_successor.as_ref().filter(|_| recent && client.is_confidential()) else {
        return Ok(None);
    };
    let next = refresh_tokens::successor(tx, old.family_id, old.generation)?;
    let Some(next) = next.filter(|next| next.consumed_at.is_none()) else { return Ok(None) };
    let opened = terms
        .sealer
        .open(place(tx.scope().id(), &old.token_hash), sealed)
        .map_err(|error| Failure::internal("opening a sealed refresh token").because(error))?;
    let text = String::from_utf8(opened.expose().clone())
        .map_err(|_| Failure::internal("a sealed refresh token is no text"))?;
    Ok(Some((Secret::new(text), next)))
}

/// Ends a family and everything that was issued with it: its refresh tokens, and the access tokens that still live. Where
/// those are many, the session that they bear is named in their place: its other clients refresh and go on.
pub fn kill(tx: &mut TenantTx<'_>, call: &Call, family: &Family, reason: EndReason) -> Result<(), Failure> {
    refresh_families::end(tx, family.id, reason, call.now)?;
    refresh_tokens::erase_successors(tx, family.id)?;
    let since = call.now
        - Duration::from_secs(LONGEST_TOKEN_SECONDS.unsigned_abs())
        - OVERLAP
        - revocation::DATED_AHEAD;
    let issued = refresh_tokens::access_tokens_since(tx, family.id, since)?;
    let ids: Vec<&str> = issued.iter().flat_map(|ids| ids.split(' ')).filter(|id| !id.is_empty()).collect();
    let within = Within::person(tx.scope().id(), family.user_id);
    let overflowed = issued.iter().any(|noted| noted.split(' ').count() >= MOST_NOTED);
    if overflowed || ids.len() > MOST_NAMED {
        let sid = family.sid.to_string();
        return revocation::revoke(tx, &within, [(RevokedKind::Session, sid.as_str())], call.now);
    }
    revocation::revoke(tx, &within, ids.into_iter().map(|id| (RevokedKind::Token, id)), call.now)
}

/// Adds an access token to those noted beside a refresh token, the oldest making room.
pub(super) fn note(noted: &str, jti: &str) -> String {
    let known: Vec<&str> = noted.split(' ').filter(|id| !id.is_empty()).collect();
    let stay = known.len().saturating_sub(MOST_NOTED - 1);
    known.into_iter().skip(stay).chain([jti]).collect::<Vec<_>>().join(" ")
}

/// Where the successor of a token is sealed.
pub(super) const fn place(tenant: TenantId, old_hash: &str) -> Place<'_> {
    Place { tenant: Some(tenant), table: "refresh_tokens", row: old_hash, column: "sealed_successor" }
}
