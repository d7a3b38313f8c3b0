//! What every comparison of a password costs at least (D31): one row for each family of hashes, which come with the schema.

use diesel::{ExpressionMethods, QueryDsl};

use crate::model::failure::Failure;
use crate::model::hash_cost::{Effort, HashFamily, HashFloor};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, update_rows};
use crate::storage::schema::password_floor::{self as floors, dsl};
use crate::storage::tx::Transaction;

/// The floor: every family in which some hash was imported.
pub fn read(tx: &mut impl Transaction) -> Result<HashFloor, Failure> {
    let rows: Vec<(String, i64, i64)> = dsl::password_floor
        .filter(floors::work.gt(0))
        .select((floors::family, floors::work, floors::memory))
        .every(tx.conn())
        .or_failure("reading what comparing passwords costs")?;
    let mut floor = HashFloor::default();
    for (word, work, memory) in rows {
        let family = HashFamily::ALL.into_iter().find(|family| family.as_str() == word);
        let family = family.ok_or_else(|| Failure::internal("password_floor.family"))?;
        let [work, memory] = [work, memory].map(|number| u64::try_from(number).unwrap_or_default());
        floor.raise(family, Effort { work, memory });
    }
    Ok(floor)
}

/// Raises the floor in this family to this effort, where it is lower: in the transaction that stores such a hash.
pub fn raise(
    tx: &mut impl Transaction,
    family: HashFamily,
    effort: Effort,
    now: Timestamp,
) -> Result<(), Failure> {
    let [work, memory] = [effort.work, effort.memory].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let row = dsl::password_floor.filter(floors::family.eq(family.as_str()));
    update_rows(row)
        .set(floors::raised_at.eq(now.to_naive()))
        .execute(tx.conn())
        .and_then(|_| {
            let lower = row.filter(floors::work.lt(work));
            update_rows(lower).set(floors::work.eq(work)).execute(tx.conn())
        })
        .and_then(|_| {
            let lower = row.filter(floors::memory.lt(memory));
            update_rows(lower).set(floors::memory.eq(memory)).execute(tx.conn())
        })
        .or_failure("raising what comparing passwords costs")?;
    Ok(())
}
