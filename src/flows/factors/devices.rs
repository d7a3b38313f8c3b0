//! Remembered devices (D33): where a tenant allows it, whoever proved a second factor in a browser may ask not to be asked for it
//! there again. The browser then stands in for that factor at a sign-in of the same person to the same tenant, for the days of the
//! policy; never for administration or for a sensitive change, and never in `acr` or `amr`: nothing was proved.

use std::time::Duration;

use crate::flows::call::Call;
use crate::flows::policy::Device;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{SessionId, UserId};
use crate::model::policy::{Policy, RememberedDevices};
use crate::model::session::{Factor, Proof, Session};
use crate::model::user::User;
use crate::protocol::acr::{Acr, acr};
use crate::storage::TenantTx;
use crate::storage::records::{memberships, policies, remembered_devices, sessions, users};

/// The longest that a device is kept, whatever a policy says.
pub const LONGEST: Duration = Duration::from_hours(24 * RememberedDevices::MOST_DAYS as u64);

/// The device of this call's browser that counts for this person: the hash of its secret, and what was proved in it.
///
/// # Errors
/// The database fails.
pub fn of_browser(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (policy, user): (&Policy, &User),
) -> Result<Option<(String, Factor)>, Failure> {
    if call.devices.is_empty() || policy.remembered_devices.life().is_none() {
        return Ok(None);
    }
    let found = remembered_devices::latest(tx, user.id, &call.devices)?;
    let counted = found.filter(|(_, proof)| counts(tx, call, (policy, user), *proof));
    Ok(counted.map(|(hash, proof)| (hash, proof.factor)))
}

/// What a session has of the device in which it was opened.
///
/// # Errors
/// The database fails.
pub fn of_session(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (policy, user): (&Policy, &User),
    session: &Session,
) -> Result<Device, Failure> {
    let Some(hash) = &session.device else { return Ok(Device::Any) };
    let found = remembered_devices::latest(tx, user.id, std::slice::from_ref(hash))?;
    let counted = found.filter(|(_, proof)| counts(tx, call, (policy, user), *proof));
    Ok(counted.map_or(Device::Outdated, |(_, proof)| Device::Remembered(proof.factor)))
}

/// Whether neither time nor anything that took the person's proofs back has ended what was proved in a device (P065).
fn counts(tx: &TenantTx<'_>, call: &Call, (policy, user): (&Policy, &User), proof: Proof) -> bool {
    tx.scope().tenant().status.stood_at(proof.at)
        && policy.remembered_devices.counts(proof.at, user, call.now)
}

/// Whether a session stands on a device: what was proved in it reaches less than what it was opened with.
pub fn stands_in(session: &Session) -> bool {
    let reached = acr(session.proofs.iter().map(|proof| proof.factor));
    session.device.is_some() && !reached.is_some_and(|reached| reached.satisfies(Acr::Two))
}

/// Remembers the browser of this session, which gets the secret with this hash, where the policy allows it. The person has just
/// proved this second factor in it, and is held.
///
/// # Errors
/// The database fails.
pub fn remember(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (user, sid): (UserId, SessionId),
    (hash, factor): (&str, Factor),
) -> Result<(), Failure> {
    let Some(life) = policies::find(tx)?.remembered_devices.life() else { return Ok(()) };
    remembered_devices::insert(tx, user, hash, Proof { factor, at: call.now })?;
    sessions::set_device(tx, sid, hash)?;
    let event = call
        .event(EventKind::DeviceRemembered, EventResult::Success, Actor::User(user))
        .on("user", user)
        .with("factor", factor.as_str())
        .with("days", life.as_secs() / (24 * 60 * 60));
    tx.record(event);
    Ok(())
}

/// How many devices count for this person.
///
/// # Errors
/// The database fails.
pub fn count(tx: &mut TenantTx<'_>, call: &Call, (policy, user): (&Policy, &User)) -> Result<usize, Failure> {
    if policy.remembered_devices.life().is_none() {
        return Ok(0);
    }
    let all = remembered_devices::of_user(tx, user.id)?;
    let counted = |proof: &&Proof| policy.allows(proof.factor) && counts(tx, call, (policy, user), **proof);
    Ok(all.iter().filter(counted).count())
}

/// Forgets those that a policy which was just set has no days for any more: no later one brings them back.
///
/// # Errors
/// The database fails.
pub fn outgrown(tx: &mut TenantTx<'_>, call: &Call, policy: &Policy) -> Result<(), Failure> {
    let before = policy.remembered_devices.life().map_or(call.now + LONGEST, |life| call.now - life);
    remembered_devices::prune(tx, before, i64::MAX).map(drop)
}

/// Forgets them where a factor or an address comes or goes: they stood in for what was before. Whoever had a code by mail and sets
/// up an authenticator means to be asked for that.
///
/// # Errors
/// The database fails.
pub fn outdated(tx: &mut TenantTx<'_>, user: UserId) -> Result<(), Failure> {
    remove(tx, user).map(drop)
}

/// Removes those of the person, also where they are a guest (D4); says how many there were here.
fn remove(tx: &mut TenantTx<'_>, user: UserId) -> Result<usize, Failure> {
    memberships::in_hosts(tx, user, |host| remembered_devices::remove_of_user(host, user).map(drop))?;
    remembered_devices::remove_of_user(tx, user)
}

/// Forgets every device of the person. What stands on one stands no more.
///
/// # Errors
/// The database fails.
pub fn forget(tx: &mut TenantTx<'_>, call: &Call, user: UserId) -> Result<(), Failure> {
    users::hold_active(tx, user)?;
    let gone = remove(tx, user)?;
    if gone > 0 {
        let event = call
            .event(EventKind::DevicesForgotten, EventResult::Success, Actor::User(user))
            .on("user", user)
            .with("devices", gone);
        tx.record(event);
    }
    Ok(())
}
