//! How people can sign in, seen by those who help them.

use super::person::Person;
use crate::flows::access::{Authorized, Refused, SeeFactors};
use crate::flows::call::Call;
use crate::flows::factors::overview::{Overview, overview};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::storage::TenantTx;

/// The factors of somebody, with their dates and nothing of their secrets.
///
/// # Errors
/// The database fails.
pub fn of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<SeeFactors>,
    id: Option<UserId>,
) -> Result<Result<Overview, Refused>, Failure> {
    right.check(tx)?;
    match Person::find(tx, id)? {
        Ok(person) => overview(tx, call, person.user.id).map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}
