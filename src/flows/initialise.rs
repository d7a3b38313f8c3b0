//! The beginning of a deployment: the tenant `platform`, which holds the operator's staff and the platform's chain of
//! events.

use super::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::Slug;
use crate::model::status::Status;
use crate::model::tenant::{PLATFORM_SLUG, Tenant};
use crate::storage::PlatformTx;
use crate::storage::records::tenants;

/// Makes the tenant `platform`. Answers false where it is there already; then nothing changes.
pub fn platform(tx: &mut PlatformTx<'_>, call: &Call) -> Result<bool, Failure> {
    let slug: Slug = PLATFORM_SLUG.parse().map_err(|error| Failure::internal("the slug").because(error))?;
    let tenant = Tenant {
        id: call.id(),
        slug: slug.clone(),
        name: "Platform".to_owned(),
        plan: None,
        region: None,
        accent: None,
        status: Status::Active,
    };
    if !tenants::insert(tx, &tenant, call.now)? {
        return Ok(false);
    }
    let Some(scope) = tx.tenant_by_slug(&slug)? else {
        return Err(Failure::internal("the tenant just made is not there"));
    };
    let mut tx = tx.enter(&scope)?;
    let made = |kind| call.event(kind, EventResult::Success, Actor::Operator).on("tenant", tenant.id);
    tx.record(made(EventKind::DeploymentInitialised).with("issuer", call.issuer.as_str()));
    tx.record(made(EventKind::TenantChanged).with("action", "create").with("slug", PLATFORM_SLUG));
    Ok(true)
}
