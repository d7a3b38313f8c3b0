//! Tenants, and the indexes that lead to them: slug, client, domain.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, TenantId};
use crate::model::passkey::CredentialId;
use crate::model::status::Status;
use crate::model::tenant::{PLATFORM_SLUG, Tenant};
use crate::model::time::Timestamp;
use crate::storage::pending::start_chain;
use crate::storage::rows::{Ask, OrFailure, is_alone, is_duplicate, update_rows};
use crate::storage::schema::{client_directory, domain_index, passkey_index, tenants};
use crate::storage::tx::sealed::Connected;
use crate::storage::tx::{PlatformTx, Transaction};

#[derive(Queryable, Insertable)]
#[diesel(table_name = tenants)]
struct Row {
    id: String,
    slug: String,
    name: String,
    plan: Option<String>,
    region: Option<String>,
    accent: Option<String>,
    status: String,
    status_since: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
}

impl Row {
    fn read(self) -> Result<Tenant, Failure> {
        Ok(Tenant {
            id: stored(&self.id, "tenants.id")?,
            slug: stored(&self.slug, "tenants.slug")?,
            name: self.name,
            plan: self.plan,
            region: self.region,
            // A colour that no longer passes is left out: nobody is kept from signing in by it.
            accent: self.accent.and_then(|accent| accent.parse().ok()),
            status: Status::from_stored(&self.status, self.status_since.map(Timestamp::from_naive)),
        })
    }
}

