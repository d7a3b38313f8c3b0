//! Signing keys: made and published ahead, rotated, revoked (R16, P025), and kept in memory by every node (D25).
//!
//! Each purpose has one active key and the next one, which stands in the key set long before it signs. So an emergency
//! is survived without a gap: the key that takes over is known everywhere already.

mod fill;
mod fresh;
mod revoke;
mod ring;
mod rotate;

use crate::flows::Call;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::signing_key::{KeyPurpose, KeyRecord, KeyState};
use crate::storage::records::signing_keys;
use crate::storage::tx::Transaction;

pub use fill::{fill, missing};
pub use fresh::{FreshKey, check_opens};
pub use revoke::{ALWAYS, RevokeRefusal, Revoked, revoke};
pub use ring::{KeyRing, KeySetDocument, Keys, RETIRED_STAYS};
pub use rotate::{Rotated, RotationRule, due, rotate};

/// Every key that ever was, the oldest first.
pub fn list(tx: &mut impl Transaction) -> Result<Vec<KeyRecord>, Failure> {
    signing_keys::all(tx)
}

/// The active and the next key of a purpose.
struct Pair {
    active: Option<KeyRecord>,
    next: Option<KeyRecord>,
}

impl Pair {
    fn read(tx: &mut impl Transaction, purpose: KeyPurpose) -> Result<Self, Failure> {
        let mut pair = Self { active: None, next: None };
        for key in signing_keys::all(tx)?.into_iter().filter(|key| key.purpose == purpose) {
            match key.state() {
                KeyState::Active { .. } => pair.active = Some(key),
                KeyState::Next => pair.next = Some(key),
                KeyState::Retired { .. } | KeyState::Revoked { .. } => {}
            }
        }
        Ok(pair)
    }
}

/// Writes changes of keys with their events; a change that another node made first is a failure, and rolls back.
struct Change<'a, T> {
    tx: &'a mut T,
    call: &'a Call,
    actor: &'a Actor,
}

impl<T: Transaction> Change<'_, T> {
    fn publish(&mut self, fresh: FreshKey) -> Result<KeyRecord, Failure> {
        let key = fresh.into_record();
        signing_keys::insert(self.tx, &key)?;
        self.record(EventKind::KeyCreated, &key)?;
        Ok(key)
    }

    fn activate(&mut self, mut key: KeyRecord) -> Result<KeyRecord, Failure> {
        let from = key.state();
        key.activate(self.call.now).map_err(wrong_state)?;
        self.store(&key, from)?;
        self.record(EventKind::KeyActivated, &key)?;
        Ok(key)
    }

    fn retire(&mut self, mut key: KeyRecord) -> Result<KeyRecord, Failure> {
        let from = key.state();
        key.retire(self.call.now).map_err(wrong_state)?;
        self.store(&key, from)?;
        self.record(EventKind::KeyRetired, &key)?;
        Ok(key)
    }

    fn store(&mut self, key: &KeyRecord, from: KeyState) -> Result<(), Failure> {
        if signing_keys::update_state(self.tx, key, from)? {
            Ok(())
        } else {
            Err(Failure::unavailable("the signing keys were changed meanwhile"))
        }
    }

    fn record(&mut self, kind: EventKind, key: &KeyRecord) -> Result<(), Failure> {
        let event: Event = self
            .call
            .event(kind, EventResult::Success, self.actor.clone())
            .on("signing_key", &key.kid)
            .with("purpose", key.purpose.as_str());
        let platform = self.tx.directory().platform()?;
        self.tx.record_for(platform.id(), event);
        Ok(())
    }
}

fn wrong_state(error: crate::model::signing_key::WrongKeyState) -> Failure {
    Failure::internal("changing a signing key").because(error)
}
