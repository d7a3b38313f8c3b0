//! Refresh families: the chain of rotated tokens that began with one grant (D11, D12).

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::{BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable};

use super::{refresh_tokens, stored};
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, FamilyId, SessionId, UserId};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, update_rows};
use crate::storage::schema::refresh_families as families;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// A family as it stands.
#[derive(Debug, Clone)]
pub struct Family {
    /// Its id.
    pub id: FamilyId,
    /// The client it was given to.
    pub client_id: ClientId,
    /// Who gave it.
    pub user_id: UserId,
    /// The session it was given in.
    pub sid: SessionId,
    /// Whether it outlives that session (`offline_access`).
    pub offline: bool,
    /// `flows::authorization::Authorization`, JSON.
    pub authorization: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When a token of it was last used.
    pub last_used_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
}

/// Why a family was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// A token of it came back after its rotation.
    Reused,
    /// The code that began it came back.
    CodeReused,
    /// The client revoked it (RFC 7009).
    Revoked,
    /// The session ended, or the person, the client or the consent is gone.
    Ended,
}

impl EndReason {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reused => "reused",
            Self::CodeReused => "code_reused",
            Self::Revoked => "revoked",
            Self::Ended => "ended",
        }
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = families)]
struct Row {
    tenant_id: String,
    id: String,
    client_id: String,
    user_id: String,
    sid: String,
    offline: bool,
    authorization_data: String,
    created_at: NaiveDateTime,
    last_used_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
    end_reason: Option<String>,
}

impl Row {
    fn read(self) -> Result<Family, Failure> {
        Ok(Family {
            id: stored(&self.id, "refresh_families.id")?,
            client_id: stored(&self.client_id, "refresh_families.client_id")?,
            user_id: stored(&self.user_id, "refresh_families.user_id")?,
            sid: stored(&self.sid, "refresh_families.sid")?,
            offline: self.offline,
            authorization: self.authorization_data,
            created_at: Timestamp::from_naive(self.created_at),
            last_used_at: Timestamp::from_naive(self.last_used_at),
            expires_at: Timestamp::from_naive(self.expires_at),
            ended_at: self.ended_at.map(Timestamp::from_naive),
        })
    }
}

/// Begins a family.
pub fn insert(tx: &mut TenantTx<'_>, family: &Family) -> Result<(), Failure> {
    let row = Row {
        tenant_id: tx.tenant(),
        id: family.id.to_string(),
        client_id: family.client_id.to_string(),
        user_id: family.user_id.to_string(),
        sid: family.sid.to_string(),
        offline: family.offline,
        authorization_data: family.authorization.clone(),
        created_at: family.created_at.to_naive(),
        last_used_at: family.last_used_at.to_naive(),
        expires_at: family.expires_at.to_naive(),
        ended_at: None,
        end_reason: None,
    };
    diesel::insert_into(families::table)
        .values(row)
        .run(tx.conn())
        .or_failure("beginning a refresh family")?;
    Ok(())
}

/// The family with this id, ended or expired though it may be.
pub fn find(tx: &mut TenantTx<'_>, id: FamilyId) -> Result<Option<Family>, Failure> {
    let row: Option<Row> = tx
        .rows::<families::table>()
        .filter(families::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a refresh family")?;
    row.map(Row::read).transpose()
}

/// The families of this person that are kept, the one used last first; those that ended or expired among them.
pub fn of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<Family>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<families::table>()
        .filter(families::user_id.eq(user.to_string()))
        .order(families::last_used_at.desc())
        .every(tx.conn())
        .or_failure("listing the refresh families of a user")?;
    rows.into_iter().map(Row::read).collect()
}

/// Notes that a token of the family is used; false when the family has ended. On PostgreSQL the row stays locked until
/// commit, so that whoever ends the family waits, and finds what was issued.
pub fn touch(tx: &mut TenantTx<'_>, id: FamilyId, now: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<families::table>()
            .filter(families::id.eq(id.to_string()))
            .filter(families::ended_at.is_null()),
    )
    .set(families::last_used_at.eq(now.to_naive()))
    .execute(tx.conn())
    .or_failure("using a refresh family")?;
    Ok(changed == 1)
}

/// Ends the family; false when it had ended before.
pub fn end(tx: &mut TenantTx<'_>, id: FamilyId, reason: EndReason, now: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<families::table>()
            .filter(families::id.eq(id.to_string()))
            .filter(families::ended_at.is_null()),
    )
    .set((families::ended_at.eq(Some(now.to_naive())), families::end_reason.eq(Some(reason.as_str()))))
    .execute(tx.conn())
    .or_failure("ending a refresh family")?;
    Ok(changed == 1)
}

