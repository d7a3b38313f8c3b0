//! The change number: one row that every write to cached data raises (D25).

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::model::failure::Failure;
use crate::storage::rows::{OrFailure, Prepare};
use crate::storage::schema::change_number::dsl::{change_number, id, value};
use crate::storage::tx::Transaction;

/// The number now.
pub fn read(tx: &mut impl Transaction) -> Result<i64, Failure> {
    change_number.filter(id.eq(1)).select(value).get_result(tx.conn()).or_failure("reading the change number")
}

/// Raises the number: call it in each transaction that writes what nodes remember.
pub fn raise(tx: &mut impl Transaction) -> Result<(), Failure> {
    diesel::update(change_number.filter(id.eq(1)))
        .set(value.eq(value + 1))
        .prepared()
        .execute(tx.conn())
        .or_failure("raising the change number")?;
    Ok(())
}
