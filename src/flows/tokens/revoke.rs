//! Listing and revoking personal access tokens, by their owner or by those who administer people.

use crate::flows::call::Call;
use crate::flows::revocation::{self, Within};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::PersonalTokenId;
use crate::model::personal_token::PersonalToken;
use crate::model::user::User;
use crate::protocol::revocation_feed::RevokedKind;
use crate::storage::TenantTx;
use crate::storage::records::personal_access_tokens as tokens;

/// The tokens of a person that have not ended, the newest first.
///
/// # Errors
/// The database fails.
pub fn list(tx: &mut TenantTx<'_>, call: &Call, user: &User) -> Result<Vec<PersonalToken>, Failure> {
    let mut all = tokens::of_user(tx, user.id)?;
    all.retain(|token| token.expires_at > call.now);
    Ok(all)
}

/// Revokes a token, and what it was exchanged for; false where the person has none of this id.
///
/// # Errors
/// The database fails.
pub fn revoke(tx: &mut TenantTx<'_>, call: &Call, user: &User, id: PersonalTokenId) -> Result<bool, Failure> {
    revoke_by(tx, call, &Actor::User(user.id), (user, id))
}

/// The same, whoever does it.
///
/// # Errors
/// The database fails.
pub fn revoke_by(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    (user, id): (&User, PersonalTokenId),
) -> Result<bool, Failure> {
    if !tokens::remove(tx, user.id, id)? {
        return Ok(false);
    }
    let within = Within::person(tx.scope().id(), user.id);
    let word = id.to_string();
    revocation::revoke(tx, &within, [(RevokedKind::Session, word.as_str())], call.now)?;
    let event = call
        .event(EventKind::PersonalTokenChanged, EventResult::Success, actor.clone())
        .on("personal_access_token", id)
        .with("action", "revoke")
        .with("user", user.id.to_string());
    tx.record(event);
    Ok(true)
}
