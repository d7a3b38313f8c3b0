//! Changing a tenant's sign-in policy, by an administrator.

use std::sync::Arc;

use serde_json::Value;

use super::declaration::written;
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::factors::devices;
use crate::flows::revocation::Falling;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::policy::Policy;
use crate::storage::TenantTx;
use crate::storage::records::policies;

/// Stores the policy as the next version; false where it is so already. The caller holds the tenants, and has judged it.
///
/// # Errors
/// The database fails.
pub fn change_policy(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    policy: &Policy,
) -> Result<bool, Failure> {
    let before = policies::find(tx)?;
    if before == *policy {
        return Ok(false);
    }
    policies::put(tx, policy, call.now)?;
    devices::outgrown(tx, call, policy)?;
    let event = call
        .event(EventKind::PolicyChanged, EventResult::Success, actor.clone())
        .with("action", "change")
        .with("fields", differing(&written::policy(&before), &written::policy(policy)));
    tx.record(event);
    Falling::default().revoke(tx, clock).map(|()| true)
}

/// The keys under which the two differ, with dots: never their values.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return Vec::new() };
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    let mut fields = Vec::new();
    for key in keys {
        let (was, is) = (before.get(key).unwrap_or(&Value::Null), after.get(key).unwrap_or(&Value::Null));
        if was == is {
            continue;
        }
        let inside = differing(was, is);
        if inside.is_empty() {
            fields.push(key.clone());
        }
        fields.extend(inside.into_iter().map(|inner| format!("{key}.{inner}")));
    }
    fields
}
