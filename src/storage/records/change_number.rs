//! The change number: one row that every write to cached data raises (D25).

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::model::failure::Failure;
use crate::storage::connection::AnyConn;
use crate::storage::rows::{OrFailure, update_rows};
use crate::storage::schema::change_number::dsl::{change_number, id, value};
use crate::storage::tx::Transaction;

/// The number now.
pub fn read(tx: &mut impl Transaction) -> Result<i64, Failure> {
    let number = change_number.filter(id.eq(1)).select(value);
    // Read by every request: by each database's own type, which builds the text of the statement once.
    match tx.conn() {
        AnyConn::Pg(pg) => number.get_result(pg),
        AnyConn::Sqlite(sqlite) => number.get_result(sqlite),
    }
    .or_failure("reading the change number")
}

/// Raises the number: call it in each transaction that writes what nodes remember.
pub fn raise(tx: &mut impl Transaction) -> Result<(), Failure> {
    update_rows(change_number.filter(id.eq(1)))
        .set(value.eq(value + 1))
        .execute(tx.conn())
        .or_failure("raising the change number")?;
    Ok(())
}
