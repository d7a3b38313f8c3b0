//! Transactions as the rest of the product sees them: a connection and a scope in one value.

use std::time::Duration;

use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Text};

use super::connection::AnyConn;
use super::pending::Recorded;
use super::records::tenants;
use super::rows::{OrFailure, TenantTable};
use super::scope::TenantScope;
use crate::model::audit::Event;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, Slug, TenantId};
use crate::model::passkey::CredentialId;
use crate::model::tenant::PLATFORM_SLUG;

diesel::define_sql_function! {
    /// Sets a run-time parameter of PostgreSQL, until the end of the transaction where the last argument says so.
    fn set_config(name: Text, value: Text, is_local: Bool) -> Text;
}

/// Tells PostgreSQL which tenant's rows this transaction may see (D24); SQLite has no such lock.
pub(super) fn name_tenant(conn: &mut AnyConn, tenant: TenantId) -> Result<(), Failure> {
    if let AnyConn::Pg(pg) = conn {
        diesel::select(set_config("symbolon.tenant", tenant.to_string(), true))
            .execute(pg)
            .or_failure("naming the tenant of a transaction")?;
    }
    Ok(())
}

/// Anything that can reach the deployment-level tables. Only `records` uses the connection itself.
pub trait Transaction: sealed::Connected {
    /// Records an event on the chain of this tenant, in this transaction.
    fn record_for(&mut self, tenant: TenantId, event: Event);

    /// Leaves this for the end of the transaction, behind its events: what it writes says something of the moment at which
    /// others see it. The transaction commits within this time from its beginning, or not at all.
    fn at_last(
        &mut self,
        within: Duration,
        last: impl FnOnce(&mut Directory<'_>) -> Result<(), Failure> + Send + 'static,
    );

    /// Tells others of this process once the transaction is committed; never where it is rolled back. Must neither wait
    /// nor fail.
    fn after_commit(&mut self, tell: impl FnOnce() + Send + 'static);

    /// The named look-ups, inside this transaction.
    fn directory(&mut self) -> Directory<'_>;
}

pub(super) mod sealed {
    use super::AnyConn;

    /// Gives `records` the connection; nobody outside `storage` can call it.
    #[expect(private_interfaces, reason = "sealed: the connection must not be nameable outside storage")]
    pub trait Connected {
        fn conn(&mut self) -> &mut AnyConn;
    }
}

/// The deployment-level look-ups, each of which answers with a scope (D5). A closure that begins without knowing its
/// tenant gets this, finds the tenant, and enters it.
pub struct Directory<'a> {
    conn: &'a mut AnyConn,
    recorded: &'a mut Recorded,
}

/// A transaction on one tenant's rows.
pub struct TenantTx<'a> {
    conn: &'a mut AnyConn,
    recorded: &'a mut Recorded,
    scope: TenantScope,
}

/// A transaction of the operator: deployment-level tables, and every tenant one after the other.
pub struct PlatformTx<'a> {
    conn: &'a mut AnyConn,
    recorded: &'a mut Recorded,
}

macro_rules! transactions {
    ($($name:ident),+) => {$(
        #[expect(private_interfaces, reason = "sealed: the connection must not be nameable outside storage")]
        impl sealed::Connected for $name<'_> {
            fn conn(&mut self) -> &mut AnyConn {
                self.conn
            }
        }

        impl Transaction for $name<'_> {
            fn record_for(&mut self, tenant: TenantId, event: Event) {
                self.recorded.push(tenant, event);
            }

            fn at_last(
                &mut self,
                within: Duration,
                last: impl FnOnce(&mut Directory<'_>) -> Result<(), Failure> + Send + 'static,
            ) {
                self.recorded.at_last(within, Box::new(last));
            }

            fn after_commit(&mut self, tell: impl FnOnce() + Send + 'static) {
                self.recorded.after_commit(Box::new(tell));
            }

            fn directory(&mut self) -> Directory<'_> {
                Directory { conn: self.conn, recorded: self.recorded }
            }
        }
    )+};
}

transactions!(Directory, TenantTx, PlatformTx);

impl<'a> Directory<'a> {
    pub(super) fn new(conn: &'a mut AnyConn, recorded: &'a mut Recorded) -> Self {
        Self { conn, recorded }
    }

