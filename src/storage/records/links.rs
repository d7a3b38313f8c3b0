//! Mailed links and codes, by the hash of each: one for each purpose of a person, used by one conditional update.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::link::{Link, LinkPurpose};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, update_rows};
use crate::storage::schema::links;
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Queryable, Insertable)]
#[diesel(table_name = links)]
struct Row {
    tenant_id: String,
    token_hash: String,
    purpose: String,
    user_id: String,
    account: String,
    address: String,
    interaction: Option<String>,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    consumed_at: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<Link, Failure> {
        Ok(Link {
            purpose: stored(&self.purpose, "links.purpose")?,
            user_id: stored(&self.user_id, "links.user_id")?,
            account: self.account,
            address: self.address,
            interaction: self.interaction.map(|text| stored(&text, "links.interaction")).transpose()?,
            created_at: Timestamp::from_naive(self.created_at),
            expires_at: Timestamp::from_naive(self.expires_at),
            consumed_at: self.consumed_at.map(Timestamp::from_naive),
        })
    }
}

/// Keeps a link under the hash of its secret, in place of the one that the person had for this purpose. The caller holds the
/// person.
pub fn replace(tx: &mut TenantTx<'_>, link: &Link, hash: &str) -> Result<(), Failure> {
    remove(tx, link.user_id, link.purpose)?;
    let row = Row {
        tenant_id: tx.tenant(),
        token_hash: hash.to_owned(),
        purpose: link.purpose.as_str().to_owned(),
        user_id: link.user_id.to_string(),
        account: link.account.clone(),
        address: link.address.clone(),
        interaction: link.interaction.map(|handle| handle.to_string()),
        created_at: link.created_at.to_naive(),
        expires_at: link.expires_at.to_naive(),
        consumed_at: link.consumed_at.map(Timestamp::to_naive),
    };
    diesel::insert_into(links::table).values(row).run(tx.conn()).or_failure("adding a mailed link")?;
    Ok(())
}

/// The link for this purpose with this hash, used or expired though it may be.
pub fn find(tx: &mut TenantTx<'_>, purpose: LinkPurpose, hash: &str) -> Result<Option<Link>, Failure> {
    let row: Option<Row> = tx
        .rows::<links::table>()
        .filter(links::token_hash.eq(hash))
        .filter(links::purpose.eq(purpose.as_str()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a mailed link")?;
    row.map(Row::read).transpose()
}

/// The link that a person has for this purpose, used or expired though it may be.
pub fn of_user(tx: &mut TenantTx<'_>, user: UserId, purpose: LinkPurpose) -> Result<Option<Link>, Failure> {
    let row: Option<Row> = tx
        .rows::<links::table>()
        .filter(links::user_id.eq(user.to_string()))
        .filter(links::purpose.eq(purpose.as_str()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a mailed link")?;
    row.map(Row::read).transpose()
}

/// Uses the link for this purpose, once: true for exactly one caller, whatever races.
pub fn consume(
    tx: &mut TenantTx<'_>,
    purpose: LinkPurpose,
    hash: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<links::table>()
            .filter(links::token_hash.eq(hash))
            .filter(links::purpose.eq(purpose.as_str()))
            .filter(links::consumed_at.is_null())
            .filter(links::expires_at.gt(now.to_naive())),
    )
    .set(links::consumed_at.eq(Some(now.to_naive())))
    .execute(tx.conn())
    .or_failure("using a mailed link")?;
    Ok(changed == 1)
}

/// Forgets what the person has for this purpose.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId, purpose: LinkPurpose) -> Result<(), Failure> {
    let own = tx
        .rows::<links::table>()
        .filter(links::user_id.eq(user.to_string()))
        .filter(links::purpose.eq(purpose.as_str()));
    diesel::delete(own).run(tx.conn()).or_failure("removing a mailed link")?;
    Ok(())
}

/// Forgets every link of this person; says how many there were.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<usize, Failure> {
    diesel::delete(tx.rows::<links::table>().filter(links::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing mailed links")
}

/// Forgets up to `limit` of the links that ended before this time; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<links::table>().filter(links::expires_at.lt(before.to_naive())),
        links::token_hash,
        limit
    )
    .or_failure("pruning mailed links")
}
