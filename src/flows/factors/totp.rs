//! The authenticator of a person: its secret is made and shown once, counts from its first code on, and is never shown
//! again (P048). Each step is used once, the one that confirms it included (RFC 6238 §5.2, P046).

use std::time::Duration;

use super::recovery_codes::{self, Sheet};
use super::{FactorRules, Stays, devices, tell};
use crate::crypto::seal::{Place, Sealer};
use crate::crypto::totp::{TotpCode, TotpSecret};
use crate::flows::account::Fresh;
use crate::flows::call::Call;
use crate::model::audit::EventKind;
use crate::model::failure::Failure;
use crate::model::ids::{TenantId, UserId};
use crate::model::mail::MailKind;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::records::totp_factors::{self, SEALED_COLUMN, TotpFactor};
use crate::storage::records::users;
use crate::storage::{Directory, TenantTx};

/// How long a secret waits for its first code.
pub const UNCONFIRMED_LIFE: Duration = Duration::from_hours(1);

/// The word in events.
const FACTOR: &str = "totp";

/// What an authenticator needs to be told, shown this once.
#[derive(Debug)]
pub struct Enrolment {
    /// For its camera: what the QR code says.
    pub uri: Secret<String>,
    /// For typing: base32 in groups of four.
    pub typed: Secret<String>,
}

/// Why no secret was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeginRefusal {
    /// The account may not be used, or no longer.
    Gone,
    /// There is a confirmed one, which stays until it is removed.
    SetUp,
}

/// Why the secret does not count yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmRefusal {
    /// The account may not be used, or no longer.
    Gone,
    /// There is none that waits: never made, confirmed already, or made too long ago.
    NotBegun,
    /// It is not a code of this secret and this moment.
    WrongCode,
}

/// Why the secret stays, or there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveRefusal {
    /// There is no confirmed one.
    NotThere,
    /// The tenant asks for a second factor, and there is no other.
    Needed,
}

/// Makes a secret, in place of one that was never confirmed. `issuer` is what the authenticator will call us.
///
/// # Errors
/// The database fails.
pub fn begin(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &FactorRules,
    fresh: &Fresh,
    issuer: &str,
) -> Result<Result<Enrolment, BeginRefusal>, Failure> {
    begin_for(&mut directory.enter(fresh.scope())?, call, rules, fresh.user(), issuer)
}

/// The same for somebody who has no session yet; the caller knows that they may.
pub(in crate::flows) fn begin_for(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &FactorRules,
    user: &User,
    issuer: &str,
) -> Result<Result<Enrolment, BeginRefusal>, Failure> {
    if !users::hold_active(tx, user.id)? {
        return Ok(Err(BeginRefusal::Gone));
    }
    let secret = TotpSecret::generate(call.random.as_ref());
    let row = user.id.to_string();
    let envelope = rules
        .sealer
        .seal(place(tx.scope().id(), &row), secret.as_bytes(), call.random.as_ref())
        .map_err(|error| Failure::internal("sealing a TOTP secret").because(error))?;
    if !totp_factors::begin(tx, user.id, &envelope, call.now)? {
        return Ok(Err(BeginRefusal::SetUp));
    }
    let uri = secret.uri(issuer, &user.email).ok_or_else(|| Failure::internal("writing a key URI"))?;
    Ok(Ok(Enrolment { uri, typed: secret.to_typed() }))
}

/// Lets the secret count, once its authenticator has shown that it has it. Whoever has no recovery codes gets a sheet of
/// them now.
///
/// # Errors
/// The database fails, or the sealed secret does not open.
pub fn confirm(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &FactorRules,
    fresh: &Fresh,
    typed: &Secret<String>,
) -> Result<Result<Option<Sheet>, ConfirmRefusal>, Failure> {
    confirm_for(&mut directory.enter(fresh.scope())?, call, rules, fresh.user(), typed)
}

/// The same for somebody who has no session yet; the caller knows that they may.
pub(in crate::flows) fn confirm_for(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &FactorRules,
    user: &User,
    typed: &Secret<String>,
) -> Result<Result<Option<Sheet>, ConfirmRefusal>, Failure> {
    if !users::hold_active(tx, user.id)? {
        return Ok(Err(ConfirmRefusal::Gone));
    }
    let waiting = totp_factors::find(tx, user.id)?.filter(|factor| waits(factor, call));
    let Some(factor) = waiting else { return Ok(Err(ConfirmRefusal::NotBegun)) };
    let Some(step) = step_of(tx, call, &rules.sealer, (user.id, &factor), typed)? else {
        return Ok(Err(ConfirmRefusal::WrongCode));
    };
    if !totp_factors::confirm(tx, user.id, &factor.sealed_secret, step, call.now)? {
        return Ok(Err(ConfirmRefusal::NotBegun));
    }
    devices::outdated(tx, user.id)?;
    tx.record(super::event(call, EventKind::FactorAdded, user.id, FACTOR));
    tell(tx, call, &rules.mail, user, MailKind::FactorAdded { factor: Factor::Totp, name: None })?;
    recovery_codes::make_if_none(tx, call, user.id).map(Ok)
}

