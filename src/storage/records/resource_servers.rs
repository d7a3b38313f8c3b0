//! Resource servers: the index of every API in the deployment (D7).

use chrono::NaiveDateTime;
use diesel::{AsChangeset, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable};

use super::{from_json, stored, to_json};
use crate::model::failure::Failure;
use crate::model::ids::ResourceServerId;
use crate::model::resource_server::ResourceServer;
use crate::model::status::Status;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, Prepare, update_rows};
use crate::storage::schema::{resource_servers, tenants};
use crate::storage::tx::{PlatformTx, Transaction, sealed::Connected};

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = resource_servers, treat_none_as_null = true)]
struct Row {
    id: String,
    owner_tenant_id: String,
    identifier: String,
    name: String,
    product: Option<String>,
    open_to: String,
    scopes: String,
    status: String,
    status_since: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<ResourceServer, Failure> {
        Ok(ResourceServer {
            id: stored(&self.id, "resource_servers.id")?,
            owner: stored(&self.owner_tenant_id, "resource_servers.owner_tenant_id")?,
            identifier: self.identifier,
            name: self.name,
            product: self.product,
            open_to: from_json(&self.open_to, "resource_servers.open_to")?,
            scopes: from_json(&self.scopes, "resource_servers.scopes")?,
            status: Status::from_stored(&self.status, self.status_since.map(Timestamp::from_naive)),
        })
    }

    fn write(server: &ResourceServer) -> Result<Self, Failure> {
        Ok(Self {
            id: server.id.to_string(),
            owner_tenant_id: server.owner.to_string(),
            identifier: server.identifier.clone(),
            name: server.name.clone(),
            product: server.product.clone(),
            open_to: to_json(&server.open_to, "resource_servers.open_to")?,
            scopes: to_json(&server.scopes, "resource_servers.scopes")?,
            status: server.status.as_str().to_owned(),
            status_since: server.status.since().map(Timestamp::to_naive),
        })
    }
}

/// Every resource server, by identifier, whatever its status.
pub fn all(tx: &mut impl Transaction) -> Result<Vec<ResourceServer>, Failure> {
    let rows: Vec<Row> = resource_servers::table
        .order(resource_servers::identifier)
        .every(tx.conn())
        .or_failure("listing resource servers")?;
    rows.into_iter().map(Row::read).collect()
}

/// The resource servers with these identifiers that may be used: neither they nor their owners are switched off (P104).
pub fn usable(tx: &mut impl Transaction, identifiers: &[String]) -> Result<Vec<ResourceServer>, Failure> {
    if identifiers.is_empty() {
        return Ok(Vec::new());
    }
    let active = Status::Active.as_str();
    let rows: Vec<Row> = resource_servers::table
        .inner_join(tenants::table.on(tenants::id.eq(resource_servers::owner_tenant_id)))
        .filter(tenants::status.eq(active))
        .filter(resource_servers::status.eq(active))
        .filter(resource_servers::identifier.eq_any(identifiers))
        .order(resource_servers::identifier)
        .select(resource_servers::all_columns)
        .prepared()
        .every(tx.conn())
        .or_failure("reading resource servers")?;
    rows.into_iter().map(Row::read).collect()
}

/// The resource server with this id, whatever its status.
pub fn find_by_id(
    tx: &mut impl Transaction,
    id: ResourceServerId,
) -> Result<Option<ResourceServer>, Failure> {
    let row: Option<Row> = resource_servers::table
        .filter(resource_servers::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a resource server")?;
    row.map(Row::read).transpose()
}

/// Adds the resource server, or changes the one with its id.
pub fn put(tx: &mut PlatformTx<'_>, server: &ResourceServer) -> Result<(), Failure> {
    let changed = update_rows(resource_servers::table.filter(resource_servers::id.eq(server.id.to_string())))
        .set(Row::write(server)?)
        .execute(tx.conn())
        .or_failure("changing a resource server")?;
    if changed == 0 {
        diesel::insert_into(resource_servers::table)
            .values(Row::write(server)?)
            .run(tx.conn())
            .or_failure("adding a resource server")?;
    }
    Ok(())
}
