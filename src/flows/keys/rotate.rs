//! Rotation: the next key takes over, the active one retires, and a new next key is published.

use std::time::Duration;

use super::{Change, FreshKey, Pair};
use crate::flows::Call;
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::signing_key::{KeyPurpose, KeyState};
use crate::model::time::Timestamp;
use crate::storage::records::change_number;
use crate::storage::tx::Transaction;

/// When keys rotate by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationRule {
    /// How long a key signs.
    pub interval: Duration,
    /// How long a key is published before it signs.
    pub publish_ahead: Duration,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// What the keys sign.
    pub purpose: KeyPurpose,
    /// The key that signed before.
    pub retired: Option<String>,
    /// The key that signs now.
    pub active: String,
    /// The key published to be the next.
    pub next: Option<String>,
}

/// The purposes whose active key has signed long enough and whose next key has been published long enough.
pub fn due(
    tx: &mut impl Transaction,
    rule: RotationRule,
    now: Timestamp,
) -> Result<Vec<KeyPurpose>, Failure> {
    let mut due = Vec::new();
    for purpose in KeyPurpose::ALL {
        let pair = Pair::read(tx, purpose)?;
        let old = pair.active.is_some_and(|key| match key.state() {
            KeyState::Active { since } => since + rule.interval <= now,
            KeyState::Next | KeyState::Retired { .. } | KeyState::Revoked { .. } => false,
        });
        let known = pair.next.is_some_and(|key| key.created_at + rule.publish_ahead <= now);
        if old && known {
            due.push(purpose);
        }
    }
    Ok(due)
}

/// Rotates now. What the retired key signed stays good, and its public side stays in the key set for a while.
pub fn rotate(
    tx: &mut impl Transaction,
    call: &Call,
    actor: &Actor,
    fresh: FreshKey,
) -> Result<Rotated, Failure> {
    let purpose = fresh.purpose();
    let pair = Pair::read(tx, purpose)?;
    let mut change = Change { tx, call, actor };
    let retired = pair.active.map(|key| change.retire(key)).transpose()?;
    let (active, next) = if let Some(next) = pair.next {
        (change.activate(next)?, Some(change.publish(fresh)?))
    } else {
        let first = change.publish(fresh)?;
        (change.activate(first)?, None)
    };
    change_number::raise(tx)?;
    Ok(Rotated {
        purpose,
        retired: retired.map(|key| key.kid),
        active: active.kid,
        next: next.map(|key| key.kid),
    })
}
