//! Verifies a chain event by event, and names the first that is wrong (P136).

use std::fmt;

use serde_json::Value;

use super::checkpoint::Checkpoint;
use super::merkle::Merkle;
use crate::model::audit::{ChainedEvent, GENESIS, Head, StoredEvent, canonical};
use crate::model::digest::sha256_hex;
use crate::model::ids::TenantId;
use crate::model::time::Timestamp;

/// A verification in progress: give it every event in order, then ask for the summary.
#[derive(Debug)]
pub struct Verification {
    tenant: TenantId,
    head: Head,
    merkle: Merkle,
    checkpoints: Vec<Checkpoint>,
    erased: u64,
}

/// What a sound chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The last event.
    pub head: Head,
    /// The Merkle root over all events, in hexadecimal.
    pub root: String,
    /// Events whose personal facts were erased.
    pub erased: u64,
}

/// The first thing that is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The event with this number is not there.
    Missing(i64),
    /// At the place of the first number stands the event with the second: one was inserted, or the order changed.
    OutOfOrder(i64, i64),
    /// The event with this number was changed after it was written.
    Changed(i64),
    /// The event with this number does not continue the one before it: that one was replaced, or this one inserted.
    Unlinked(i64),
    /// The personal facts beside this event are not those it was written with.
    PersonalChanged(i64),
    /// The row of this event says another time or kind than the event.
    RowChanged(i64),
    /// An event with this number stands where the head counts none.
    Inserted(i64),
    /// There is no event at all; the first is written when a tenant is made.
    Empty,
    /// A checkpoint states more events than there are: the end was cut off.
    Cut {
        /// Events that are there.
        have: i64,
        /// Events that the checkpoint states.
        stated: i64,
    },
    /// A checkpoint states another event at this number: the chain was built anew.
    Rebuilt(i64),
    /// The head that the database keeps is not the last event: the end was cut off.
    HeadDiffers {
        /// Events that are there.
        have: i64,
        /// Events that the head counts.
        stated: i64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(seq) => write!(f, "event {seq} is missing"),
            Self::OutOfOrder(place, found) => write!(f, "event {found} stands at the place of event {place}"),
            Self::Changed(seq) => write!(f, "event {seq} was changed"),
            Self::Unlinked(seq) => write!(f, "event {seq} does not continue the event before it"),
            Self::PersonalChanged(seq) => write!(f, "the personal facts beside event {seq} were changed"),
            Self::RowChanged(seq) => write!(f, "the time or kind beside event {seq} was changed"),
            Self::Inserted(seq) => write!(f, "event {seq} was inserted: the head does not count it"),
            Self::Empty => f.write_str("the chain was cut: it has no events, and every tenant has some"),
            Self::Cut { have, stated } => {
                write!(f, "the chain was cut: it has {have} events, and a signed checkpoint states {stated}")
            }
            Self::Rebuilt(seq) => {
                write!(f, "the chain was rebuilt: a signed checkpoint states another event {seq}")
            }
            Self::HeadDiffers { have, stated } => {
                write!(f, "the chain was cut: it has {have} events, and its head counts {stated}")
            }
        }
    }
}

impl Verification {
    /// Begins at the first event. The checkpoints' signatures were verified when they were read.
    pub fn new(tenant: TenantId, checkpoints: Vec<Checkpoint>) -> Self {
        Self {
            tenant,
            head: Head { seq: 0, hash: GENESIS.to_owned() },
            merkle: Merkle::default(),
            checkpoints,
            erased: 0,
        }
    }

    /// The number of the last event that was right.
    pub const fn position(&self) -> i64 {
        self.head.seq
    }

    /// Verifies the next event of an export.
    pub fn push(&mut self, event: &ChainedEvent) -> Result<(), Fault> {
        self.take(event).map(drop)
    }

    /// Verifies the next event of the database.
    pub fn push_stored(&mut self, stored: &StoredEvent) -> Result<(), Fault> {
        let body = self.take(&stored.event)?;
        let said = |name| body.get(name).and_then(Value::as_str);
        if said("kind") == Some(&stored.kind)
            && said("at").and_then(Timestamp::parse_rfc3339) == Some(stored.at)
        {
            Ok(())
        } else {
            Err(Fault::RowChanged(stored.event.seq))
        }
    }

    fn take(&mut self, event: &ChainedEvent) -> Result<Value, Fault> {
        let expected = self.head.seq + 1;
        if event.seq > expected {
            return Err(Fault::Missing(expected));
        }
        if event.seq < expected {
            return Err(Fault::OutOfOrder(expected, event.seq));
        }
        let body = self.intact_body(event).ok_or(Fault::Changed(event.seq))?;
        if body.get("prev").and_then(Value::as_str) != Some(&self.head.hash) {
            return Err(Fault::Unlinked(event.seq));
        }
        match (body.get("personal").and_then(Value::as_str), &event.personal) {
            (Some(commitment), Some(facts)) if facts.commitment() != commitment => {
                return Err(Fault::PersonalChanged(event.seq));
            }
            (None, Some(_)) => return Err(Fault::PersonalChanged(event.seq)),
            (Some(_), None) => self.erased += 1,
            (Some(_), Some(_)) | (None, None) => {}
        }
        self.head = Head { seq: event.seq, hash: event.hash.clone() };
        self.merkle.push(&event.hash);
        self.meet_checkpoints()?;
        Ok(body)
    }

    /// The body, if it is what was hashed, canonical, and of this place and tenant.
    fn intact_body(&self, event: &ChainedEvent) -> Option<Value> {
        if sha256_hex(event.body.as_bytes()) != event.hash {
            return None;
        }
        let body: Value = serde_json::from_str(&event.body).ok()?;
        let in_place = body.get("seq").and_then(Value::as_i64) == Some(event.seq)
            && body.get("tenant_id").and_then(Value::as_str) == Some(&self.tenant.to_string())
            && canonical(&body).is_ok_and(|text| text == event.body);
        in_place.then_some(body)
    }

    fn meet_checkpoints(&self) -> Result<(), Fault> {
        let here = self.checkpoints.iter().filter(|checkpoint| checkpoint.seq == self.head.seq);
        for checkpoint in here {
            if checkpoint.head != self.head.hash || checkpoint.root != self.merkle.root() {
                return Err(Fault::Rebuilt(self.head.seq));
            }
        }
        Ok(())
    }

    /// Ends: there must be events, no checkpoint may lie ahead, and the head that the database keeps must be the last.
    pub fn finish(self, kept: Option<&Head>) -> Result<Summary, Fault> {
        let have = self.head.seq;
        if let Some(ahead) = self.checkpoints.iter().find(|checkpoint| checkpoint.seq > have) {
            return Err(Fault::Cut { have, stated: ahead.seq });
        }
        if let Some(kept) = kept
            && *kept != self.head
        {
            return Err(Fault::HeadDiffers { have, stated: kept.seq });
        }
        if have == 0 {
            return Err(Fault::Empty);
        }
        Ok(Summary { root: self.merkle.root(), head: self.head, erased: self.erased })
    }
}
