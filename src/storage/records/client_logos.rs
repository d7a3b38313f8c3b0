//! Logos of clients as they were fetched. One for each client at most; registering another address removes it.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::logo::Logo;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure};
use crate::storage::schema::client_logos;
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Queryable)]
struct Row {
    _tenant_id: String,
    _client_id: String,
    id: String,
    bytes: Vec<u8>,
    _fetched_at: NaiveDateTime,
}

/// The logo of the tenant's client.
pub fn find(tx: &mut TenantTx<'_>, client: &ClientId) -> Result<Option<Logo>, Failure> {
    let row: Option<Row> = tx
        .rows::<client_logos::table>()
        .filter(client_logos::client_id.eq(client.as_str()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a logo")?;
    row.map(|row| Ok(Logo { id: stored(&row.id, "client_logos.id")?, bytes: row.bytes })).transpose()
}

/// Keeps this logo for the client, in place of the one it had.
pub fn put(tx: &mut TenantTx<'_>, client: &ClientId, logo: &Logo, now: Timestamp) -> Result<(), Failure> {
    remove(tx, client)?;
    diesel::insert_into(client_logos::table)
        .values((
            client_logos::tenant_id.eq(tx.tenant()),
            client_logos::client_id.eq(client.as_str()),
            client_logos::id.eq(logo.id.to_string()),
            client_logos::bytes.eq(logo.bytes.as_slice()),
            client_logos::fetched_at.eq(now.to_naive()),
        ))
        .run(tx.conn())
        .or_failure("keeping a logo")?;
    Ok(())
}

/// Removes the client's logo, if it has one.
pub fn remove(tx: &mut TenantTx<'_>, client: &ClientId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<client_logos::table>().filter(client_logos::client_id.eq(client.as_str())))
        .run(tx.conn())
        .or_failure("removing a logo")?;
    Ok(())
}
