//! Refresh tokens, by their hash. Each is consumed by one conditional update and kept while its family lives, so that a
//! second use is noticed (D11).

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::FamilyId;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, update_rows};
use crate::storage::schema::refresh_tokens as tokens;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// A refresh token as it stands.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// The family it belongs to.
    pub family_id: FamilyId,
    /// Its place in the family, from 1.
    pub generation: i64,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
    /// Its successor, sealed, for the seconds in which it may be given again (D11).
    pub sealed_successor: Option<String>,
    /// The access tokens that were issued with it: ids with spaces between.
    pub access_jti: String,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = tokens)]
struct Row {
    tenant_id: String,
    token_hash: String,
    family_id: String,
    generation: i64,
    issued_at: NaiveDateTime,
    consumed_at: Option<NaiveDateTime>,
    sealed_successor: Option<String>,
    access_jti: String,
}

impl Row {
    fn read(self) -> Result<StoredToken, Failure> {
        Ok(StoredToken {
            token_hash: self.token_hash,
            family_id: stored(&self.family_id, "refresh_tokens.family_id")?,
            generation: self.generation,
            issued_at: Timestamp::from_naive(self.issued_at),
            consumed_at: self.consumed_at.map(Timestamp::from_naive),
            sealed_successor: self.sealed_successor,
            access_jti: self.access_jti,
        })
    }
}

/// Stores a new token.
pub fn insert(tx: &mut TenantTx<'_>, token: &StoredToken) -> Result<(), Failure> {
    let row = Row {
        tenant_id: tx.tenant(),
        token_hash: token.token_hash.clone(),
        family_id: token.family_id.to_string(),
        generation: token.generation,
        issued_at: token.issued_at.to_naive(),
        consumed_at: None,
        sealed_successor: None,
        access_jti: token.access_jti.clone(),
    };
    diesel::insert_into(tokens::table).values(row).run(tx.conn()).or_failure("issuing a refresh token")?;
    Ok(())
}

/// The token with this hash, used though it may be.
pub fn find(tx: &mut TenantTx<'_>, token_hash: &str) -> Result<Option<StoredToken>, Failure> {
    let row: Option<Row> = tx
        .rows::<tokens::table>()
        .filter(tokens::token_hash.eq(token_hash))
        .one(tx.conn())
        .optional()
        .or_failure("reading a refresh token")?;
    row.map(Row::read).transpose()
}

/// The token after this one in its family.
pub fn successor(
    tx: &mut TenantTx<'_>,
    family: FamilyId,
    generation: i64,
) -> Result<Option<StoredToken>, Failure> {
    let row: Option<Row> = tx
        .rows::<tokens::table>()
        .filter(tokens::family_id.eq(family.to_string()))
        .filter(tokens::generation.eq(generation + 1))
        .one(tx.conn())
        .optional()
        .or_failure("reading a refresh token's successor")?;
    row.map(Row::read).transpose()
}

/// Uses the token, once: true for exactly one caller, whatever races. The successor stays with it, sealed, where it may
/// be given again.
pub fn consume(
    tx: &mut TenantTx<'_>,
    token_hash: &str,
    sealed_successor: Option<&str>,
    now: Timestamp,
) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<tokens::table>()
            .filter(tokens::token_hash.eq(token_hash))
            .filter(tokens::consumed_at.is_null()),
    )
    .set((tokens::consumed_at.eq(Some(now.to_naive())), tokens::sealed_successor.eq(sealed_successor)))
    .execute(tx.conn())
    .or_failure("consuming a refresh token")?;
    Ok(changed == 1)
}

/// Notes which access tokens were issued with this refresh token, by their ids with spaces between.
pub fn note_access_tokens(tx: &mut TenantTx<'_>, token_hash: &str, ids: &str) -> Result<(), Failure> {
    update_rows(tx.rows::<tokens::table>().filter(tokens::token_hash.eq(token_hash)))
        .set(tokens::access_jti.eq(ids))
        .execute(tx.conn())
        .or_failure("noting access tokens")?;
    Ok(())
}

/// Erases the sealed successors of a family that is dead.
pub fn erase_successors(tx: &mut TenantTx<'_>, family: FamilyId) -> Result<(), Failure> {
    update_rows(
        tx.rows::<tokens::table>()
            .filter(tokens::family_id.eq(family.to_string()))
            .filter(tokens::sealed_successor.is_not_null()),
    )
    .set(tokens::sealed_successor.eq(None::<String>))
    .execute(tx.conn())
    .or_failure("erasing sealed successors")?;
    Ok(())
}

/// Erases the sealed successors of the tokens before this generation: the token of this generation was used.
pub fn erase_successors_before(
    tx: &mut TenantTx<'_>,
    family: FamilyId,
    generation: i64,
) -> Result<(), Failure> {
    update_rows(
        tx.rows::<tokens::table>()
            .filter(tokens::family_id.eq(family.to_string()))
            .filter(tokens::generation.lt(generation))
            .filter(tokens::sealed_successor.is_not_null()),
    )
    .set(tokens::sealed_successor.eq(None::<String>))
    .execute(tx.conn())
    .or_failure("erasing sealed successors")?;
    Ok(())
}

/// Erases up to `limit` of the sealed successors whose token was used before this time (D11); says how many.
pub fn prune_successors(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    let old: Vec<String> = tx
        .rows::<tokens::table>()
        .filter(tokens::consumed_at.lt(Some(before.to_naive())))
        .filter(tokens::sealed_successor.is_not_null())
        .select(tokens::token_hash)
        .limit(limit)
        .every(tx.conn())
        .or_failure("listing sealed successors")?;
    diesel::update(tx.rows::<tokens::table>().filter(tokens::token_hash.eq_any(old)))
        .set(tokens::sealed_successor.eq(None::<String>))
        .execute(tx.conn())
        .or_failure("erasing sealed successors")
}

/// Forgets up to `limit` tokens of these families; says how many.
pub(super) fn prune_of(tx: &mut TenantTx<'_>, families: &[String], limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<tokens::table>().filter(tokens::family_id.eq_any(families)),
        tokens::token_hash,
        limit
    )
    .or_failure("pruning refresh tokens")
}

/// The access tokens that were issued with the family's tokens since this time: each a list of ids with spaces between.
pub fn access_tokens_since(
    tx: &mut TenantTx<'_>,
    family: FamilyId,
    since: Timestamp,
) -> Result<Vec<String>, Failure> {
    tx.rows::<tokens::table>()
        .filter(tokens::family_id.eq(family.to_string()))
        .filter(tokens::issued_at.ge(since.to_naive()))
        .select(tokens::access_jti)
        .every(tx.conn())
        .or_failure("reading the access tokens of a refresh family")
}

/// Forgets up to `limit` of the tokens that were used before this time; says how many. From then on, one of them that comes back is
/// refused like any unknown token, and its family lives on.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<tokens::table>().filter(tokens::consumed_at.lt(Some(before.to_naive()))),
        tokens::token_hash,
        limit
    )
    .or_failure("pruning refresh tokens")
}
