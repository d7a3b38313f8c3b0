//! Links that are mailed to a person at the wish of those who help them (D33).

use super::change::target;
use crate::flows::access::{Authorized, Conflict, MailPeople, Refused};
use crate::flows::call::Call;
use crate::flows::links::LinkTerms;
use crate::flows::links::by_admin::{AdminLink, NotMailed, send};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::storage::TenantTx;

/// Mails a link to somebody else. Whoever asks for it never sees it.
///
/// # Errors
/// The database fails.
pub fn mail_link(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<MailPeople>,
    terms: &LinkTerms,
    (id, wanted): (Option<UserId>, AdminLink),
) -> Result<Result<(), Refused>, Failure> {
    let person = match target(tx, right, id, true)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused)),
    };
    let sent = send(tx, call, terms, (right.actor(), &person.user), wanted)?;
    Ok(sent.map_err(|why| {
        Refused::Conflict(match why {
            NotMailed::NotActive => Conflict::Status,
            NotMailed::HasFactor => Conflict::HasFactor,
            NotMailed::NoPassword => Conflict::NoPassword,
            NotMailed::Enough => Conflict::MailedEnough,
        })
    }))
}
