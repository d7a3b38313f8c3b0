//! What is mailed because somebody signed in, or was kept out: to the owner of the account, and to the owners of the tenant.

use super::visit::Visit;
use crate::flows::call::Call;
use crate::flows::factors::tell;
use crate::flows::mail::{self, MailTerms};
use crate::flows::owners;
use crate::flows::session::REMEMBERED;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::mail::MailKind;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::records::{browser_sessions, refresh_families, sessions, users};
use crate::storage::{Directory, TenantScope, TenantTx};

/// Whether the browser with this cookie was never signed in to this account, as far back as is remembered, and this is not the
/// first sign-in ever. Asked before the session of this one begins. The cookie alone tells browsers apart.
pub(super) fn is_new_device(
    directory: &mut Directory<'_>,
    call: &Call,
    (scope, user): (&TenantScope, &User),
    (visit, cookie_hash): (&Visit, &str),
) -> Result<bool, Failure> {
    if let Some(client) = visit.client_id().filter(|_| visit.is_by_client()) {
        // No browser is known there: it is the application that may be new.
        return Ok(!refresh_families::any_of_user(&mut directory.enter(scope)?, user.id, client)?);
    }
    let browser = browser_sessions::find(directory, cookie_hash)?;
    let mut tx = directory.enter(scope)?;
    if let Some(browser) = browser
        && sessions::any_of_user(&mut tx, user.id, Some(browser.id))?
    {
        return Ok(false);
    }
    // What is older than the memory may have signed in before it: better one notice too many.
    Ok(!user.created_at.is_younger_than(REMEMBERED, call.now)
        || sessions::any_of_user(&mut tx, user.id, None)?)
}

/// Tells the owner of the account that a browser is new to it. Whoever has the password makes as many new browsers as they like,
/// so that there are no more of these mails in a while than a stranger may ask for (P068).
pub(super) fn new_device(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    user: &User,
) -> Result<(), Failure> {
    if mail::may_tell_of_browser(tx, call, terms, user.id)? {
        tell(tx, call, terms, user, MailKind::NewDevice)?;
    }
    Ok(())
}

/// Tells every owner of the tenant that the account for emergencies got in past the rules (R13).
pub(super) fn break_glass(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    user: &User,
) -> Result<(), Failure> {
    let person = user.profile.name.as_ref().unwrap_or(&user.email);
    for owner in owners::all(tx)? {
        tell(tx, call, terms, &owner, MailKind::BreakGlass { person: person.clone() })?;
    }
    Ok(())
}

/// Tells the owner of an account that it was locked until this time. Strangers can bring that about, so there are no more of these
/// mails than of those that they can ask for (P068). A name that nobody has is locked alike, and only one in many wrong guesses locks: the
/// time of that one tells nothing that the others did not cost.
pub(super) fn locked(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    (user, until): (UserId, Timestamp),
) -> Result<(), Failure> {
    let Some(user) = users::find(tx, user)?.filter(|user| user.status.is_active()) else { return Ok(()) };
    let Ok(address) = user.email.parse::<Email>() else { return Ok(()) };
    if !mail::may_tell_of_lock(tx, call, terms, &address)? {
        return Ok(());
    }
    let minutes = until.since(call.now).as_secs().div_ceil(60);
    let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
    tell(tx, call, terms, &user, MailKind::AccountLocked { minutes })
}
