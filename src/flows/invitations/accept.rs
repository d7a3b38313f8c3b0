//! Accepting: the account is made by one transaction, of what the row says and what the person chose, and they are signed in
//! as far as they proved themselves. The link proved their mailbox, and nothing else (D33, P066).

use std::time::Duration;

use super::look::{DeadInvitation, Offer, look};
use crate::crypto::password::PasswordHash;
use crate::flows::call::Call;
use crate::flows::factors::passkey::{self, AddRefusal, Answer, Here, PasskeyRules};
use crate::flows::factors::recovery_codes::Sheet;
use crate::flows::failures::{self, Source};
use crate::flows::interaction::{Enrols, Interaction, Progress};
use crate::flows::interaction_store;
use crate::flows::login::SignInRules;
use crate::flows::login::proved::{Candidate, Proved, proved};
use crate::flows::login::visit::Visit;
use crate::flows::passwords::{self, NewPassword, PasswordReason};
use crate::flows::provision;
use crate::flows::session::CookieChange;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::invitation::Invitation;
use crate::model::passkey::PasskeyName;
use crate::model::profile::Profile;
use crate::model::secret::Secret;
use crate::model::session::{Factor, Proof};
use crate::model::status::Status;
use crate::model::user::User;
use crate::protocol::opaque::{self, TenantKind};
use crate::storage::records::{groups, invitations, tenants};
use crate::storage::{Directory, TenantScope, TenantTx};

/// What accepting keeps to.
#[derive(Debug, Clone)]
pub struct Doors {
    /// How people are signed in.
    pub sign_in: SignInRules,
    /// What passkeys are verified with.
    pub passkeys: PasskeyRules,
    /// How long a sign-in may wait for its second factor.
    pub life: Duration,
}

/// What the person brings.
#[derive(Debug, Clone)]
pub struct Accepting {
    /// The secret of the link.
    pub token: Secret<String>,
    /// What they are called.
    pub name: String,
    /// Their first way in.
    pub first: First,
}

/// The first way in of a new account.
#[derive(Debug, Clone)]
pub enum First {
    /// A password, which was judged.
    Password(PasswordHash),
    /// A passkey that the browser made, and what it is called.
    Passkey(Answer, PasskeyName),
    /// None of its own: the tenant has people sign in by mail alone.
    Mailbox,
}

/// An account that was made.
#[derive(Debug)]
pub struct Accepted {
    /// Its tenant.
    pub scope: TenantScope,
    /// The account.
    pub user: User,
    /// How far they are signed in; not at all where they proved nothing that counts.
    pub proved: Option<Proved>,
    /// The recovery codes that came with a passkey.
    pub sheet: Option<Sheet>,
}

/// Why there is no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptRefusal {
    /// The link offers nothing.
    Dead,
    /// The tenant's policy does not allow this way in.
    Method,
    /// The passkey is none.
    Passkey(AddRefusal),
}

/// Makes the account and signs the person in.
///
/// # Errors
/// The database fails.
pub fn accept(
    directory: &mut Directory<'_>,
    call: &Call,
    doors: &Doors,
    accepting: Accepting,
    cookie: CookieChange<'_>,
) -> Result<Result<Accepted, AcceptRefusal>, Failure> {
    let Accepting { token, name, first } = accepting;
    tenants::hold(directory)?;
    let Ok(offer) = look(directory, call, &token)? else {
        note_refusal(directory, call, doors, &token)?;
        return Ok(Err(AcceptRefusal::Dead));
    };
    let factor = match &first {
        First::Password(_) => Some(Factor::Password),
        First::Passkey(..) => Some(Factor::Passkey),
        First::Mailbox => None,
    };
    if !offer.may_begin_with(factor) {
        return Ok(Err(AcceptRefusal::Method));
    }
    let made = match &first {
        First::Passkey(answer, name) => {
            let here = Here { user: offer.invitation.user_id(), browser: cookie.old };
            match passkey::verify(directory, call, &doors.passkeys, here, answer)? {
                Ok(made) => Some((made, name.clone())),
                Err(refusal) => return Ok(Err(AcceptRefusal::Passkey(refusal))),
            }
        }
        First::Password(_) | First::Mailbox => None,
    };
    let mut tx = directory.enter(&offer.scope)?;
    let Some(user) = take(&mut tx, call, &offer, name)? else {
        return Ok(Err(AcceptRefusal::Dead));
    };
    let actor = Actor::User(user.id);
    if let First::Password(hash) = &first {
        let new =
            NewPassword { user: &user, hash, reason: PasswordReason::Invitation, actor: &actor, keep: None };
        passwords::store(&mut tx, call, new, 0)?;
    }
    let sheet = match made {
        Some(made) => match passkey::keep(&mut tx, call, &doors.passkeys, user.id, made)? {
            Ok(added) => added.sheet,
            // Somebody else had it a moment ago: nothing of all this happens.
            Err(_) => return Err(Failure::internal("a passkey of an invitation became another's")),
        },
        None => None,
    };
    let proved = match factor {
        Some(factor) => sign_in(directory, call, doors, (&offer.scope, &user, factor), cookie)?,
        None => None,
    };
    Ok(Ok(Accepted { scope: offer.scope, user, proved, sheet }))
}

