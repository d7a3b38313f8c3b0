//! Switching a person's account off and on again: the administrator's emergency (P074, design
//! invariant 8).

use std::sync::Arc;

use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::revocation::Falling;
use crate::flows::{owners, session};
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::status::Status;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{tenants, users};

/// An account that was switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspended {
    /// How many sessions ended.
    pub sessions: usize,
    /// Whether it was the tenant's last active owner: until it is resumed, or another is named, nobody administers the
    /// tenant from inside. A declaration may not come to that (P102); an operator who stops a stolen account must be able to.
    pub last_owner: bool,
}

/// Suspends an account: nobody signs in with it, and its sessions, refresh tokens and access tokens end. `None` where it was
/// suspended before; then nothing changes.
///
/// # Errors
/// The database fails.
pub fn suspend(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    user: UserId,
) -> Result<Option<Suspended>, Failure> {
    tenants::hold(tx)?;
    // By its own row: a guest is shown the door here, whatever they are at home.
    if !users::own_status(tx, user)?.is_some_and(Status::is_active) {
        return Ok(None);
    }
    let Some(user) = users::find(tx, user)? else { return Ok(None) };
    let last_owner = owners::is_owner(tx, &user)? && !owners::exists(tx, Some(user.id))?;
    users::set_status(tx, user.id, Status::Suspended { since: call.now })?;
    let sessions = session::end_all_of_user(tx, call, user.id, actor)?;
    let event = event(call, actor, &user, "suspend");
    tx.record(if last_owner { event.with("last_owner", true) } else { event });
    let mut falling = Falling::default();
    falling.person(tx.scope().id(), user.id);
    falling.revoke(tx, clock)?;
    Ok(Some(Suspended { sessions, last_owner }))
}

/// Lets a suspended account in again; false where it was not suspended. What ended stays ended: the person signs in.
///
/// # Errors
/// The database fails.
pub fn resume(tx: &mut TenantTx<'_>, call: &Call, actor: &Actor, user: UserId) -> Result<bool, Failure> {
    // Read under the lock: roles that somebody takes away meanwhile must not come back.
    tenants::hold(tx)?;
    let own = users::own_status(tx, user)?;
    let Some(own) = own.filter(|own| matches!(own, Status::Suspended { .. })) else {
        return Ok(false);
    };
    let Some(user) = users::find(tx, user)? else { return Ok(false) };
    users::set_status(tx, user.id, own.resumed(call.now))?;
    tx.record(event(call, actor, &user, "resume"));
    Ok(true)
}

fn event(call: &Call, actor: &Actor, user: &User, action: &'static str) -> Event {
    call.event(EventKind::UserChanged, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("action", action)
        .with_personal("email", user.email.as_str())
}
