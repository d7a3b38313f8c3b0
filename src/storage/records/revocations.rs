//! What was revoked before its time (D14): hashes with a cut-off, each once, kept for the longest life of an access token.
//! Each change raises the change number, so that every node learns of it.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, max};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, RunQueryDsl,
};

use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, Prepare, delete_some, insert_rows};
use crate::storage::schema::revocations;
use crate::storage::tx::sealed::Connected;
use crate::storage::tx::{PlatformTx, Transaction};

/// Rows that one statement writes at most.
const ROWS: usize = 500;

/// What is revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// `protocol::revocation_feed::entry_key` of it.
    pub subject_hash: String,
    /// What it is inside of.
    pub within: Within,
    /// Whether what is issued on it afterwards is dated behind its cut-off: on sessions, persons, clients and tenants, not
    /// on tokens and keys.
    pub dates: bool,
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

#[derive(Clone, Insertable)]
#[diesel(table_name = revocations, treat_none_as_default_value = false)]
struct Row<'a> {
    seq: i64,
    subject_hash: &'a str,
    within_subject: Option<String>,
    within_tenant: Option<String>,
    dates: bool,
    cut_off: NaiveDateTime,
    expires_at: NaiveDateTime,
}

/// Puts these entries into the table, all with this cut-off and this end. One that is there already keeps what is later.
/// The caller holds the change number ([`super::change_number::raise`]), so that writers take their numbers one after the
/// other and see each other's entries.
pub fn put(
    tx: &mut impl Transaction,
    entries: &[Revocation],
    (cut_off, expires_at): (Timestamp, Timestamp),
) -> Result<(), Failure> {
    let (cut_off, expires_at) = (cut_off.to_naive(), expires_at.to_naive());
    let last: Option<i64> = revocations::table
        .select(max(revocations::seq))
        .one(tx.conn())
        .or_failure("numbering a revocation")?;
    let mut seqs = last.unwrap_or(0) + 1..;
    for some in entries.chunks(ROWS) {
        let mut new: BTreeMap<&str, &Revocation> =
            some.iter().map(|entry| (entry.subject_hash.as_str(), entry)).collect();
        for known in renew(tx, new.keys().copied().collect(), (cut_off, expires_at))? {
            new.remove(known.as_str());
        }
        let rows: Vec<Row<'_>> = new
            .into_iter()
            .zip(seqs.by_ref())
            .map(|((subject_hash, entry), seq)| Row {
                seq,
                subject_hash,
                within_subject: entry.within.subject.clone(),
                within_tenant: entry.within.tenant.clone(),
                dates: entry.dates,
                cut_off,
                expires_at,
            })
            .collect();
        let conn = tx.conn();
        insert_rows!(conn, revocations::table, rows).or_failure("writing revocations")?;
    }
    Ok(())
}

/// Moves the entries of these hashes on, where they are not that far yet; says which there are.
fn renew(
    tx: &mut impl Transaction,
    hashes: Vec<&str>,
    (cut_off, expires_at): (NaiveDateTime, NaiveDateTime),
) -> Result<Vec<String>, Failure> {
    let known: Vec<String> = revocations::table
        .filter(revocations::subject_hash.eq_any(hashes))
        .select(revocations::subject_hash)
        .every(tx.conn())
        .or_failure("reading revocations")?;
    if known.is_empty() {
        return Ok(known);
    }
    diesel::update(revocations::table.filter(revocations::subject_hash.eq_any(&known)))
        .filter(revocations::cut_off.lt(cut_off))
        .set(revocations::cut_off.eq(cut_off))
        .execute(tx.conn())
        .or_failure("moving revocations on")?;
    diesel::update(revocations::table.filter(revocations::subject_hash.eq_any(&known)))
        .filter(revocations::expires_at.lt(expires_at))
        .set(revocations::expires_at.eq(expires_at))
        .execute(tx.conn())
        .or_failure("moving revocations on")?;
    Ok(known)
}

/// Which of these hashes are revoked at `now`.
pub fn known(tx: &mut impl Transaction, hashes: &[String], now: Timestamp) -> Result<Vec<String>, Failure> {
    revocations::table
        .filter(revocations::subject_hash.eq_any(hashes))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .select(revocations::subject_hash)
        .every(tx.conn())
        .or_failure("reading revocations")
}

/// How many entries about this person, by the hash of their `sub`, matter at `now`.
pub fn count_of_person(tx: &mut impl Transaction, subject: &str, now: Timestamp) -> Result<i64, Failure> {
    revocations::table
        .filter(revocations::within_subject.eq(subject))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .count()
        .one(tx.conn())
        .or_failure("counting revocations")
}

/// Forgets every entry about this person: a coarser one takes their place in the same transaction.
pub fn forget_of_person(tx: &mut impl Transaction, subject: &str) -> Result<(), Failure> {
    diesel::delete(revocations::table.filter(revocations::within_subject.eq(subject)))
        .run(tx.conn())
        .or_failure("replacing revocations")?;
    Ok(())
}

