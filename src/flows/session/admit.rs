//! Lets a proved account into a browser. The cookie changes at each rise of privilege, so that a value known from before
//! is worth nothing after (P069).

use super::live::{LiveAccount, live_in, whereabouts};
use crate::flows::call::Call;
use crate::model::failure::Failure;
use crate::model::ids::{BrowserSessionId, SessionId, TenantId, UserId};
use crate::model::session::{BrowserSession, Proof, Session, SessionRef};
use crate::storage::records::{browser_sessions, interactions, sessions};
use crate::storage::{Directory, TenantScope};

/// The most accounts of one browser; the oldest gives way.
const MOST_ACCOUNTS: usize = 10;

/// The most sessions of one person in all browsers; the oldest gives way.
const MOST_SESSIONS: i64 = 100;

/// The hashes of a browser's cookies: of the one that it came with, and of the one that takes its place.
#[derive(Debug, Clone, Copy)]
pub struct CookieChange<'a> {
    /// The one that it came with.
    pub old: &'a str,
    /// The one that takes its place.
    pub new: &'a str,
}

/// An account that was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted {
    /// Its session.
    pub account: SessionRef,
    /// Whether that session is new; otherwise the account was signed in here before and proved itself again.
    pub is_new: bool,
}

/// Signs a person in who just gave these proofs, in the browser with the old cookie, which gets the new one; with the hash of the
/// secret by which that is remembered, where it stood in for a second factor. An account that is signed in there already keeps its
/// session, with each new proof in place of an older one of the same factor.
///
/// The open interactions of the browser move to the new cookie ([`rotate`]).
pub fn admit(
    directory: &mut Directory<'_>,
    call: &Call,
    (scope, user): (&TenantScope, UserId),
    (proofs, device): (&[Proof], Option<&str>),
    cookie: CookieChange<'_>,
) -> Result<Admitted, Failure> {
    let known = browser_sessions::find(directory, cookie.old)?;
    let here = live_in(directory, call, known.as_ref())?;
    let again = here
        .iter()
        .find(|account| account.user.id == user && account.scope.id() == scope.id())
        .map(|account| account.session.clone());
    let browser = rotate_known(directory, call, known.as_ref(), cookie)?;
    if let Some(session) = again {
        let proofs = merged(&session.proofs, proofs);
        let mut tx = directory.enter(scope)?;
        if sessions::prove(&mut tx, session.id, &proofs, call.now)? {
            if let Some(device) = device {
                sessions::set_device(&mut tx, session.id, device)?;
            }
            let account = SessionRef { tenant_id: scope.id(), sid: session.id };
            return Ok(Admitted { account, is_new: false });
        }
    }
    if let Some(known) = &known {
        forget_dead(directory, scope, user, known, &here)?;
    }
    let mut replaced: Vec<(TenantScope, SessionId)> = Vec::new();
    if here.len() >= MOST_ACCOUNTS {
        replaced.extend(here.first().map(|oldest| (oldest.scope.clone(), oldest.session.id)));
    }
    let oldest = sessions::open_but(&mut directory.enter(scope)?, user, MOST_SESSIONS - 1)?;
    replaced.extend(oldest.into_iter().map(|sid| (scope.clone(), sid)));
    super::end::end(directory, call, replaced, super::EndReason::Replaced)?;
    let mut tx = directory.enter(scope)?;
    let session = Session {
        tenant_id: scope.id(),
        id: call.id::<SessionId>(),
        browser_session_id: browser,
        user_id: user,
        proofs: proofs.to_vec(),
        address: call.address,
        created_at: call.now,
        last_seen_at: call.now,
        ended_at: None,
        device: device.map(str::to_owned),
    };
    sessions::insert(&mut tx, &session, whereabouts(call))?;
    let account = SessionRef { tenant_id: scope.id(), sid: session.id };
    browser_sessions::add_account(directory, browser, account, call.now)?;
    Ok(Admitted { account, is_new: true })
}

/// Older proofs with these after them, each factor once.
pub fn merged(older: &[Proof], newer: &[Proof]) -> Vec<Proof> {
    let replaced = |old: &&Proof| newer.iter().all(|new| new.factor != old.factor);
    older.iter().filter(replaced).chain(newer).copied().collect()
}

/// Takes the person's earlier, dead sessions out of the browser; they were kept to remember the account by.
fn forget_dead(
    directory: &mut Directory<'_>,
    scope: &TenantScope,
    user: UserId,
    known: &BrowserSession,
    live: &[LiveAccount],
) -> Result<(), Failure> {
    for old in known.accounts.iter().filter(|old| old.tenant_id == scope.id()) {
        let is_live = live.iter().any(|account| account.session.id == old.sid);
        let session = if is_live { None } else { sessions::find(&mut directory.enter(scope)?, old.sid)? };
        if session.is_some_and(|session| session.user_id == user) {
            browser_sessions::remove_account(directory, known.id, old.sid)?;
        }
    }
    Ok(())
}

/// Gives the browser a new cookie in place of its old one, and a browser session if it has none. Its open interactions
/// in the tenants that it has to do with move along.
pub fn rotate(
    directory: &mut Directory<'_>,
    call: &Call,
    cookie: CookieChange<'_>,
) -> Result<BrowserSessionId, Failure> {
    let known = browser_sessions::find(directory, cookie.old)?;
    rotate_known(directory, call, known.as_ref(), cookie)
}

fn rotate_known(
    directory: &mut Directory<'_>,
    call: &Call,
    known: Option<&BrowserSession>,
    cookie: CookieChange<'_>,
) -> Result<BrowserSessionId, Failure> {
    let mut tenants: Vec<TenantId> = vec![directory.platform()?.id()];
    let browser = if let Some(browser) = known {
        if !browser_sessions::rotate(directory, browser.id, cookie.old, cookie.new, call.now)? {
            return Err(Failure::unavailable("another request of this browser changed its cookie"));
        }
        tenants.extend(browser.accounts.iter().map(|account| account.tenant_id));
        browser.id
    } else {
        let id = call.id();
        browser_sessions::insert(directory, id, cookie.new, call.now)?;
        id
    };
    tenants.sort_unstable();
    tenants.dedup();
    for tenant in tenants {
        move_interactions(directory, tenant, cookie)?;
    }
    Ok(browser)
}

/// Binds the browser's open interactions in one tenant to its new cookie.
pub fn move_interactions(
    directory: &mut Directory<'_>,
    tenant: TenantId,
    cookie: CookieChange<'_>,
) -> Result<(), Failure> {
    match directory.tenant(tenant)? {
        Some(scope) => interactions::rebind(&mut directory.enter(&scope)?, cookie.old, cookie.new),
        None => Ok(()),
    }
}
