//! Changing what is known of a person, and what their account may do, by an administrator.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::revocation::Falling;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::users;

/// Stores these standard claims; false where they are known already. The caller holds the tenants.
///
/// # Errors
/// The database fails.
pub fn change_profile(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    (user, profile): (&User, Profile),
) -> Result<bool, Failure> {
    let profile = Profile { updated_at: user.profile.updated_at, ..profile };
    if profile == user.profile {
        return Ok(false);
    }
    let profile = Profile { updated_at: Some(call.now.unix()), ..profile };
    // A guest's are kept at home.
    if !users::update(tx, &User { profile, ..user.clone() })? {
        return Ok(false);
    }
    tx.record(event(call, actor, user).with("fields", vec!["profile"]));
    Ok(true)
}

/// Gives the account exactly these roles of its own; false where it has them. What a role gave that is gone is in no access
/// token any more. The caller holds the tenants, and has seen to it that an owner stays.
///
/// # Errors
/// The database fails.
pub fn set_roles(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    (user, roles): (&User, BTreeSet<Role>),
) -> Result<bool, Failure> {
    if user.roles == roles {
        return Ok(false);
    }
    let words = |roles: &BTreeSet<Role>| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>();
    let event = event(call, actor, user).with("fields", vec!["roles"]).with("roles", words(&roles));
    let shrinks = !user.roles.is_subset(&roles);
    users::set_roles(tx, user.id, &roles)?;
    tx.record(event);
    let mut falling = Falling::default();
    if shrinks {
        falling.person(tx.scope().id(), user.id);
    }
    falling.revoke(tx, clock).map(|()| true)
}

fn event(call: &Call, actor: &Actor, user: &User) -> Event {
    call.event(EventKind::UserChanged, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("action", "change")
        .with_personal("email", user.email.as_str())
}
