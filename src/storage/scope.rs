//! Scopes: the proof that a tenant was looked up and is active, and the proof that the operator acts.

use crate::model::ids::{Slug, TenantId};
use crate::model::tenant::Tenant;

/// An active tenant, found by a database read. No query on a tenant's table can be written without one: its field is
/// private, and only the look-ups of [`super::Directory`] make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    tenant: Tenant,
}

impl TenantScope {
    /// The scope of a tenant just read. `None` unless it is active: a suspended or deleted tenant has no scope.
    pub(super) fn of_active(tenant: Tenant) -> Option<Self> {
        tenant.status.is_active().then_some(Self { tenant })
    }

    /// The scope of a tenant whatever its status: for the operator's own work on it.
    pub(super) fn of_any(tenant: Tenant) -> Self {
        Self { tenant }
    }

    /// The tenant's id.
    pub const fn id(&self) -> TenantId {
        self.tenant.id
    }

    /// The tenant's slug.
    pub const fn slug(&self) -> &Slug {
        &self.tenant.slug
    }

    /// The tenant as it was read.
    pub const fn tenant(&self) -> &Tenant {
        &self.tenant
    }
}

/// The right to work on the deployment itself: whoever runs the program on the machine that holds the data. Made only
/// by `cli/`, `jobs/` and `server/` (`tests/architecture.rs` checks).
#[derive(Debug, Clone, Copy)]
pub struct PlatformScope {
    _private: (),
}

impl PlatformScope {
    /// The operator, or the product on its own schedule.
    pub const fn operator() -> Self {
        Self { _private: () }
    }
}
