//! What a link offers, if it still does: looked at by the page that shows it, and again by whoever accepts.

use super::inviter::Inviter;
use crate::flows::call::Call;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::invitation::{Invitation, Origin};
use crate::model::policy::{Policy, Registration};
use crate::model::secret::Secret;
use crate::protocol::opaque::{self, TenantKind};
use crate::storage::records::{invitations, policies, users};
use crate::storage::{Directory, TenantScope};

/// The link offers nothing: unknown, used, withdrawn, replaced, too old, in the name of somebody who may not offer it any
/// more, or to an address that has an account by now. Nobody learns which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link of an invitation offers nothing")]
pub struct DeadInvitation;

/// What a link offers.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The tenant.
    pub scope: TenantScope,
    /// The row.
    pub invitation: Invitation,
    /// Who invites, as people know them.
    pub inviter: Option<String>,
    /// The tenant's rules for signing in.
    pub policy: Policy,
    /// The hash of the link.
    pub(super) hash: String,
}

/// Reads what a link offers; changes nothing (P059).
///
/// # Errors
/// The database fails.
pub fn look(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
) -> Result<Result<Offer, DeadInvitation>, Failure> {
    Ok(find(directory, call, token)?.ok_or(DeadInvitation))
}

fn find(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
) -> Result<Option<Offer>, Failure> {
    let Some(presented) = opaque::parse(TenantKind::Invitation, token.expose()) else { return Ok(None) };
    let Some(scope) = directory.tenant(presented.tenant)? else { return Ok(None) };
    let mut tx = directory.enter(&scope)?;
    let found = invitations::find_by_hash(&mut tx, &presented.hash)?;
    let Some(invitation) = found.filter(|it| it.stands(call.now)) else { return Ok(None) };
    let policy = policies::find(&mut tx)?;
    let inviter = match invitation.origin {
        Origin::Invited if policy.registration == Registration::Closed => return Ok(None),
        Origin::Invited => match Inviter::of(&mut tx, &invitation)? {
            Some(inviter) => inviter.name(),
            None => return Ok(None),
        },
        Origin::SignUp if may_sign_up(&policy, &invitation) => None,
        Origin::SignUp => return Ok(None),
    };
    if users::find_by_email(&mut tx, &invitation.email_canonical)?.is_some() {
        return Ok(None);
    }
    Ok(Some(Offer { scope, invitation, inviter, policy, hash: presented.hash }))
}

fn may_sign_up(policy: &Policy, invitation: &Invitation) -> bool {
    invitation.email.parse::<Email>().is_ok_and(|email| policy.admits_sign_up(&email))
}
