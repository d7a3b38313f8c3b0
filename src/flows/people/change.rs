//! Changing people: who may do it to whom, and that no tenant loses its last owner (P101, P102, R39). The tenants
//! are held since before the right was proved: two owners who take each other away at once do it one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::person::Person;
use crate::crypto::hmac::KeyedHash;
use crate::effects::Clock;
use crate::flows::access::{
    AdmitPeople, Authorized, ChangeRoles, Conflict, Kind, ManagePeople, Refused, RemovePeople, UnlockPeople,
};
use crate::flows::call::Call;
use crate::flows::owners;
use crate::flows::provision::{self, NewUser, StaysDeleted};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::policy::Registration;
use crate::model::profile::Profile;
use crate::model::role::{Permission, Role};
use crate::model::status::Status;
use crate::storage::TenantTx;
use crate::storage::records::{policies, users};

/// What a change of a person comes to.
type Done<T> = Result<Result<T, Refused>, Failure>;

/// Roles that whoever makes accounts may give without being an owner: they administer nothing.
pub(in crate::flows) const PLAIN: [Role; 2] = [Role::Member, Role::ReadOnly];

/// Makes an account. Roles that administer something are given by owners (R39).
///
/// # Errors
/// The database fails.
pub fn create(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<AdmitPeople>,
    new: NewUser,
) -> Done<Person> {
    right.check(tx)?;
    if policies::find(tx)?.registration == Registration::Closed {
        return Ok(Err(Refused::Conflict(Conflict::Closed)));
    }
    let plain = new.roles.iter().all(|role| PLAIN.contains(role));
    if !new.roles.iter().all(|role| right.covers(*role)) || (!plain && !right.may(Permission::ManageOwners)) {
        return Ok(Err(Refused::Above));
    }
    Ok(match provision::create_user(tx, call, &right.actor(), new)? {
        Some(user) => Ok(Person { user, groups: Vec::new() }),
        None => Err(Refused::Conflict(Conflict::AddressTaken)),
    })
}

/// Changes what is known of a person. `change` makes the new claims of the old.
///
/// # Errors
/// The database fails.
pub fn change_profile(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<ManagePeople>,
    (id, expected): (Option<UserId>, Option<&str>),
    change: impl FnOnce(Profile) -> Result<Profile, Refused>,
) -> Done<Person> {
    let person = match held_target(tx, right, id, false)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    if !person.is_version(expected) {
        return Ok(Err(Refused::Changed));
    }
    let profile = match change(person.user.profile.clone()) {
        Ok(profile) => profile,
        Err(refused) => return Ok(Err(refused)),
    };
    provision::change_profile(tx, call, &right.actor(), (&person.user, profile))?;
    Person::find(tx, id)
}

/// Gives an account exactly these roles of its own: owners do that, not to themselves, and give nothing that they have not.
///
/// # Errors
/// The database fails.
pub fn set_roles(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ChangeRoles>,
    (id, expected): (Option<UserId>, Option<&str>),
    roles: BTreeSet<Role>,
) -> Done<Person> {
    let person = match held_target(tx, right, id, true)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    if !person.is_version(expected) {
        return Ok(Err(Refused::Changed));
    }
    if person.user.break_glass && !roles.contains(&Role::Owner) {
        return Ok(Err(Refused::Conflict(Conflict::BreakGlass)));
    }
    if !person.user.roles.symmetric_difference(&roles).all(|role| right.covers(*role)) {
        return Ok(Err(Refused::Above));
    }
    let by_group = person.groups.iter().any(|group| group.roles.contains(&Role::Owner));
    if !roles.contains(&Role::Owner) && !by_group && !stays_owned(tx, &person)? {
        return Ok(Err(Refused::LastOwner));
    }
    provision::set_roles(tx, (call, clock), &right.actor(), (&person.user, roles))?;
    Person::find(tx, id)
}

/// Suspends an account, with its sessions and tokens.
///
/// # Errors
/// The database fails.
pub fn suspend(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<RemovePeople>,
    id: Option<UserId>,
) -> Done<Person> {
    let person = match held_target(tx, right, id, true)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Some(refused) = stays(tx, &person)? {
        return Ok(Err(refused));
    }
    match provision::suspend(tx, (call, clock), &right.actor(), person.user.id)? {
        Some(_) => Person::find(tx, id),
        None => Ok(Err(Refused::Conflict(Conflict::Status))),
    }
}

