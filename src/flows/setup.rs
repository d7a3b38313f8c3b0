//! The first owner of the deployment: made once, through a link that `init` prints, which lives an hour and is dead as
//! soon as an owner exists (docs/pages.md).

use std::collections::BTreeSet;
use std::time::Duration;

use super::call::Call;
use super::failures::{self, RecordRules, Source};
use super::owners;
use super::passwords::{self, NewPassword, PasswordReason};
use crate::crypto::password::{PasswordHash, PasswordRules};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{TenantId, UserId};
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::secret::Secret;
use crate::model::status::Status;
use crate::model::user::User;
use crate::protocol::opaque::{self, TenantKind};
use crate::storage::records::{setup_links, tenants, users};
use crate::storage::tx::Transaction;
use crate::storage::{Directory, TenantTx};

/// How long a link lives.
pub const LINK_LIFE: Duration = Duration::from_hours(1);

/// A set-up link was presented that cannot be used: unknown, used, too old, or an owner exists. Nobody learns which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the set-up link cannot be used")]
pub struct DeadLink;

/// An owner exists already: there is nothing to set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deployment has an owner already")]
pub struct OwnerExists;

/// Makes the token of a new link, shown once. Links made before are dead then.
pub fn issue_link(
    directory: &mut Directory<'_>,
    call: &Call,
) -> Result<Result<Secret<String>, OwnerExists>, Failure> {
    let platform = directory.platform()?;
    if owners::exists(&mut directory.enter(&platform)?, None)? {
        return Ok(Err(OwnerExists));
    }
    setup_links::end_all(directory, call.now)?;
    let token = opaque::issue(TenantKind::SetupLink, platform.id(), call.secret_bytes().expose());
    let end = call.now + LINK_LIFE;
    setup_links::insert(directory, &opaque::hash(token.expose()), call.now, end)?;
    let event = call.event(EventKind::SetupLinkIssued, EventResult::Success, Actor::Operator);
    directory.enter(&platform)?.record(event.with("expires_at", end.to_string()));
    Ok(Ok(token))
}

/// Whether the link may be used now, and what a password must be there.
pub fn check_link(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
) -> Result<Result<PasswordRules, DeadLink>, Failure> {
    let platform = directory.platform()?;
    let Some(hash) = hash_of(token, &platform) else { return Ok(Err(DeadLink)) };
    let open = setup_links::is_open(directory, &hash, call.now)?;
    let mut tx = directory.enter(&platform)?;
    let alive = open && !owners::exists(&mut tx, None)?;
    Ok(if alive { Ok(passwords::rules(&mut tx)?) } else { Err(DeadLink) })
}

/// Uses the link: the account becomes the first owner. An account with this address that is there already gets the
/// password and the role.
pub fn complete(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    token: &Secret<String>,
    (email, password): (&Email, &PasswordHash),
) -> Result<Result<(TenantId, UserId), DeadLink>, Failure> {
    let platform = directory.platform()?;
    let Some(hash) = hash_of(token, &platform) else { return Ok(Err(DeadLink)) };
    // First the one update that two callers cannot both win, then the question whether it still matters.
    let alive = setup_links::consume(directory, &hash, call.now)?;
    if alive {
        // A declaration may be naming an owner, or deleting the account.
        tenants::hold(directory)?;
    }
    let mut tx = directory.enter(&platform)?;
    if !alive || owners::exists(&mut tx, None)? {
        refused(&mut tx, call, rules)?;
        return Ok(Err(DeadLink));
    }
    let owner = owner(&mut tx, call, email)?;
    let (user, actor) = (owner.id, Actor::User(owner.id));
    // Whoever had this account before has no more of it than of any other.
    let reason = PasswordReason::Setup;
    let new = NewPassword { user: &owner, hash: password, reason, actor: &actor, keep: None };
    passwords::set(&mut tx, call, None, new)?;
    let changed = call.event(EventKind::UserChanged, EventResult::Success, actor.clone()).on("user", user);
    tx.record(changed.with("action", "first_owner"));
    tx.record(call.event(EventKind::SetupCompleted, EventResult::Success, actor).on("user", user));
    setup_links::end_all(directory, call.now)?;
    Ok(Ok((platform.id(), user)))
}

/// Notes that somebody sent the form of a link that is dead. Only for what looks like one of our links: whoever makes
/// nonsense up writes no record.
pub fn note_refusal(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    token: &Secret<String>,
) -> Result<(), Failure> {
    let platform = directory.platform()?;
    if hash_of(token, &platform).is_some() { refused(directory, call, rules) } else { Ok(()) }
}

/// Anybody can write what looks like a link: a flood of them folds (D23).
fn refused(tx: &mut impl Transaction, call: &Call, rules: &RecordRules) -> Result<(), Failure> {
    let event = call.event(EventKind::SetupCompleted, EventResult::Denied, Actor::Anonymous);
    let source = Source { tenant: None, named: "" };
    failures::record(tx, call, rules, source, event.with("reason", "dead_link"))
}

/// Stores the account with the role.
fn owner(tx: &mut TenantTx<'_>, call: &Call, email: &Email) -> Result<User, Failure> {
    if let Some(mut user) = users::find_by_email(tx, email.canonical())? {
        user.roles.insert(Role::Owner);
        user.status = user.status.resumed(call.now);
        users::update(tx, &user)?;
        return Ok(user);
    }
    let user = User {
        tenant_id: tx.scope().id(),
        id: call.id(),
        email: email.spelling().to_owned(),
        email_canonical: email.canonical().to_owned(),
        email_verified: false,
        profile: Profile::default(),
        roles: BTreeSet::from([Role::Owner]),
        status: Status::Active,
        created_at: call.now,
        proofs_since: None,
        break_glass: false,
        home_tenant_id: None,
    };
    users::insert(tx, &user)?;
    Ok(user)
}

/// The stored form of a token of the platform.
fn hash_of(token: &Secret<String>, platform: &crate::storage::TenantScope) -> Option<String> {
    opaque::parse(TenantKind::SetupLink, token.expose())
        .filter(|presented| presented.tenant == platform.id())
        .map(|presented| presented.hash)
}
