//! Recovery codes, by their hash. One set for each person; each code is used by one conditional update.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, insert_rows, update_rows};
use crate::storage::schema::recovery_codes as codes;
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Insertable)]
#[diesel(table_name = codes, treat_none_as_default_value = false)]
struct Row {
    tenant_id: String,
    code_hash: String,
    user_id: String,
    created_at: NaiveDateTime,
}

/// Gives the person these codes in place of all that they had.
pub fn replace(
    tx: &mut TenantTx<'_>,
    user: UserId,
    hashes: &[String],
    now: Timestamp,
) -> Result<(), Failure> {
    remove(tx, user)?;
    let rows: Vec<Row> = hashes
        .iter()
        .map(|hash| Row {
            tenant_id: tx.tenant(),
            code_hash: hash.clone(),
            user_id: user.to_string(),
            created_at: now.to_naive(),
        })
        .collect();
    insert_rows!(tx.conn(), codes::table, rows).or_failure("storing recovery codes")?;
    Ok(())
}

/// The hashes of the codes that the person has not used, and when they were made.
pub fn unused(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<(String, Timestamp)>, Failure> {
    let rows: Vec<(String, NaiveDateTime)> = tx
        .rows::<codes::table>()
        .filter(codes::user_id.eq(user.to_string()))
        .filter(codes::used_at.is_null())
        .select((codes::code_hash, codes::created_at))
        .every(tx.conn())
        .or_failure("reading recovery codes")?;
    Ok(rows.into_iter().map(|(hash, made)| (hash, Timestamp::from_naive(made))).collect())
}

/// When a code of this person was used, if it was.
pub fn used_at(tx: &mut TenantTx<'_>, user: UserId, hash: &str) -> Result<Option<Timestamp>, Failure> {
    let found: Option<Option<NaiveDateTime>> = tx
        .rows::<codes::table>()
        .filter(codes::user_id.eq(user.to_string()))
        .filter(codes::code_hash.eq(hash))
        .select(codes::used_at)
        .one(tx.conn())
        .optional()
        .or_failure("reading a recovery code")?;
    Ok(found.flatten().map(Timestamp::from_naive))
}

/// Uses a code of this person, once: true for exactly one caller, whatever races.
pub fn consume(tx: &mut TenantTx<'_>, user: UserId, hash: &str, now: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<codes::table>()
            .filter(codes::user_id.eq(user.to_string()))
            .filter(codes::code_hash.eq(hash))
            .filter(codes::used_at.is_null()),
    )
    .set(codes::used_at.eq(Some(now.to_naive())))
    .execute(tx.conn())
    .or_failure("using a recovery code")?;
    Ok(changed == 1)
}

/// Forgets all codes of the person, the used ones too; says how many there were.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId) -> Result<usize, Failure> {
    diesel::delete(tx.rows::<codes::table>().filter(codes::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing recovery codes")
}
