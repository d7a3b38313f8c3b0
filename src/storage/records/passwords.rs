//! Password hashes, in PHC form.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::secret::Secret;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, insert_rows, update_rows};
use crate::storage::schema::passwords;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// The hash of this person's password, if they have one.
pub fn find(tx: &mut TenantTx<'_>, user: UserId) -> Result<Option<Secret<String>>, Failure> {
    let phc: Option<String> = tx
        .rows::<passwords::table>()
        .filter(passwords::user_id.eq(user.to_string()))
        .select(passwords::phc)
        .one(tx.conn())
        .optional()
        .or_failure("reading a password hash")?;
    Ok(phc.map(Secret::new))
}

/// When the person's password was set, if they have one.
pub fn changed_at(tx: &mut TenantTx<'_>, user: UserId) -> Result<Option<Timestamp>, Failure> {
    let changed: Option<NaiveDateTime> = tx
        .rows::<passwords::table>()
        .filter(passwords::user_id.eq(user.to_string()))
        .select(passwords::changed_at)
        .one(tx.conn())
        .optional()
        .or_failure("reading when a password was set")?;
    Ok(changed.map(Timestamp::from_naive))
}

/// Everybody who has a password.
pub fn holders(tx: &mut TenantTx<'_>) -> Result<BTreeSet<UserId>, Failure> {
    let rows: Vec<String> = tx
        .rows::<passwords::table>()
        .select(passwords::user_id)
        .every(tx.conn())
        .or_failure("listing who has a password")?;
    rows.iter().map(|id| stored(id, "passwords.user_id")).collect()
}

/// Sets the person's password hash.
pub fn put(tx: &mut TenantTx<'_>, user: UserId, phc: &Secret<String>, now: Timestamp) -> Result<(), Failure> {
    let changed = update_rows(tx.rows::<passwords::table>().filter(passwords::user_id.eq(user.to_string())))
        .set((passwords::phc.eq(phc.expose()), passwords::changed_at.eq(now.to_naive())))
        .execute(tx.conn())
        .or_failure("changing a password hash")?;
    if changed == 0 {
        diesel::insert_into(passwords::table)
            .values((
                passwords::tenant_id.eq(tx.tenant()),
                passwords::user_id.eq(user.to_string()),
                passwords::phc.eq(phc.expose()),
                passwords::changed_at.eq(now.to_naive()),
            ))
            .run(tx.conn())
            .or_failure("setting a password hash")?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = passwords, treat_none_as_default_value = false)]
struct Row<'a> {
    tenant_id: String,
    user_id: String,
    phc: &'a str,
    changed_at: NaiveDateTime,
}

/// Sets the password hashes of people who have none yet, with one statement: some hundreds at most.
pub fn insert_many(
    tx: &mut TenantTx<'_>,
    hashes: &[(UserId, Secret<String>)],
    now: Timestamp,
) -> Result<(), Failure> {
    let rows: Vec<Row<'_>> = hashes
        .iter()
        .map(|(user, phc)| Row {
            tenant_id: tx.tenant(),
            user_id: user.to_string(),
            phc: phc.expose(),
            changed_at: now.to_naive(),
        })
        .collect();
    insert_rows!(tx.conn(), passwords::table, rows).or_failure("setting password hashes")?;
    Ok(())
}

/// Forgets the person's password.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<passwords::table>().filter(passwords::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing a password hash")?;
    Ok(())
}
