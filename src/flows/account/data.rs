//! A person's data: taken along, and the account deleted, by whoever proved a factor a moment ago (R75, P144, P145).

use std::sync::Arc;

use serde_json::Value;

use super::Fresh;
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::mail::{self, Mail, MailTerms, Recipient};
use crate::flows::owners;
use crate::flows::provision::{self, RECOVERY};
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::mail::MailKind;
use crate::model::user::User;
use crate::storage::records::{tenants, users};
use crate::storage::{Directory, TenantTx};

/// For how many days a deleted account can be brought back.
pub fn recovery_days() -> u32 {
    u32::try_from(RECOVERY.as_secs() / (24 * 3600)).unwrap_or(u32::MAX)
}

/// Why an account stays (P102).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// Its tenant would be left without an owner.
    LastOwner,
    /// It is the one for emergencies, which the declaration alone names and takes away.
    BreakGlass,
    /// It is a guest's, who leaves at home (D4).
    Guest,
}

/// Whether the account stays, and why.
///
/// # Errors
/// The database fails.
pub fn stays(tx: &mut TenantTx<'_>, user: &User) -> Result<Option<Stays>, Failure> {
    if user.is_guest() {
        return Ok(Some(Stays::Guest));
    }
    if user.break_glass {
        return Ok(Some(Stays::BreakGlass));
    }
    let is_last = owners::is_owner(tx, user)? && !owners::exists(tx, Some(user.id))?;
    Ok(is_last.then_some(Stays::LastOwner))
}

/// Everything that is held of the person, but what opens something.
///
/// # Errors
/// The database fails.
pub fn export(directory: &mut Directory<'_>, call: &Call, fresh: &Fresh) -> Result<Value, Failure> {
    let user = fresh.user();
    provision::export_user(&mut directory.enter(fresh.scope())?, call, &Actor::User(user.id), user)
}

/// Deletes the account: every session and token ends with it, and its owner is told by mail. For a while it can be brought
/// back by those who administer the tenant.
///
/// # Errors
/// The database fails.
pub fn delete(
    directory: &mut Directory<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    terms: &MailTerms,
    fresh: &Fresh,
) -> Result<Result<(), Stays>, Failure> {
    let tx = &mut directory.enter(fresh.scope())?;
    tenants::hold(tx)?;
    // As it is now that nobody else changes it: what others gave it meanwhile goes too.
    let Some(user) = users::find(tx, fresh.user().id)?.filter(|user| user.status.is_active()) else {
        return Ok(Ok(()));
    };
    if let Some(why) = stays(tx, &user)? {
        return Ok(Err(why));
    }
    provision::delete_user(tx, (call, clock), &Actor::User(user.id), &user)?;
    let kind = MailKind::AccountDeleted { days: recovery_days() };
    mail::queue(tx, call, terms, Mail { to: Recipient::user(&user), language: None, kind })?;
    Ok(Ok(()))
}
