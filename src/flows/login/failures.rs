//! Records failed sign-ins: one by one up to a limit, then as one counted event for each window (D23).

use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, TenantId, UserId};
use crate::model::rate::Rate;
use crate::storage::records::counters::{self, Counter};
use crate::storage::tx::Transaction as _;
use crate::storage::{Directory, TenantScope};

use super::SignInRules;

/// What the counters here are called; the limit and the tenant whose chain they fold into stand behind.
const KIND: &str = "failures";

/// The most counters folded by one call of [`close_windows`].
const BATCH: i64 = 500;

/// A sign-in that failed.
#[derive(Debug)]
pub struct FailedSignIn<'a> {
    /// The tenant that it was tried at, if there is one.
    pub tenant: Option<&'a TenantScope>,
    /// The account that was meant, if there is one.
    pub user: Option<UserId>,
    /// The key of the account name's lock counter.
    pub account_key: &'a str,
    /// Through which client.
    pub client: Option<&'a ClientId>,
    /// Why, for those who read the record; the person is not told.
    pub reason: &'static str,
}

/// Records a failure on the chain of its tenant, or of the platform where there is none.
pub fn record(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    failed: &FailedSignIn<'_>,
) -> Result<(), Failure> {
    let address = call.address.map(|address| address.to_string()).unwrap_or_default();
    let platform = directory.platform()?.id();
    let (tenant, key, rate) = match failed.tenant {
        Some(scope) => {
            let parts: [&[u8]; 3] = [b"recorded", failed.account_key.as_bytes(), address.as_bytes()];
            (scope.id(), rules.names.of(&parts), rules.recorded)
        }
        None => (platform, rules.names.of(&[b"recorded"]), rules.platform),
    };
    if !is_within(directory, call, (&key, tenant), rate)? {
        return Ok(());
    }
    let mut event = call
        .event(EventKind::SignIn, EventResult::Denied, Actor::Anonymous)
        .with("reason", failed.reason)
        .with("account", failed.account_key);
    if let Some(user) = failed.user {
        event = event.on("user", user);
    }
    if let Some(client) = failed.client {
        event = event.by_client(client);
    }
    directory.record_for(tenant, event);
    Ok(())
}

/// Whether one more failure is recorded by itself. A window that has passed is folded first.
fn is_within(
    directory: &mut Directory<'_>,
    call: &Call,
    (key, tenant): (&str, TenantId),
    rate: Rate,
) -> Result<bool, Failure> {
    let limit = i64::from(rate.count.get());
    let kind = format!("{KIND}:{limit}:{tenant}");
    let mut counter = counters::raise(directory, (key, &kind), call.now, call.now + rate.window)?;
    if call.now >= counter.expires_at {
        counter.count -= 1;
        fold(directory, call, &counter, (tenant, limit));
        counter.count = 1;
        counter.window_started_at = call.now;
        counter.expires_at = call.now + rate.window;
        counters::put(directory, &counter)?;
    }
    Ok(counter.count <= limit)
}

/// Records how many failures of a window were not recorded by themselves.
fn fold(directory: &mut Directory<'_>, call: &Call, counter: &Counter, (tenant, limit): (TenantId, i64)) {
    let folded = counter.count - limit;
    if folded > 0 {
        let event = call
            .event(EventKind::FailuresFolded, EventResult::Denied, Actor::Anonymous)
            .with("count", folded)
            .with("since", counter.window_started_at.to_string())
            .with("source", counter.key.as_str());
        directory.record_for(tenant, event);
    }
}

/// Folds the windows that have passed and forgets every counter that has expired; says how many. Called on schedule.
pub fn close_windows(directory: &mut Directory<'_>, call: &Call) -> Result<usize, Failure> {
    let mut closed = 0;
    for counter in counters::expired(directory, call.now, BATCH)? {
        if !counters::delete_expired(directory, &counter.key, call.now)? {
            continue;
        }
        closed += 1;
        if let Some(chain) = folds_into(&counter.kind) {
            fold(directory, call, &counter, chain);
        }
    }
    Ok(closed)
}

fn folds_into(kind: &str) -> Option<(TenantId, i64)> {
    let (limit, tenant) = kind.strip_prefix(KIND)?.strip_prefix(':')?.split_once(':')?;
    Some((tenant.parse().ok()?, limit.parse().ok()?))
}
