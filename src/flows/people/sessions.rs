//! Where people are signed in: seen and ended by those who administer them, and by themselves (P074, P075, R15).

use std::sync::Arc;

use super::change::target;
use super::person::Person;
use crate::effects::Clock;
use crate::flows::access::{
    Authorized, EndSessions, Kind, ManageOwnAccount, ReadOwnAccount, Refused, SeeSessions,
};
use crate::flows::call::Call;
use crate::flows::factors::devices;
use crate::flows::provision;
use crate::flows::session::{self, EndReason, NotLive, Seen};
use crate::model::failure::Failure;
use crate::model::ids::{SessionId, UserId};
use crate::model::session::Session;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::sessions::{self, Whereabouts};
use crate::storage::records::{remembered_devices, users};

/// What a change of sessions comes to.
type Done<T> = Result<Result<T, Refused>, Failure>;

/// A session that is not over, and where it was used last.
#[derive(Debug)]
pub struct OpenSession {
    /// The session.
    pub session: Session,
    /// Where.
    pub whereabouts: Whereabouts,
}

/// Where somebody is signed in.
///
/// # Errors
/// The database fails.
pub fn of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<SeeSessions>,
    id: Option<UserId>,
) -> Done<Vec<OpenSession>> {
    right.check(tx)?;
    match Person::find(tx, id)? {
        Ok(person) => Ok(Ok(open_of(tx, call, &person.user)?)),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Ends one session of somebody.
///
/// # Errors
/// The database fails.
pub fn end_of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<EndSessions>,
    (id, sid): (Option<UserId>, Option<SessionId>),
) -> Done<()> {
    match target(tx, right, id, false)? {
        Ok(person) => end(tx, call, (&person.user, sid), right.user().id),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Ends every session of somebody, and every token; says how many sessions there were.
///
/// # Errors
/// The database fails.
pub fn end_all_of_person(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<EndSessions>,
    id: Option<UserId>,
) -> Done<usize> {
    match target(tx, right, id, false)? {
        Ok(person) => provision::revoke_sessions(tx, (call, clock), &right.actor(), &person.user).map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Where the caller is signed in.
///
/// # Errors
/// The database fails.
pub fn own(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<ReadOwnAccount>,
) -> Done<(Vec<OpenSession>, Option<SessionId>)> {
    right.check(tx)?;
    Ok(Ok((open_of(tx, call, right.user())?, right.sid())))
}

/// Ends one of the caller's sessions; that of somebody else is none (P075).
///
/// # Errors
/// The database fails.
pub fn end_own(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<ManageOwnAccount>,
    sid: Option<SessionId>,
) -> Done<()> {
    right.check(tx)?;
    end(tx, call, (right.user(), sid), right.user().id)
}

/// Ends every session of the caller but that of the token; says how many.
///
/// # Errors
/// The database fails.
pub fn end_others(tx: &mut TenantTx<'_>, call: &Call, right: &Authorized<ManageOwnAccount>) -> Done<usize> {
    right.check(tx)?;
    end_but(tx, call, right.user().id, right.sid()).map(Ok)
}

/// Ends every session of a person by themselves, but the one that is kept, and forgets every device: whoever ends them all wants
/// nobody to come back by the password alone. Says how many sessions there were.
///
/// # Errors
/// The database fails.
pub fn end_but(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<usize, Failure> {
    devices::forget(tx, call, user)?;
    let scope = tx.scope().clone();
    let open = sessions::open_of_user(tx, user)?;
    let here = open.iter().find(|(session, _)| Some(session.id) == keep);
    let here = here.map(|(session, _)| session.browser_session_id);
    let mut others = session::at_hosts(tx, user, |browser| Some(browser) != here)?;
    let ours = open.iter().filter(|(session, _)| Some(session.id) != keep);
    others.extend(ours.map(|(session, _)| (scope.clone(), session.id)));
    tx.across(|directory| session::end(directory, call, others, EndReason::By(user)))
}

/// Ends a session of this person, and forgets the device that its browser is remembered by; one of anybody else is none.
///
/// # Errors
/// The database fails.
pub fn end(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (user, sid): (&User, Option<SessionId>),
    by: UserId,
) -> Done<()> {
    // Whoever goes on from it as a guest meanwhile waits, or is found (D4).
    users::hold_active(tx, user.id)?;
    let found = match sid {
        Some(sid) => sessions::find(tx, sid)?,
        None => None,
    };
    let Some(session) = found.filter(|found| found.user_id == user.id && found.ended_at.is_none()) else {
        return Ok(Err(Refused::NotFound(Kind::Session)));
    };
    let mut ending = session::at_hosts(tx, user.id, |browser| browser == session.browser_session_id)?;
    ending.push((tx.scope().clone(), session.id));
    tx.across(|directory| {
        for (scope, sid) in &ending {
            let mut there = directory.enter(scope)?;
            let device = sessions::find(&mut there, *sid)?.and_then(|session| session.device);
            if let Some(device) = device {
                remembered_devices::remove(&mut there, &device)?;
            }
        }
        session::end(directory, call, ending, EndReason::By(by))
    })?;
    Ok(Ok(()))
}

/// Sessions that are not over, the newest first; one that the policy does not admit where its browser is may be admitted
/// elsewhere.
///
/// # Errors
/// The database fails.
pub fn open_of(tx: &mut TenantTx<'_>, call: &Call, user: &User) -> Result<Vec<OpenSession>, Failure> {
    let mut open = Vec::new();
    for (session, whereabouts) in sessions::open_of_user(tx, user.id)? {
        let live = session::live_of(tx, call, session.id, (user, Seen::InTheBrowser))?;
        if !matches!(live, Err(NotLive::Over)) {
            open.push(OpenSession { session, whereabouts });
        }
    }
    Ok(open)
}
