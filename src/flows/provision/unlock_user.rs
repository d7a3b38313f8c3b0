//! Forgetting the failed sign-ins of a person's account: strangers who guess can lock it for a day, and a lock forbids the
//! sign-in that would end it (D31, P037).

use crate::crypto::hmac::KeyedHash;
use crate::flows::call::Call;
use crate::flows::login::{Destination, lockout};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::user::User;
use crate::storage::TenantTx;

/// Forgets the failures that were counted under the name of this account, and with them its lock; `names` is the keyed hash
/// under which they are counted. False where there were none; then nothing is recorded.
///
/// # Errors
/// The database fails.
pub fn unlock(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    names: &KeyedHash,
    user: &User,
) -> Result<bool, Failure> {
    let Ok(email) = user.email.parse::<Email>() else { return Ok(false) };
    let key = Destination::Tenant(tx.scope().id()).account_key(names, email.canonical());
    if !lockout::clear(tx, &key)? {
        return Ok(false);
    }
    let event = call
        .event(EventKind::UserChanged, EventResult::Success, actor.clone())
        .on("user", user.id)
        .with("action", "unlock")
        .with("account", key)
        .with_personal("email", user.email.as_str());
    tx.record(event);
    Ok(true)
}
