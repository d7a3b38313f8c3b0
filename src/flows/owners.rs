//! Who may act as owner of a tenant: by a role of their own, or of a group. No tenant loses its last one (P102), and a guest is
//! none who stays: their home may take them away at any time (D4).

use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::role::Role;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{groups, users};

/// Whether this account is an active owner who counts.
pub(super) fn is_owner(tx: &mut TenantTx<'_>, user: &User) -> Result<bool, Failure> {
    Ok(user.status.is_active()
        && !user.is_guest()
        && (user.roles.contains(&Role::Owner) || groups::roles_of_user(tx, user.id)?.contains(&Role::Owner)))
}

/// Every active owner.
pub(super) fn all(tx: &mut TenantTx<'_>) -> Result<Vec<User>, Failure> {
    let mut owners = Vec::new();
    for user in users::all(tx)? {
        if is_owner(tx, &user)? {
            owners.push(user);
        }
    }
    Ok(owners)
}

/// Whether there is an active owner, this account not counted.
pub(super) fn exists(tx: &mut TenantTx<'_>, except: Option<UserId>) -> Result<bool, Failure> {
    for user in users::all(tx)?.iter().filter(|user| Some(user.id) != except) {
        if is_owner(tx, user)? {
            return Ok(true);
        }
    }
    Ok(false)
}
