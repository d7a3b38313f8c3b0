//! The authenticator of a person: its secret is made and shown once, counts from its first code on, and is never shown
//! again (P048). Each step is used once, the one that confirms it included (RFC 6238 §5.2, P046).

use std::time::Duration;

use super::recovery_codes::{self, Sheet};
use crate::crypto::seal::{Place, Sealer};
use crate::crypto::totp::{TotpCode, TotpSecret};
use crate::flows::call::Call;
use crate::model::audit::EventKind;
use crate::model::failure::Failure;
use crate::model::ids::{TenantId, UserId};
use crate::model::secret::Secret;
use crate::storage::TenantTx;
use crate::storage::records::totp_factors::{self, SEALED_COLUMN, TotpFactor};
use crate::storage::records::users;

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
}

/// Makes a secret, in place of one that was never confirmed. `issuer` is what the authenticator will call us.
pub fn begin(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sealer: &Sealer,
    user: UserId,
    issuer: &str,
) -> Result<Result<Enrolment, BeginRefusal>, Failure> {
    let Some(account) = held(tx, user)? else { return Ok(Err(BeginRefusal::Gone)) };
    let secret = TotpSecret::generate(call.random.as_ref());
    let row = user.to_string();
    let envelope = sealer
        .seal(place(tx.scope().id(), &row), secret.as_bytes(), call.random.as_ref())
        .map_err(|error| Failure::internal("sealing a TOTP secret").because(error))?;
    if !totp_factors::begin(tx, user, &envelope, call.now)? {
        return Ok(Err(BeginRefusal::SetUp));
    }
    let uri = secret.uri(issuer, &account).ok_or_else(|| Failure::internal("writing a key URI"))?;
    Ok(Ok(Enrolment { uri, typed: secret.to_typed() }))
}

/// Lets the secret count, once its authenticator has shown that it has it. Whoever has no recovery codes gets a sheet of
/// them now.
pub fn confirm(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sealer: &Sealer,
    user: UserId,
    typed: &Secret<String>,
) -> Result<Result<Option<Sheet>, ConfirmRefusal>, Failure> {
    if held(tx, user)?.is_none() {
        return Ok(Err(ConfirmRefusal::Gone));
    }
    let waiting = totp_factors::find(tx, user)?.filter(|factor| waits(factor, call));
    let Some(factor) = waiting else { return Ok(Err(ConfirmRefusal::NotBegun)) };
    let secret = open(tx, sealer, user, &factor)?;
    let step = TotpCode::parse(typed.expose()).and_then(|code| secret.matching_step(&code, call.now));
    let Some(step) = step else { return Ok(Err(ConfirmRefusal::WrongCode)) };
    if !totp_factors::confirm(tx, user, &factor.sealed_secret, step, call.now)? {
        return Ok(Err(ConfirmRefusal::NotBegun));
    }
    tx.record(super::event(call, EventKind::FactorAdded, user, FACTOR));
    recovery_codes::make_if_none(tx, call, user).map(Ok)
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
/// older step than the last is refused like any wrong one (P046).
pub fn is_proved(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sealer: &Sealer,
    user: UserId,
    typed: &Secret<String>,
) -> Result<bool, Failure> {
    if held(tx, user)?.is_none() {
        return Ok(false);
    }
    let Some(factor) = confirmed(tx, user)? else { return Ok(false) };
    let secret = open(tx, sealer, user, &factor)?;
    let step = TotpCode::parse(typed.expose()).and_then(|code| secret.matching_step(&code, call.now));
    match step {
        Some(step) => totp_factors::use_step(tx, user, &factor.sealed_secret, step, call.now),
        None => Ok(false),
    }
}

/// Takes the person's authenticator away.
pub fn remove(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: UserId,
) -> Result<Result<(), RemoveRefusal>, Failure> {
    if held(tx, user)?.is_none() || !totp_factors::remove(tx, user)? {
        return Ok(Err(RemoveRefusal::NotThere));
    }
    tx.record(super::event(call, EventKind::FactorRemoved, user, FACTOR));
    Ok(Ok(()))
}

/// Holds the person, so that what is judged of their factors is so until the end; gives the address of one who may be
/// used.
fn held(tx: &mut TenantTx<'_>, user: UserId) -> Result<Option<String>, Failure> {
    if !users::hold_active(tx, user)? {
        return Ok(None);
    }
    Ok(users::find(tx, user)?.map(|user| user.email))
}

/// Whether the secret was made within the hour and is not confirmed.
fn waits(factor: &TotpFactor, call: &Call) -> bool {
    factor.confirmed_at.is_none() && factor.created_at.is_younger_across_nodes(UNCONFIRMED_LIFE, call.now)
}

fn open(
    tx: &TenantTx<'_>,
    sealer: &Sealer,
    user: UserId,
    factor: &TotpFactor,
) -> Result<TotpSecret, Failure> {
    let row = user.to_string();
    let opened = sealer
        .open(place(tx.scope().id(), &row), &factor.sealed_secret)
        .map_err(|error| Failure::internal("opening a TOTP secret").because(error))?;
    TotpSecret::from_bytes(opened.expose())
        .ok_or_else(|| Failure::internal("a TOTP secret has another length"))
}

/// Where a person's secret is sealed (D26).
const fn place(tenant: TenantId, user: &str) -> Place<'_> {
    let (table, column) = SEALED_COLUMN;
    Place { tenant: Some(tenant), table, row: user, column }
}
