//! Authorization codes, by their hash. Consumed by one conditional update; kept until they expire so that a second use
//! is noticed (P010).

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, FamilyId, SessionId, UserId};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, update_rows};
use crate::storage::schema::authorization_codes as codes;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// A code as it is issued.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// SHA-256 of the code, in hexadecimal.
    pub code_hash: String,
    /// The client it was issued to.
    pub client_id: ClientId,
    /// Who allowed it.
    pub user_id: UserId,
    /// The session it was allowed in.
    pub sid: SessionId,
    /// `flows::authorization::Authorization`, JSON.
    pub authorization: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A code as it was found.
#[derive(Debug, Clone)]
pub struct StoredCode {
    /// The client it was issued to.
    pub client_id: ClientId,
    /// `flows::authorization::Authorization`, JSON.
    pub authorization: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
    /// The access token that its use issued.
    pub issued_jti: Option<String>,
    /// The refresh family that its use began.
    pub family_id: Option<FamilyId>,
}

type Row =
    (String, String, NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>, Option<String>, Option<String>);

/// Stores a new code.
pub fn insert(tx: &mut TenantTx<'_>, code: &NewCode) -> Result<(), Failure> {
    diesel::insert_into(codes::table)
        .values((
            codes::tenant_id.eq(tx.tenant()),
            codes::code_hash.eq(&code.code_hash),
            codes::client_id.eq(code.client_id.as_str()),
            codes::user_id.eq(code.user_id.to_string()),
            codes::sid.eq(code.sid.to_string()),
            codes::authorization_data.eq(&code.authorization),
            codes::issued_at.eq(code.issued_at.to_naive()),
            codes::expires_at.eq(code.expires_at.to_naive()),
        ))
        .run(tx.conn())
        .or_failure("issuing a code")?;
    Ok(())
}

/// The code with this hash, used or expired though it may be.
pub fn find(tx: &mut TenantTx<'_>, code_hash: &str) -> Result<Option<StoredCode>, Failure> {
    let row: Option<Row> = tx
        .rows::<codes::table>()
        .filter(codes::code_hash.eq(code_hash))
        .select((
            codes::client_id,
            codes::authorization_data,
            codes::issued_at,
            codes::expires_at,
            codes::consumed_at,
            codes::issued_jti,
            codes::family_id,
        ))
        .one(tx.conn())
        .optional()
        .or_failure("reading a code")?;
    row.map(|(client_id, authorization, issued_at, expires_at, consumed_at, issued_jti, family_id)| {
        Ok(StoredCode {
            client_id: stored(&client_id, "authorization_codes.client_id")?,
            authorization,
            issued_at: Timestamp::from_naive(issued_at),
            expires_at: Timestamp::from_naive(expires_at),
            consumed_at: consumed_at.map(Timestamp::from_naive),
            issued_jti,
            family_id: family_id.map(|id| stored(&id, "authorization_codes.family_id")).transpose()?,
        })
    })
    .transpose()
}

/// Uses the code, once: true for exactly one caller, whatever races.
pub fn consume(tx: &mut TenantTx<'_>, code_hash: &str, now: Timestamp) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<codes::table>().filter(codes::code_hash.eq(code_hash)).filter(codes::consumed_at.is_null()),
    )
    .set(codes::consumed_at.eq(Some(now.to_naive())))
    .execute(tx.conn())
    .or_failure("consuming a code")?;
    Ok(changed == 1)
}

/// Remembers what the code's use issued, so that a second use can kill it.
pub fn note_issued(
    tx: &mut TenantTx<'_>,
    code_hash: &str,
    jti: &str,
    family: Option<FamilyId>,
) -> Result<(), Failure> {
    update_rows(tx.rows::<codes::table>().filter(codes::code_hash.eq(code_hash)))
        .set((codes::issued_jti.eq(Some(jti)), codes::family_id.eq(family.map(|id| id.to_string()))))
        .execute(tx.conn())
        .or_failure("noting what a code issued")?;
    Ok(())
}

/// Ends the codes of this client that were not used.
pub fn end_of_client(tx: &mut TenantTx<'_>, client: &ClientId, now: Timestamp) -> Result<(), Failure> {
    update_rows(
        tx.rows::<codes::table>()
            .filter(codes::client_id.eq(client.as_str()))
            .filter(codes::consumed_at.is_null()),
    )
    .set(codes::consumed_at.eq(Some(now.to_naive())))
    .execute(tx.conn())
    .or_failure("ending the codes of a client")?;
    Ok(())
}

/// Removes every one of this person: they are erased.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<codes::table>().filter(codes::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing the authorization codes of a user")?;
    Ok(())
}

/// Forgets up to `limit` of the codes that expired before this time; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<codes::table>().filter(codes::expires_at.lt(before.to_naive())),
        codes::code_hash,
        limit
    )
    .or_failure("pruning codes")
}
