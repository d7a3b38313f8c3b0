//! Which accounts of a browser may be used now: read from the database each time, never from the cookie (P074, P076,
//! P104).

use std::net::IpAddr;
use std::time::Duration;

use crate::flows::call::Call;
use crate::flows::factors::devices;
use crate::flows::policy::{self, Device, Door};
use crate::flows::revocation;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, SessionId};
use crate::model::policy::{Policy, SessionLimits};
use crate::model::session::{BrowserSession, Factor, Session, SessionRef};
use crate::model::status::Status;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::records::sessions::Whereabouts;
use crate::storage::records::{browser_sessions, policies, refresh_families, sessions, users};
use crate::storage::{Directory, TenantScope, TenantTx};

/// How precisely the last use of a session is remembered at least; where the idle limit is short, to a quarter of it.
const TOUCH_EVERY: Duration = Duration::from_mins(1);

/// An account that is signed in and may be used now.
#[derive(Debug, Clone)]
pub struct LiveAccount {
    /// Its session in this browser.
    pub session: Session,
    /// Whose it is.
    pub user: User,
    /// The tenant it is signed in to.
    pub scope: TenantScope,
    /// Its tenant's policy, as it stands now.
    pub policy: Policy,
}

impl LiveAccount {
    /// Whether this use of the session has to be written down.
    fn is_due(&self, now: Timestamp) -> bool {
        now.since(self.session.last_seen_at) >= TOUCH_EVERY.min(self.policy.session.idle() / 4)
    }

    /// Where the account is found.
    pub const fn reference(&self) -> SessionRef {
        SessionRef { tenant_id: self.session.tenant_id, sid: self.session.id }
    }
}

/// The accounts signed in in the browser with this cookie, in the order they were added: only those whose tenant, user
/// and session are active and whose session is within its tenant's limits.
pub fn live_accounts(
    directory: &mut Directory<'_>,
    call: &Call,
    cookie_hash: &str,
) -> Result<Vec<LiveAccount>, Failure> {
    let browser = browser_sessions::find(directory, cookie_hash)?;
    live_in(directory, call, browser.as_ref())
}

/// The same for a browser that was read in this transaction; none are signed in in one that has no row.
pub(super) fn live_in(
    directory: &mut Directory<'_>,
    call: &Call,
    browser: Option<&BrowserSession>,
) -> Result<Vec<LiveAccount>, Failure> {
    let Some(browser) = browser else { return Ok(Vec::new()) };
    let mut accounts = Vec::with_capacity(browser.accounts.len());
    for reference in &browser.accounts {
        let account = find_live(directory, call, *reference)?;
        accounts.extend(account.filter(|account| account.session.browser_session_id == browser.id));
    }
    Ok(accounts)
}

/// The account of this session, if it may be used now: neither it nor its tenant was switched off since the session began
/// (D12).
pub fn find_live(
    directory: &mut Directory<'_>,
    call: &Call,
    reference: SessionRef,
) -> Result<Option<LiveAccount>, Failure> {
    let Some(scope) = directory.tenant(reference.tenant_id)? else { return Ok(None) };
    let mut tx = directory.enter(&scope)?;
    let Some(session) = sessions::find(&mut tx, reference.sid)? else { return Ok(None) };
    let Some(user) = users::find(&mut tx, session.user_id)? else { return Ok(None) };
    Ok(judge(&mut tx, call, Seen::Here, session, user)?.ok())
}

/// Why an account may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLive {
    /// The session is over, or what it stands on was switched off.
    Over,
    /// The tenant's policy does not admit it, as things are now: that may change.
    Policy,
}

/// The same for somebody who was read in this transaction, as was the tenant.
pub fn live_of(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sid: SessionId,
    (user, seen): (&User, Seen),
) -> Result<Result<LiveAccount, NotLive>, Failure> {
    let session = sessions::find(tx, sid)?.filter(|session| session.user_id == user.id);
    let Some(session) = session else { return Ok(Err(NotLive::Over)) };
    judge(tx, call, seen, session, user.clone())
}

fn judge(
    tx: &mut TenantTx<'_>,
    call: &Call,
    seen: Seen,
    session: Session,
    user: User,
) -> Result<Result<LiveAccount, NotLive>, Failure> {
    let policy = policies::find(tx)?;
    let scope = tx.scope().clone();
    let stood = |status: Status| status.stood_at(session.created_at);
    let lasts = session.ended_at.is_none()
        && within(&policy.session, &session, call.now)
        && stood(user.status)
        && stood(scope.tenant().status);
    if !lasts {
        return Ok(Err(NotLive::Over));
    }
    if !is_admitted(tx, call, (&policy, seen), &user, &session)? {
        return Ok(Err(NotLive::Policy));
    }
    Ok(Ok(LiveAccount { session, user, scope, policy }))
}

/// Where the person of a session is seen (D32).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Where the request comes from: a browser, or a program on the person's own device.
    Here,
    /// Where the session's browser was last: the request is that of a server.
    InTheBrowser,
}

