//! Where a person is signed in. To end a session protects them: being signed in is enough for it (P074, P075).

use super::SignedIn;
use crate::flows::call::Call;
use crate::flows::factors::devices;
use crate::flows::people::{self, OpenSession};
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::storage::records::sessions;
use crate::storage::{Directory, TenantTx};

/// What came of ending one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is over: since now, or since before.
    Over,
    /// The person has none with this id.
    NotTheirs,
}

/// Their sessions, the newest first.
///
/// # Errors
/// The database fails.
pub fn of(tx: &mut TenantTx<'_>, call: &Call, who: &SignedIn) -> Result<Vec<OpenSession>, Failure> {
    people::open_sessions_of(tx, call, who.user())
}

/// Ends one. A form that is sent again finds it ended, and is answered alike.
///
/// # Errors
/// The database fails.
pub fn end(
    directory: &mut Directory<'_>,
    call: &Call,
    who: &SignedIn,
    sid: SessionId,
) -> Result<Ended, Failure> {
    let tx = &mut directory.enter(who.scope())?;
    let user = who.user();
    if people::end_session(tx, call, (user, Some(sid)), user.id)?.is_ok() {
        return Ok(Ended::Over);
    }
    let theirs = sessions::find(tx, sid)?.is_some_and(|session| session.user_id == user.id);
    Ok(if theirs { Ended::Over } else { Ended::NotTheirs })
}

/// How many devices stand in for the person's second factor.
///
/// # Errors
/// The database fails.
pub fn remembered(tx: &mut TenantTx<'_>, call: &Call, who: &SignedIn) -> Result<usize, Failure> {
    devices::count(tx, call, (who.policy(), who.user()))
}

/// Lets none of them do so any more.
///
/// # Errors
/// The database fails.
pub fn forget_devices(directory: &mut Directory<'_>, call: &Call, who: &SignedIn) -> Result<(), Failure> {
    devices::forget(&mut directory.enter(who.scope())?, call, who.user().id)
}

/// Ends every session but the one of this browser; says how many there were.
///
/// # Errors
/// The database fails.
pub fn end_others(directory: &mut Directory<'_>, call: &Call, who: &SignedIn) -> Result<usize, Failure> {
    let tx = &mut directory.enter(who.scope())?;
    people::end_sessions_but(tx, call, who.user().id, Some(who.session().id))
}
