//! Leases: who of several nodes does what only one may do. The rows come with the schema.

use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl};

use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::rows::{OrFailure, update_rows};
use crate::storage::schema::leases::{self as rows, dsl};
use crate::storage::tx::Transaction;

/// The lease of the scheduled jobs.
pub const JOBS: &str = "jobs";

/// Takes the lease, or keeps it, until `until`; false while another holds it.
pub fn take(
    tx: &mut impl Transaction,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, Failure> {
    let free = rows::holder.eq(holder).or(rows::expires_at.le(now.to_naive()));
    let changed = update_rows(dsl::leases.filter(rows::name.eq(name)).filter(free))
        .set((rows::holder.eq(holder), rows::expires_at.eq(until.to_naive())))
        .execute(tx.conn())
        .or_failure("taking a lease")?;
    Ok(changed == 1)
}
