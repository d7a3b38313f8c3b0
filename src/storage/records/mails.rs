//! Mails: what waits to be sent, what was sent, what was given up. The queue over all tenants holds ids and times only.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::{MailId, TenantId, UserId};
use crate::model::mail::MailState;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, update_rows};
use crate::storage::schema::{mail_queue, mails};
use crate::storage::tx::{PlatformTx, TenantTx, Transaction, sealed::Connected};

/// A mail as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// Its id.
    pub id: MailId,
    /// Whose account it is about, where it is about one; it goes with that account.
    pub user_id: Option<UserId>,
    /// Where it goes.
    pub recipient: String,
    /// The language that is asked for, a tag (RFC 5646); empty where none is.
    pub language: String,
    /// The word of its kind.
    pub kind: String,
    /// What it says, sealed; gone once it is sent.
    pub sealed_variables: Option<String>,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed, a fixed word.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub ended_at: Option<Timestamp>,
}

/// A mail that is due, and where to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id there.
    pub id: MailId,
    /// Since when it is due.
    pub due_at: Timestamp,
}

#[derive(Queryable)]
struct Row {
    _tenant_id: String,
    id: String,
    user_id: Option<String>,
    recipient: String,
    language: String,
    kind: String,
    sealed_variables: Option<String>,
    state: String,
    attempts: i64,
    last_error: Option<String>,
    created_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<StoredMail, Failure> {
        Ok(StoredMail {
            id: stored(&self.id, "mails.id")?,
            user_id: self.user_id.map(|id| stored(&id, "mails.user_id")).transpose()?,
            recipient: self.recipient,
            language: self.language,
            kind: self.kind,
            sealed_variables: self.sealed_variables,
            state: stored(&self.state, "mails.state")?,
            attempts: self.attempts,
            last_error: self.last_error,
            created_at: Timestamp::from_naive(self.created_at),
            ended_at: self.ended_at.map(Timestamp::from_naive),
        })
    }
}

/// Adds a mail, due at once.
pub fn insert(tx: &mut TenantTx<'_>, mail: &StoredMail) -> Result<(), Failure> {
    diesel::insert_into(mails::table)
        .values((
            mails::tenant_id.eq(tx.tenant()),
            mails::id.eq(mail.id.to_string()),
            mails::user_id.eq(mail.user_id.map(|id| id.to_string())),
            mails::recipient.eq(&mail.recipient),
            mails::language.eq(&mail.language),
            mails::kind.eq(&mail.kind),
            mails::sealed_variables.eq(&mail.sealed_variables),
            mails::state.eq(mail.state.as_str()),
            mails::attempts.eq(mail.attempts),
            mails::last_error.eq(&mail.last_error),
            mails::created_at.eq(mail.created_at.to_naive()),
            mails::ended_at.eq(mail.ended_at.map(Timestamp::to_naive)),
        ))
        .run(tx.conn())
        .or_failure("queueing a mail")?;
    enqueue(tx, mail.id, mail.created_at)
}

fn enqueue(tx: &mut TenantTx<'_>, id: MailId, due_at: Timestamp) -> Result<(), Failure> {
    diesel::insert_into(mail_queue::table)
        .values((
            mail_queue::mail_id.eq(id.to_string()),
            mail_queue::tenant_id.eq(tx.tenant()),
            mail_queue::due_at.eq(due_at.to_naive()),
        ))
        .run(tx.conn())
        .or_failure("queueing a mail")?;
    Ok(())
}

