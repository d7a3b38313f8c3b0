//! Choosing a password: one judgement and one way of setting it, for every door (R20, P040, P065, P074).

use super::call::Call;
use super::mail::{self, Mail, MailTerms, Recipient};
use super::revocation::{self, Within};
use super::session;
use crate::crypto::password::{
    HashError, Password, PasswordHash, PasswordPool, PasswordRules, Weakness, check,
};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::model::mail::MailKind;
use crate::model::policy::Policy;
use crate::model::profile::Profile;
use crate::model::secret::Secret;
use crate::model::user::User;
use crate::protocol::revocation_feed::RevokedKind;
use crate::storage::TenantTx;
use crate::storage::records::{links, passwords, policies, users};

/// By which door a password came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordReason {
    /// The first owner set the deployment up.
    Setup,
    /// A declaration named it, for an account that had none.
    Declared,
    /// Whoever accepted an invitation chose it.
    Invitation,
    /// The person changed it, knowing the old one or having proved another factor just now.
    Changed,
    /// The person had forgotten it.
    Reset,
    /// An administrator set it.
    Administrator,
}

impl PasswordReason {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Declared => "declared",
            Self::Invitation => "invitation",
            Self::Changed => "changed",
            Self::Reset => "reset",
            Self::Administrator => "administrator",
        }
    }
}

/// A password that takes the place of the one there was, if there was one.
#[derive(Debug, Clone, Copy)]
pub struct NewPassword<'a> {
    /// Whose it will be.
    pub user: &'a User,
    /// Its hash: the password was judged.
    pub hash: &'a PasswordHash,
    /// By which door.
    pub reason: PasswordReason,
    /// Who sets it.
    pub actor: &'a Actor,
    /// The session in which it is changed: the one that goes on.
    pub keep: Option<SessionId>,
}

/// What an attacker knows of an account and tries first: address, names, and what the organisation and the deployment are
/// called.
pub fn context(email: &str, profile: &Profile, organisation: &[&str]) -> Vec<String> {
    let names = [
        &profile.name,
        &profile.given_name,
        &profile.middle_name,
        &profile.family_name,
        &profile.nickname,
        &profile.preferred_username,
    ];
    let names = names.into_iter().filter_map(|name| name.as_deref());
    names.chain([email]).chain(organisation.iter().copied()).map(str::to_owned).collect()
}

/// What the tenant of this transaction asks of a new password now.
///
/// # Errors
/// The database fails.
pub fn rules(tx: &mut TenantTx<'_>) -> Result<PasswordRules, Failure> {
    policies::find(tx).map(|policy| rules_of(&policy))
}

/// The same under a policy at hand.
pub fn rules_of(policy: &Policy) -> PasswordRules {
    PasswordRules::of_length(usize::try_from(policy.password.min_length).unwrap_or(usize::MAX))
}

/// Judges what somebody chose. Takes milliseconds: where others wait, it is [`choose`] that does so.
///
/// # Errors
/// The first rule that does not hold.
pub fn judge(typed: &Secret<String>, rules: PasswordRules, context: &[String]) -> Result<Password, Weakness> {
    let password = Password::new(typed)?;
    let context: Vec<&str> = context.iter().map(String::as_str).collect();
    check(&password, rules, &context)?;
    Ok(password)
}

/// Judges what somebody chose, and hashes it: on the pool, outside of any transaction.
///
/// # Errors
/// The pool is busy, or fails.
pub async fn choose(
    pool: &PasswordPool,
    typed: &Secret<String>,
    rules: PasswordRules,
    context: Vec<String>,
) -> Result<Result<PasswordHash, Weakness>, HashError> {
    match Password::new(typed) {
        Ok(password) => pool.accept(password, (rules, context)).await,
        Err(weakness) => Ok(Err(weakness)),
    }
}

/// Sets the password, and ends what was opened with the old one: every other session, every refresh token with them, and
/// the access tokens that are out. Tells the person where they have a mailbox to be told at, and says how many sessions ended.
///
/// # Errors
/// The database fails.
pub fn set(
    tx: &mut TenantTx<'_>,
    call: &Call,
    mails: Option<&MailTerms>,
    new: NewPassword<'_>,
) -> Result<usize, Failure> {
    // Whoever is about to give the account something holds it too: what they give is found below.
    users::hold_active(tx, new.user.id)?;
    // A sign-in that waits for its second factor stands on the old password.
    users::forget_proofs(tx, new.user.id, call.now)?;
    // So does a link that was mailed before (P058).
    links::remove_of_user(tx, new.user.id)?;
    let ended = session::end_others_of_user(tx, call, new.user.id, new.keep, new.actor)?;
    store(tx, call, new, ended)?;
    if let Some(terms) = mails {
        let notice = Mail { to: Recipient::user(new.user), language: None, kind: MailKind::PasswordChanged };
        mail::queue(tx, call, terms, notice)?;
    }
    let subject = new.user.id.to_string();
    let within = Within::person(tx.scope().id(), new.user.id);
    revocation::revoke(tx, &within, [(RevokedKind::Subject, subject.as_str())], call.now)?;
    Ok(ended)
}

/// Stores the password and records that: where nothing follows from it, since the account is new or had none.
pub(super) fn store(
    tx: &mut TenantTx<'_>,
    call: &Call,
    new: NewPassword<'_>,
    sessions: usize,
) -> Result<(), Failure> {
    let stored = Secret::new(new.hash.as_str().to_owned());
    passwords::put(tx, new.user.id, &stored, call.now)?;
    let event = call
        .event(EventKind::PasswordChanged, EventResult::Success, new.actor.clone())
        .on("user", new.user.id)
        .with("reason", new.reason.as_str())
        .with("sessions", sessions);
    tx.record(event);
    Ok(())
}