impl Seen {
    const fn door(self) -> Door {
        match self {
            Self::Here => Door::Session,
            Self::InTheBrowser => Door::Refresh,
        }
    }

    fn address(self, call: &Call, session: &Session) -> Option<IpAddr> {
        match self {
            Self::Here => call.address,
            Self::InTheBrowser => session.address,
        }
    }
}

/// Whether the tenant's policy admits what was proved in this session, as it stands now.
fn is_admitted(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (policy, seen): (&Policy, Seen),
    user: &User,
    session: &Session,
) -> Result<bool, Failure> {
    let factors: Vec<Factor> = session.proofs.iter().map(|proof| proof.factor).collect();
    let (door, address) = (seen.door(), seen.address(call, session));
    let device = devices::of_session(tx, call, (policy, user), session)?;
    let proved = policy::Proved { device, ..policy::Proved::by(&factors, address) };
    Ok(policy::judge(tx, call, (policy, door), user, proved)?.stands().is_ok())
}

/// The policy, if it admits a grant that outlives its session (`offline_access`, D12), by what was proved when it was given.
///
/// # Errors
/// The database fails.
pub fn policy_for_offline(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (sid, factors): (SessionId, &[Factor]),
    (user, seen): (&User, Seen),
) -> Result<Option<Policy>, Failure> {
    let policy = policies::find(tx)?;
    let asks_where = !policy.networks.sign_in.is_empty() || policy.mfa.outside_trusted;
    let asks_session =
        policy.remembered_devices.life().is_some() || (asks_where && seen == Seen::InTheBrowser);
    let session = if asks_session { sessions::find(tx, sid)? } else { None };
    let address = match seen {
        Seen::Here => call.address,
        Seen::InTheBrowser => session.as_ref().and_then(|session| session.address),
    };
    // What outlives its session stands on what was proved, and on no device.
    let lives = |it: &Session| it.ended_at.is_none() && within(&policy.session, it, call.now);
    let device = match session.filter(lives) {
        Some(session) => devices::of_session(tx, call, (&policy, user), &session)?,
        None => Device::Any,
    };
    let proved = policy::Proved { device, ..policy::Proved::by(factors, address) };
    let verdict = policy::judge(tx, call, (&policy, Door::Refresh), user, proved)?;
    Ok(verdict.stands().is_ok().then_some(policy))
}

/// Whether neither limit has passed. A session from the future, after a clock was set back, is as old as it may be.
fn within(limits: &SessionLimits, session: &Session, now: Timestamp) -> bool {
    session.last_seen_at.is_younger_across_nodes(limits.idle(), now)
        && session.created_at.is_younger_across_nodes(limits.absolute(), now)
}

/// Whether the session of an access token, in the tenant of the transaction, is over and took the token along.
///
/// A session that was ended took what was issued until then. One that is beyond a limit which its tenant sets now took all
/// that lives by it, whatever its date: it may have been issued while the limits were longer, or dated ahead. What a refresh
/// token with `offline_access` gets after the end has outlived the session (D12).
///
/// # Errors
/// The database fails.
pub fn took_along(
    tx: &mut TenantTx<'_>,
    call: &Call,
    sid: SessionId,
    (client, iat): (&ClientId, i64),
) -> Result<bool, Failure> {
    let Some(session) = sessions::find(tx, sid)? else { return Ok(false) };
    if let Some(end) = session.ended_at {
        return Ok(iat <= revocation::reach(end).unix());
    }
    let limits = policies::find(tx)?.session;
    if within(&limits, &session, call.now) {
        return Ok(false);
    }
    let end = (session.last_seen_at + limits.idle()).min(session.created_at + limits.absolute());
    Ok(iat <= end.unix() || !refresh_families::any_offline(tx, sid, client)?)
}

/// Notes that the session is in use, but not at every request.
pub fn touch(tx: &mut TenantTx<'_>, call: &Call, account: &LiveAccount) -> Result<(), Failure> {
    if !account.is_due(call.now) {
        return Ok(());
    }
    browser_sessions::touch(tx, account.session.browser_session_id, call.now)?;
    sessions::touch(tx, account.session.id, whereabouts(call), call.now)
}

/// The same where a client refreshes: the session is in use, and where its browser was stays (D32).
pub fn keep_alive(tx: &mut TenantTx<'_>, call: &Call, account: &LiveAccount) -> Result<(), Failure> {
    if !account.is_due(call.now) {
        return Ok(());
    }
    browser_sessions::touch(tx, account.session.browser_session_id, call.now)?;
    sessions::seen(tx, account.session.id, call.now)
}

/// Where this request comes from.
pub(super) fn whereabouts(call: &Call) -> Whereabouts {
    Whereabouts {
        address: call.address.map(|address| address.to_string()),
        user_agent: call.user_agent.clone(),
    }
}
