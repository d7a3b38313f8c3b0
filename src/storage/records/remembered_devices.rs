//! Browsers that a person has remembered (D33), by the hash of the secret in each one's cookie.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::session::Proof;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some};
use crate::storage::schema::remembered_devices as devices;
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Queryable, Insertable)]
#[diesel(table_name = devices)]
struct Row {
    tenant_id: String,
    device_hash: String,
    user_id: String,
    factor: String,
    proved_at: NaiveDateTime,
}

impl Row {
    fn read(self) -> Result<(String, Proof), Failure> {
        let factor = stored(&self.factor, "remembered_devices.factor")?;
        Ok((self.device_hash, Proof { factor, at: Timestamp::from_naive(self.proved_at) }))
    }
}

/// Remembers the browser with this secret for the person, who proved this second factor there.
pub fn insert(tx: &mut TenantTx<'_>, user: UserId, hash: &str, proof: Proof) -> Result<(), Failure> {
    let row = Row {
        tenant_id: tx.tenant(),
        device_hash: hash.to_owned(),
        user_id: user.to_string(),
        factor: proof.factor.as_str().to_owned(),
        proved_at: proof.at.to_naive(),
    };
    diesel::insert_into(devices::table).values(row).run(tx.conn()).or_failure("remembering a device")?;
    Ok(())
}

/// The latest of the person's devices that has one of these secrets, and what was proved in it.
pub fn latest(
    tx: &mut TenantTx<'_>,
    user: UserId,
    hashes: &[String],
) -> Result<Option<(String, Proof)>, Failure> {
    let row: Option<Row> = tx
        .rows::<devices::table>()
        .filter(devices::user_id.eq(user.to_string()))
        .filter(devices::device_hash.eq_any(hashes))
        .order(devices::proved_at.desc())
        .limit(1)
        .one(tx.conn())
        .optional()
        .or_failure("looking for a remembered device")?;
    row.map(Row::read).transpose()
}

/// What was proved in each of the person's devices, the latest first.
pub fn of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<Proof>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<devices::table>()
        .filter(devices::user_id.eq(user.to_string()))
        .order(devices::proved_at.desc())
        .every(tx.conn())
        .or_failure("listing remembered devices")?;
    rows.into_iter().map(|row| row.read().map(|(_, proof)| proof)).collect()
}

/// Forgets one device.
pub fn remove(tx: &mut TenantTx<'_>, hash: &str) -> Result<(), Failure> {
    diesel::delete(tx.rows::<devices::table>().filter(devices::device_hash.eq(hash)))
        .run(tx.conn())
        .or_failure("forgetting a device")?;
    Ok(())
}

/// Forgets every device of this person; says how many there were.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<usize, Failure> {
    diesel::delete(tx.rows::<devices::table>().filter(devices::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("forgetting devices")
}

/// Forgets up to `limit` of the devices that were remembered before this time; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<devices::table>().filter(devices::proved_at.lt(before.to_naive())),
        devices::device_hash,
        limit
    )
    .or_failure("pruning remembered devices")
}
