//! Remembered devices (D33): where a tenant allows it, whoever proved a second factor in a browser may ask not to be asked for it
//! there again. The browser then stands in for that factor at a sign-in of the same person to the same tenant, for the days of the
//! policy; never for administration or for a sensitive change, and never in `acr` or `amr`: nothing was proved.

use std::time::Duration;

use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{SessionId, UserId};
use crate::model::policy::{Policy, RememberedDevices};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{policies, remembered_devices, sessions, users};

/// The longest that a device is kept, whatever a policy says.
pub const LONGEST: Duration = Duration::from_hours(24 * RememberedDevices::MOST_DAYS as u64);

/// When this person proved a second factor in the browser of this call, if it is remembered for them. Whether that counts is for
/// the policy to say.
///
/// # Errors
/// The database fails.
pub fn remembered_at(
    tx: &mut TenantTx<'_>,
    call: &Call,
    policy: &Policy,
    user: UserId,
) -> Result<Option<Timestamp>, Failure> {
    if call.devices.is_empty() || policy.remembered_devices.life().is_none() {
        return Ok(None);
    }
    remembered_devices::proved_at(tx, user, &call.devices)
}

/// Remembers the browser that gets the secret with this hash, where the policy allows it. The person has just proved a second
/// factor there, and is held.
///
/// # Errors
/// The database fails.
pub fn remember(tx: &mut TenantTx<'_>, call: &Call, user: UserId, hash: &str) -> Result<(), Failure> {
    let Some(life) = policies::find(tx)?.remembered_devices.life() else { return Ok(()) };
    remembered_devices::insert(tx, user, hash, call.now)?;
    let event = call
        .event(EventKind::DeviceRemembered, EventResult::Success, Actor::User(user))
        .on("user", user)
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
    Ok(all.into_iter().filter(|at| policy.remembered_devices.counts(*at, user, call.now)).count())
}

/// Forgets them where a factor comes or goes: they stood in for what was before. Whoever had a code by mail and sets up an
/// authenticator means to be asked for that.
pub(super) fn outdated(tx: &mut TenantTx<'_>, user: UserId) -> Result<(), Failure> {
    remembered_devices::remove_of_user(tx, user)?;
    sessions::forget_devices(tx, user, None)
}

/// Forgets every device of the person, and lets no session stand on one any more but the one in which they ask for that.
///
/// # Errors
/// The database fails.
pub fn forget(tx: &mut TenantTx<'_>, call: &Call, user: UserId, keep: SessionId) -> Result<(), Failure> {
    users::hold_active(tx, user)?;
    let gone = remembered_devices::remove_of_user(tx, user)?;
    sessions::forget_devices(tx, user, Some(keep))?;
    if gone > 0 {
        let event = call
            .event(EventKind::DevicesForgotten, EventResult::Success, Actor::User(user))
            .on("user", user)
            .with("devices", gone);
        tx.record(event);
    }
    Ok(())
}