/// Up to `limit` mails of all tenants that are due at `now`, the oldest first.
pub fn due(tx: &mut PlatformTx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Due>, Failure> {
    let rows: Vec<(String, String, NaiveDateTime)> = mail_queue::table
        .filter(mail_queue::due_at.le(now.to_naive()))
        .order(mail_queue::due_at)
        .limit(limit)
        .select((mail_queue::mail_id, mail_queue::tenant_id, mail_queue::due_at))
        .every(tx.conn())
        .or_failure("listing mails that are due")?;
    let read = |(id, tenant, due_at): (String, String, NaiveDateTime)| {
        Ok(Due {
            id: stored(&id, "mail_queue.mail_id")?,
            tenant: stored(&tenant, "mail_queue.tenant_id")?,
            due_at: Timestamp::from_naive(due_at),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Moves the time of the next try from the one that was read to `until`: true for exactly one caller, whatever races.
pub fn claim(tx: &mut impl Transaction, due: &Due, until: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        mail_queue::table
            .filter(mail_queue::mail_id.eq(due.id.to_string()))
            .filter(mail_queue::due_at.eq(due.due_at.to_naive())),
    )
    .set(mail_queue::due_at.eq(until.to_naive()))
    .execute(tx.conn())
    .or_failure("claiming a mail")?;
    Ok(changed == 1)
}

/// How many mails of all tenants wait.
pub fn waiting(tx: &mut impl Transaction) -> Result<i64, Failure> {
    mail_queue::table.count().one(tx.conn()).or_failure("counting mails that wait")
}

/// The mail with this id.
pub fn find(tx: &mut TenantTx<'_>, id: MailId) -> Result<Option<StoredMail>, Failure> {
    let row: Option<Row> = tx
        .rows::<mails::table>()
        .filter(mails::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a mail")?;
    row.map(Row::read).transpose()
}

/// Every mail of the tenant in this state, the oldest first.
pub fn all(tx: &mut TenantTx<'_>, state: MailState) -> Result<Vec<StoredMail>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<mails::table>()
        .filter(mails::state.eq(state.as_str()))
        .order((mails::created_at, mails::id))
        .every(tx.conn())
        .or_failure("listing mails")?;
    rows.into_iter().map(Row::read).collect()
}

/// Notes that a try begins, whatever becomes of it.
pub fn count_attempt(tx: &mut TenantTx<'_>, id: MailId) -> Result<(), Failure> {
    update_rows(tx.rows::<mails::table>().filter(mails::id.eq(id.to_string())))
        .set(mails::attempts.eq(mails::attempts + 1))
        .execute(tx.conn())
        .or_failure("counting a try of a mail")?;
    Ok(())
}

/// Notes that the mail was sent: what it said is gone with this.
pub fn set_sent(tx: &mut TenantTx<'_>, id: MailId, now: Timestamp) -> Result<(), Failure> {
    update_rows(tx.rows::<mails::table>().filter(mails::id.eq(id.to_string())))
        .set((
            mails::state.eq(MailState::Sent.as_str()),
            mails::sealed_variables.eq(None::<String>),
            mails::last_error.eq(None::<String>),
            mails::ended_at.eq(Some(now.to_naive())),
        ))
        .execute(tx.conn())
        .or_failure("noting that a mail was sent")?;
    unqueue(tx, id)
}

/// Notes why a try failed, and when the next one is due.
pub fn postpone(
    tx: &mut TenantTx<'_>,
    id: MailId,
    error: &'static str,
    due_at: Timestamp,
) -> Result<(), Failure> {
    update_rows(tx.rows::<mails::table>().filter(mails::id.eq(id.to_string())))
        .set(mails::last_error.eq(Some(error)))
        .execute(tx.conn())
        .or_failure("noting why a mail was not sent")?;
    let tenant = tx.tenant();
    update_rows(
        mail_queue::table
            .filter(mail_queue::mail_id.eq(id.to_string()))
            .filter(mail_queue::tenant_id.eq(tenant)),
    )
    .set(mail_queue::due_at.eq(due_at.to_naive()))
    .execute(tx.conn())
    .or_failure("postponing a mail")?;
    Ok(())
}

/// Gives the mail up.
pub fn set_dead(
    tx: &mut TenantTx<'_>,
    id: MailId,
    error: &'static str,
    now: Timestamp,
) -> Result<(), Failure> {
    update_rows(tx.rows::<mails::table>().filter(mails::id.eq(id.to_string())))
        .set((
            mails::state.eq(MailState::Dead.as_str()),
            mails::last_error.eq(Some(error)),
            mails::ended_at.eq(Some(now.to_naive())),
        ))
        .execute(tx.conn())
        .or_failure("giving a mail up")?;
    unqueue(tx, id)
}

fn unqueue(tx: &mut TenantTx<'_>, id: MailId) -> Result<(), Failure> {
    let tenant = tx.tenant();
    diesel::delete(
        mail_queue::table
            .filter(mail_queue::mail_id.eq(id.to_string()))
            .filter(mail_queue::tenant_id.eq(tenant)),
    )
    .run(tx.conn())
    .or_failure("taking a mail out of the queue")?;
    Ok(())
}

/// Queues a mail again that was given up, as if it were new but for its age; false where it was not given up.
pub fn revive(tx: &mut TenantTx<'_>, id: MailId, now: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<mails::table>()
            .filter(mails::id.eq(id.to_string()))
            .filter(mails::state.eq(MailState::Dead.as_str())),
    )
    .set((
        mails::state.eq(MailState::Queued.as_str()),
        mails::attempts.eq(0),
        mails::ended_at.eq(None::<NaiveDateTime>),
    ))
    .execute(tx.conn())
    .or_failure("queueing a mail again")?;
    if changed == 1 {
        enqueue(tx, id, now)?;
    }
    Ok(changed == 1)
}

/// Removes every mail to this person or to this address, those that wait too: the person is erased.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId, address: Option<&str>) -> Result<(), Failure> {
    let to_them = tx.rows::<mails::table>().filter(mails::user_id.eq(user.to_string())).select(mails::id);
    let mut ids: Vec<String> = to_them.every(tx.conn()).or_failure("listing the mails to a user")?;
    if let Some(address) = address {
        let there = tx.rows::<mails::table>().filter(mails::recipient.eq(address)).select(mails::id);
        ids.extend(there.load::<String>(tx.conn()).or_failure("listing the mails to an address")?);
    }
    diesel::delete(mail_queue::table.filter(mail_queue::mail_id.eq_any(&ids)))
        .run(tx.conn())
        .or_failure("removing the mails to a user from the queue")?;
    diesel::delete(tx.rows::<mails::table>().filter(mails::id.eq_any(&ids)))
        .run(tx.conn())
        .or_failure("removing the mails to a user")?;
    Ok(())
}

/// Forgets up to `limit` of the mails that were sent or given up before this time; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<mails::table>().filter(mails::ended_at.lt(before.to_naive())),
        mails::id,
        limit
    )
    .or_failure("pruning mails")
}
