//! What was revoked before its time (D14): hashes with a cut-off, kept for the longest life of an access token. Each
//! entry raises the change number, so that every node learns of it.

use diesel::dsl::max;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::change_number;
use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::rows::OrFailure;
use crate::storage::schema::revocations;
use crate::storage::tx::sealed::Connected;
use crate::storage::tx::{PlatformTx, Transaction};

/// One revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// `protocol::revocation_feed::RevokedKind`, by its word.
    pub kind: String,
    /// `protocol::revocation_feed::entry_key` of what is revoked.
    pub subject_hash: String,
    /// Tokens issued up to this time are refused.
    pub cut_off: Timestamp,
    /// When every such token has ended by itself.
    pub expires_at: Timestamp,
}

/// Adds entries.
pub fn insert(tx: &mut impl Transaction, entries: &[Revocation]) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    // Also the lock that makes writers take their numbers one after the other.
    change_number::raise(tx)?;
    let last: Option<i64> = revocations::table
        .select(max(revocations::seq))
        .first(tx.conn())
        .or_failure("numbering a revocation")?;
    for (seq, entry) in (last.unwrap_or(0) + 1..).zip(entries) {
        diesel::insert_into(revocations::table)
            .values((
                revocations::seq.eq(seq),
                revocations::kind.eq(&entry.kind),
                revocations::subject_hash.eq(&entry.subject_hash),
                revocations::cut_off.eq(entry.cut_off.to_naive()),
                revocations::expires_at.eq(entry.expires_at.to_naive()),
            ))
            .execute(tx.conn())
            .or_failure("writing a revocation")?;
    }
    Ok(())
}

/// The latest cut-off among these hashes, if any is revoked at `now`.
pub fn latest_cut_off(
    tx: &mut impl Transaction,
    hashes: &[String],
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let latest: Option<chrono::NaiveDateTime> = revocations::table
        .filter(revocations::subject_hash.eq_any(hashes))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .select(max(revocations::cut_off))
        .first(tx.conn())
        .or_failure("reading revocations")?;
    Ok(latest.map(Timestamp::from_naive))
}

/// Every entry that matters at `now`, the oldest first.
pub fn live(tx: &mut impl Transaction, now: Timestamp) -> Result<Vec<Revocation>, Failure> {
    let rows: Vec<(String, String, chrono::NaiveDateTime, chrono::NaiveDateTime)> = revocations::table
        .filter(revocations::expires_at.gt(now.to_naive()))
        .order(revocations::seq)
        .select((revocations::kind, revocations::subject_hash, revocations::cut_off, revocations::expires_at))
        .load(tx.conn())
        .or_failure("listing revocations")?;
    Ok(rows
        .into_iter()
        .map(|(kind, subject_hash, cut_off, expires_at)| Revocation {
            kind,
            subject_hash,
            cut_off: Timestamp::from_naive(cut_off),
            expires_at: Timestamp::from_naive(expires_at),
        })
        .collect())
}

/// Forgets the entries that no longer matter; says how many.
pub fn prune(tx: &mut PlatformTx<'_>, now: Timestamp) -> Result<usize, Failure> {
    diesel::delete(revocations::table.filter(revocations::expires_at.le(now.to_naive())))
        .execute(tx.conn())
        .or_failure("pruning revocations")
}
