//! Records refusals of callers who proved nothing: one by one up to a limit, then as one counted event for each window
//! (D23). No flood of them fills a chain, and none hides that it happened.

use std::time::Duration;

use super::call::Call;
use crate::crypto::hmac::KeyedHash;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::rate::Rate;
use crate::storage::records::counters::{self, Begins, Counter};
use crate::storage::tx::Transaction;

/// What the counters here are called; the limit, the tenant whose chain
/// they fold into and what they count stand behind.
const KIND: &str = "failures";

/// The same for counters whose rest is counted elsewhere.
const QUIET: &str = "quiet_failures";

/// The most counters folded by one call of [`close_windows`].
const BATCH: i64 = 500;

/// How such refusals are recorded, from the configuration.
#[derive(Debug, Clone)]
pub struct RecordRules {
    /// The keyed hash under which names and addresses are counted.
    pub names: KeyedHash,
    /// Refusals of one name from one address that are recorded one by one.
    pub one_by_one: Rate,
    /// Refusals of one kind without a known tenant that are recorded one by one in the platform's chain.
    pub platform: Rate,
}

/// Whose refusals are counted together, beside their kind and address.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The tenant on whose chain they are recorded; the platform's where none is known.
    pub tenant: Option<TenantId>,
    /// The account or client that was named.
    pub named: &'a str,
}

/// What a counter counts: its kind in the table says all of it.
struct Tally<'a> {
    /// The tenant on whose chain the rest is folded.
    tenant: TenantId,
    /// How many are recorded one by one.
    limit: i64,
    /// The kind of the refusals.
    what: &'a str,
    /// Whether the rest becomes an event of its own.
    folds: bool,
}

impl<'a> Tally<'a> {
    fn kind(&self) -> String {
        let word = if self.folds { KIND } else { QUIET };
        format!("{word}:{}:{}:{}", self.limit, self.tenant, self.what)
    }

    /// Reads a counter's kind back, if it is one of ours.
    fn read(kind: &'a str) -> Option<Self> {
        let (limit, rest) = kind.strip_prefix(KIND)?.strip_prefix(':')?.split_once(':')?;
        let (tenant, what) = rest.split_once(':')?;
        Some(Self { tenant: tenant.parse().ok()?, limit: limit.parse().ok()?, what, folds: true })
    }
}

/// Records a refusal.
pub fn record(
    tx: &mut impl Transaction,
    call: &Call,
    rules: &RecordRules,
    source: Source<'_>,
    event: Event,
) -> Result<(), Failure> {
    let kind = event.kind.as_str();
    let address = call.address.map(|address| address.to_string()).unwrap_or_default();
    // Asked for in either case, so that both ask the database the same questions (P036).
    let platform = tx.directory().platform()?.id();
    let tenant = source.tenant.unwrap_or(platform);
    let key = rules.names.of(&["recorded", kind, source.named, &address].map(str::as_bytes));
    let limit = i64::from(rules.one_by_one.count.get());
    let tally = Tally { tenant, limit, what: kind, folds: source.tenant.is_some() };
    let within = is_within(tx, call, &key, &tally, rules.one_by_one.window)?;
    let recorded = if source.tenant.is_some() {
        // Once more the same, where the platform's quota is asked: a name that exists is refused with as many questions.
        let expires_at = call.now + rules.one_by_one.window;
        counters::hold(tx, Begins { key: &key, kind: &tally.kind(), now: call.now, expires_at })?;
        within
    } else {
        is_within_quota(tx, call, rules, (platform, kind), within)?
    };
    if recorded {
        tx.record_for(tenant, event);
    }
    Ok(())
}

/// Whether the platform's chain takes one more failure of this kind without a known tenant; `within` says whether it takes
/// one more of the same name. Names can be made up without end: what is too much of one is counted together with that of all
/// others, and becomes one event for each window.
fn is_within_quota(
    tx: &mut impl Transaction,
    call: &Call,
    rules: &RecordRules,
    (platform, kind): (TenantId, &str),
    within: bool,
) -> Result<bool, Failure> {
    let (share, limit) = if within { ("quota", i64::from(rules.platform.count.get())) } else { ("rest", 0) };
    let key = rules.names.of(&["recorded", kind, share].map(str::as_bytes));
    let tally = Tally { tenant: platform, limit, what: kind, folds: true };
    is_within(tx, call, &key, &tally, rules.platform.window)
}

/// Whether one more failure is recorded by itself. A window that has passed is folded first.
fn is_within(
    tx: &mut impl Transaction,
    call: &Call,
    key: &str,
    tally: &Tally<'_>,
    window: Duration,
) -> Result<bool, Failure> {
    let (kind, now) = (tally.kind(), call.now);
    let mut counter = counters::raise(tx, Begins { key, kind: &kind, now, expires_at: now + window })?;
    if now >= counter.expires_at {
        counter.count -= 1;
        fold(tx, call, &counter, tally);
        counter.count = 1;
        counter.window_started_at = now;
        counter.expires_at = now + window;
        counters::put(tx, &counter)?;
    }
    Ok(counter.count <= tally.limit)
}

/// Records how many failures of a window were not recorded by themselves.
fn fold(tx: &mut impl Transaction, call: &Call, counter: &Counter, tally: &Tally<'_>) {
    let folded = counter.count - tally.limit;
    if folded > 0 && tally.folds {
        let event = call
            .event(EventKind::FailuresFolded, EventResult::Denied, Actor::Anonymous)
            .with("of", tally.what)
            .with("count", folded)
            .with("since", counter.window_started_at.to_string())
            .with("source", counter.key.as_str());
        tx.record_for(tally.tenant, event);
    }
}

/// Folds the windows that have passed and forgets every counter that has expired; says how many. Called on schedule.
pub fn close_windows(tx: &mut impl Transaction, call: &Call) -> Result<usize, Failure> {
    let mut closed = 0;
    for counter in counters::expired(tx, call.now, BATCH)? {
        if !counters::delete_expired(tx, &counter.key, call.now)? {
            continue;
        }
        closed += 1;
        if let Some(tally) = Tally::read(&counter.kind) {
            fold(tx, call, &counter, &tally);
        }
    }
    Ok(closed)
}
