//! Clients, their directory, and their secrets.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable,
    RunQueryDsl,
};

use super::{client_logos, from_json, stored, to_json};
use crate::model::client::{Client, ClientKind, ClientSecret};
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, ClientSecretId, TenantId};
use crate::model::status::Status;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, held_row, update_rows};
use crate::storage::schema::{client_directory, client_secrets, clients, tenants};
use crate::storage::tx::{Directory, PlatformTx, TenantTx, Transaction, sealed::Connected};

#[derive(Queryable, Insertable)]
#[diesel(table_name = clients)]
struct Row {
    tenant_id: String,
    client_id: String,
    name: String,
    kind: String,
    metadata: String,
    status: String,
    status_since: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<Client, Failure> {
        Ok(Client {
            tenant_id: stored(&self.tenant_id, "clients.tenant_id")?,
            client_id: stored(&self.client_id, "clients.client_id")?,
            name: self.name,
            kind: ClientKind::parse(&self.kind).ok_or_else(|| Failure::internal("clients.kind"))?,
            status: Status::from_stored(&self.status, self.status_since.map(Timestamp::from_naive)),
            metadata: from_json(&self.metadata, "clients.metadata")?,
        })
    }
}

#[derive(Queryable)]
struct SecretRow {
    _tenant_id: String,
    id: String,
    client_id: String,
    hash: String,
    created_at: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
}

impl SecretRow {
    fn read(self) -> Result<ClientSecret, Failure> {
        Ok(ClientSecret {
            id: stored(&self.id, "client_secrets.id")?,
            client_id: stored(&self.client_id, "client_secrets.client_id")?,
            hash: self.hash,
            created_at: Timestamp::from_naive(self.created_at),
            expires_at: self.expires_at.map(Timestamp::from_naive),
        })
    }
}

