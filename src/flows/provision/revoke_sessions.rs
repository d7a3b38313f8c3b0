//! Ending a person's sessions by an administrator, the account left as it is (P074, D12).

use super::end_access::end_of_person;
use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::users;

/// Ends every session of a person, every refresh token, those with `offline_access` too, and the access tokens that are
/// out. Says how many sessions there were.
///
/// # Errors
/// The database fails.
pub fn revoke_sessions(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    user: &User,
) -> Result<usize, Failure> {
    // Whoever is about to give the account a session or a refresh token holds it too: what they give is found here. An
    // account that is not active is given nothing.
    users::hold_active(tx, user.id)?;
    let ended = end_of_person(tx, call, user.id, actor)?;
    // Each session has an event of its own; this one says that the tokens went too, also where there was no session.
    let event = call
        .event(EventKind::TokenRevoked, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("sessions", ended);
    tx.record(event);
    Ok(ended)
}
