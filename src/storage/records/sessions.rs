//! Sessions: one account in one browser, the `sid` of its tokens. Kept for a while after they ended.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::{from_json, stored, to_json};
use crate::model::failure::Failure;
use crate::model::ids::{BrowserSessionId, SessionId, UserId};
use crate::model::session::{Proof, Session};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, Prepare, delete_some, update_rows};
use crate::storage::schema::sessions;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// How many sessions of a person that are too many are listed at once.
const FEW: i64 = 10;

#[derive(Queryable, Insertable)]
#[diesel(table_name = sessions)]
struct Row {
    tenant_id: String,
    id: String,
    browser_session_id: String,
    user_id: String,
    proofs: String,
    address: Option<String>,
    user_agent: Option<String>,
    created_at: NaiveDateTime,
    last_seen_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
    device_hash: Option<String>,
}

impl Row {
    fn read(self) -> Result<Session, Failure> {
        Ok(Session {
            tenant_id: stored(&self.tenant_id, "sessions.tenant_id")?,
            id: stored(&self.id, "sessions.id")?,
            browser_session_id: stored(&self.browser_session_id, "sessions.browser_session_id")?,
            user_id: stored(&self.user_id, "sessions.user_id")?,
            proofs: from_json(&self.proofs, "sessions.proofs")?,
            created_at: Timestamp::from_naive(self.created_at),
            last_seen_at: Timestamp::from_naive(self.last_seen_at),
            address: self.address.and_then(|address| address.parse().ok()),
            ended_at: self.ended_at.map(Timestamp::from_naive),
            device: self.device_hash,
        })
    }
}

/// Where a session is used from, as it was last seen.
#[derive(Debug, Clone, Default)]
pub struct Whereabouts {
    /// The browser's address.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

/// Adds a session. Its tenant is the transaction's, whatever the value says.
pub fn insert(tx: &mut TenantTx<'_>, session: &Session, whereabouts: Whereabouts) -> Result<(), Failure> {
    let row = Row {
        tenant_id: tx.tenant(),
        id: session.id.to_string(),
        browser_session_id: session.browser_session_id.to_string(),
        user_id: session.user_id.to_string(),
        proofs: to_json(&session.proofs, "sessions.proofs")?,
        address: whereabouts.address,
        user_agent: whereabouts.user_agent,
        created_at: session.created_at.to_naive(),
        last_seen_at: session.last_seen_at.to_naive(),
        ended_at: None,
        device_hash: session.device.clone(),
    };
    diesel::insert_into(sessions::table).values(row).run(tx.conn()).or_failure("starting a session")?;
    Ok(())
}

/// The session with this id, ended or expired though it may be.
pub fn find(tx: &mut TenantTx<'_>, id: SessionId) -> Result<Option<Session>, Failure> {
    let row: Option<Row> = tx
        .rows::<sessions::table>()
        .filter(sessions::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a session")?;
    row.map(Row::read).transpose()
}

/// Whether there is a session of this person, ended or not: in this browser, or in any.
pub fn any_of_user(
    tx: &mut TenantTx<'_>,
    user: UserId,
    browser: Option<BrowserSessionId>,
) -> Result<bool, Failure> {
    let theirs = tx.rows::<sessions::table>().filter(sessions::user_id.eq(user.to_string()));
    let found = match browser {
        Some(browser) => {
            let there = theirs.filter(sessions::browser_session_id.eq(browser.to_string()));
            diesel::select(exists(there)).one(tx.conn())
        }
        None => diesel::select(exists(theirs)).one(tx.conn()),
    };
    found.or_failure("looking for a session")
}

/// The sessions of this person that were not ended, the newest first, and where they were used last; those past their
/// limits among them. There are no more than are let in ([`open_but`]).
pub fn open_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<(Session, Whereabouts)>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<sessions::table>()
        .filter(sessions::user_id.eq(user.to_string()))
        .filter(sessions::ended_at.is_null())
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .every(tx.conn())
        .or_failure("listing sessions")?;
    rows.into_iter()
        .map(|row| {
            let there = Whereabouts { address: row.address.clone(), user_agent: row.user_agent.clone() };
            Ok((row.read()?, there))
        })
        .collect()
}

/// The sessions of this person that were not ended, without the `newest` of them: a few at a time, those past their limits
/// among them.
pub fn open_but(tx: &mut TenantTx<'_>, user: UserId, newest: i64) -> Result<Vec<SessionId>, Failure> {
    let open = tx
        .rows::<sessions::table>()
        .filter(sessions::user_id.eq(user.to_string()))
        .filter(sessions::ended_at.is_null());
    // Asked at every sign-in, and SQLite plans a LIMIT that it is given as a value anew each time: few have so many.
    let there: i64 = open.clone().count().one(tx.conn()).or_failure("counting sessions")?;
    if there <= newest {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = open
        .order(sessions::created_at.desc())
        .offset(newest)
        .limit(FEW)
        .select(sessions::id)
        .every(tx.conn())
        .or_failure("listing sessions")?;
    ids.iter().map(|id| stored(id, "sessions.id")).collect()
}

/// Notes that the session was used, and from where.
pub fn touch(
    tx: &mut TenantTx<'_>,
    id: SessionId,
    whereabouts: Whereabouts,
    now: Timestamp,
) -> Result<(), Failure> {
    update_rows(
        tx.rows::<sessions::table>()
            .filter(sessions::id.eq(id.to_string()))
            .filter(sessions::ended_at.is_null()),
    )
    .set((
        sessions::last_seen_at.eq(now.to_naive()),
        sessions::address.eq(whereabouts.address),
        sessions::user_agent.eq(whereabouts.user_agent),
    ))
    .execute(tx.conn())
    .or_failure("using a session")?;
    Ok(())
}

/// Notes that the session was used, by a program on the person's behalf.
pub fn seen(tx: &mut TenantTx<'_>, id: SessionId, now: Timestamp) -> Result<(), Failure> {
    update_rows(
        tx.rows::<sessions::table>()
            .filter(sessions::id.eq(id.to_string()))
            .filter(sessions::ended_at.is_null()),
    )
    .set(sessions::last_seen_at.eq(now.to_naive()))
    .execute(tx.conn())
    .or_failure("using a session")?;
    Ok(())
}

/// Stores what was proved; false when the session has ended.
pub fn prove(
    tx: &mut TenantTx<'_>,
    id: SessionId,
    proofs: &[Proof],
    now: Timestamp,
) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<sessions::table>()
            .filter(sessions::id.eq(id.to_string()))
            .filter(sessions::ended_at.is_null()),
    )
    .set((
        sessions::proofs.eq(to_json(&proofs, "sessions.proofs")?),
        sessions::last_seen_at.eq(now.to_naive()),
    ))
    .execute(tx.conn())
    .or_failure("storing a proof")?;
    Ok(changed == 1)
}

