//! The secrets that authenticators share with us, sealed: one for each person, worth nothing until it is confirmed.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, insert_once, update_rows};
use crate::storage::schema::totp_factors as factors;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// The column of the sealed secret, for the place that it is bound to (D26).
pub const SEALED_COLUMN: (&str, &str) = ("totp_factors", "sealed_secret");

/// A person's secret as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpFactor {
    /// The secret, sealed for its place.
    pub sealed_secret: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the person showed that their authenticator has it; before that it opens nothing.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the last code that was accepted.
    pub last_step: Option<i64>,
    /// When that was.
    pub last_used_at: Option<Timestamp>,
}

#[derive(Queryable)]
struct Row {
    _tenant_id: String,
    _user_id: String,
    sealed_secret: String,
    created_at: NaiveDateTime,
    confirmed_at: Option<NaiveDateTime>,
    last_step: Option<i64>,
    last_used_at: Option<NaiveDateTime>,
}

/// The person's secret, confirmed or not.
pub fn find(tx: &mut TenantTx<'_>, user: UserId) -> Result<Option<TotpFactor>, Failure> {
    let row: Option<Row> = tx
        .rows::<factors::table>()
        .filter(factors::user_id.eq(user.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a TOTP secret")?;
    Ok(row.map(|row| TotpFactor {
        sealed_secret: row.sealed_secret,
        created_at: Timestamp::from_naive(row.created_at),
        confirmed_at: row.confirmed_at.map(Timestamp::from_naive),
        last_step: row.last_step,
        last_used_at: row.last_used_at.map(Timestamp::from_naive),
    }))
}

/// Stores a new secret in place of one that was not confirmed; false where there is a confirmed one, which stays.
pub fn begin(
    tx: &mut TenantTx<'_>,
    user: UserId,
    sealed_secret: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    diesel::delete(
        tx.rows::<factors::table>()
            .filter(factors::user_id.eq(user.to_string()))
            .filter(factors::confirmed_at.is_null()),
    )
    .run(tx.conn())
    .or_failure("replacing a TOTP secret")?;
    let tenant = tx.tenant();
    insert_once(tx.conn(), "storing a TOTP secret", |conn| {
        diesel::insert_into(factors::table)
            .values((
                factors::tenant_id.eq(tenant),
                factors::user_id.eq(user.to_string()),
                factors::sealed_secret.eq(sealed_secret),
                factors::created_at.eq(now.to_naive()),
            ))
            .run(conn)
    })
}

/// Confirms this very secret by the code of a step, which is used with it: true for exactly one caller, whatever races.
pub fn confirm(
    tx: &mut TenantTx<'_>,
    user: UserId,
    sealed_secret: &str,
    step: i64,
    now: Timestamp,
) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<factors::table>()
            .filter(factors::user_id.eq(user.to_string()))
            .filter(factors::sealed_secret.eq(sealed_secret))
            .filter(factors::confirmed_at.is_null()),
    )
    .set((
        factors::confirmed_at.eq(Some(now.to_naive())),
        factors::last_step.eq(Some(step)),
        factors::last_used_at.eq(Some(now.to_naive())),
    ))
    .execute(tx.conn())
    .or_failure("confirming a TOTP secret")?;
    Ok(changed == 1)
}

/// Uses a step of this very secret, once, and never one before the last that was used (RFC 6238 §5.2, P046): true for
/// exactly one caller, whatever races.
pub fn use_step(
    tx: &mut TenantTx<'_>,
    user: UserId,
    sealed_secret: &str,
    step: i64,
    now: Timestamp,
) -> Result<bool, Failure> {
    let changed = update_rows(
        tx.rows::<factors::table>()
            .filter(factors::user_id.eq(user.to_string()))
            .filter(factors::sealed_secret.eq(sealed_secret))
            .filter(factors::confirmed_at.is_not_null())
            .filter(factors::last_step.lt(Some(step))),
    )
    .set((factors::last_step.eq(Some(step)), factors::last_used_at.eq(Some(now.to_naive()))))
    .execute(tx.conn())
    .or_failure("using a TOTP code")?;
    Ok(changed == 1)
}

/// Forgets the person's confirmed secret; false where there is none.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId) -> Result<bool, Failure> {
    let removed = diesel::delete(
        tx.rows::<factors::table>()
            .filter(factors::user_id.eq(user.to_string()))
            .filter(factors::confirmed_at.is_not_null()),
    )
    .run(tx.conn())
    .or_failure("removing a TOTP secret")?;
    Ok(removed == 1)
}

/// Forgets up to `limit` of the secrets that were made before this time and never confirmed; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<factors::table>()
            .filter(factors::confirmed_at.is_null())
            .filter(factors::created_at.lt(before.to_naive())),
        factors::user_id,
        limit
    )
    .or_failure("pruning TOTP secrets")
}