/// Whether this client has a live family of this session that outlives it (`offline_access`, D12).
pub fn any_offline(tx: &mut TenantTx<'_>, sid: SessionId, client: &ClientId) -> Result<bool, Failure> {
    let live = tx
        .rows::<families::table>()
        .filter(families::sid.eq(sid.to_string()))
        .filter(families::client_id.eq(client.as_str()))
        .filter(families::offline.eq(true))
        .filter(families::ended_at.is_null());
    diesel::select(exists(live)).one(tx.conn()).or_failure("looking for a refresh family")
}

/// Whether this client has or had a family of this person, as far back as they are kept.
pub fn any_of_user(tx: &mut TenantTx<'_>, user: UserId, client: &ClientId) -> Result<bool, Failure> {
    let theirs = tx
        .rows::<families::table>()
        .filter(families::user_id.eq(user.to_string()))
        .filter(families::client_id.eq(client.as_str()));
    diesel::select(exists(theirs)).one(tx.conn()).or_failure("looking for a refresh family")
}

/// Ends every live family that dies with this session: those without `offline_access` (D12).
pub fn end_of_session(tx: &mut TenantTx<'_>, sid: SessionId, now: Timestamp) -> Result<usize, Failure> {
    update_rows(
        tx.rows::<families::table>()
            .filter(families::sid.eq(sid.to_string()))
            .filter(families::offline.eq(false))
            .filter(families::ended_at.is_null()),
    )
    .set((
        families::ended_at.eq(Some(now.to_naive())),
        families::end_reason.eq(Some(EndReason::Ended.as_str())),
    ))
    .execute(tx.conn())
    .or_failure("ending refresh families")
}

/// Ends every live family that was given in this session, those with `offline_access` too.
pub fn end_all_of_session(tx: &mut TenantTx<'_>, sid: SessionId, now: Timestamp) -> Result<usize, Failure> {
    update_rows(
        tx.rows::<families::table>()
            .filter(families::sid.eq(sid.to_string()))
            .filter(families::ended_at.is_null()),
    )
    .set((
        families::ended_at.eq(Some(now.to_naive())),
        families::end_reason.eq(Some(EndReason::Ended.as_str())),
    ))
    .execute(tx.conn())
    .or_failure("ending all refresh families of a session")
}

/// Ends every live family of this person, but those of the session that is kept: the account was suspended, its password
/// changed, or its sessions were ended by an administrator.
pub fn end_of_user(
    tx: &mut TenantTx<'_>,
    user: UserId,
    keep: Option<SessionId>,
    now: Timestamp,
) -> Result<usize, Failure> {
    // No session has an empty id.
    let kept = keep.map_or_else(String::new, |sid| sid.to_string());
    update_rows(
        tx.rows::<families::table>()
            .filter(families::user_id.eq(user.to_string()))
            .filter(families::sid.ne(kept))
            .filter(families::ended_at.is_null()),
    )
    .set((
        families::ended_at.eq(Some(now.to_naive())),
        families::end_reason.eq(Some(EndReason::Ended.as_str())),
    ))
    .execute(tx.conn())
    .or_failure("ending the refresh families of a user")
}

/// Ends every live family given to this client.
pub fn end_of_client(tx: &mut TenantTx<'_>, client: &ClientId, now: Timestamp) -> Result<usize, Failure> {
    update_rows(
        tx.rows::<families::table>()
            .filter(families::client_id.eq(client.as_str()))
            .filter(families::ended_at.is_null()),
    )
    .set((
        families::ended_at.eq(Some(now.to_naive())),
        families::end_reason.eq(Some(EndReason::Ended.as_str())),
    ))
    .execute(tx.conn())
    .or_failure("ending the refresh families of a client")
}

/// Removes every one of this person: they are erased.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<families::table>().filter(families::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing the refresh families of a user")?;
    Ok(())
}

/// Forgets about `limit` of the families that ended or expired before this time and of their tokens; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    let before = before.to_naive();
    let dead: Vec<String> = tx
        .rows::<families::table>()
        .filter(families::expires_at.lt(before).or(families::ended_at.lt(Some(before))))
        .select(families::id)
        .limit(limit)
        .every(tx.conn())
        .or_failure("listing refresh families")?;
    // A family may have had a token every ten minutes for months: those go first, some at a time.
    let tokens = refresh_tokens::prune_of(tx, &dead, limit)?;
    if i64::try_from(tokens).is_ok_and(|tokens| tokens >= limit) {
        return Ok(tokens);
    }
    let gone = diesel::delete(tx.rows::<families::table>().filter(families::id.eq_any(dead)))
        .run(tx.conn())
        .or_failure("pruning refresh families")?;
    Ok(tokens + gone)
}
