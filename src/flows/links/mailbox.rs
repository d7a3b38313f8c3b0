//! Somebody proved that the mailbox of an account is theirs. Where nobody had vouched for the address before, whoever set the
//! account up may be somebody else, who waits for its owner to come: nothing of theirs stays (P064).

use crate::flows::call::Call;
use crate::flows::revocation::{self, Within};
use crate::flows::session;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::role::Role;
use crate::model::user::User;
use crate::protocol::revocation_feed::RevokedKind;
use crate::storage::TenantTx;
use crate::storage::records::{
    links, passkeys, passwords, personal_access_tokens, recovery_codes, totp_factors, users,
};

/// Marks the address as verified. The account was unverified until now where `email_verified` is false: nobody had proved the
/// mailbox, and neither a declaration, an import nor an invitation had vouched for it. Then password, passkeys, authenticator,
/// recovery codes, personal access tokens, sessions and refresh tokens of before end. Those of an owner stay but for the
/// sessions: nobody becomes one without being vouched for, and a mailbox must not take a second factor away (D33).
/// The caller holds the person, and calls [`revoke`] when nothing else is left to do.
///
/// # Errors
/// The database fails.
pub fn proved(tx: &mut TenantTx<'_>, call: &Call, user: &User) -> Result<User, Failure> {
    // A guest's address is their home's to prove.
    if user.email_verified || user.is_guest() {
        return Ok(user.clone());
    }
    let actor = Actor::User(user.id);
    let mut event = call
        .event(EventKind::UserChanged, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("action", "email_verified");
    let vouched_for = user.roles.contains(&Role::Owner);
    if !vouched_for {
        strip(tx, user)?;
        event = event.with("factors", "removed");
    }
    users::forget_proofs(tx, user.id, call.now)?;
    let ended = session::end_all_of_user(tx, call, user.id, &actor)?;
    tx.record(event.with("sessions", ended));
    let now = User { email_verified: true, proofs_since: Some(call.now), ..user.clone() };
    users::update(tx, &now)?;
    Ok(now)
}

/// Revokes the access tokens that are out, last of all: whoever has the change number waits for nobody.
///
/// # Errors
/// The database fails.
pub fn revoke(tx: &mut TenantTx<'_>, call: &Call, user: UserId) -> Result<(), Failure> {
    let (subject, within) = (user.to_string(), Within::person(tx.scope().id(), user));
    revocation::revoke(tx, &within, [(RevokedKind::Subject, subject.as_str())], call.now)
}

/// Takes away what the account could be used by.
fn strip(tx: &mut TenantTx<'_>, user: &User) -> Result<(), Failure> {
    passwords::remove(tx, user.id)?;
    for passkey in passkeys::of_user(tx, user.id)? {
        passkeys::remove(tx, user.id, passkey.id)?;
    }
    totp_factors::remove(tx, user.id)?;
    recovery_codes::remove(tx, user.id)?;
    personal_access_tokens::remove_of_user(tx, user.id)?;
    links::remove_of_user(tx, user.id).map(drop)
}
