//! Personal access tokens of others: seen, and revoked where one got into wrong hands (P115).

use super::change::target;
use super::person::Person;
use crate::flows::access::{Authorized, Kind, Refused, RevokeTokens, SeeTokens};
use crate::flows::call::Call;
use crate::flows::tokens;
use crate::model::failure::Failure;
use crate::model::ids::{PersonalTokenId, UserId};
use crate::model::personal_token::PersonalToken;
use crate::storage::TenantTx;

/// The tokens of somebody that have not ended, without themselves.
///
/// # Errors
/// The database fails.
pub fn of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<SeeTokens>,
    id: Option<UserId>,
) -> Result<Result<Vec<PersonalToken>, Refused>, Failure> {
    right.check(tx)?;
    match Person::find(tx, id)? {
        Ok(person) => tokens::list(tx, call, &person.user).map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Revokes a token of somebody.
///
/// # Errors
/// The database fails.
pub fn revoke_of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<RevokeTokens>,
    (id, token): (Option<UserId>, Option<PersonalTokenId>),
) -> Result<Result<(), Refused>, Failure> {
    let person = match target(tx, right, id, false)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    let revoked = match token {
        Some(token) => tokens::revoke_by(tx, call, &right.actor(), (&person.user, token))?,
        None => false,
    };
    Ok(if revoked { Ok(()) } else { Err(Refused::NotFound(Kind::PersonalToken)) })
}
