//! What was revoked before its time (D14): hashes with a cut-off, each once, kept for the longest life of an access token.
//! Each change raises the change number, so that every node learns of it.

use diesel::dsl::max;
use diesel::{ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

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

/// What a coarser entry would name when there are too many for one feed: hashes as in [`Revocation::subject_hash`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// That of the `sub` whose token or session it is.
    pub subject: Option<String>,
    /// That of the `tenant_id` it is in.
    pub tenant: Option<String>,
}

/// A revocation as a feed names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As in [`Revocation::subject_hash`].
    pub hash: String,
    /// Tokens issued up to this time are refused.
    pub cut_off: Timestamp,
    /// What coarser entries could stand for it.
    pub within: Within,
}

/// How much of each revocation is kept when there are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Tokens and sessions as their person.
    Subject,
    /// Everything inside a tenant as that tenant.
    Tenant,
}

/// Adds entries that no coarser one could stand for.
pub fn insert(tx: &mut impl Transaction, entries: &[Revocation]) -> Result<(), Failure> {
    insert_within(tx, &Within::default(), entries)
}

/// Adds entries about one person or tenant. A hash that is there already keeps its later cut-off; what changes nothing
/// writes nothing.
pub fn insert_within(
    tx: &mut impl Transaction,
    within: &Within,
    entries: &[Revocation],
) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    // The lock that makes writers take their numbers one after the other, and see each other's entries.
    change_number::raise(tx)?;
    let last: Option<i64> = revocations::table
        .select(max(revocations::seq))
        .first(tx.conn())
        .or_failure("numbering a revocation")?;
    for (seq, entry) in (last.unwrap_or(0) + 1..).zip(entries) {
        if renew(tx, entry)? {
            continue;
        }
        diesel::insert_into(revocations::table)
            .values((
                revocations::seq.eq(seq),
                revocations::kind.eq(&entry.kind),
                revocations::subject_hash.eq(&entry.subject_hash),
                revocations::within_subject.eq(&within.subject),
                revocations::within_tenant.eq(&within.tenant),
                revocations::cut_off.eq(entry.cut_off.to_naive()),
                revocations::expires_at.eq(entry.expires_at.to_naive()),
            ))
            .execute(tx.conn())
            .or_failure("writing a revocation")?;
    }
    Ok(())
}

/// Moves the entry of this hash on, where it is not that far yet; false when there is none.
fn renew(tx: &mut impl Transaction, entry: &Revocation) -> Result<bool, Failure> {
    let known: Option<(chrono::NaiveDateTime, chrono::NaiveDateTime)> = revocations::table
        .filter(revocations::subject_hash.eq(&entry.subject_hash))
        .select((revocations::cut_off, revocations::expires_at))
        .first(tx.conn())
        .optional()
        .or_failure("reading a revocation")?;
    let Some((cut_off, expires_at)) = known else { return Ok(false) };
    diesel::update(revocations::table.filter(revocations::subject_hash.eq(&entry.subject_hash)))
        .set((
            revocations::cut_off.eq(cut_off.max(entry.cut_off.to_naive())),
            revocations::expires_at.eq(expires_at.max(entry.expires_at.to_naive())),
        ))
        .execute(tx.conn())
        .or_failure("moving a revocation on")?;
    Ok(true)
}

/// Which of these hashes are revoked at `now`.
pub fn known(tx: &mut impl Transaction, hashes: &[String], now: Timestamp) -> Result<Vec<String>, Failure> {
    revocations::table
        .filter(revocations::subject_hash.eq_any(hashes))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .select(revocations::subject_hash)
        .load(tx.conn())
        .or_failure("reading revocations")
}

/// How many entries about this person, by the hash of their `sub`, matter at `now`.
pub fn count_of_person(tx: &mut impl Transaction, subject: &str, now: Timestamp) -> Result<i64, Failure> {
    revocations::table
        .filter(revocations::within_subject.eq(subject))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .count()
        .get_result(tx.conn())
        .or_failure("counting revocations")
}

/// Forgets every entry about this person: a coarser one takes their place in the same transaction.
pub fn forget_of_person(tx: &mut impl Transaction, subject: &str) -> Result<(), Failure> {
    diesel::delete(revocations::table.filter(revocations::within_subject.eq(subject)))
        .execute(tx.conn())
        .or_failure("replacing revocations")?;
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

/// How many entries matter at `now`.
pub fn count(tx: &mut impl Transaction, now: Timestamp) -> Result<i64, Failure> {
    revocations::table
        .filter(revocations::expires_at.gt(now.to_naive()))
        .count()
        .get_result(tx.conn())
        .or_failure("counting revocations")
}

/// A hash and the latest cut-off for it, as the database answers.
type Cut = (Option<String>, Option<chrono::NaiveDateTime>);

/// What is revoked at `now` as coarser hashes with their latest cut-offs; at most `limit` of each kind.
pub fn coarse(
    tx: &mut impl Transaction,
    grain: Grain,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Named>, Failure> {
    let alive = revocations::expires_at.gt(now.to_naive());
    let own = revocations::table
        .group_by(revocations::subject_hash)
        .select((revocations::subject_hash.nullable(), max(revocations::cut_off)))
        .filter(alive)
        .limit(limit);
    let mut cuts: Vec<Cut> = match grain {
        Grain::Subject => own.filter(revocations::within_subject.is_null()).load(tx.conn()),
        Grain::Tenant => own.filter(revocations::within_tenant.is_null()).load(tx.conn()),
    }
    .or_failure("listing revocations")?;
    let inside: Vec<Cut> = match grain {
        Grain::Subject => revocations::table
            .group_by(revocations::within_subject)
            .select((revocations::within_subject, max(revocations::cut_off)))
            .filter(alive)
            .filter(revocations::within_subject.is_not_null())
            .limit(limit)
            .load(tx.conn()),
        Grain::Tenant => revocations::table
            .group_by(revocations::within_tenant)
            .select((revocations::within_tenant, max(revocations::cut_off)))
            .filter(alive)
            .filter(revocations::within_tenant.is_not_null())
            .limit(limit)
            .load(tx.conn()),
    }
    .or_failure("listing revocations")?;
    cuts.extend(inside);
    Ok(cuts
        .into_iter()
        .filter_map(|(hash, cut_off)| {
            let (hash, cut_off) = (hash?, Timestamp::from_naive(cut_off?));
            Some(Named { hash, cut_off, within: Within::default() })
        })
        .collect())
}

/// Every entry that matters at `now`, with what stands above it, in the order in which they came.
pub fn live(tx: &mut impl Transaction, now: Timestamp) -> Result<Vec<Named>, Failure> {
    let rows: Vec<(String, chrono::NaiveDateTime, Option<String>, Option<String>)> = revocations::table
        .filter(revocations::expires_at.gt(now.to_naive()))
        .order(revocations::seq)
        .select((
            revocations::subject_hash,
            revocations::cut_off,
            revocations::within_subject,
            revocations::within_tenant,
        ))
        .load(tx.conn())
        .or_failure("listing revocations")?;
    Ok(rows
        .into_iter()
        .map(|(hash, cut_off, subject, tenant)| Named {
            hash,
            cut_off: Timestamp::from_naive(cut_off),
            within: Within { subject, tenant },
        })
        .collect())
}

/// Forgets the entries that no longer matter; says how many.
pub fn prune(tx: &mut PlatformTx<'_>, now: Timestamp) -> Result<usize, Failure> {
    diesel::delete(revocations::table.filter(revocations::expires_at.le(now.to_naive())))
        .execute(tx.conn())
        .or_failure("pruning revocations")
}
