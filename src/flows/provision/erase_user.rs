//! Erasing a person for good: what is theirs goes from every table, and what names them from the record, whose chain stays
//! whole (R75, P145, D22).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::delete_user::strip;
use super::personal_tables::{Erased, PERSONAL};
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::owners;
use crate::flows::revocation::Falling;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{audit, memberships, tenants, users};

/// Events that are read at once.
const PAGE: i64 = 1000;

/// The account is the last active owner's: nobody would administer the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastOwner;

/// Erases an account, deleted before or not; says how many events were left without what named the person. Its row stays
/// as an id that leads nowhere, so that what others did keeps its meaning. One that is erased already stays as it is.
///
/// # Errors
/// The database fails.
pub fn erase_user(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    user: &User,
) -> Result<Result<usize, LastOwner>, Failure> {
    tenants::hold(tx)?;
    if owners::is_owner(tx, user)? && !owners::exists(tx, Some(user.id))? {
        return Ok(Err(LastOwner));
    }
    if user.is_erased() {
        return Ok(Ok(0));
    }
    // With the account go the places where it is a guest.
    memberships::in_hosts(tx, user.id, |tx| {
        let Some(guest) = users::find(tx, user.id)? else { return Ok(()) };
        clear(tx, (call, clock), actor, &guest).map(drop)
    })?;
    clear(tx, (call, clock), actor, user).map(Ok)
}

fn clear(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    user: &User,
) -> Result<usize, Failure> {
    if user.status.is_active() || !user.email_canonical.starts_with("deleted:") {
        strip(tx, call, actor, user)?;
    }
    let address = own_address(tx, user)?;
    for table in PERSONAL {
        (table.clear)(tx, Erased { user, address: address.as_ref().map(Email::spelling) })?;
    }
    users::erase(tx, user.id)?;
    // Named one by one: what is missing beside the chain without such a word is a finding.
    let erased = forget(tx, user, address.as_ref())?;
    let event = call.event(EventKind::UserErased, EventResult::Success, actor.clone());
    tx.record(event.on("user", user.id).with("events", erased.clone()));
    let mut falling = Falling::default();
    falling.person(tx.scope().id(), user.id);
    falling.revoke(tx, clock)?;
    Ok(erased.len())
}

/// The address of the account, unless it is another one's by now: a deleted one gave it up, and whoever has it keeps it.
fn own_address(tx: &mut TenantTx<'_>, user: &User) -> Result<Option<Email>, Failure> {
    let Ok(email) = user.email.parse::<Email>() else { return Ok(None) };
    let other = users::find_by_email(tx, email.canonical())?.filter(|other| other.id != user.id);
    Ok(other.is_none().then_some(email))
}

/// Takes the personal side from every event that is about the person, or names them by their address.
fn forget(tx: &mut TenantTx<'_>, user: &User, address: Option<&Email>) -> Result<Vec<i64>, Failure> {
    let id = user.id.to_string();
    let (mut erased, mut last) = (Vec::new(), 0);
    loop {
        let page = audit::after(tx, last, PAGE)?;
        let Some(end) = page.last() else { return Ok(erased) };
        last = end.seq;
        let theirs: Vec<i64> = page
            .iter()
            .filter(|event| {
                event
                    .personal
                    .as_ref()
                    .is_some_and(|personal| event.body.contains(&id) || names(&personal.facts, address))
            })
            .map(|event| event.seq)
            .collect();
        audit::erase_personal(tx, &theirs)?;
        erased.extend(theirs);
    }
}

/// Whether one of the facts is this address, however it was spelled (D3). Facts that cannot be read might be.
fn names(facts: &str, address: Option<&Email>) -> bool {
    let Some(address) = address else { return false };
    let Ok(facts) = serde_json::from_str::<BTreeMap<String, Value>>(facts) else { return true };
    let spelled = facts.values().filter_map(Value::as_str).filter_map(|fact| fact.parse::<Email>().ok());
    spelled.into_iter().any(|fact| fact.canonical() == address.canonical())
}
