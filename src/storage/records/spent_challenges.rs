//! Questions to passkeys that were answered, so that none is twice (WebAuthn Level 3 §13.4.3). Ephemeral: pruned when the
//! question has ended.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, insert_once};
use crate::storage::schema::spent_challenges as spent;
use crate::storage::tx::Transaction;

/// Uses a question up, once: false when it was used before, whatever races.
pub fn spend(
    tx: &mut impl Transaction,
    challenge_hash: &str,
    expires_at: Timestamp,
) -> Result<bool, Failure> {
    insert_once(tx.conn(), "using up a question to a passkey", |conn| {
        diesel::insert_into(spent::table)
            .values((spent::challenge_hash.eq(challenge_hash), spent::expires_at.eq(expires_at.to_naive())))
            .run(conn)
    })
}

/// Forgets up to `limit` of the questions that ended before `now`; says how many.
pub fn prune(tx: &mut impl Transaction, now: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(tx, spent::table.filter(spent::expires_at.lt(now.to_naive())), spent::challenge_hash, limit)
        .or_failure("pruning questions to passkeys")
}