impl Offer {
    /// Whether an account of this tenant may begin with this factor; without one, where people sign in by mail.
    pub fn may_begin_with(&self, factor: Option<Factor>) -> bool {
        self.policy.allows(factor.unwrap_or(Factor::MagicLink))
    }
}

/// Uses the invitation up and makes the account that it offers; `None` where somebody was faster.
fn take(tx: &mut TenantTx<'_>, call: &Call, offer: &Offer, name: String) -> Result<Option<User>, Failure> {
    let invitation = &offer.invitation;
    if !invitations::accept(tx, &offer.hash, call.now)? {
        return Ok(None);
    }
    let locale = Some(invitation.language.clone()).filter(|tag| !tag.is_empty());
    let updated_at = Some(call.now.unix());
    let user = User {
        tenant_id: tx.scope().id(),
        id: invitation.user_id(),
        email: invitation.email.clone(),
        email_canonical: invitation.email_canonical.clone(),
        email_verified: true,
        profile: Profile { name: Some(name), locale, updated_at, ..Profile::default() },
        roles: invitation.roles.clone(),
        status: Status::Active,
        created_at: call.now,
        proofs_since: None,
        break_glass: false,
        home_tenant_id: None,
    };
    let actor = Actor::User(user.id);
    if !provision::add_user(tx, call, &actor, &user)? {
        return Err(Failure::internal("an address was taken while the tenants were held"));
    }
    if !invitation.groups.is_empty() {
        groups::set_of_user(tx, user.id, &invitation.groups)?;
    }
    record_accepted(tx, call, invitation, actor);
    Ok(Some(user))
}

pub(super) fn record_accepted(tx: &mut TenantTx<'_>, call: &Call, invitation: &Invitation, actor: Actor) {
    let event = call
        .event(EventKind::InvitationChanged, EventResult::Success, actor)
        .on("invitation", invitation.id)
        .with("action", "accept")
        .with("origin", invitation.origin.as_str());
    tx.record(event);
}

/// Signs the new person in as by any proof. Where the policy asks for a second factor they may set up their first one now.
fn sign_in(
    directory: &mut Directory<'_>,
    call: &Call,
    doors: &Doors,
    (scope, user, factor): (&TenantScope, &User, Factor),
    cookie: CookieChange<'_>,
) -> Result<Option<Proved>, Failure> {
    let interaction = enrolling(directory, call, doors, (scope, user), cookie.old)?;
    let visit = Visit { interaction: Some(interaction), asker: None };
    let who = Candidate { scope, user, proof: Proof { factor, at: call.now } };
    // Refused such as by the network from which nobody signs in: there is an account, and no way in from here.
    Ok(proved(directory, call, &doors.sign_in, (visit, who), cookie)?.ok())
}

/// The sign-in of somebody who came by an invitation: they may set up their first second factor in it (D33).
pub(super) fn enrolling(
    directory: &mut Directory<'_>,
    call: &Call,
    doors: &Doors,
    (scope, user): (&TenantScope, &User),
    cookie_hash: &str,
) -> Result<Interaction, Failure> {
    let progress = Progress {
        identifier: Some(user.email.clone()),
        tenant: Some(scope.id()),
        enrols: Some(Enrols { tenant: scope.id(), user: user.id }),
        ..Progress::default()
    };
    interaction_store::begin_plain(directory, call, (cookie_hash, doors.life), progress)
}

/// Notes that somebody sent the form of a link that is dead. Only for what looks like one of ours: whoever makes nonsense up
/// writes no record; and a flood of them folds (D23).
///
/// # Errors
/// The database fails.
pub fn note_refusal(
    directory: &mut Directory<'_>,
    call: &Call,
    doors: &Doors,
    token: &Secret<String>,
) -> Result<DeadInvitation, Failure> {
    if let Some(presented) = opaque::parse(TenantKind::Invitation, token.expose()) {
        let tenant = directory.tenant(presented.tenant)?.map(|scope| scope.id());
        let event = call
            .event(EventKind::InvitationChanged, EventResult::Denied, Actor::Anonymous)
            .with("action", "accept")
            .with("reason", "dead_link");
        let source = Source { tenant, named: "" };
        failures::record(directory, call, &doors.sign_in.records, source, event)?;
    }
    Ok(DeadInvitation)
}