/// The latest cut-off among these hashes, if any is revoked at `now`.
pub fn latest_cut_off(
    tx: &mut impl Transaction,
    hashes: &[String],
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let latest: Option<NaiveDateTime> = revocations::table
        .filter(revocations::subject_hash.eq_any(hashes))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .select(max(revocations::cut_off))
        .prepared()
        .one(tx.conn())
        .or_failure("reading revocations")?;
    Ok(latest.map(Timestamp::from_naive))
}

/// The latest cut-off that may have dated a token on these sessions or persons, if any matters at `now`: their own, that of
/// the person above them, those of what is inside of them, and those of clients and tenants, on which any token may stand.
pub fn latest_beside(
    tx: &mut impl Transaction,
    own: &[String],
    above: Option<&str>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let beside = revocations::subject_hash
        .eq_any(own.iter().map(String::as_str).chain(above))
        .or(revocations::within_subject.eq_any(own))
        .or(revocations::within_subject.is_null());
    let latest: Option<NaiveDateTime> = revocations::table
        .filter(beside.and(revocations::dates))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .select(max(revocations::cut_off))
        .one(tx.conn())
        .or_failure("reading revocations")?;
    Ok(latest.map(Timestamp::from_naive))
}

/// The latest cut-off that may have dated any token at all, if one matters at `now`.
pub fn latest_of_all(tx: &mut impl Transaction, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let latest: Option<NaiveDateTime> = revocations::table
        .filter(revocations::dates)
        .filter(revocations::expires_at.gt(now.to_naive()))
        .select(max(revocations::cut_off))
        .one(tx.conn())
        .or_failure("reading revocations")?;
    Ok(latest.map(Timestamp::from_naive))
}

/// How many entries matter at `now`.
pub fn count(tx: &mut impl Transaction, now: Timestamp) -> Result<i64, Failure> {
    revocations::table
        .filter(revocations::expires_at.gt(now.to_naive()))
        .count()
        .one(tx.conn())
        .or_failure("counting revocations")
}

/// The cut-off behind which this many entries lie, of those that matter at `now`; `None` where there are no more than these.
pub fn cut_off_behind(
    tx: &mut impl Transaction,
    newest: i64,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let cut_off: Option<NaiveDateTime> = revocations::table
        .filter(revocations::expires_at.gt(now.to_naive()))
        .order(revocations::cut_off.desc())
        .offset(newest)
        .select(revocations::cut_off)
        .limit(1)
        .one(tx.conn())
        .optional()
        .or_failure("reading revocations")?;
    Ok(cut_off.map(Timestamp::from_naive))
}

/// The tenants inside which something with a cut-off up to `until` is revoked at `now`, those with the most entries first:
/// how many, and as what.
pub fn by_tenant(
    tx: &mut impl Transaction,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<(i64, Named)>, Failure> {
    let rows: Vec<(Option<String>, i64, Option<NaiveDateTime>)> = revocations::table
        .group_by(revocations::within_tenant)
        .select((revocations::within_tenant, count_star(), max(revocations::cut_off)))
        .filter(revocations::expires_at.gt(now.to_naive()))
        .filter(revocations::cut_off.le(until.to_naive()))
        .filter(revocations::within_tenant.is_not_null())
        .every(tx.conn())
        .or_failure("counting revocations")?;
    let mut tenants: Vec<(i64, Named)> = rows
        .into_iter()
        .filter_map(|(hash, entries, cut_off)| {
            let (hash, cut_off) = (hash?, Timestamp::from_naive(cut_off?));
            Some((entries, Named { hash, cut_off, within: Within::default() }))
        })
        .collect();
    tenants.sort_unstable_by(|(one, a), (other, b)| other.cmp(one).then_with(|| a.hash.cmp(&b.hash)));
    Ok(tenants)
}

/// Every entry that matters at `now`, with what stands above it, in the order in which they came; without what these
/// tenants, as [`by_tenant`] gives them, stand for.
pub fn live(tx: &mut impl Transaction, but: &[Named], now: Timestamp) -> Result<Vec<Named>, Failure> {
    let tenants: Vec<&str> = but.iter().map(|tenant| tenant.hash.as_str()).collect();
    let until = but.iter().map(|tenant| tenant.cut_off).max().unwrap_or(now);
    let rows: Vec<(String, NaiveDateTime, Option<String>, Option<String>)> = revocations::table
        .filter(revocations::expires_at.gt(now.to_naive()))
        .filter(
            revocations::within_tenant
                .is_null()
                .or(revocations::cut_off.gt(until.to_naive()))
                .or(revocations::within_tenant.ne_all(tenants)),
        )
        .order(revocations::seq)
        .select((
            revocations::subject_hash,
            revocations::cut_off,
            revocations::within_subject,
            revocations::within_tenant,
        ))
        .every(tx.conn())
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

/// Forgets up to `limit` of the entries that no longer matter; says how many.
pub fn prune(tx: &mut PlatformTx<'_>, now: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        revocations::table.filter(revocations::expires_at.le(now.to_naive())),
        revocations::subject_hash,
        limit
    )
    .or_failure("pruning revocations")
}
