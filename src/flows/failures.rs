//! Records refusals of callers who proved nothing: one by one up to a limit, then as one counted event for each window
//! (D23). No flood of them fills a chain, and none hides that it happened.

use super::call::Call;
use crate::crypto::hmac::KeyedHash;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::rate::Rate;
use crate::storage::records::counters::{self, Counter};
use crate::storage::tx::Transaction;

/// What the counters here are called; the limit, the tenant whose chain
/// they fold into and what they count stand behind.
const KIND: &str = "failures";

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
    let (tenant, key, rate) = if let Some(tenant) = source.tenant {
        let parts = ["recorded", kind, source.named, &address].map(str::as_bytes);
        (tenant, rules.names.of(&parts), rules.one_by_one)
    } else {
        let parts = ["recorded", kind].map(str::as_bytes);
        (platform, rules.names.of(&parts), rules.platform)
    };
    if is_within(tx, call, (&key, kind, tenant), rate)? {
        tx.record_for(tenant, event);
    }
    Ok(())
}

/// Whether one more failure is recorded by itself. A window that has passed is folded first.
fn is_within(
    tx: &mut impl Transaction,
    call: &Call,
    (key, what, tenant): (&str, &str, TenantId),
    rate: Rate,
) -> Result<bool, Failure> {
    let limit = i64::from(rate.count.get());
    let kind = format!("{KIND}:{limit}:{tenant}:{what}");
    let mut counter = counters::raise(tx, (key, &kind), call.now, call.now + rate.window)?;
    if call.now >= counter.expires_at {
        counter.count -= 1;
        fold(tx, call, &counter, (tenant, limit, what));
        counter.count = 1;
        counter.window_started_at = call.now;
        counter.expires_at = call.now + rate.window;
        counters::put(tx, &counter)?;
    }
    Ok(counter.count <= limit)
}

/// Records how many failures of a window were not recorded by themselves.
fn fold(
    tx: &mut impl Transaction,
    call: &Call,
    counter: &Counter,
    (tenant, limit, what): (TenantId, i64, &str),
) {
    let folded = counter.count - limit;
    if folded > 0 {
        let event = call
            .event(EventKind::FailuresFolded, EventResult::Denied, Actor::Anonymous)
            .with("of", what)
            .with("count", folded)
            .with("since", counter.window_started_at.to_string())
            .with("source", counter.key.as_str());
        tx.record_for(tenant, event);
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
        if let Some(chain) = folds_into(&counter.kind) {
            fold(tx, call, &counter, chain);
        }
    }
    Ok(closed)
}

/// The chain, the limit and the kind of what a counter counts, if it is one of ours.
fn folds_into(kind: &str) -> Option<(TenantId, i64, &str)> {
    let (limit, rest) = kind.strip_prefix(KIND)?.strip_prefix(':')?.split_once(':')?;
    let (tenant, what) = rest.split_once(':')?;
    Some((tenant.parse().ok()?, limit.parse().ok()?, what))
}
