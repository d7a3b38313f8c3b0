//! The guests of a tenant as those who administer people see them (D4): who they are, where their account is, and how it ends.

use std::sync::Arc;

use super::change::delete;
use super::list::{Filter, list as list_people};
use super::person::Person;
use crate::effects::Clock;
use crate::flows::access::{Authorized, Kind, ReadPeople, Refused, RemovePeople};
use crate::flows::call::Call;
use crate::model::failure::Failure;
use crate::model::ids::{TenantId, UserId};
use crate::model::tenant::Tenant;
use crate::storage::TenantTx;
use crate::storage::tx::Transaction as _;

/// A guest.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The account, as it stands here.
    pub person: Person,
    /// The tenant that owns it.
    pub home_tenant_id: TenantId,
    /// The same, while it is active.
    pub home: Option<Tenant>,
}

/// A page of guests, in the order of their ids.
#[derive(Debug)]
pub struct MembershipPage {
    /// The guests.
    pub items: Vec<Membership>,
    /// The last of them, where there are more behind.
    pub next: Option<UserId>,
}

/// Guests, behind `after`, `limit` of them at most; without those who left.
///
/// # Errors
/// The database fails.
pub fn list(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ReadPeople>,
    (after, limit): (Option<UserId>, u16),
) -> Result<Result<MembershipPage, Refused>, Failure> {
    let filter = Filter { guests: true, ..Filter::default() };
    let page = match list_people(tx, right, &filter, (after, limit))? {
        Ok(page) => page,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut items = Vec::with_capacity(page.items.len());
    for person in page.items {
        items.extend(of_guest(tx, person)?);
    }
    Ok(Ok(MembershipPage { items, next: page.next }))
}

/// One guest.
///
/// # Errors
/// The database fails.
pub fn get(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ReadPeople>,
    id: Option<UserId>,
) -> Result<Result<Membership, Refused>, Failure> {
    right.check(tx)?;
    let found = match Person::find(tx, id)? {
        Ok(person) => of_guest(tx, person)?,
        Err(refused) => return Ok(Err(refused)),
    };
    Ok(found.ok_or(Refused::NotFound(Kind::Membership)))
}

/// Shows a guest out, with their sessions and tokens here. They come back by another invitation.
///
/// # Errors
/// The database fails.
pub fn end(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<RemovePeople>,
    id: Option<UserId>,
) -> Result<Result<(), Refused>, Failure> {
    right.check(tx)?;
    match Person::find(tx, id)? {
        Ok(person) if person.user.is_guest() => delete(tx, (call, clock), right, id),
        Ok(_) | Err(_) => Ok(Err(Refused::NotFound(Kind::Membership))),
    }
}

fn of_guest(tx: &mut TenantTx<'_>, person: Person) -> Result<Option<Membership>, Failure> {
    let Some(home_tenant_id) = person.user.home_tenant_id else { return Ok(None) };
    let home = tx.directory().tenant(home_tenant_id)?.map(|scope| scope.tenant().clone());
    Ok(Some(Membership { person, home_tenant_id, home }))
}
