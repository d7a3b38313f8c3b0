//! Ending a person's sessions by an administrator, the account left as it is (P074, D12).

use std::sync::Arc;

use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::revocation::Falling;
use crate::flows::session;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::users;

/// Ends every session of a person, every refresh token, those with `offline_access` too, every personal access token, and the
/// access tokens that are out. Says how many sessions there were.
///
/// # Errors
/// The database fails.
pub fn revoke_sessions(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    user: &User,
) -> Result<usize, Failure> {
    // Whoever is about to give the account a session or a refresh token holds it too: what they give is found here. An
    // account that is not active is given nothing.
    users::hold_active(tx, user.id)?;
    // Personal access tokens and half sign-ins stand on what was proved.
    users::forget_proofs(tx, user.id, call.now)?;
    let ended = session::end_all_of_user(tx, call, user.id, actor)?;
    // The sessions have an event of their own; this one says that the tokens went too, also where there was no session.
    let event = call
        .event(EventKind::TokenRevoked, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("sessions", ended);
    tx.record(event);
    let mut falling = Falling::default();
    falling.person(tx.scope().id(), user.id);
    falling.revoke(tx, clock)?;
    Ok(ended)
}
