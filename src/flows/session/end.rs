//! Ends sessions, with everything that lives by them: refresh families without `offline_access`, access tokens (D12, D14).

use crate::flows::call::Call;
use crate::flows::revocation::{self, Within};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{BrowserSessionId, SessionId, UserId};
use crate::protocol::revocation_feed::RevokedKind;
use crate::storage::records::{browser_sessions, memberships, refresh_families, sessions, users};
use crate::storage::{Directory, TenantScope, TenantTx};

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// The person signed out.
    SignedOut,
    /// Too many accounts in one browser, or sessions of one person.
    Replaced,
    /// Somebody ended it from elsewhere: the person, or one who administers them.
    By(UserId),
}

/// Ends these sessions, as far as they have not ended, everywhere in the order of their ids. What they gave is revoked behind
/// the last of them, since whoever has the change number waits for nobody's session. Where they are of several persons, the
/// caller holds those ([`hold_people`]). Says how many ended.
pub fn end(
    directory: &mut Directory<'_>,
    call: &Call,
    mut sessions: Vec<(TenantScope, SessionId)>,
    reason: EndReason,
) -> Result<usize, Failure> {
    sessions.sort_by_key(|(scope, sid)| (scope.id(), *sid));
    let mut ended = Vec::with_capacity(sessions.len());
    for (scope, sid) in sessions {
        let user = close(&mut directory.enter(&scope)?, call, sid, reason)?;
        ended.extend(user.map(|user| (scope, sid, user)));
    }
    for (scope, sid, user) in &ended {
        let mut tx = directory.enter(scope)?;
        let word = sid.to_string();
        let within = Within::person(scope.id(), *user);
        revocation::revoke(&mut tx, &within, [(RevokedKind::Session, word.as_str())], call.now)?;
        let (kind, actor) = match reason {
            EndReason::SignedOut => (EventKind::SignOut, Actor::User(*user)),
            EndReason::Replaced => (EventKind::SessionRevoked, Actor::System),
            EndReason::By(by) => (EventKind::SessionRevoked, Actor::User(by)),
        };
        let event = call.event(kind, EventResult::Success, actor).on("session", *sid);
        tx.record(event.with("user", user.to_string()));
    }
    Ok(ended.len())
}

/// Ends one session and what lives by it; says whose it was, unless it had ended before. What was given there to last beyond it
/// (`offline_access`) survives a sign-out, and not that somebody ends it from elsewhere: the device may be lost (D12).
fn close(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sid: SessionId,
    reason: EndReason,
) -> Result<Option<UserId>, Failure> {
    let Some(session) = sessions::find(tx, sid)? else { return Ok(None) };
    if !sessions::end(tx, sid, call.now)? {
        return Ok(None);
    }
    browser_sessions::remove_account(tx, session.browser_session_id, sid)?;
    match reason {
        EndReason::SignedOut | EndReason::Replaced => {
            refresh_families::end_of_session(tx, sid, call.now)?;
        }
        EndReason::By(_) => {
            refresh_families::end_all_of_session(tx, sid, call.now)?;
        }
    }
    Ok(Some(session.user_id))
}

/// Holds these persons in the one order in which everybody holds several: whoever changes them, or ends what they have, does
/// so before anything else of it.
pub fn hold_people(
    directory: &mut Directory<'_>,
    mut people: Vec<(TenantScope, UserId)>,
) -> Result<(), Failure> {
    people.sort_by_key(|(scope, user)| (scope.id(), *user));
    for (scope, user) in people {
        users::hold_active(&mut directory.enter(&scope)?, user)?;
    }
    Ok(())
}

/// Ends every session of a person, and every refresh family; says how many sessions there were. The caller revokes the
/// access tokens of the person.
pub fn end_all_of_user(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    actor: &Actor,
) -> Result<usize, Failure> {
    end_others_of_user(tx, call, user, None, actor)
}

/// The same for every session but the one that is kept, where one is, with what was issued in it. What a home takes back is taken
/// back where the account is a guest too (D4), whatever the clocks of the nodes say of what began when.
pub fn end_others_of_user(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    keep: Option<SessionId>,
    actor: &Actor,
) -> Result<usize, Failure> {
    // Whoever goes on as a guest meanwhile waits, or is found (D4).
    users::hold_active(tx, user)?;
    memberships::in_hosts(tx, user, |host| {
        end_others_here(host, call, user, None, &Actor::User(user)).map(drop)
    })?;
    end_others_here(tx, call, user, keep, actor)
}

fn end_others_here(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    keep: Option<SessionId>,
    actor: &Actor,
) -> Result<usize, Failure> {
    let ended = sessions::end_of_user(tx, user, keep, call.now)?;
    browser_sessions::remove_accounts(tx, &ended)?;
    refresh_families::end_of_user(tx, user, keep, call.now)?;
    if !ended.is_empty() {
        let event = call
            .event(EventKind::SessionRevoked, EventResult::Success, actor.clone())
            .on("user", user)
            .with("sessions", ended.len());
        tx.record(event);
    }
    Ok(ended.len())
}

/// The sessions that an account of the transaction's tenant has where it is a guest (D4), in one of these browsers: they stand on the
/// word of a session here, and end with it where somebody ends that from elsewhere.
pub fn at_hosts(
    tx: &mut TenantTx<'_>,
    user: UserId,
    is_in: impl Fn(BrowserSessionId) -> bool,
) -> Result<Vec<(TenantScope, SessionId)>, Failure> {
    let mut all = Vec::new();
    memberships::in_hosts(tx, user, |host| {
        let scope = host.scope().clone();
        let open = sessions::open_of_user(host, user)?;
        let there = open.into_iter().filter(|(session, _)| is_in(session.browser_session_id));
        all.extend(there.map(|(session, _)| (scope.clone(), session.id)));
        Ok(())
    })?;
    Ok(all)
}
