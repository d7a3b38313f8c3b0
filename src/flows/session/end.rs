//! Ends sessions, with everything that lives by them: refresh families without `offline_access`, access tokens (D12, D14).

use crate::flows::call::Call;
use crate::flows::revocation::{self, Within};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{SessionId, UserId};
use crate::protocol::revocation_feed::RevokedKind;
use crate::storage::TenantTx;
use crate::storage::records::{browser_sessions, refresh_families, sessions};

/// Why a session ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndReason {
    /// The person signed out.
    SignedOut,
    /// Too many accounts in one browser, or sessions of one person.
    Replaced,
    /// Somebody else ended it.
    Revoked(Actor),
}

/// Ends a session; false when it had ended before, or there is none.
pub fn end(tx: &mut TenantTx<'_>, call: &Call, sid: SessionId, reason: EndReason) -> Result<bool, Failure> {
    let Some(session) = sessions::find(tx, sid)? else { return Ok(false) };
    if !sessions::end(tx, sid, call.now)? {
        return Ok(false);
    }
    browser_sessions::remove_account(tx, session.browser_session_id, sid)?;
    refresh_families::end_of_session(tx, sid, call.now)?;
    let word = sid.to_string();
    let within = Within::person(tx.scope().id(), session.user_id);
    revocation::revoke(tx, &within, [(RevokedKind::Session, word.as_str())], call.now)?;
    let (kind, actor) = match reason {
        EndReason::SignedOut => (EventKind::SignOut, Actor::User(session.user_id)),
        EndReason::Replaced => (EventKind::SessionRevoked, Actor::System),
        EndReason::Revoked(actor) => (EventKind::SessionRevoked, actor),
    };
    let event = call
        .event(kind, EventResult::Success, actor)
        .on("session", sid)
        .with("user", session.user_id.to_string());
    tx.record(event);
    Ok(true)
}

/// Ends every session of a person, and every refresh family; says how many sessions there were. The caller revokes the
/// access tokens of the person.
pub fn end_all_of_user(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    actor: &Actor,
) -> Result<usize, Failure> {
    let ended = sessions::end_of_user(tx, user, call.now)?;
    browser_sessions::remove_accounts(tx, &ended)?;
    refresh_families::end_of_user(tx, user, call.now)?;
    if !ended.is_empty() {
        let event = call
            .event(EventKind::SessionRevoked, EventResult::Success, actor.clone())
            .on("user", user)
            .with("sessions", ended.len());
        tx.record(event);
    }
    Ok(ended.len())
}
