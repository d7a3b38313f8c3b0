//! Inviting one person, sending that again, and taking it back.

use std::collections::BTreeSet;

use super::inviter::{Inviter, offered};
use super::{InvitationRefusal, days};
use crate::flows::call::Call;
use crate::flows::mail::{self, Mail, MailTerms, Recipient};
use crate::model::audit::{EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, InvitationId};
use crate::model::invitation::{Invitation, InvitationState, Origin};
use crate::model::mail::{MailKind, MailedLink};
use crate::model::policy::{Policy, Registration};
use crate::model::role::Role;
use crate::model::secret::Secret;
use crate::protocol::opaque::{self, TenantKind};
use crate::storage::TenantTx;
use crate::storage::records::{invitations, policies, tenants, users};

/// Where the links lead.
pub(super) const PATH: &str = "/invitation";

/// What a change of invitations comes to.
pub(super) type Done<T> = Result<Result<T, InvitationRefusal>, Failure>;

/// An invitation that is to be.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Who is meant.
    pub email: Email,
    /// What they will be.
    pub roles: BTreeSet<Role>,
    /// In which groups.
    pub groups: BTreeSet<GroupId>,
    /// The language of the mail, a tag; empty where nobody knows.
    pub language: String,
    /// For how many days it stands.
    pub days: u32,
}

/// Why it cannot be; the caller holds the tenants.
pub(super) fn judge(
    tx: &mut TenantTx<'_>,
    policy: &Policy,
    inviter: &Inviter,
    new: &NewInvitation,
) -> Result<Option<InvitationRefusal>, Failure> {
    if policy.registration == Registration::Closed {
        return Ok(Some(InvitationRefusal::Closed));
    }
    let refusal = match offered(tx, &new.roles, &new.groups)? {
        None => Some(InvitationRefusal::Group),
        Some(roles) if !inviter.may_offer(&roles) => Some(InvitationRefusal::Above),
        Some(_) => None,
    };
    if refusal.is_some() {
        return Ok(refusal);
    }
    let taken = users::find_by_email(tx, new.email.canonical())?.is_some();
    Ok(taken.then_some(InvitationRefusal::AddressTaken))
}

/// Stores it and queues its mail; it was judged. An invitation of the same address that is open is withdrawn: its link is
/// dead.
pub(super) fn write(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    inviter: &Inviter,
    new: &NewInvitation,
) -> Result<Invitation, Failure> {
    if let Some(before) = invitations::find_open(tx, new.email.canonical(), Origin::Invited)? {
        invitations::withdraw(tx, before.id, call.now)?;
        record(tx, call, inviter, ("replace", &before));
    }
    let invitation = Invitation {
        id: call.id(),
        origin: Origin::Invited,
        email: new.email.spelling().to_owned(),
        email_canonical: new.email.canonical().to_owned(),
        roles: new.roles.clone(),
        groups: new.groups.clone(),
        language: new.language.clone(),
        invited_by: inviter.user_id(),
        state: InvitationState::Open,
        sent: 1,
        created_at: call.now,
        expires_at: call.now + days(new.days),
    };
    let token = new_link(tx, call);
    invitations::insert(tx, &invitation, &opaque::hash(token.expose()))?;
    post(tx, call, terms, (inviter, &invitation, &new.email), (&token, new.days))?;
    record(tx, call, inviter, ("send", &invitation));
    Ok(invitation)
}