/// Whether a secret waits for its first code.
pub fn is_waiting(tx: &mut TenantTx<'_>, call: &Call, user: UserId) -> Result<bool, Failure> {
    Ok(totp_factors::find(tx, user)?.is_some_and(|factor| waits(&factor, call)))
}

/// The person's authenticator, where one is confirmed.
pub fn confirmed(tx: &mut TenantTx<'_>, user: UserId) -> Result<Option<TotpFactor>, Failure> {
    Ok(totp_factors::find(tx, user)?.filter(|factor| factor.confirmed_at.is_some()))
}

/// Whether this is a code of the person's authenticator of now, which nobody used before; it is used with that. A code of an
/// older step than the last is refused like any wrong one (P046). The caller has found a person who may be used.
///
/// # Errors
/// The database fails, or the sealed secret does not open.
pub fn is_proved(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sealer: &Sealer,
    user: UserId,
    typed: &Secret<String>,
) -> Result<bool, Failure> {
    if !users::hold_active(tx, user)? {
        return Ok(false);
    }
    let Some(factor) = confirmed(tx, user)? else { return Ok(false) };
    match step_of(tx, call, sealer, (user, &factor), typed)? {
        Some(step) => totp_factors::use_step(tx, user, &factor.sealed_secret, step, call.now),
        None => Ok(false),
    }
}

/// Whether this is the code that was used last, a moment ago.
///
/// # Errors
/// The database fails, or the sealed secret does not open.
pub fn was_proved(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sealer: &Sealer,
    user: UserId,
    typed: &Secret<String>,
) -> Result<bool, Failure> {
    let Some(factor) = confirmed(tx, user)? else { return Ok(false) };
    let step = step_of(tx, call, sealer, (user, &factor), typed)?;
    Ok(step.is_some() && step == factor.last_step)
}

/// Whether the authenticator has to stay: the tenant may ask this person for a second factor, and they have no other.
///
/// # Errors
/// The database fails.
pub fn is_needed(tx: &mut TenantTx<'_>, user: &User) -> Result<bool, Failure> {
    let others = super::enrolled(tx, user)?.without(Factor::Totp);
    Ok(match super::stays(tx, user, others)? {
        Some(Stays::SecondNeeded) => true,
        // No sign-in begins with its codes: it is no way in, and to keep it would open none.
        Some(Stays::OnlyWayIn) | None => false,
    })
}

/// Takes the person's authenticator away, and with the last factor that could be lost the sheet of recovery codes too: they
/// are for the day on which it is, and prove nothing beside it (D33).
///
/// # Errors
/// The database fails.
pub fn remove(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &FactorRules,
    fresh: &Fresh,
) -> Result<Result<(), RemoveRefusal>, Failure> {
    let (tx, user) = (&mut directory.enter(fresh.scope())?, fresh.user());
    if !users::hold_active(tx, user.id)? || confirmed(tx, user.id)?.is_none() {
        return Ok(Err(RemoveRefusal::NotThere));
    }
    if is_needed(tx, user)? {
        return Ok(Err(RemoveRefusal::Needed));
    }
    totp_factors::remove(tx, user.id)?;
    devices::outdated(tx, user.id)?;
    let mut event = super::event(call, EventKind::FactorRemoved, user.id, FACTOR);
    if !super::enrolled(tx, user)?.has(Factor::Passkey) {
        event = event.with("recovery_codes", recovery_codes::remove(tx, user.id)?);
    }
    tx.record(event);
    tell(tx, call, &rules.mail, user, MailKind::FactorRemoved { factor: Factor::Totp, name: None })?;
    Ok(Ok(()))
}

/// Whether the secret was made within the hour and is not confirmed.
fn waits(factor: &TotpFactor, call: &Call) -> bool {
    factor.confirmed_at.is_none() && factor.created_at.is_younger_across_nodes(UNCONFIRMED_LIFE, call.now)
}

/// The step whose code was typed, if it is one of this secret and this moment.
fn step_of(
    tx: &TenantTx<'_>,
    call: &Call,
    sealer: &Sealer,
    (user, factor): (UserId, &TotpFactor),
    typed: &Secret<String>,
) -> Result<Option<i64>, Failure> {
    let row = user.to_string();
    let opened = sealer
        .open(place(tx.scope().id(), &row), &factor.sealed_secret)
        .map_err(|error| Failure::internal("opening a TOTP secret").because(error))?;
    let secret = TotpSecret::from_bytes(opened.expose())
        .ok_or_else(|| Failure::internal("a TOTP secret has another length"))?;
    Ok(TotpCode::parse(typed.expose()).and_then(|code| secret.matching_step(&code, call.now)))
}

/// Where a person's secret is sealed (D26).
const fn place(tenant: TenantId, user: &str) -> Place<'_> {
    let (table, column) = SEALED_COLUMN;
    Place { tenant: Some(tenant), table, row: user, column }
}
