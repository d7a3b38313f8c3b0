//! Single-use links by which the first owner is set up. Consumed by one conditional update.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, update_rows};
use crate::storage::schema::setup_links as links;
use crate::storage::tx::Transaction;

/// Adds a link, by the hash of its token.
pub fn insert(
    tx: &mut impl Transaction,
    token_hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Failure> {
    diesel::insert_into(links::table)
        .values((
            links::token_hash.eq(token_hash),
            links::created_at.eq(now.to_naive()),
            links::expires_at.eq(expires_at.to_naive()),
        ))
        .run(tx.conn())
        .or_failure("adding a set-up link")?;
    Ok(())
}

/// Whether a link with this hash may be used now.
pub fn is_open(tx: &mut impl Transaction, token_hash: &str, now: Timestamp) -> Result<bool, Failure> {
    let open: i64 = links::table
        .filter(links::token_hash.eq(token_hash))
        .filter(links::consumed_at.is_null())
        .filter(links::expires_at.gt(now.to_naive()))
        .count()
        .one(tx.conn())
        .or_failure("reading a set-up link")?;
    Ok(open == 1)
}

/// Uses the link, once: true for exactly one caller, whatever races.
pub fn consume(tx: &mut impl Transaction, token_hash: &str, now: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        links::table
            .filter(links::token_hash.eq(token_hash))
            .filter(links::consumed_at.is_null())
            .filter(links::expires_at.gt(now.to_naive())),
    )
    .set(links::consumed_at.eq(Some(now.to_naive())))
    .execute(tx.conn())
    .or_failure("using a set-up link")?;
    Ok(changed == 1)
}

/// Ends every link that was not used: a new one is issued, or an owner exists.
pub fn end_all(tx: &mut impl Transaction, now: Timestamp) -> Result<(), Failure> {
    update_rows(links::table.filter(links::consumed_at.is_null()))
        .set(links::consumed_at.eq(Some(now.to_naive())))
        .execute(tx.conn())
        .or_failure("ending set-up links")?;
    Ok(())
}

/// Forgets up to `limit` of the links that expired before this time; says how many.
pub fn prune(tx: &mut impl Transaction, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(tx, links::table.filter(links::expires_at.lt(before.to_naive())), links::token_hash, limit)
        .or_failure("pruning set-up links")
}
