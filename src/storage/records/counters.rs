//! Counters of failures, under keyed hashes: locks of account names, limits of addresses, folded records (D23, D31).
//! Raised by one statement, so that guesses sent at the same time are all counted.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, insert_once, is_alone, update_rows};
use crate::storage::schema::counters;
use crate::storage::tx::Transaction;

/// A counter as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// The keyed hash it is found by.
    pub key: String,
    /// What it counts.
    pub kind: String,
    /// How often it happened.
    pub count: i64,
    /// Since when.
    pub window_started_at: Timestamp,
    /// Until when its owner is locked out.
    pub locked_until: Option<Timestamp>,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

/// Which counter, and how it begins where it is not there.
#[derive(Debug, Clone, Copy)]
pub struct Begins<'a> {
    /// The keyed hash it is found by.
    pub key: &'a str,
    /// What it counts.
    pub kind: &'a str,
    /// When its window starts.
    pub now: Timestamp,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

#[derive(Queryable)]
struct Row {
    key: String,
    kind: String,
    count: i64,
    window_started_at: NaiveDateTime,
    locked_until: Option<NaiveDateTime>,
    expires_at: NaiveDateTime,
}

impl Row {
    fn read(self) -> Counter {
        Counter {
            key: self.key,
            kind: self.kind,
            count: self.count,
            window_started_at: Timestamp::from_naive(self.window_started_at),
            locked_until: self.locked_until.map(Timestamp::from_naive),
            expires_at: Timestamp::from_naive(self.expires_at),
        }
    }
}

/// The counter with this key, expired though it may be.
pub fn find(tx: &mut impl Transaction, key: &str) -> Result<Option<Counter>, Failure> {
    let row: Option<Row> = counters::table
        .filter(counters::key.eq(key))
        .one(tx.conn())
        .optional()
        .or_failure("reading a counter")?;
    Ok(row.map(Row::read))
}

/// Raises the counter by one, and gives it as it then stands. The row stays locked until the transaction ends. One
/// that is not there begins at 1.
pub fn raise(tx: &mut impl Transaction, begins: Begins<'_>) -> Result<Counter, Failure> {
    add(tx, 1, begins)
}

/// Gives the counter as it stands, and keeps it locked until the transaction ends. One that is not there begins at 0.
pub fn hold(tx: &mut impl Transaction, begins: Begins<'_>) -> Result<Counter, Failure> {
    add(tx, 0, begins)
}

/// The same for whoever only reads it: where the one writer is alone there is nothing to hold, and nothing to begin.
pub fn hold_to_read(tx: &mut impl Transaction, begins: Begins<'_>) -> Result<Option<Counter>, Failure> {
    if is_alone(tx.conn()) { find(tx, begins.key) } else { hold(tx, begins).map(Some) }
}

fn add(tx: &mut impl Transaction, by: i64, begins: Begins<'_>) -> Result<Counter, Failure> {
    // Twice at most: when the insert meets a row, that row is there for the second update.
    for _ in 0..2 {
        let raised = update_rows(counters::table.filter(counters::key.eq(begins.key)))
            .set(counters::count.eq(counters::count + by))
            .execute(tx.conn())
            .or_failure("raising a counter")?;
        if raised == 1 || insert(tx, by, begins)? {
            return find(tx, begins.key)?
                .ok_or_else(|| Failure::internal("a counter that was raised is gone"));
        }
    }
    Err(Failure::unavailable("raising a counter"))
}

/// Begins a counter; false when it is there already.
fn insert(tx: &mut impl Transaction, count: i64, begins: Begins<'_>) -> Result<bool, Failure> {
    insert_once(tx.conn(), "starting a counter", |conn| {
        diesel::insert_into(counters::table)
            .values((
                counters::key.eq(begins.key),
                counters::kind.eq(begins.kind),
                counters::count.eq(count),
                counters::window_started_at.eq(begins.now.to_naive()),
                counters::expires_at.eq(begins.expires_at.to_naive()),
            ))
            .run(conn)
    })
}

/// Stores a counter that was raised in this transaction.
pub fn put(tx: &mut impl Transaction, counter: &Counter) -> Result<(), Failure> {
    update_rows(counters::table.filter(counters::key.eq(&counter.key)))
        .set((
            counters::count.eq(counter.count),
            counters::window_started_at.eq(counter.window_started_at.to_naive()),
            counters::locked_until.eq(counter.locked_until.map(Timestamp::to_naive)),
            counters::expires_at.eq(counter.expires_at.to_naive()),
        ))
        .execute(tx.conn())
        .or_failure("storing a counter")?;
    Ok(())
}

/// Forgets a counter; false where there is none.
pub fn delete(tx: &mut impl Transaction, key: &str) -> Result<bool, Failure> {
    let deleted = diesel::delete(counters::table.filter(counters::key.eq(key)))
        .run(tx.conn())
        .or_failure("forgetting a counter")?;
    Ok(deleted == 1)
}

/// Forgets a counter that has expired; false when it was raised anew meanwhile.
pub fn delete_expired(tx: &mut impl Transaction, key: &str, now: Timestamp) -> Result<bool, Failure> {
    let deleted = diesel::delete(
        counters::table.filter(counters::key.eq(key)).filter(counters::expires_at.le(now.to_naive())),
    )
    .run(tx.conn())
    .or_failure("forgetting a counter")?;
    Ok(deleted == 1)
}

/// Up to `limit` counters that may be forgotten at `now`, the oldest first.
pub fn expired(tx: &mut impl Transaction, now: Timestamp, limit: i64) -> Result<Vec<Counter>, Failure> {
    let rows: Vec<Row> = counters::table
        .filter(counters::expires_at.le(now.to_naive()))
        .order(counters::expires_at)
        .limit(limit)
        .every(tx.conn())
        .or_failure("listing expired counters")?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// Forgets up to `limit` of the counters that expired before this time; says how many.
pub fn prune(tx: &mut impl Transaction, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(tx, counters::table.filter(counters::expires_at.lt(before.to_naive())), counters::key, limit)
        .or_failure("pruning counters")
}
