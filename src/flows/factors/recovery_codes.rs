//! The sheet of recovery codes: shown once when it is made, and the one before it is dead from then on (P049).

use std::collections::BTreeSet;
use std::time::Duration;

use crate::crypto::recovery_code::{ON_A_SHEET, RecoveryCode};
use crate::flows::account::Fresh;
use crate::flows::call::Call;
use crate::flows::mail::MailTerms;
use crate::model::audit::EventKind;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::mail::MailKind;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::storage::records::{recovery_codes, users};
use crate::storage::{Directory, TenantTx};

/// The word in events.
const FACTOR: &str = "recovery_code";

/// How long ago a moment may be.
const MOMENT: Duration = Duration::from_mins(1);

/// Fresh codes in the form in which they are written down, shown this once.
#[derive(Debug)]
pub struct Sheet {
    /// The codes.
    pub codes: Vec<Secret<String>>,
}

/// What a person has left of their sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Codes that were not used.
    pub count: usize,
    /// When the sheet was made.
    pub made_at: Timestamp,
}

/// Makes a sheet in place of the one before; `None` where the account may not be used, or no longer.
///
/// # Errors
/// The database fails.
pub fn renew(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &MailTerms,
    fresh: &Fresh,
) -> Result<Option<Sheet>, Failure> {
    let (tx, user) = (&mut directory.enter(fresh.scope())?, fresh.user());
    if !users::hold_active(tx, user.id)? {
        return Ok(None);
    }
    super::tell(tx, call, terms, user, MailKind::FactorAdded { factor: Factor::RecoveryCode, name: None })?;
    make(tx, call, user.id).map(Some)
}

/// Makes a sheet for whoever has no code left: with the first factor of theirs that can be lost. The caller holds the person.
pub(super) fn make_if_none(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
) -> Result<Option<Sheet>, Failure> {
    if left(tx, user)?.is_some() { Ok(None) } else { make(tx, call, user).map(Some) }
}

fn make(tx: &mut TenantTx<'_>, call: &Call, user: UserId) -> Result<Sheet, Failure> {
    let codes: Vec<RecoveryCode> =
        (0..ON_A_SHEET).map(|_| RecoveryCode::generate(call.random.as_ref())).collect();
    let hashes: Vec<String> = codes.iter().map(RecoveryCode::hash).collect();
    recovery_codes::replace(tx, user, &hashes, call.now)?;
    let event = super::event(call, EventKind::RecoveryCodesMade, user, FACTOR);
    tx.record(event.with("count", hashes.len()));
    Ok(Sheet { codes: codes.iter().map(RecoveryCode::to_typed).collect() })
}

/// Takes the sheet away; says how many codes there were.
pub(super) fn remove(tx: &mut TenantTx<'_>, user: UserId) -> Result<usize, Failure> {
    recovery_codes::remove(tx, user)
}

/// What is left of the person's sheet; `None` where nothing is.
pub fn left(tx: &mut TenantTx<'_>, user: UserId) -> Result<Option<Left>, Failure> {
    let unused = recovery_codes::unused(tx, user)?;
    Ok(unused.first().map(|(_, made_at)| Left { count: unused.len(), made_at: *made_at }))
}

/// The same sheet once more, for a file: only where these are codes of this person that nobody used, so that nothing else is
/// ever written into it.
pub fn again(tx: &mut TenantTx<'_>, user: UserId, typed: &Secret<String>) -> Result<Option<Sheet>, Failure> {
    let texts = typed.expose().split_whitespace().take(ON_A_SHEET + 1);
    let Some(codes) = texts.map(RecoveryCode::parse).collect::<Option<Vec<_>>>() else { return Ok(None) };
    let unused: BTreeSet<String> =
        recovery_codes::unused(tx, user)?.into_iter().map(|(hash, _)| hash).collect();
    let are_theirs =
        (1..=ON_A_SHEET).contains(&codes.len()) && codes.iter().all(|code| unused.contains(&code.hash()));
    Ok(are_theirs.then(|| Sheet { codes: codes.iter().map(RecoveryCode::to_typed).collect() }))
}

/// Whether this is a code of the person's sheet that nobody used before; it is used with that.
pub fn is_proved(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    typed: &Secret<String>,
) -> Result<bool, Failure> {
    if !users::hold_active(tx, user)? {
        return Ok(false);
    }
    match RecoveryCode::parse(typed.expose()) {
        Some(code) => recovery_codes::consume(tx, user, &code.hash(), call.now),
        None => Ok(false),
    }
}

/// Whether this code of the person's sheet was used a moment ago.
pub fn was_proved(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
    typed: &Secret<String>,
) -> Result<bool, Failure> {
    let Some(code) = RecoveryCode::parse(typed.expose()) else { return Ok(false) };
    let moment = recovery_codes::used_at(tx, user, &code.hash())?;
    Ok(moment.is_some_and(|at| at.is_younger_across_nodes(MOMENT, call.now)))
}
