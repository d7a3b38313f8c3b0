//! Deleting a person's account, and bringing it back within the recovery window.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::erase_user::LastOwner;
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::owners;
use crate::flows::revocation::Falling;
use crate::flows::session;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::status::Status;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{
    groups, memberships, passkeys, passwords, personal_access_tokens, recovery_codes, tenants, totp_factors,
    users, workspaces,
};

/// How long a deleted account can be brought back.
pub const RECOVERY: Duration = Duration::from_hours(30 * 24);

/// Takes everything from an account that it could be used by, and frees its address: a new account with it is a new person.
/// The caller records it, and revokes the access tokens of the person.
///
/// # Errors
/// The database fails.
pub(super) fn strip(tx: &mut TenantTx<'_>, call: &Call, actor: &Actor, user: &User) -> Result<(), Failure> {
    session::end_all_of_user(tx, call, user.id, actor)?;
    groups::set_of_user(tx, user.id, &BTreeSet::new())?;
    workspaces::set_of_user(tx, user.id, &BTreeMap::new())?;
    passwords::remove(tx, user.id)?;
    for passkey in passkeys::of_user(tx, user.id)? {
        passkeys::remove(tx, user.id, passkey.id)?;
    }
    totp_factors::remove(tx, user.id)?;
    recovery_codes::remove(tx, user.id)?;
    personal_access_tokens::remove_of_user(tx, user.id)?;
    memberships::remove(tx, user.id)?;
    if user.is_guest() {
        users::keep_address(tx, user.id, &user.email)?;
    } else {
        users::update(tx, &User { email_canonical: format!("deleted:{}", user.id), ..user.clone() })?;
    }
    users::set_status(tx, user.id, Status::Deleted { since: call.now }).map(drop)
}

/// Deletes an account, with its sessions and tokens. The caller holds the tenants, and has seen to it that an owner stays.
///
/// # Errors
/// The database fails.
pub fn delete_user(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    user: &User,
) -> Result<(), Failure> {
    // With the account end the places where it is a guest (D4); restored, it is a guest nowhere.
    memberships::in_hosts(tx, user.id, |host| {
        let Some(guest) = users::find(host, user.id)? else { return Ok(()) };
        let themselves = Actor::User(user.id);
        strip(host, call, &themselves, &guest)?;
        host.record(event(call, &themselves, &guest, "remove"));
        Ok(())
    })?;
    strip(tx, call, actor, user)?;
    tx.record(event(call, actor, user, "remove"));
    let mut falling = Falling::default();
    falling.person(tx.scope().id(), user.id);
    falling.revoke(tx, clock)
}

/// The same for whoever acts at the machine: unless it is the tenant's last active owner, whom nobody deletes.
///
/// # Errors
/// The database fails.
pub fn delete_user_but_last_owner(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    user: &User,
) -> Result<Result<(), LastOwner>, Failure> {
    tenants::hold(tx)?;
    if owners::is_owner(tx, user)? && !owners::exists(tx, Some(user.id))? {
        return Ok(Err(LastOwner));
    }
    delete_user(tx, (call, clock), actor, user).map(Ok)
}

/// Why an account stays deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaysDeleted {
    /// It is not deleted, or was too long ago.
    NotRecoverable,
    /// Another account has its address now.
    AddressTaken,
}

/// Brings a deleted account back, with its own roles and without anything that it could be used by: the person proves
/// themselves anew by the address. Its groups and workspaces are gone.
///
/// # Errors
/// The database fails.
pub fn restore_user(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    user: &User,
) -> Result<Result<(), StaysDeleted>, Failure> {
    tenants::hold(tx)?;
    let Status::Deleted { since } = user.status else { return Ok(Err(StaysDeleted::NotRecoverable)) };
    if user.is_guest() {
        // Whoever left, or was shown out, comes back by an invitation, which they accept.
        return Ok(Err(StaysDeleted::NotRecoverable));
    }
    let Ok(email) = user.email.parse::<Email>() else { return Ok(Err(StaysDeleted::NotRecoverable)) };
    if !since.is_younger_across_nodes(RECOVERY, call.now) {
        return Ok(Err(StaysDeleted::NotRecoverable));
    }
    if users::find_by_email(tx, email.canonical())?.is_some() {
        return Ok(Err(StaysDeleted::AddressTaken));
    }
    let back = User {
        email_canonical: email.canonical().to_owned(),
        email_verified: false,
        status: user.status.resumed(call.now),
        ..user.clone()
    };
    users::update(tx, &back)?;
    tx.record(event(call, actor, user, "restore"));
    Ok(Ok(()))
}

fn event(call: &Call, actor: &Actor, user: &User, action: &'static str) -> Event {
    call.event(EventKind::UserChanged, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("action", action)
        .with_personal("email", user.email.as_str())
}
