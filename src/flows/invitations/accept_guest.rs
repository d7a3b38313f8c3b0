//! Accepting with an account of another tenant: whoever is signed in there, in this browser, with the very address that was invited
//! becomes a guest of the tenant that invites (D4). The link proves the mailbox and the session the account; equal addresses alone
//! join nothing (D1).

use super::accept::{Accepted, Doors, enrolling, note_refusal, record_accepted};
use super::look::{Offer, look};
use crate::flows::call::Call;
use crate::flows::login::guests;
use crate::flows::login::visit::Visit;
use crate::flows::session::{CookieChange, LiveAccount, live_accounts};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::model::invitation::Origin;
use crate::model::secret::Secret;
use crate::model::status::Status;
use crate::model::user::User;
use crate::storage::records::{groups, invitations, memberships, tenants, users};
use crate::storage::tx::Transaction as _;
use crate::storage::{Directory, TenantTx};

/// Why nobody is a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestRefusal {
    /// The link offers nothing, or nothing to this account.
    Dead,
    /// The account is not signed in here any more, or may not accept.
    NotHere,
}

/// The accounts of this browser that may accept the offer.
///
/// # Errors
/// The database fails.
pub fn who_may(
    directory: &mut Directory<'_>,
    call: &Call,
    offer: &Offer,
    cookie_hash: &str,
) -> Result<Vec<LiveAccount>, Failure> {
    if !offer.policy.guests.allowed || offer.invitation.origin != Origin::Invited {
        return Ok(Vec::new());
    }
    let mut accounts = live_accounts(directory, call, cookie_hash)?;
    accounts.retain(|account| {
        let user = &account.user;
        let has_address = user.email_verified && user.email_canonical == offer.invitation.email_canonical;
        has_address && !user.is_guest() && account.scope.id() != offer.scope.id()
    });
    Ok(accounts)
}

/// Lets the account with this session in as a guest, and goes on as one, as far as the host's policy lets them. They may set up
/// their first second factor on the way (D33).
///
/// # Errors
/// The database fails.
pub fn accept_as_guest(
    directory: &mut Directory<'_>,
    call: &Call,
    doors: &Doors,
    (token, home): (&Secret<String>, SessionId),
    cookie: CookieChange<'_>,
) -> Result<Result<Accepted, GuestRefusal>, Failure> {
    tenants::hold(directory)?;
    let Ok(offer) = look(directory, call, token)? else {
        note_refusal(directory, call, doors, token)?;
        return Ok(Err(GuestRefusal::Dead));
    };
    let accounts = who_may(directory, call, &offer, cookie.old)?;
    let Some(home) = accounts.into_iter().find(|account| account.session.id == home) else {
        return Ok(Err(GuestRefusal::NotHere));
    };
    let mut tx = directory.enter(&offer.scope)?;
    let Some(user) = take(&mut tx, call, (&offer, &home))? else { return Ok(Err(GuestRefusal::Dead)) };
    let scope = offer.scope;
    let interaction = enrolling(directory, call, doors, (&scope, &user), cookie.old)?;
    let visit = Visit { interaction: Some(interaction), asker: None };
    let proved = guests::go_on(directory, call, &doors.sign_in, (visit, &home, &scope), cookie)?.ok();
    Ok(Ok(Accepted { scope, user, proved, sheet: None }))
}

/// Uses the invitation up; `None` where somebody was faster, or where the account is a guest already, or was shown out since the
/// invitation was written.
fn take(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (offer, home): (&Offer, &LiveAccount),
) -> Result<Option<User>, Failure> {
    let (invitation, id, at_home) = (&offer.invitation, home.user.id, home.scope.id());
    let was_here = users::find(tx, id)?.map(|user| user.status);
    let may_begin = match was_here {
        None => true,
        Some(Status::Deleted { since }) => since <= invitation.created_at,
        Some(_) => false,
    };
    if !may_begin || !invitations::accept(tx, &offer.hash, call.now)? {
        return Ok(None);
    }
    users::let_in(tx, (id, at_home), &invitation.roles, call.now)?;
    memberships::insert(tx, id, at_home)?;
    groups::set_of_user(tx, id, &invitation.groups)?;
    let roles: Vec<&str> = invitation.roles.iter().map(|role| role.as_str()).collect();
    let event = call
        .event(EventKind::UserChanged, EventResult::Success, Actor::User(id))
        .on("user", id)
        .with("action", "join")
        .with("roles", roles)
        .with("home", at_home.to_string())
        .with_personal("email", home.user.email.as_str());
    tx.record(event);
    record_accepted(tx, call, invitation, Actor::User(id));
    // Those at home see where their people went.
    let seen_from_home = call
        .event(EventKind::UserChanged, EventResult::Success, Actor::User(id))
        .on("user", id)
        .with("action", "join_elsewhere")
        .with("host", tx.scope().id().to_string());
    tx.record_for(at_home, seen_from_home);
    users::find(tx, id)
}
