//! A person's own password: changed, or set for the first time, by whoever proved a factor a moment ago (P040, P048, P074).

use super::{Fresh, SignedIn};
use crate::crypto::password::{PasswordHash, PasswordRules};
use crate::flows::call::Call;
use crate::flows::mail::MailTerms;
use crate::flows::passwords::{self, NewPassword, PasswordReason};
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::session::Factor;
use crate::storage::Directory;
use crate::storage::records::users;

/// What the tenant asks of a new password; `None` where it takes none.
pub fn rules(who: &SignedIn) -> Option<PasswordRules> {
    let policy = who.policy();
    // Nobody signs in as a guest but from home.
    let takes = policy.allows(Factor::Password) && !who.user().is_guest();
    takes.then(|| passwords::rules_of(policy))
}

/// Sets it. Every other session ends with what lives by it, and the owner of the account is told by mail.
///
/// # Errors
/// The database fails.
pub fn change(
    directory: &mut Directory<'_>,
    call: &Call,
    mail: &MailTerms,
    fresh: &Fresh,
    hash: &PasswordHash,
) -> Result<(), Failure> {
    let tx = &mut directory.enter(fresh.scope())?;
    let user = fresh.user();
    if user.is_guest() || !users::hold_active(tx, user.id)? {
        return Ok(());
    }
    let new = NewPassword {
        user,
        hash,
        reason: PasswordReason::Changed,
        actor: &Actor::User(user.id),
        keep: Some(fresh.signed_in().session().id),
    };
    passwords::set(tx, call, Some(mail), new).map(drop)
}
