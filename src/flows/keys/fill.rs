//! Fills the places that are empty: the first keys of a deployment, and a next key where none is published.

use super::{Change, FreshKey, Pair};
use crate::flows::Call;
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::signing_key::KeyPurpose;
use crate::storage::records::change_number;
use crate::storage::tx::Transaction;

/// One entry for each key that is missing: make these, then [`fill`]. Of a new deployment, two for each purpose.
pub fn missing(tx: &mut impl Transaction) -> Result<Vec<KeyPurpose>, Failure> {
    let mut missing = Vec::new();
    for purpose in KeyPurpose::ALL {
        let pair = Pair::read(tx, purpose)?;
        let count = usize::from(pair.active.is_none()) + usize::from(pair.next.is_none());
        missing.extend(std::iter::repeat_n(purpose, count));
    }
    Ok(missing)
}

/// Makes sure that every purpose has an active and a next key, as far as the fresh ones reach. What is not needed any
/// more is dropped. Answers whether anything changed.
pub fn fill(
    tx: &mut impl Transaction,
    call: &Call,
    actor: &Actor,
    fresh: Vec<FreshKey>,
) -> Result<bool, Failure> {
    let mut changed = false;
    for key in fresh {
        let pair = Pair::read(tx, key.purpose())?;
        let mut change = Change { tx, call, actor };
        match (pair.active, pair.next) {
            (Some(_), Some(_)) => continue,
            (Some(_), None) => {
                change.publish(key)?;
            }
            (None, Some(next)) => {
                change.activate(next)?;
                change.publish(key)?;
            }
            (None, None) => {
                let first = change.publish(key)?;
                change.activate(first)?;
            }
        }
        changed = true;
    }
    if changed {
        change_number::raise(tx)?;
    }
    Ok(changed)
}