/// Sends an open invitation again, expired though it may be: with a new link, in the name of whoever sends it now. The link
/// before is dead.
///
/// # Errors
/// The database fails.
pub fn resend(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    inviter: &Inviter,
    (id, life): (Option<InvitationId>, u32),
) -> Done<Invitation> {
    let invitation = match open(tx, inviter, id)? {
        Ok(invitation) => invitation,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let policy = policies::find(tx)?;
    if policy.registration == Registration::Closed {
        return Ok(Err(InvitationRefusal::Closed));
    }
    if users::find_by_email(tx, &invitation.email_canonical)?.is_some() {
        return Ok(Err(InvitationRefusal::AddressTaken));
    }
    let email: Email =
        invitation.email.parse().map_err(|_| Failure::internal("the address of an invitation"))?;
    if !mail::may_send(tx, call, terms, &email)? {
        return Ok(Err(InvitationRefusal::MailedEnough));
    }
    let token = new_link(tx, call);
    let expires_at = call.now + days(life);
    let renewed =
        invitations::Renewed { hash: &opaque::hash(token.expose()), by: inviter.user_id(), expires_at };
    if !invitations::renew(tx, invitation.id, renewed)? {
        return Ok(Err(InvitationRefusal::Answered));
    }
    post(tx, call, terms, (inviter, &invitation, &email), (&token, life))?;
    record(tx, call, inviter, ("resend", &invitation));
    let sent = invitation.sent.saturating_add(1);
    Ok(Ok(Invitation { sent, expires_at, invited_by: inviter.user_id(), ..invitation }))
}

/// Takes an open invitation back: its link is dead.
///
/// # Errors
/// The database fails.
pub fn withdraw(
    tx: &mut TenantTx<'_>,
    call: &Call,
    inviter: &Inviter,
    id: Option<InvitationId>,
) -> Done<Invitation> {
    let invitation = match open(tx, inviter, id)? {
        Ok(invitation) => invitation,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !invitations::withdraw(tx, invitation.id, call.now)? {
        return Ok(Err(InvitationRefusal::Answered));
    }
    record(tx, call, inviter, ("withdraw", &invitation));
    Ok(Ok(Invitation { state: InvitationState::Withdrawn { at: call.now }, ..invitation }))
}

/// The open invitation that something is about to be done to, with the tenants held: it offers nothing that whoever does it
/// could not offer themselves.
fn open(tx: &mut TenantTx<'_>, inviter: &Inviter, id: Option<InvitationId>) -> Done<Invitation> {
    tenants::hold(tx)?;
    let found = match id {
        Some(id) => invitations::find(tx, id)?,
        None => None,
    };
    let Some(invitation) = found.filter(|it| it.origin == Origin::Invited) else {
        return Ok(Err(InvitationRefusal::NotFound));
    };
    // Of a group that is gone nothing is offered.
    let roles = offered(tx, &invitation.roles, &invitation.groups)?;
    if !inviter.may_offer(&roles.unwrap_or_else(|| invitation.roles.clone())) {
        return Ok(Err(InvitationRefusal::Above));
    }
    let is_open = invitation.state == InvitationState::Open;
    Ok(if is_open { Ok(invitation) } else { Err(InvitationRefusal::Answered) })
}

/// The secret of a link, to be mailed and stored as its hash.
pub(super) fn new_link(tx: &TenantTx<'_>, call: &Call) -> Secret<String> {
    opaque::issue(TenantKind::Invitation, tx.scope().id(), call.secret_bytes().expose())
}

/// The link that is mailed, from the issuer of the configuration alone (P057).
pub(super) fn link(call: &Call, token: &Secret<String>) -> MailedLink {
    MailedLink::new(&call.issuer, &format!("{PATH}?token={}", token.expose()))
}

fn post(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    (inviter, invitation, email): (&Inviter, &Invitation, &Email),
    (token, days): (&Secret<String>, u32),
) -> Result<(), Failure> {
    let kind = MailKind::Invitation { link: link(call, token), inviter: inviter.name(), days };
    let language = Some(invitation.language.as_str()).filter(|tag| !tag.is_empty());
    mail::queue(tx, call, terms, Mail { to: Recipient::address(email), language, kind }).map(|_| ())
}

fn record(tx: &mut TenantTx<'_>, call: &Call, inviter: &Inviter, (action, it): (&'static str, &Invitation)) {
    let roles: Vec<&str> = it.roles.iter().map(|role| role.as_str()).collect();
    let groups: Vec<String> = it.groups.iter().map(GroupId::to_string).collect();
    let event = call
        .event(EventKind::InvitationChanged, EventResult::Success, inviter.actor())
        .on("invitation", it.id)
        .with("action", action)
        .with("roles", roles)
        .with("groups", groups)
        .with_personal("email", it.email.as_str());
    tx.record(event);
}
