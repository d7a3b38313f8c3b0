//! Browser sessions, by the hash of their cookie, and where each account in them is found (D5, D12).

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::{BrowserSessionId, SessionId};
use crate::model::session::{BrowserSession, SessionRef};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, is_alone, update_rows};
use crate::storage::schema::{browser_session_accounts as accounts, browser_sessions as browsers};
use crate::storage::tx::{PlatformTx, Transaction, sealed::Connected};

/// Accounts that one statement names at most.
const ROWS: usize = 500;

/// The browser session with this cookie, and its accounts in the order they were added.
pub fn find(tx: &mut impl Transaction, cookie_hash: &str) -> Result<Option<BrowserSession>, Failure> {
    let row: Option<(String, NaiveDateTime)> = browsers::table
        .filter(browsers::cookie_hash.eq(cookie_hash))
        .select((browsers::id, browsers::created_at))
        .one(tx.conn())
        .optional()
        .or_failure("reading a browser session")?;
    let Some((id, created_at)) = row else { return Ok(None) };
    let refs: Vec<(String, String)> = accounts::table
        .filter(accounts::browser_session_id.eq(&id))
        .order((accounts::added_at, accounts::sid))
        .select((accounts::tenant_id, accounts::sid))
        .every(tx.conn())
        .or_failure("reading the accounts of a browser session")?;
    let accounts = refs
        .iter()
        .map(|(tenant, sid)| {
            Ok(SessionRef {
                tenant_id: stored(tenant, "browser_session_accounts.tenant_id")?,
                sid: stored(sid, "browser_session_accounts.sid")?,
            })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(Some(BrowserSession {
        id: stored(&id, "browser_sessions.id")?,
        created_at: Timestamp::from_naive(created_at),
        accounts,
    }))
}

/// Adds a browser session without accounts.
pub fn insert(
    tx: &mut impl Transaction,
    id: BrowserSessionId,
    cookie_hash: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    diesel::insert_into(browsers::table)
        .values((
            browsers::id.eq(id.to_string()),
            browsers::cookie_hash.eq(cookie_hash),
            browsers::created_at.eq(now.to_naive()),
            browsers::last_seen_at.eq(now.to_naive()),
        ))
        .run(tx.conn())
        .or_failure("starting a browser session")?;
    Ok(())
}

/// Lets other requests of the browser with this cookie wait until this transaction ends. Whoever waited finds a cookie that
/// is no longer this one; a browser that has none yet waits for nobody.
pub fn hold(tx: &mut impl Transaction, cookie_hash: &str) -> Result<(), Failure> {
    if is_alone(tx.conn()) {
        return Ok(());
    }
    update_rows(browsers::table.filter(browsers::cookie_hash.eq(cookie_hash)))
        .set(browsers::last_seen_at.eq(browsers::last_seen_at))
        .execute(tx.conn())
        .or_failure("holding a browser session")?;
    Ok(())
}

/// Gives the browser session a new cookie; false when another request did so first.
pub fn rotate(
    tx: &mut impl Transaction,
    id: BrowserSessionId,
    old_hash: &str,
    new_hash: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let changed = update_rows(
        browsers::table.filter(browsers::id.eq(id.to_string())).filter(browsers::cookie_hash.eq(old_hash)),
    )
    .set((browsers::cookie_hash.eq(new_hash), browsers::last_seen_at.eq(now.to_naive())))
    .execute(tx.conn())
    .or_failure("rotating a browser cookie")?;
    Ok(changed == 1)
}

/// Notes that the browser came by.
pub fn touch(tx: &mut impl Transaction, id: BrowserSessionId, now: Timestamp) -> Result<(), Failure> {
    update_rows(browsers::table.filter(browsers::id.eq(id.to_string())))
        .set(browsers::last_seen_at.eq(now.to_naive()))
        .execute(tx.conn())
        .or_failure("using a browser session")?;
    Ok(())
}

/// Puts an account behind those that are there.
pub fn add_account(
    tx: &mut impl Transaction,
    id: BrowserSessionId,
    account: SessionRef,
    now: Timestamp,
) -> Result<(), Failure> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::browser_session_id.eq(id.to_string()),
            accounts::tenant_id.eq(account.tenant_id.to_string()),
            accounts::sid.eq(account.sid.to_string()),
            accounts::added_at.eq(now.to_naive()),
        ))
        .run(tx.conn())
        .or_failure("adding an account to a browser session")?;
    Ok(())
}

/// Takes an account out.
pub fn remove_account(
    tx: &mut impl Transaction,
    id: BrowserSessionId,
    sid: SessionId,
) -> Result<(), Failure> {
    diesel::delete(
        accounts::table
            .filter(accounts::browser_session_id.eq(id.to_string()))
            .filter(accounts::sid.eq(sid.to_string())),
    )
    .run(tx.conn())
    .or_failure("taking an account out of a browser session")?;
    Ok(())
}

/// Takes the accounts of these sessions out of their browsers.
pub fn remove_accounts(tx: &mut impl Transaction, sessions: &[SessionId]) -> Result<(), Failure> {
    for some in sessions.chunks(ROWS) {
        let sids: Vec<String> = some.iter().map(ToString::to_string).collect();
        diesel::delete(accounts::table.filter(accounts::sid.eq_any(sids)))
            .run(tx.conn())
            .or_failure("taking accounts out of browser sessions")?;
    }
    Ok(())
}

/// Forgets up to `limit` of the browser sessions that nobody used since `before`; says how many.
pub fn prune(tx: &mut PlatformTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        browsers::table.filter(browsers::last_seen_at.lt(before.to_naive())),
        browsers::id,
        limit
    )
    .or_failure("pruning browser sessions")
}
