//! Authorization requests that wait for a person. Gone when they are answered, pruned when they have expired.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, InteractionId};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, is_alone, update_rows};
use crate::storage::schema::interactions;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// An interaction as it is stored; the flows own the two documents.
#[derive(Debug, Clone)]
pub struct StoredInteraction {
    /// Its id.
    pub id: InteractionId,
    /// The client that asks.
    pub client_id: Option<ClientId>,
    /// SHA-256 of the browser cookie, in hexadecimal.
    pub browser_hash: String,
    /// The request, JSON.
    pub request: String,
    /// How far it came, JSON.
    pub progress: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

type Row = (String, Option<String>, String, String, String, NaiveDateTime, NaiveDateTime);

/// Adds an interaction.
pub fn insert(tx: &mut TenantTx<'_>, interaction: &StoredInteraction) -> Result<(), Failure> {
    diesel::insert_into(interactions::table)
        .values((
            interactions::tenant_id.eq(tx.tenant()),
            interactions::id.eq(interaction.id.to_string()),
            interactions::client_id.eq(interaction.client_id.as_ref().map(ToString::to_string)),
            interactions::browser_hash.eq(&interaction.browser_hash),
            interactions::request.eq(&interaction.request),
            interactions::progress.eq(&interaction.progress),
            interactions::created_at.eq(interaction.created_at.to_naive()),
            interactions::expires_at.eq(interaction.expires_at.to_naive()),
        ))
        .run(tx.conn())
        .or_failure("starting an interaction")?;
    Ok(())
}

/// The interaction with this id, while it is open and not expired.
pub fn find_open(
    tx: &mut TenantTx<'_>,
    id: InteractionId,
    now: Timestamp,
) -> Result<Option<StoredInteraction>, Failure> {
    let row: Option<Row> = tx
        .rows::<interactions::table>()
        .filter(interactions::id.eq(id.to_string()))
        .filter(interactions::expires_at.gt(now.to_naive()))
        .select((
            interactions::id,
            interactions::client_id,
            interactions::browser_hash,
            interactions::request,
            interactions::progress,
            interactions::created_at,
            interactions::expires_at,
        ))
        .one(tx.conn())
        .optional()
        .or_failure("reading an interaction")?;
    row.map(|(id, client_id, browser_hash, request, progress, created_at, expires_at)| {
        Ok(StoredInteraction {
            id: stored(&id, "interactions.id")?,
            client_id: client_id.map(|id| stored(&id, "interactions.client_id")).transpose()?,
            browser_hash,
            request,
            progress,
            created_at: Timestamp::from_naive(created_at),
            expires_at: Timestamp::from_naive(expires_at),
        })
    })
    .transpose()
}

/// Holds the open interactions of a browser until the transaction ends, so that a form sent twice at once is answered one
/// after the other. What was read of them before may be old.
pub fn hold(tx: &mut TenantTx<'_>, browser_hash: &str) -> Result<(), Failure> {
    if is_alone(tx.conn()) {
        return Ok(());
    }
    update_rows(tx.rows::<interactions::table>().filter(interactions::browser_hash.eq(browser_hash)))
        .set(interactions::browser_hash.eq(interactions::browser_hash))
        .execute(tx.conn())
        .or_failure("holding interactions")?;
    Ok(())
}

/// Stores how far it came; false when it is finished already.
pub fn advance(tx: &mut TenantTx<'_>, id: InteractionId, progress: &str) -> Result<bool, Failure> {
    let changed = update_rows(tx.rows::<interactions::table>().filter(interactions::id.eq(id.to_string())))
        .set(interactions::progress.eq(progress))
        .execute(tx.conn())
        .or_failure("advancing an interaction")?;
    Ok(changed == 1)
}

/// Ends it, once: false when it was finished already. Nothing of it stays.
pub fn finish(tx: &mut TenantTx<'_>, id: InteractionId) -> Result<bool, Failure> {
    let gone = diesel::delete(tx.rows::<interactions::table>().filter(interactions::id.eq(id.to_string())))
        .run(tx.conn())
        .or_failure("finishing an interaction")?;
    Ok(gone == 1)
}

/// Binds the open interactions of a browser to its new cookie.
pub fn rebind(tx: &mut TenantTx<'_>, old_hash: &str, new_hash: &str) -> Result<(), Failure> {
    update_rows(tx.rows::<interactions::table>().filter(interactions::browser_hash.eq(old_hash)))
        .set(interactions::browser_hash.eq(new_hash))
        .execute(tx.conn())
        .or_failure("moving interactions to a new cookie")?;
    Ok(())
}

/// Forgets up to `limit` of the interactions that expired before this time; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<interactions::table>().filter(interactions::expires_at.lt(before.to_naive())),
        interactions::id,
        limit
    )
    .or_failure("pruning interactions")
}
