//! Emergency: a key that may be in wrong hands. Nothing that it signed is good from now on, on any node (P025).

use std::time::Duration;

use super::{Change, FreshKey, Pair};
use crate::flows::Call;
use crate::model::audit::{Actor, EventKind};
use crate::model::failure::Failure;
use crate::model::signing_key::{KeyPurpose, KeyState};
use crate::model::time::Timestamp;
use crate::protocol::revocation_feed::{RevokedKind, entry_key};
use crate::storage::records::revocations::{self, Revocation, Within};
use crate::storage::records::{change_number, signing_keys};
use crate::storage::tx::Transaction;

/// How long the feed names the key: until every verifier has long fetched a key set without it.
const NAMED_FOR: Duration = Duration::from_hours(25);

/// Whoever has the key writes what `iat` he likes, so the cut-off is the end of time: 9999-12-31T23:59:59Z.
pub const ALWAYS: Timestamp = Timestamp::from_unix(253_402_300_799);

/// What a revocation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// What the key signed.
    pub purpose: KeyPurpose,
    /// The key that signs now.
    pub active: Option<String>,
    /// The key that is published to be the next.
    pub next: Option<String>,
}

/// Why a key is not revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevokeRefusal {
    /// There is no such key.
    #[error("there is no signing key of this name")]
    Unknown,
    /// It was done before.
    #[error("the signing key is revoked already")]
    AlreadyRevoked,
}

/// Revokes a key. Was it the active one, the next key signs from now on; in either place a fresh one is published.
/// `fresh` is of the same purpose, and dropped when it is not needed.
pub fn revoke(
    tx: &mut impl Transaction,
    call: &Call,
    actor: &Actor,
    kid: &str,
    fresh: FreshKey,
) -> Result<Result<Revoked, RevokeRefusal>, Failure> {
    let Some(mut key) = signing_keys::all(tx)?.into_iter().find(|key| key.kid == kid) else {
        return Ok(Err(RevokeRefusal::Unknown));
    };
    let (purpose, from) = (key.purpose, key.state());
    if key.revoke(call.now).is_err() {
        return Ok(Err(RevokeRefusal::AlreadyRevoked));
    }
    if fresh.purpose() != purpose {
        return Err(Failure::internal("the fresh key is of another purpose"));
    }
    let pair = Pair::read(tx, purpose)?;
    let mut change = Change { tx, call, actor };
    change.store(&key, from)?;
    change.record(EventKind::KeyRevoked, &key)?;
    let (active, next) = match (from, pair.next) {
        (KeyState::Active { .. }, Some(next)) => {
            (Some(change.activate(next)?.kid), Some(change.publish(fresh)?.kid))
        }
        (KeyState::Active { .. }, None) => {
            let first = change.publish(fresh)?;
            (Some(change.activate(first)?.kid), None)
        }
        (KeyState::Next, _) => (pair.active.map(|key| key.kid), Some(change.publish(fresh)?.kid)),
        (KeyState::Retired { .. } | KeyState::Revoked { .. }, next) => {
            (pair.active.map(|key| key.kid), next.map(|key| key.kid))
        }
    };
    change_number::raise(tx)?;
    let named = Revocation {
        subject_hash: entry_key(RevokedKind::Key, kid),
        within: Within::default(),
        dates: false,
    };
    revocations::put(tx, &[named], (ALWAYS, call.now + NAMED_FOR))?;
    Ok(Ok(Revoked { purpose, active, next }))
}
