//! Taking back what was issued, before its time (D14): every door asks here, and the feed carries it to the verifiers.

use std::time::Duration;

use crate::model::failure::Failure;
use crate::model::ids::{TenantId, UserId};
use crate::model::time::Timestamp;
use crate::protocol::revocation_feed::{LONGEST_TOKEN_SECONDS, RevokedKind, entry_key};
use crate::protocol::token_claims::AccessTokenClaims;
pub use crate::storage::records::revocations::Within;
use crate::storage::records::revocations::{self, Revocation};
use crate::storage::tx::Transaction;

/// How long an entry stays: the longest life of an access token, and some for clocks that differ.
const STAY: Duration = Duration::from_secs(LONGEST_TOKEN_SECONDS.unsigned_abs() + 60);

/// How far ahead of the clock a token may be dated, and some (D14).
const DATED_AHEAD: Duration = Duration::from_secs(5);

impl Within {
    /// Inside what was issued to this person.
    pub fn person(tenant: TenantId, user: UserId) -> Self {
        Self::subject(tenant, &user.to_string())
    }

    /// Inside what was issued for this `sub`.
    pub fn subject(tenant: TenantId, subject: &str) -> Self {
        Self {
            subject: Some(entry_key(RevokedKind::Subject, subject)),
            tenant: Some(entry_key(RevokedKind::Tenant, &tenant.to_string())),
        }
    }
}

/// Revokes everything issued until now for these values: a session, a person, a client, a tenant, a key.
pub fn revoke<'a>(
    tx: &mut impl Transaction,
    within: &Within,
    what: impl IntoIterator<Item = (RevokedKind, &'a str)>,
    now: Timestamp,
) -> Result<(), Failure> {
    let entries: Vec<Revocation> = what
        .into_iter()
        .map(|(kind, value)| Revocation {
            kind: kind.as_str().to_owned(),
            subject_hash: entry_key(kind, value),
            // A token that was just issued may be dated a little ahead. No more than that: should the feed have to name
            // the person instead, whoever comes back must not wait longer.
            cut_off: if kind == RevokedKind::Token { now + DATED_AHEAD } else { now },
            expires_at: now + STAY,
        })
        .collect();
    revocations::insert_within(tx, within, &entries)
}

/// The latest cut-off of these values, if any of them was revoked lately. What is issued now must have a later `iat`
/// (D14).
pub fn cut_off<'a>(
    tx: &mut impl Transaction,
    values: impl IntoIterator<Item = (RevokedKind, &'a str)>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let keys: Vec<String> = values.into_iter().map(|(kind, value)| entry_key(kind, value)).collect();
    revocations::latest_cut_off(tx, &keys, now)
}

/// Whether this token was revoked, by its own id or by anything that it stands on.
pub fn is_revoked(
    tx: &mut impl Transaction,
    claims: &AccessTokenClaims,
    kid: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let tenant = claims.tenant_id.to_string();
    let session = claims.sid.map(|sid| sid.to_string());
    let mut values = vec![
        (RevokedKind::Token, claims.jti.as_str()),
        (RevokedKind::Subject, claims.sub.as_str()),
        (RevokedKind::Client, claims.client_id.as_str()),
        (RevokedKind::Tenant, tenant.as_str()),
        (RevokedKind::Key, kid),
    ];
    values.extend(session.as_deref().map(|sid| (RevokedKind::Session, sid)));
    Ok(cut_off(tx, values, now)?.is_some_and(|cut_off| claims.iat <= cut_off.unix()))
}
