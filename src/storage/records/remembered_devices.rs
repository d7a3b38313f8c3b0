//! Browsers that a person has remembered (D33), by the hash of the secret in each one's cookie.

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::{ExpressionMethods, Insertable, QueryDsl, RunQueryDsl};

use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::time::Timestamp;
use crate::storage::rows::{OrFailure, delete_some};
use crate::storage::schema::remembered_devices as devices;
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Insertable)]
#[diesel(table_name = devices)]
struct Row {
    tenant_id: String,
    device_hash: String,
    user_id: String,
    proved_at: NaiveDateTime,
}

/// Remembers the browser with this secret for the person, who proved a second factor there at this time.
pub fn insert(tx: &mut TenantTx<'_>, user: UserId, hash: &str, at: Timestamp) -> Result<(), Failure> {
    let row = Row {
        tenant_id: tx.tenant(),
        device_hash: hash.to_owned(),
        user_id: user.to_string(),
        proved_at: at.to_naive(),
    };
    diesel::insert_into(devices::table).values(row).execute(tx.conn()).or_failure("remembering a device")?;
    Ok(())
}

/// When the person last proved a second factor in the browser that has one of these secrets; `None` where none is theirs.
pub fn proved_at(
    tx: &mut TenantTx<'_>,
    user: UserId,
    hashes: &[String],
) -> Result<Option<Timestamp>, Failure> {
    let at: Option<NaiveDateTime> = tx
        .rows::<devices::table>()
        .filter(devices::user_id.eq(user.to_string()))
        .filter(devices::device_hash.eq_any(hashes))
        .select(max(devices::proved_at))
        .get_result(tx.conn())
        .or_failure("looking for a remembered device")?;
    Ok(at.map(Timestamp::from_naive))
}

/// When each of the person's devices was remembered, the latest first.
pub fn of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<Timestamp>, Failure> {
    let rows: Vec<NaiveDateTime> = tx
        .rows::<devices::table>()
        .filter(devices::user_id.eq(user.to_string()))
        .order(devices::proved_at.desc())
        .select(devices::proved_at)
        .load(tx.conn())
        .or_failure("listing remembered devices")?;
    Ok(rows.into_iter().map(Timestamp::from_naive).collect())
}

/// Forgets every device of this person; says how many there were.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<usize, Failure> {
    diesel::delete(tx.rows::<devices::table>().filter(devices::user_id.eq(user.to_string())))
        .execute(tx.conn())
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
