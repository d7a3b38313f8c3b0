//! Audit events as they are read back: to verify, to export, to sign checkpoints. They are written by `pending`.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl,
};

use crate::model::audit::{ChainedEvent, Head, PersonalFacts, StoredEvent};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure};
use crate::storage::schema::{audit_checkpoints, audit_events, audit_heads, audit_personal};
use crate::storage::tx::{TenantTx, sealed::Connected};

/// Up to `limit` events after `seq`, in order.
pub fn after(tx: &mut TenantTx<'_>, seq: i64, limit: i64) -> Result<Vec<ChainedEvent>, Failure> {
    Ok(stored_after(tx, seq, limit)?.into_iter().map(|stored| stored.event).collect())
}

/// The number of an event before which all are older than this time, as far as clocks of several nodes agree; found by halving,
/// since a chain is long and its events are in the order of their times.
pub fn last_before(tx: &mut TenantTx<'_>, time: Timestamp) -> Result<i64, Failure> {
    let (mut old, mut young) = (0, i64::from(i32::MAX));
    while young - old > 1 {
        let middle = old + (young - old) / 2;
        let at: Option<chrono::NaiveDateTime> = tx
            .rows::<audit_events::table>()
            .filter(audit_events::seq.gt(old))
            .filter(audit_events::seq.le(middle))
            .order(audit_events::seq.desc())
            .select(audit_events::at)
            .limit(1)
            .one(tx.conn())
            .optional()
            .or_failure("looking for an audit event by its time")?;
        match at {
            Some(at) if at < time.to_naive() => old = middle,
            Some(_) | None => young = middle,
        }
    }
    Ok(old)
}

/// The same, with the columns that repeat what stands in the body: to verify that they say the same.
pub fn stored_after(tx: &mut TenantTx<'_>, seq: i64, limit: i64) -> Result<Vec<StoredEvent>, Failure> {
    let rows: Vec<(i64, String, String, chrono::NaiveDateTime, String)> = tx
        .rows::<audit_events::table>()
        .filter(audit_events::seq.gt(seq))
        .order(audit_events::seq)
        .limit(limit)
        .select((
            audit_events::seq,
            audit_events::body,
            audit_events::hash,
            audit_events::at,
            audit_events::kind,
        ))
        .every(tx.conn())
        .or_failure("reading audit events")?;
    let last = rows.last().map_or(seq, |row| row.0);
    let personal: Vec<(i64, String, String)> = tx
        .rows::<audit_personal::table>()
        .filter(audit_personal::seq.gt(seq))
        .filter(audit_personal::seq.le(last))
        .order(audit_personal::seq)
        .select((audit_personal::seq, audit_personal::salt, audit_personal::facts))
        .every(tx.conn())
        .or_failure("reading the personal side of audit events")?;
    let mut personal = personal.into_iter().peekable();
    Ok(rows
        .into_iter()
        .map(|(seq, body, hash, at, kind)| {
            let facts =
                personal.next_if(|row| row.0 == seq).map(|(_, salt, facts)| PersonalFacts { salt, facts });
            let event = ChainedEvent { seq, body, hash, personal: facts };
            StoredEvent { event, at: Timestamp::from_naive(at), kind }
        })
        .collect())
}

/// Up to `limit` events of this person's own history, the latest first: those before the place `before`, where one is given.
pub fn of_user(
    tx: &mut TenantTx<'_>,
    user: UserId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ChainedEvent>, Failure> {
    let rows: Vec<(i64, String, String)> = tx
        .rows::<audit_events::table>()
        .filter(audit_events::user_id.eq(user.to_string()))
        .filter(audit_events::seq.lt(before.unwrap_or(i64::MAX)))
        .order(audit_events::seq.desc())
        .limit(limit)
        .select((audit_events::seq, audit_events::body, audit_events::hash))
        .every(tx.conn())
        .or_failure("reading the history of a user")?;
    let places: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let personal: Vec<(i64, String, String)> = tx
        .rows::<audit_personal::table>()
        .filter(audit_personal::seq.eq_any(places))
        .select((audit_personal::seq, audit_personal::salt, audit_personal::facts))
        .every(tx.conn())
        .or_failure("reading the personal side of the history of a user")?;
    let mut personal: HashMap<i64, PersonalFacts> =
        personal.into_iter().map(|(seq, salt, facts)| (seq, PersonalFacts { salt, facts })).collect();
    let event = |(seq, body, hash)| ChainedEvent { seq, body, hash, personal: personal.remove(&seq) };
    Ok(rows.into_iter().map(event).collect())
}

/// The first event that the head does not count: behind it, or before the first. There is none but by a hand in the
/// database. One statement, so that no event is written between its two looks.
pub fn uncounted(tx: &mut TenantTx<'_>) -> Result<Option<i64>, Failure> {
    let counted = audit_heads::table
        .filter(audit_heads::tenant_id.eq(tx.tenant()))
        .select(audit_heads::seq)
        .single_value();
    tx.rows::<audit_events::table>()
        .filter(audit_events::seq.lt(1).or(audit_events::seq.nullable().gt(counted)))
        .order(audit_events::seq)
        .select(audit_events::seq)
        .limit(1)
        .one(tx.conn())
        .optional()
        .or_failure("looking for audit events beside the chain")
}

/// The head of the chain.
pub fn head(tx: &mut TenantTx<'_>) -> Result<Head, Failure> {
    let row: Option<(i64, String)> = tx
        .rows::<audit_heads::table>()
        .select((audit_heads::seq, audit_heads::hash))
        .one(tx.conn())
        .optional()
        .or_failure("reading the head of an audit chain")?;
    Ok(row.map_or_else(Head::genesis, |(seq, hash)| Head { seq, hash }))
}

/// Stores a signed checkpoint over the chain up to `seq`.
pub fn insert_checkpoint(
    tx: &mut TenantTx<'_>,
    seq: i64,
    statement: &str,
    at: Timestamp,
) -> Result<(), Failure> {
    diesel::insert_into(audit_checkpoints::table)
        .values((
            audit_checkpoints::tenant_id.eq(tx.tenant()),
            audit_checkpoints::seq.eq(seq),
            audit_checkpoints::at.eq(at.to_naive()),
            audit_checkpoints::statement.eq(statement),
        ))
        .run(tx.conn())
        .or_failure("storing an audit checkpoint")?;
    Ok(())
}

/// Every signed checkpoint of the chain, the oldest first: the place it signs, and the signed statement.
pub fn checkpoints(tx: &mut TenantTx<'_>) -> Result<Vec<(i64, String)>, Failure> {
    tx.rows::<audit_checkpoints::table>()
        .order(audit_checkpoints::seq)
        .select((audit_checkpoints::seq, audit_checkpoints::statement))
        .every(tx.conn())
        .or_failure("reading audit checkpoints")
}

/// Erases the personal side of these events; says of how many. Their chain holds commitments alone, and stays whole (D22).
pub fn erase_personal(tx: &mut TenantTx<'_>, events: &[i64]) -> Result<usize, Failure> {
    diesel::delete(tx.rows::<audit_personal::table>().filter(audit_personal::seq.eq_any(events)))
        .run(tx.conn())
        .or_failure("erasing the personal side of audit events")
}