/// The tenant with this id, whatever its status.
pub(in crate::storage) fn find(tx: &mut impl Transaction, id: TenantId) -> Result<Option<Tenant>, Failure> {
    let row: Option<Row> = tenants::table
        .filter(tenants::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a tenant")?;
    row.map(Row::read).transpose()
}

/// The tenant with this slug, whatever its status.
pub(in crate::storage) fn find_by_slug(
    tx: &mut impl Transaction,
    slug: &str,
) -> Result<Option<Tenant>, Failure> {
    let row: Option<Row> = tenants::table
        .filter(tenants::slug.eq(slug))
        .one(tx.conn())
        .optional()
        .or_failure("reading a tenant")?;
    row.map(Row::read).transpose()
}

/// The tenant that owns this client, whatever its status.
pub(in crate::storage) fn find_by_client(
    tx: &mut impl Transaction,
    client: &ClientId,
) -> Result<Option<Tenant>, Failure> {
    let row: Option<Row> = tenants::table
        .inner_join(client_directory::table.on(client_directory::tenant_id.eq(tenants::id)))
        .filter(client_directory::client_id.eq(client.as_str()))
        .select(tenants::all_columns)
        .one(tx.conn())
        .optional()
        .or_failure("reading the owner of a client")?;
    row.map(Row::read).transpose()
}

/// The tenant that owns this e-mail domain, whatever its status.
pub(in crate::storage) fn find_by_domain(
    tx: &mut impl Transaction,
    domain: &str,
) -> Result<Option<Tenant>, Failure> {
    let row: Option<Row> = tenants::table
        .inner_join(domain_index::table.on(domain_index::tenant_id.eq(tenants::id)))
        .filter(domain_index::domain.eq(domain))
        .select(tenants::all_columns)
        .one(tx.conn())
        .optional()
        .or_failure("reading the owner of a domain")?;
    row.map(Row::read).transpose()
}

/// The tenant in which somebody has this passkey, whatever its status.
pub(in crate::storage) fn find_by_passkey(
    tx: &mut impl Transaction,
    credential: &CredentialId,
) -> Result<Option<Tenant>, Failure> {
    let row: Option<Row> = tenants::table
        .inner_join(passkey_index::table.on(passkey_index::tenant_id.eq(tenants::id)))
        .filter(passkey_index::credential_id.eq(credential.to_string()))
        .select(tenants::all_columns)
        .one(tx.conn())
        .optional()
        .or_failure("reading the owner of a passkey")?;
    row.map(Row::read).transpose()
}

/// Every tenant, by slug.
pub(in crate::storage) fn all(tx: &mut impl Transaction) -> Result<Vec<Tenant>, Failure> {
    let rows: Vec<Row> =
        tenants::table.order(tenants::slug).every(tx.conn()).or_failure("listing tenants")?;
    rows.into_iter().map(Row::read).collect()
}

/// Adds a tenant; false when its slug was ever used before (D2).
pub fn insert(tx: &mut PlatformTx<'_>, tenant: &Tenant, now: Timestamp) -> Result<bool, Failure> {
    if find_by_slug(tx, tenant.slug.as_str())?.is_some() {
        return Ok(false);
    }
    let row = Row {
        id: tenant.id.to_string(),
        slug: tenant.slug.to_string(),
        name: tenant.name.clone(),
        plan: tenant.plan.clone(),
        region: tenant.region.clone(),
        accent: tenant.accent.map(|accent| accent.to_string()),
        status: tenant.status.as_str().to_owned(),
        status_since: tenant.status.since().map(Timestamp::to_naive),
        created_at: now.to_naive(),
    };
    match diesel::insert_into(tenants::table).values(row).run(tx.conn()) {
        Ok(_) => {
            start_chain(tx.conn(), tenant.id)?;
            Ok(true)
        }
        Err(error) if is_duplicate(&error) => Err(Failure::unavailable("adding a tenant").because(error)),
        Err(error) => Err(error).or_failure("adding a tenant"),
    }
}

/// Stores the tenant's name, plan, region, accent and status; its slug never changes.
pub fn update(tx: &mut PlatformTx<'_>, tenant: &Tenant) -> Result<(), Failure> {
    update_rows(tenants::table.filter(tenants::id.eq(tenant.id.to_string())))
        .set((
            tenants::name.eq(&tenant.name),
            tenants::plan.eq(&tenant.plan),
            tenants::region.eq(&tenant.region),
            tenants::accent.eq(tenant.accent.map(|accent| accent.to_string())),
            tenants::status.eq(tenant.status.as_str()),
            tenants::status_since.eq(tenant.status.since().map(Timestamp::to_naive)),
        ))
        .execute(tx.conn())
        .or_failure("changing a tenant")?;
    Ok(())
}

/// Every domain with the tenant it leads to.
pub fn all_domains(tx: &mut PlatformTx<'_>) -> Result<Vec<(String, TenantId)>, Failure> {
    let rows: Vec<(String, String)> = domain_index::table
        .order(domain_index::domain)
        .select((domain_index::domain, domain_index::tenant_id))
        .every(tx.conn())
        .or_failure("listing domains")?;
    rows.into_iter()
        .map(|(domain, tenant)| Ok((domain, stored(&tenant, "domain_index.tenant_id")?)))
        .collect()
}

/// Makes exactly these domains lead to this tenant. A domain that another tenant owns is a failure: the caller checks
/// first.
pub fn set_domains(tx: &mut PlatformTx<'_>, tenant: TenantId, domains: &[String]) -> Result<(), Failure> {
    diesel::delete(domain_index::table.filter(domain_index::tenant_id.eq(tenant.to_string())))
        .run(tx.conn())
        .or_failure("changing domains")?;
    for domain in domains {
        diesel::insert_into(domain_index::table)
            .values((domain_index::domain.eq(domain), domain_index::tenant_id.eq(tenant.to_string())))
            .run(tx.conn())
            .or_failure("changing domains")?;
    }
    Ok(())
}

/// Lets others who change the configuration wait until this transaction ends, so that what it reads from here on is what
/// it changes. SQLite has one writer anyway; on PostgreSQL two could each see the other's owner and both take one away
/// (P102). The lock is the row of the platform, which nobody else changes.
pub fn hold(tx: &mut impl Transaction) -> Result<(), Failure> {
    if is_alone(tx.conn()) {
        return Ok(());
    }
    update_rows(tenants::table.filter(tenants::slug.eq(PLATFORM_SLUG)))
        .set(tenants::name.eq(tenants::name))
        .execute(tx.conn())
        .or_failure("holding the configuration")?;
    Ok(())
}
