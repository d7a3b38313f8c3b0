//! Taking a person's access away: sessions, refresh tokens, and the access tokens that are out (invariant 8).

use crate::flows::call::Call;
use crate::flows::revocation::{Within, revoke};
use crate::flows::session;
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, UserId};
use crate::model::tenant::PLATFORM_SLUG;
use crate::protocol::revocation_feed::{RevokedKind, entry_key};
use crate::storage::TenantTx;
use crate::storage::records::refresh_families;

/// Ends everything that a person holds here; says how many sessions there were.
///
/// # Errors
/// The database fails.
pub(in crate::flows) fn end_of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    actor: &Actor,
) -> Result<usize, Failure> {
    let ended = session::end_all_of_user(tx, call, user, actor)?;
    refresh_families::end_of_user(tx, user, call.now)?;
    revoke_tokens_of_person(tx, call, user)?;
    Ok(ended)
}

/// Revokes the access tokens of a person who may do less from now on; sessions stay, and the next refresh tells.
///
/// # Errors
/// The database fails.
pub(super) fn revoke_tokens_of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
) -> Result<(), Failure> {
    let within = Within::person(tx.scope().id(), user);
    revoke(tx, &within, [(RevokedKind::Subject, user.to_string().as_str())], call.now)
}

/// Revokes the access tokens that a client of this tenant holds. Those of a platform client may be of every tenant.
///
/// # Errors
/// The database fails.
pub(super) fn revoke_tokens_of_client(
    tx: &mut TenantTx<'_>,
    call: &Call,
    client: &ClientId,
) -> Result<(), Failure> {
    let scope = tx.scope();
    let tenant = (scope.slug().as_str() != PLATFORM_SLUG)
        .then(|| entry_key(RevokedKind::Tenant, &scope.id().to_string()));
    let within = Within { subject: None, tenant };
    revoke(tx, &within, [(RevokedKind::Client, client.as_str())], call.now)
}