    /// The active tenant with this id: for opaque tokens, codes and sessions, each of which names its tenant.
    pub fn tenant(&mut self, id: TenantId) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find(self, id)?.and_then(TenantScope::of_active))
    }

    /// The active tenant with this slug.
    pub fn tenant_by_slug(&mut self, slug: &Slug) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find_by_slug(self, slug.as_str())?.and_then(TenantScope::of_active))
    }

    /// The active tenant that owns this client.
    pub fn client_owner(&mut self, client: &ClientId) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find_by_client(self, client)?.and_then(TenantScope::of_active))
    }

    /// The active tenant that owns this e-mail domain (lower-case A-labels).
    pub fn domain_owner(&mut self, domain: &str) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find_by_domain(self, domain)?.and_then(TenantScope::of_active))
    }

    /// The active tenant in which somebody has this passkey.
    pub fn passkey_owner(&mut self, credential: &CredentialId) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find_by_passkey(self, credential)?.and_then(TenantScope::of_active))
    }

    /// The tenant `platform`.
    pub fn platform(&mut self) -> Result<TenantScope, Failure> {
        tenants::find_by_slug(self, PLATFORM_SLUG)?
            .and_then(TenantScope::of_active)
            .ok_or_else(|| Failure::internal("the tenant `platform` is missing: run `symbolon init`"))
    }

    /// Goes on in this tenant.
    pub fn enter(&mut self, scope: &TenantScope) -> Result<TenantTx<'_>, Failure> {
        TenantTx::begin(self.conn, self.recorded, scope)
    }
}

impl<'a> TenantTx<'a> {
    fn begin(
        conn: &'a mut AnyConn,
        recorded: &'a mut Recorded,
        scope: &TenantScope,
    ) -> Result<Self, Failure> {
        name_tenant(conn, scope.id())?;
        Ok(Self { conn, recorded, scope: scope.clone() })
    }

    /// The tenant.
    pub const fn scope(&self) -> &TenantScope {
        &self.scope
    }

    /// Works in another tenant, and comes back: the bridge that a membership is (D4), crossed by `records/users.rs` and
    /// `records/memberships.rs` alone.
    pub(super) fn beside<T>(
        &mut self,
        scope: &TenantScope,
        work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let done = TenantTx::begin(self.conn, self.recorded, scope).and_then(|mut tx| work(&mut tx));
        let back = name_tenant(self.conn, self.scope.id());
        let done = done?;
        back.map(|()| done)
    }

    /// Works in several tenants by the named look-ups, and comes back.
    pub fn across<T>(
        &mut self,
        work: impl FnOnce(&mut Directory<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let done = work(&mut self.directory());
        let back = name_tenant(self.conn, self.scope.id());
        let done = done?;
        back.map(|()| done)
    }

    /// Records an event on this tenant's chain, in this transaction: it exists when the action does.
    pub fn record(&mut self, event: Event) {
        self.record_for(self.scope.id(), event);
    }

    /// The rows of this tenant in a table: where every query begins.
    pub(super) fn rows<T: TenantTable>(&self) -> T::Scoped {
        T::of(self.tenant())
    }

    /// The tenant's id as the tables hold it.
    pub(super) fn tenant(&self) -> String {
        self.scope.id().to_string()
    }
}

impl<'a> PlatformTx<'a> {
    pub(super) fn new(conn: &'a mut AnyConn, recorded: &'a mut Recorded) -> Self {
        Self { conn, recorded }
    }

    /// The tenant with this id whatever its status: the operator works on suspended ones too.
    pub fn tenant(&mut self, id: TenantId) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find(self, id)?.map(TenantScope::of_any))
    }

    /// The tenant with this slug whatever its status.
    pub fn tenant_by_slug(&mut self, slug: &Slug) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find_by_slug(self, slug.as_str())?.map(TenantScope::of_any))
    }

    /// The tenant that owns this client, whatever its status.
    pub fn client_owner(&mut self, client: &ClientId) -> Result<Option<TenantScope>, Failure> {
        Ok(tenants::find_by_client(self, client)?.map(TenantScope::of_any))
    }

    /// Every tenant, the deleted ones too, by slug.
    pub fn tenants(&mut self) -> Result<Vec<TenantScope>, Failure> {
        Ok(tenants::all(self)?.into_iter().map(TenantScope::of_any).collect())
    }

    /// Goes on in this tenant.
    pub fn enter(&mut self, scope: &TenantScope) -> Result<TenantTx<'_>, Failure> {
        TenantTx::begin(self.conn, self.recorded, scope)
    }
}
