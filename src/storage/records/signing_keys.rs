//! Signing keys. Rows stay for good: old signatures, of audit checkpoints
//! above all, are checked with their public side.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl};

use crate::model::failure::Failure;
use crate::model::signing_key::{KeyPurpose, KeyRecord, KeyState};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, update_rows};
use crate::storage::schema::signing_keys::{self as keys, dsl};
use crate::storage::tx::Transaction;

type Row = (
    (String, String, String, String, String),
    (NaiveDateTime, Option<NaiveDateTime>, Option<NaiveDateTime>, Option<NaiveDateTime>),
);

/// Every key, the oldest first.
pub fn all(tx: &mut impl Transaction) -> Result<Vec<KeyRecord>, Failure> {
    let rows: Vec<Row> = dsl::signing_keys
        .order((keys::created_at, keys::kid))
        .select((
            (keys::kid, keys::purpose, keys::state, keys::sealed_private, keys::public_jwk),
            (keys::created_at, keys::activated_at, keys::retired_at, keys::revoked_at),
        ))
        .every(tx.conn())
        .or_failure("reading the signing keys")?;
    rows.into_iter().map(read).collect()
}

/// Stores a new key.
pub fn insert(tx: &mut impl Transaction, key: &KeyRecord) -> Result<(), Failure> {
    let times = times_of(key.state());
    diesel::insert_into(keys::table)
        .values((
            keys::kid.eq(&key.kid),
            keys::purpose.eq(key.purpose.as_str()),
            keys::state.eq(key.state().as_str()),
            keys::sealed_private.eq(key.sealed_private.as_deref().unwrap_or_default()),
            keys::public_jwk.eq(&key.public_jwk),
            keys::created_at.eq(key.created_at.to_naive()),
            keys::activated_at.eq(times.activated),
            keys::retired_at.eq(times.retired),
            keys::revoked_at.eq(times.revoked),
        ))
        .run(tx.conn())
        .or_failure("storing a signing key")?;
    Ok(())
}

/// Stores the state that the key has now, if it is still in state `from`; false when somebody else was faster.
pub fn update_state(tx: &mut impl Transaction, key: &KeyRecord, from: KeyState) -> Result<bool, Failure> {
    let times = times_of(key.state());
    let changed =
        update_rows(dsl::signing_keys.filter(keys::kid.eq(&key.kid)).filter(keys::state.eq(from.as_str())))
            .set((
                keys::state.eq(key.state().as_str()),
                keys::sealed_private.eq(key.sealed_private.as_deref().unwrap_or_default()),
                keys::activated_at.eq(times.activated),
                keys::retired_at.eq(times.retired),
                keys::revoked_at.eq(times.revoked),
            ))
            .execute(tx.conn())
            .or_failure("changing a signing key")?;
    Ok(changed == 1)
}

struct Times {
    activated: Option<NaiveDateTime>,
    retired: Option<NaiveDateTime>,
    revoked: Option<NaiveDateTime>,
}

fn times_of(state: KeyState) -> Times {
    let (retired, revoked) = match state {
        KeyState::Next | KeyState::Active { .. } => (None, None),
        KeyState::Retired { since, .. } => (Some(since.to_naive()), None),
        KeyState::Revoked { since, .. } => (None, Some(since.to_naive())),
    };
    Times { activated: state.activated_at().map(Timestamp::to_naive), retired, revoked }
}

fn read((words, times): Row) -> Result<KeyRecord, Failure> {
    let (kid, purpose, state, sealed_private, public_jwk) = words;
    let (created_at, activated, retired, revoked) = times;
    let damaged = || Failure::internal("signing_keys.state");
    let activated = activated.map(Timestamp::from_naive);
    let state = match state.as_str() {
        "next" => KeyState::Next,
        "active" => KeyState::Active { since: activated.ok_or_else(damaged)? },
        "retired" => KeyState::Retired {
            activated_at: activated.ok_or_else(damaged)?,
            since: Timestamp::from_naive(retired.ok_or_else(damaged)?),
        },
        "revoked" => KeyState::Revoked {
            activated_at: activated,
            since: Timestamp::from_naive(revoked.ok_or_else(damaged)?),
        },
        _ => return Err(damaged()),
    };
    let purpose = KeyPurpose::parse(&purpose).ok_or_else(|| Failure::internal("signing_keys.purpose"))?;
    let created_at = Timestamp::from_naive(created_at);
    let mut key = KeyRecord::next(kid, purpose, public_jwk, sealed_private, created_at).in_state(state);
    key.sealed_private = key.sealed_private.filter(|sealed| !sealed.is_empty());
    Ok(key)
}
