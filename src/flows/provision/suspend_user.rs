//! Switching a person's account off and on again: the administrator's emergency (P074, design
//! invariant 8).

use super::end_access::end_of_person;
use crate::flows::call::Call;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::status::Status;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::users;

/// Suspends an account: nobody signs in with it, and its sessions, refresh tokens and access tokens end. Says how many
/// sessions there were, or nothing where it was suspended before; then nothing changes.
///
/// # Errors
/// The database fails.
pub fn suspend(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    user: &User,
) -> Result<Option<usize>, Failure> {
    if !user.status.is_active() {
        return Ok(None);
    }
    let suspended = User { status: Status::Suspended { since: call.now }, ..user.clone() };
    users::update(tx, &suspended)?;
    let ended = end_of_person(tx, call, user.id, actor)?;
    tx.record(event(call, actor, user, "suspend"));
    Ok(Some(ended))
}

/// Lets a suspended account in again; false where it was not suspended. What ended stays ended: the person signs in.
///
/// # Errors
/// The database fails.
pub fn resume(tx: &mut TenantTx<'_>, call: &Call, actor: &Actor, user: &User) -> Result<bool, Failure> {
    match user.status {
        Status::Active | Status::Deleted { .. } => return Ok(false),
        Status::Suspended { .. } => {}
    }
    users::update(tx, &User { status: Status::Active, ..user.clone() })?;
    tx.record(event(call, actor, user, "resume"));
    Ok(true)
}

fn event(call: &Call, actor: &Actor, user: &User, action: &'static str) -> Event {
    call.event(EventKind::UserChanged, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("action", action)
        .with_personal("email", user.email.as_str())
}
