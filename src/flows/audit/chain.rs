//! Verifies a chain event by event, and names the first that is wrong (P136).

use std::collections::HashSet;
use std::fmt;

use serde_json::Value;

use super::checkpoint::Checkpoint;
use super::merkle::Merkle;
use crate::model::audit::{ChainedEvent, EventKind, GENESIS, Head, StoredEvent, canonical};
use crate::model::digest::sha256_hex;
use crate::model::ids::TenantId;
use crate::model::time::Timestamp;
use crate::storage::TenantScope;

/// A verification in progress: give it every event in order, then ask for the summary.
#[derive(Debug)]
pub struct Verification {
    tenant: TenantId,
    head: Head,
    merkle: Merkle,
    checkpoints: Vec<Checkpoint>,
    bare: Vec<i64>,
    slug: Option<String>,
    tenants: Vec<String>,
}

/// What a sound chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The last event.
    pub head: Head,
    /// The Merkle root over all events, in hexadecimal.
    pub root: String,
    /// The events whose personal facts are not there: erased, taken away, or left out of an export.
    pub bare: Vec<i64>,
    /// The tenant's slug, which never changes, as the chain states it.
    pub slug: Option<String>,
    /// The ids of the tenants that were made: the platform's chain states them.
    pub tenants: Vec<String>,
}

/// What is wrong with a chain, or beside it.
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
    /// The facts about people beside events are gone, and no later event says that they were erased with a person: how many,
    /// and of which event first.
    PersonalGone(usize, i64),
    /// The tenant's row has another slug than this, which the chain states.
    Renamed(String),
    /// There is no tenant with this id, of which the chain states that it was made. No row of a tenant is ever deleted.
    TenantGone(String),
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
            Self::PersonalGone(events, first) => write!(
                f,
                "the personal facts beside {events} events are gone, the first beside event {first}, and no erasure is recorded",
            ),
            Self::Renamed(slug) => {
                write!(f, "the tenant was renamed: its chain states the slug {slug}, which never changes")
            }
            Self::TenantGone(id) => {
                write!(f, "the tenant {id} was made, and the database has no such tenant")
            }
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

impl Summary {
    /// What is wrong beside a chain that is whole: with the facts about people, with the row of its tenant, and with those of
    /// the tenants of which it states that they were made. `all` were read after the chain; none are needed where it states none.
    pub fn faults_beside(&self, scope: &TenantScope, all: &[TenantScope]) -> Vec<Fault> {
        let bare = self.bare.first().map(|first| Fault::PersonalGone(self.bare.len(), *first));
        let stated = self.slug.iter().filter(|stated| *stated != scope.slug().as_str());
        let ids: HashSet<String> = all.iter().map(|scope| scope.id().to_string()).collect();
        let gone = self.tenants.iter().filter(|made| !ids.contains(*made));
        let rows = stated.cloned().map(Fault::Renamed).chain(gone.cloned().map(Fault::TenantGone));
        bare.into_iter().chain(rows).collect()
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
            bare: Vec::new(),
            slug: None,
            tenants: Vec::new(),
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
            (Some(_), None) => self.bare.push(event.seq),
            (Some(_), Some(_)) | (None, None) => {}
        }
        self.note_erasure(&body);
        self.note_tenants(&body);
        self.head = Head { seq: event.seq, hash: event.hash.clone() };
        self.merkle.push(&event.hash);
        self.meet_checkpoints()?;
        Ok(body)
    }

    /// An erasure names the events beside which nothing stands any more, all of them before it.
    fn note_erasure(&mut self, body: &Value) {
        if body.get("kind").and_then(Value::as_str) != Some(EventKind::UserErased.as_str()) {
            return;
        }
        let named = body.pointer("/details/events").and_then(Value::as_array);
        let named: HashSet<i64> = named.into_iter().flatten().filter_map(Value::as_i64).collect();
        self.bare.retain(|seq| !named.contains(seq));
    }

    /// Notes what the event states of tenants, to be compared with their rows.
    fn note_tenants(&mut self, body: &Value) {
        let detail = |kind: EventKind, pointer| {
            let of_kind = body.get("kind").and_then(Value::as_str) == Some(kind.as_str());
            body.pointer(pointer).filter(|_| of_kind)
        };
        if let Some(slug) = detail(EventKind::TenantChanged, "/details/slug").and_then(Value::as_str) {
            self.slug = Some(slug.to_owned());
        }
        let made = detail(EventKind::ConfigurationApplied, "/details/tenants").and_then(Value::as_array);
        self.tenants.extend(made.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
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
        let (root, head) = (self.merkle.root(), self.head);
        Ok(Summary { head, root, bare: self.bare, slug: self.slug, tenants: self.tenants })
    }
}