/// Notes the device that the session's browser is remembered by.
pub fn set_device(tx: &mut TenantTx<'_>, id: SessionId, hash: &str) -> Result<(), Failure> {
    update_rows(tx.rows::<sessions::table>().filter(sessions::id.eq(id.to_string())))
        .set(sessions::device_hash.eq(Some(hash)))
        .execute(tx.conn())
        .or_failure("noting a remembered device")?;
    Ok(())
}

/// Ends the session; false when it had ended before.
pub fn end(tx: &mut TenantTx<'_>, id: SessionId, now: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<sessions::table>()
            .filter(sessions::id.eq(id.to_string()))
            .filter(sessions::ended_at.is_null()),
    )
    .set(sessions::ended_at.eq(Some(now.to_naive())))
    .execute(tx.conn())
    .or_failure("ending a session")?;
    Ok(changed == 1)
}

/// Ends every session of this person that was not ended, but the one that is kept; says which.
pub fn end_of_user(
    tx: &mut TenantTx<'_>,
    user: UserId,
    keep: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<SessionId>, Failure> {
    // No session has an empty id.
    let kept = keep.map_or_else(String::new, |sid| sid.to_string());
    let ended: Vec<String> = diesel::update(
        tx.rows::<sessions::table>()
            .filter(sessions::user_id.eq(user.to_string()))
            .filter(sessions::id.ne(kept))
            .filter(sessions::ended_at.is_null()),
    )
    .set(sessions::ended_at.eq(Some(now.to_naive())))
    .returning(sessions::id)
    .prepared()
    .every(tx.conn())
    .or_failure("ending the sessions of a user")?;
    ended.iter().map(|id| stored(id, "sessions.id")).collect()
}

/// Removes every one of this person: they are erased.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<sessions::table>().filter(sessions::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing the sessions of a user")?;
    Ok(())
}

/// Forgets up to `limit` of the sessions that nobody used since `before`; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<sessions::table>().filter(sessions::last_seen_at.lt(before.to_naive())),
        sessions::id,
        limit
    )
    .or_failure("pruning sessions")
}
