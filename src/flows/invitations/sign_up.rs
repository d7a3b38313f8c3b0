//! Signing up, where the policy of the tenant lets people of its domains do so: an invitation to oneself. There is no account
//! before the mailbox was proved, so that nobody takes an address in advance (P042, P064).

use std::collections::BTreeSet;
use std::time::Duration;

use super::invite::{link, new_link};
use crate::flows::call::Call;
use crate::flows::mail::{self, Mail, MailTerms, Recipient};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::Slug;
use crate::model::invitation::{Invitation, InvitationState, Origin};
use crate::model::mail::MailKind;
use crate::model::policy::Registration;
use crate::model::role::Role;
use crate::protocol::opaque;
use crate::storage::records::{invitations, policies, users};
use crate::storage::{Directory, TenantScope, TenantTx};

/// For how many minutes the link of a sign-up works.
pub const SIGN_UP_MINUTES: u32 = 60;

/// The active tenant of this slug, if people may sign up there. One that does not allow it is none (P042).
///
/// # Errors
/// The database fails.
pub fn is_open(directory: &mut Directory<'_>, slug: &Slug) -> Result<Option<TenantScope>, Failure> {
    let Some(scope) = directory.tenant_by_slug(slug)? else { return Ok(None) };
    let policy = policies::find(&mut directory.enter(&scope)?)?;
    Ok((policy.registration == Registration::Domain).then_some(scope))
}

/// Mails a link to an address that may sign up; where that has an account that may be used, it is mailed that it has. Whoever asks
/// learns nothing of it: neither whether the address may, nor whether it has an account (P036).
///
/// # Errors
/// The database fails.
pub fn sign_up(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    (email, language): (&Email, &str),
) -> Result<(), Failure> {
    let admitted = policies::find(tx)?.admits_sign_up(email);
    let known = users::find_by_email(tx, email.canonical())?;
    let is_told = admitted && known.as_ref().is_none_or(|user| user.status.is_active());
    // Of two who ask for the same address at once, the second waits here.
    let in_measure = if is_told {
        mail::may_ask(tx, call, terms, email)?
    } else {
        mail::may_ask_in_vain(tx, call, terms, email)?
    };
    if !in_measure || !is_told {
        return Ok(());
    }
    if let Some(user) = known {
        let notice =
            Mail { to: Recipient::user(&user), language: Some(language), kind: MailKind::AccountExists };
        mail::queue(tx, call, terms, notice)?;
        return Ok(());
    }
    if let Some(before) = invitations::find_open(tx, email.canonical(), Origin::SignUp)? {
        invitations::withdraw(tx, before.id, call.now)?;
    }
    let invitation = Invitation {
        id: call.id(),
        origin: Origin::SignUp,
        email: email.spelling().to_owned(),
        email_canonical: email.canonical().to_owned(),
        roles: BTreeSet::from([Role::Member]),
        groups: BTreeSet::new(),
        language: language.to_owned(),
        invited_by: None,
        state: InvitationState::Open,
        sent: 1,
        created_at: call.now,
        expires_at: call.now + Duration::from_mins(u64::from(SIGN_UP_MINUTES)),
    };
    let token = new_link(tx, call);
    invitations::insert(tx, &invitation, &opaque::hash(token.expose()))?;
    let kind = MailKind::VerifyEmail { link: link(call, &token), minutes: SIGN_UP_MINUTES };
    mail::queue(tx, call, terms, Mail { to: Recipient::address(email), language: Some(language), kind })?;
    let event = call
        .event(EventKind::InvitationChanged, EventResult::Success, Actor::Anonymous)
        .on("invitation", invitation.id)
        .with("action", "sign_up")
        .with_personal("email", email.spelling());
    tx.record(event);
    Ok(())
}
