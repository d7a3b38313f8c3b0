//! Looking at invitations.

use super::InvitationRefusal;
use super::invite::Done;
use crate::flows::call::Call;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::InvitationId;
use crate::model::invitation::{Invitation, Origin, Standing};
use crate::storage::TenantTx;
use crate::storage::records::invitations::{self, Listed};

/// Which invitations are looked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those that stand so.
    pub standing: Option<Standing>,
    /// Those to this address (D3).
    pub email: Option<Email>,
}

/// A page of invitations, in the order of their ids, which is that of their making.
#[derive(Debug)]
pub struct Page {
    /// The invitations.
    pub items: Vec<Invitation>,
    /// The last of them, where there are more behind.
    pub next: Option<InvitationId>,
}

/// The invitations that the filter lets through, behind `after`, `limit` of them at most.
///
/// # Errors
/// The database fails.
pub fn list(
    tx: &mut TenantTx<'_>,
    call: &Call,
    filter: &Filter,
    (after, limit): (Option<InvitationId>, u16),
) -> Result<Page, Failure> {
    let listed = Listed {
        standing: filter.standing.map(|standing| (standing, call.now)),
        canonical: filter.email.as_ref().map(Email::canonical),
        after,
    };
    // One more than asked for tells whether there are more.
    let mut items = invitations::page(tx, listed, i64::from(limit) + 1)?;
    let more = items.len() > usize::from(limit);
    items.truncate(limit.into());
    let next = items.last().filter(|_| more).map(|it| it.id);
    Ok(Page { items, next })
}

/// One invitation.
///
/// # Errors
/// The database fails.
pub fn get(tx: &mut TenantTx<'_>, id: Option<InvitationId>) -> Done<Invitation> {
    let found = match id {
        Some(id) => invitations::find(tx, id)?,
        None => None,
    };
    Ok(found.filter(|it| it.origin == Origin::Invited).ok_or(InvitationRefusal::NotFound))
}