/// Lets a suspended account in again. What ended stays ended.
///
/// # Errors
/// The database fails.
pub fn resume(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<ManagePeople>,
    id: Option<UserId>,
) -> Done<Person> {
    let person = match held_target(tx, right, id, false)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    if provision::resume(tx, call, &right.actor(), person.user.id)? {
        Person::find(tx, id)
    } else {
        Ok(Err(Refused::Conflict(Conflict::Status)))
    }
}

/// Deletes an account, with its sessions and tokens.
///
/// # Errors
/// The database fails.
pub fn delete(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<RemovePeople>,
    id: Option<UserId>,
) -> Done<()> {
    let person = match target(tx, right, id, true)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Some(refused) = stays(tx, &person)? {
        return Ok(Err(refused));
    }
    users::hold_active(tx, person.user.id)?;
    provision::delete_user(tx, (call, clock), &right.actor(), &person.user)?;
    Ok(Ok(()))
}

/// Brings a deleted account back while it can be.
///
/// # Errors
/// The database fails.
pub fn restore(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<AdmitPeople>,
    id: Option<UserId>,
) -> Done<Person> {
    right.check(tx)?;
    let person = match Person::find(tx, id)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    if person.user.roles.iter().any(|role| !PLAIN.contains(role)) && !right.may(Permission::ManageOwners) {
        return Ok(Err(Refused::Above));
    }
    match provision::restore_user(tx, call, &right.actor(), &person.user)? {
        Ok(()) => Person::find(tx, id),
        Err(StaysDeleted::NotRecoverable) => Ok(Err(Refused::Conflict(Conflict::Status))),
        Err(StaysDeleted::AddressTaken) => Ok(Err(Refused::Conflict(Conflict::AddressTaken))),
    }
}

/// Forgets the failed sign-ins of the account of somebody else, and with them its lock: whoever could do it to their own could
/// guess for ever (P047).
///
/// # Errors
/// The database fails.
pub fn unlock(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<UnlockPeople>,
    (id, names): (Option<UserId>, &KeyedHash),
) -> Done<()> {
    let person = match target(tx, right, id, true)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    provision::unlock(tx, call, &right.actor(), names, &person.user)?;
    Ok(Ok(()))
}

/// The same for whoever stores the whole account: held before it is read, or what the person does to it meanwhile is undone.
fn held_target<R>(
    tx: &mut TenantTx<'_>,
    right: &Authorized<R>,
    id: Option<UserId>,
    others: bool,
) -> Done<Person> {
    right.check(tx)?;
    if let Some(id) = id {
        users::hold_active(tx, id)?;
    }
    target(tx, right, id, others)
}

/// The person that something is about to be done to: there, not deleted, no owner unless the caller is
/// one, and where `others` says so not the caller.
pub(super) fn target<R>(
    tx: &mut TenantTx<'_>,
    right: &Authorized<R>,
    id: Option<UserId>,
    others: bool,
) -> Done<Person> {
    right.check(tx)?;
    let person = match Person::find(tx, id)? {
        // By its own row: a guest is shown out whatever they are at home.
        Ok(person)
            if matches!(users::own_status(tx, person.user.id)?, None | Some(Status::Deleted { .. })) =>
        {
            return Ok(Err(Refused::NotFound(Kind::User)));
        }
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    if person.effective_roles().contains(&Role::Owner) && !right.may(Permission::ManageOwners) {
        return Ok(Err(Refused::Above));
    }
    if others && right.is_self(person.user.id) {
        return Ok(Err(Refused::OwnAccount));
    }
    Ok(Ok(person))
}

/// Why this person has to stay: the tenant would have no active owner, or no account for emergencies, which the declaration
/// alone names and takes away (P102).
fn stays(tx: &mut TenantTx<'_>, person: &Person) -> Result<Option<Refused>, Failure> {
    if person.user.break_glass {
        return Ok(Some(Refused::Conflict(Conflict::BreakGlass)));
    }
    Ok((!stays_owned(tx, person)?).then_some(Refused::LastOwner))
}

/// Whether the tenant has an active owner when this person is none any more.
fn stays_owned(tx: &mut TenantTx<'_>, person: &Person) -> Result<bool, Failure> {
    Ok(!owners::is_owner(tx, &person.user)? || owners::exists(tx, Some(person.user.id))?)
}
