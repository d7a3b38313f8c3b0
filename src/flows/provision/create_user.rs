//! Making a person's account by an administrator. How the person first proves themselves is another matter: it has no password.

use std::collections::BTreeSet;

use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::status::Status;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{tenants, users};

/// An account that is to be.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its address, for which nobody vouches yet (P061).
    pub email: Email,
    /// The standard claims.
    pub profile: Profile,
    /// Its own roles.
    pub roles: BTreeSet<Role>,
}

/// Makes an account; `None` where another one has the address (D3).
///
/// # Errors
/// The database fails.
pub fn create_user(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    new: NewUser,
) -> Result<Option<User>, Failure> {
    let user = User {
        tenant_id: tx.scope().id(),
        id: call.id(),
        email: new.email.spelling().to_owned(),
        email_canonical: new.email.canonical().to_owned(),
        email_verified: false,
        profile: Profile { updated_at: Some(call.now.unix()), ..new.profile },
        roles: new.roles,
        status: Status::Active,
        proofs_since: None,
        break_glass: false,
        home_tenant_id: None,
        created_at: call.now,
    };
    Ok(add_user(tx, call, actor, &user)?.then_some(user))
}

/// Adds this account; false where another one has the address (D3).
///
/// # Errors
/// The database fails.
pub fn add_user(tx: &mut TenantTx<'_>, call: &Call, actor: &Actor, user: &User) -> Result<bool, Failure> {
    // Of two who make the same account at once, the second finds that of the first.
    tenants::hold(tx)?;
    if users::find_by_email(tx, &user.email_canonical)?.is_some() {
        return Ok(false);
    }
    users::insert(tx, user)?;
    let roles: Vec<&str> = user.roles.iter().map(|role| role.as_str()).collect();
    let event = call
        .event(EventKind::UserChanged, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("action", "create")
        .with("roles", roles)
        .with_personal("email", user.email.as_str());
    tx.record(event);
    Ok(true)
}