/// The tenant's client with this id, whatever its status.
pub fn find(tx: &mut TenantTx<'_>, id: &ClientId) -> Result<Option<Client>, Failure> {
    let row: Option<Row> = tx
        .rows::<clients::table>()
        .filter(clients::client_id.eq(id.as_str()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a client")?;
    row.map(Row::read).transpose()
}

/// Asked by who is about to give the client something: on PostgreSQL the row stays locked until commit, so that whoever
/// deletes or changes the client waits, and finds what was given.
pub fn hold(tx: &mut TenantTx<'_>, id: &ClientId) -> Result<(), Failure> {
    let client =
        tx.rows::<clients::table>().filter(clients::client_id.eq(id.as_str())).select(clients::client_id);
    let _held: Option<String> = held_row!(tx.conn(), client).optional().or_failure("holding a client")?;
    Ok(())
}

/// Whether the tenant's client with this id may be used: neither it nor the tenant is switched off.
pub fn is_usable(tx: &mut TenantTx<'_>, id: &ClientId) -> Result<bool, Failure> {
    let active = Status::Active.as_str();
    let tenant = tenants::table.filter(tenants::id.eq(tx.tenant())).filter(tenants::status.eq(active));
    let found: Option<String> = tx
        .rows::<clients::table>()
        .filter(clients::client_id.eq(id.as_str()))
        .filter(clients::status.eq(active))
        .filter(exists(tenant))
        .select(clients::client_id)
        .one(tx.conn())
        .optional()
        .or_failure("asking whether a client may be used")?;
    Ok(found.is_some())
}

/// Every client of the tenant, by id.
pub fn all(tx: &mut TenantTx<'_>) -> Result<Vec<Client>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<clients::table>()
        .order(clients::client_id)
        .every(tx.conn())
        .or_failure("listing clients")?;
    rows.into_iter().map(Row::read).collect()
}

/// Adds a client and its entry in the directory. Its tenant is the transaction's, whatever the value says.
pub fn insert(tx: &mut TenantTx<'_>, client: &Client) -> Result<(), Failure> {
    diesel::insert_into(client_directory::table)
        .values((
            client_directory::client_id.eq(client.client_id.as_str()),
            client_directory::tenant_id.eq(tx.tenant()),
            client_directory::allowed_origins.eq(open_origins(client)?),
            client_directory::logo_due_at.eq(logo_due(client)),
        ))
        .run(tx.conn())
        .or_failure("adding a client to the directory")?;
    let row = Row {
        tenant_id: tx.tenant(),
        client_id: client.client_id.to_string(),
        name: client.name.clone(),
        kind: client.kind.as_str().to_owned(),
        metadata: to_json(&client.metadata, "clients.metadata")?,
        status: client.status.as_str().to_owned(),
        status_since: client.status.since().map(Timestamp::to_naive),
    };
    diesel::insert_into(clients::table).values(row).run(tx.conn()).or_failure("adding a client")?;
    Ok(())
}

/// Stores everything about the client but its id; false when it is not there. Where the address of its logo changes,
/// the logo it had goes, and the new one is due.
pub fn update(tx: &mut TenantTx<'_>, client: &Client) -> Result<bool, Failure> {
    let Some(before) = find(tx, &client.client_id)? else { return Ok(false) };
    let changed =
        update_rows(tx.rows::<clients::table>().filter(clients::client_id.eq(client.client_id.as_str())))
            .set((
                clients::name.eq(&client.name),
                clients::kind.eq(client.kind.as_str()),
                clients::metadata.eq(to_json(&client.metadata, "clients.metadata")?),
                clients::status.eq(client.status.as_str()),
                clients::status_since.eq(client.status.since().map(Timestamp::to_naive)),
            ))
            .execute(tx.conn())
            .or_failure("changing a client")?;
    if changed == 1 {
        update_rows(client_directory::table.find(client.client_id.as_str()))
            .set(client_directory::allowed_origins.eq(open_origins(client)?))
            .execute(tx.conn())
            .or_failure("changing a client in the directory")?;
        if before.metadata.logo_uri != client.metadata.logo_uri {
            client_logos::remove(tx, &client.client_id)?;
            set_logo_due(tx, &client.client_id, logo_due(client).map(Timestamp::from_naive))?;
        }
    }
    Ok(changed == 1)
}

/// The origins that the active clients of all active tenants have listed, each with its client: what a browser's preflight is
/// answered from, which names no client.
pub fn allowed_origins(tx: &mut Directory<'_>) -> Result<Vec<(String, ClientId)>, Failure> {
    let rows: Vec<(String, String)> = client_directory::table
        .inner_join(tenants::table.on(tenants::id.eq(client_directory::tenant_id)))
        .filter(tenants::status.eq(Status::Active.as_str()))
        .filter(client_directory::allowed_origins.ne("[]"))
        .select((client_directory::client_id, client_directory::allowed_origins))
        .every(tx.conn())
        .or_failure("listing allowed origins")?;
    let mut pairs = Vec::new();
    for (client, origins) in rows {
        let client: ClientId = stored(&client, "client_directory.client_id")?;
        let origins: Vec<String> = from_json(&origins, "client_directory.allowed_origins")?;
        pairs.extend(origins.into_iter().map(|origin| (origin, client.clone())));
    }
    Ok(pairs)
}

/// What the directory says of a client's origins; nothing while it is suspended.
fn open_origins(client: &Client) -> Result<String, Failure> {
    let none = Vec::new();
    let origins = if client.status.is_active() { &client.metadata.allowed_origins } else { &none };
    to_json(origins, "client_directory.allowed_origins")
}

/// A logo that nobody has fetched yet is due at once.
fn logo_due(client: &Client) -> Option<NaiveDateTime> {
    client.metadata.logo_uri.as_ref().map(|_| Timestamp::from_micros(0).to_naive())
}

/// The clients whose logo is to be fetched by now, with their owners, those that wait longest first.
pub fn logos_due(
    tx: &mut PlatformTx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(ClientId, TenantId)>, Failure> {
    let rows: Vec<(String, String)> = client_directory::table
        .filter(client_directory::logo_due_at.le(now.to_naive()))
        .order((client_directory::logo_due_at, client_directory::client_id))
        .limit(limit)
        .select((client_directory::client_id, client_directory::tenant_id))
        .every(tx.conn())
        .or_failure("listing logos that are due")?;
    rows.into_iter()
        .map(|(client, tenant)| {
            Ok((
                stored(&client, "client_directory.client_id")?,
                stored(&tenant, "client_directory.tenant_id")?,
            ))
        })
        .collect()
}

/// When this client's logo is to be fetched next; `None`: not again.
pub fn set_logo_due(
    tx: &mut impl Transaction,
    client: &ClientId,
    due: Option<Timestamp>,
) -> Result<(), Failure> {
    update_rows(client_directory::table.find(client.as_str()))
        .set(client_directory::logo_due_at.eq(due.map(Timestamp::to_naive)))
        .execute(tx.conn())
        .or_failure("noting when a logo is due")?;
    Ok(())
}

/// The client's secrets that work now, the newest first.
pub fn live_secrets(
    tx: &mut TenantTx<'_>,
    id: &ClientId,
    now: Timestamp,
) -> Result<Vec<ClientSecret>, Failure> {
    let rows: Vec<SecretRow> = tx
        .rows::<client_secrets::table>()
        .filter(client_secrets::client_id.eq(id.as_str()))
        .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(now.to_naive())))
        .order(client_secrets::created_at.desc())
        .every(tx.conn())
        .or_failure("reading client secrets")?;
    rows.into_iter().map(SecretRow::read).collect()
}

/// Every secret of the tenant's clients that works now, the newest of each client first.
pub fn all_live_secrets(tx: &mut TenantTx<'_>, now: Timestamp) -> Result<Vec<ClientSecret>, Failure> {
    let rows: Vec<SecretRow> = tx
        .rows::<client_secrets::table>()
        .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(now.to_naive())))
        .order((client_secrets::client_id, client_secrets::created_at.desc()))
        .every(tx.conn())
        .or_failure("listing client secrets")?;
    rows.into_iter().map(SecretRow::read).collect()
}

/// Adds a secret.
pub fn insert_secret(tx: &mut TenantTx<'_>, secret: &ClientSecret) -> Result<(), Failure> {
    diesel::insert_into(client_secrets::table)
        .values((
            client_secrets::tenant_id.eq(tx.tenant()),
            client_secrets::id.eq(secret.id.to_string()),
            client_secrets::client_id.eq(secret.client_id.as_str()),
            client_secrets::hash.eq(&secret.hash),
            client_secrets::created_at.eq(secret.created_at.to_naive()),
            client_secrets::expires_at.eq(secret.expires_at.map(Timestamp::to_naive)),
        ))
        .run(tx.conn())
        .or_failure("adding a client secret")?;
    Ok(())
}

/// Ends every live secret of the client at `end` at the latest, except the one kept.
pub fn end_secrets(
    tx: &mut TenantTx<'_>,
    id: &ClientId,
    keep: Option<ClientSecretId>,
    end: Timestamp,
) -> Result<(), Failure> {
    let keep = keep.map(|id| id.to_string()).unwrap_or_default();
    update_rows(
        tx.rows::<client_secrets::table>()
            .filter(client_secrets::client_id.eq(id.as_str()))
            .filter(client_secrets::id.ne(keep))
            .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(end.to_naive()))),
    )
    .set(client_secrets::expires_at.eq(Some(end.to_naive())))
    .execute(tx.conn())
    .or_failure("ending client secrets")?;
    Ok(())
}
