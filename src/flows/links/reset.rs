//! A new password for somebody who forgot theirs. The link proves the mailbox and no more: it signs nobody in, and a second
//! factor is asked for afterwards as before (D33, P065).

use super::{Held, LinkTerms, find, mailbox, use_up};
use crate::crypto::password::{PasswordHash, PasswordRules};
use crate::flows::call::Call;
use crate::flows::passwords::{self, NewPassword, PasswordReason};
use crate::flows::policy::{self, Door, Verdict};
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::link::LinkPurpose;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::records::{personal_access_tokens, policies};
use crate::storage::{Directory, TenantScope, TenantTx};

/// An open link, and what a new password has to be.
#[derive(Debug)]
pub struct Opened {
    /// The link.
    pub held: Held,
    /// The tenant's rules for passwords.
    pub rules: PasswordRules,
}

/// What a reset came to.
#[derive(Debug)]
pub struct Done {
    /// Whose password it was.
    pub user: User,
    /// Their tenant.
    pub scope: TenantScope,
    /// The names of the personal access tokens that ended with it.
    pub tokens: Vec<String>,
}

/// The link, where it can be used now; `None` where it is dead, or the tenant has no passwords for this person (P043).
///
/// # Errors
/// The database fails.
pub fn open(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
) -> Result<Option<Opened>, Failure> {
    let found = find(directory, call, (LinkPurpose::PasswordReset, token))?;
    let Some(held) = found.filter(Held::is_open) else { return Ok(None) };
    let mut tx = directory.enter(&held.scope)?;
    let rules = passwords::rules(&mut tx)?;
    Ok(admits(&mut tx, call, &held.user)?.then_some(Opened { held, rules }))
}

/// Sets the password by the link, once. Everything that was opened before ends: sessions, refresh tokens, access tokens,
/// remembered devices, personal access tokens. `None` where the link is dead by now.
///
/// # Errors
/// The database fails.
pub fn complete(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &LinkTerms,
    (token, hash): (&Secret<String>, &PasswordHash),
) -> Result<Option<Done>, Failure> {
    let Some(Opened { held, .. }) = open(directory, call, token)? else { return Ok(None) };
    let Some(user) = use_up(directory, call, &held)? else { return Ok(None) };
    let mut tx = directory.enter(&held.scope)?;
    if !admits(&mut tx, call, &user)? {
        return Ok(None);
    }
    let tokens = personal_access_tokens::of_user(&mut tx, user.id)?;
    let tokens = tokens.into_iter().filter(|token| call.now < token.expires_at).map(|token| token.name);
    let tokens = tokens.collect();
    let user = mailbox::proved(&mut tx, call, &user)?;
    let actor = Actor::User(user.id);
    let new = NewPassword { user: &user, hash, reason: PasswordReason::Reset, actor: &actor, keep: None };
    // Before the change number, which the new password takes: whoever has that waits for nobody.
    personal_access_tokens::remove_of_user(&mut tx, user.id)?;
    passwords::set(&mut tx, call, Some(&terms.mail), new)?;
    Ok(Some(Done { user, scope: held.scope, tokens }))
}

/// Whether the policy lets this person in by a password, from here.
fn admits(tx: &mut TenantTx<'_>, call: &Call, user: &User) -> Result<bool, Failure> {
    let policy = policies::find(tx)?;
    let factors = [Factor::Password];
    let proved = policy::Proved::by(&factors, call.address);
    let verdict = policy::judge(tx, call, (&policy, Door::SignIn), user, proved)?;
    Ok(!matches!(verdict, Verdict::Refused(_)))
}
