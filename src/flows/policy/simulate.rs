//! What a draft of a policy would have made of the sign-ins of the last thirty days, and whom it would lock out.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;

use super::evaluate::{Device, Door, Facts, Membership, Rule, Verdict, evaluate};
use super::judge::roles_of;
use crate::flows::call::Call;
use crate::flows::factors::{Enrolled, enrolled};
use crate::model::audit::{ChainedEvent, EventKind};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::policy::Policy;
use crate::model::role::Role;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::acr::Acr;
use crate::storage::TenantTx;
use crate::storage::records::{audit, users};

/// How far back it looks.
pub const PERIOD: Duration = Duration::from_hours(30 * 24);

/// How many events are read at once.
const BATCH: i64 = 1000;

/// What the draft comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Sign-ins that were looked at.
    pub sign_ins: usize,
    /// Whoever would not have come in as they did, by address.
    pub affected: Vec<Affected>,
}

impl Simulation {
    /// Whom it would have locked out.
    pub fn locked_out(&self) -> impl Iterator<Item = UserId> {
        self.affected.iter().filter(|person| person.locked_out).map(|person| person.user)
    }
}

/// Somebody who signed in, and would not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// Who it is.
    pub user: UserId,
    /// Their address.
    pub email: String,
    /// Whether none of their sign-ins would have led in; otherwise some would.
    pub locked_out: bool,
    /// Sign-ins that the draft refuses.
    pub refused: usize,
    /// Sign-ins for which it asks for one factor more, which they have.
    pub stepped_up: usize,
    /// The rules that decided.
    pub rules: BTreeSet<Rule>,
}

/// The parts of a sign-in's record that matter here.
#[derive(Deserialize)]
struct Record {
    at: Timestamp,
    kind: String,
    result: String,
    actor: Actor,
    #[serde(default)]
    details: Details,
}

#[derive(Deserialize)]
struct Actor {
    id: Option<UserId>,
}

#[derive(Deserialize, Default)]
struct Details {
    #[serde(default)]
    factors: Vec<Factor>,
}

#[derive(Deserialize)]
struct Whereabouts {
    address: Option<IpAddr>,
}

/// A sign-in that happened.
struct SignIn {
    user: UserId,
    factors: Vec<Factor>,
    address: Option<IpAddr>,
}

/// What is known of somebody now.
struct Known {
    user: User,
    roles: BTreeSet<Role>,
    enrolled: Enrolled,
}

#[derive(Default)]
struct Tally {
    passed: usize,
    refused: usize,
    stepped_up: usize,
    rules: BTreeSet<Rule>,
}

/// Replays the successful sign-ins of the transaction's tenant against a draft. Roles and factors are those of now: the
/// question is whom the draft would meet.
///
/// # Errors
/// The database fails, or the chain holds an event that cannot be read.
pub fn simulate(tx: &mut TenantTx<'_>, call: &Call, draft: &Policy) -> Result<Simulation, Failure> {
    let (mut known, mut tallies) = (BTreeMap::new(), BTreeMap::<UserId, Tally>::new());
    let mut seq = audit::last_before(tx, call.now - PERIOD)?;
    let mut sign_ins = 0;
    loop {
        let events = audit::after(tx, seq, BATCH)?;
        let Some(last) = events.last() else { break };
        seq = last.seq;
        for event in &events {
            let Some(sign_in) = sign_in(event, call.now)? else { continue };
            let id = sign_in.user;
            let person = match known.entry(id) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(read(tx, id)?),
            };
            let Some(person) = person else { continue };
            sign_ins += 1;
            tallies.entry(id).or_default().add(draft, call, person, &sign_in);
        }
    }
    let mut affected: Vec<Affected> = tallies
        .into_iter()
        .filter(|(_, tally)| tally.refused + tally.stepped_up > 0)
        .filter_map(|(id, tally)| Some(tally.of(known.get(&id)?.as_ref()?)))
        .collect();
    affected.sort_by(|one, other| (!one.locked_out, &one.email).cmp(&(!other.locked_out, &other.email)));
    Ok(Simulation { sign_ins, affected })
}

/// Who signed in, with what and from where, if the event is a sign-in of the period.
fn sign_in(event: &ChainedEvent, now: Timestamp) -> Result<Option<SignIn>, Failure> {
    // The kind stands in the text as it is: most events need not be read.
    if !event.body.contains(EventKind::SignIn.as_str()) {
        return Ok(None);
    }
    let unreadable = |error| Failure::internal("reading a sign-in of the audit trail").because(error);
    let record: Record = serde_json::from_str(&event.body).map_err(unreadable)?;
    let in_period = record.at.is_younger_than(PERIOD, now);
    if record.kind != EventKind::SignIn.as_str() || record.result != "success" || !in_period {
        return Ok(None);
    }
    let whereabouts: Option<Whereabouts> =
        event.personal.as_ref().and_then(|personal| serde_json::from_str(&personal.facts).ok());
    let address = whereabouts.and_then(|it| it.address);
    let factors = record.details.factors;
    Ok(record.actor.id.map(|user| SignIn { user, factors, address }))
}

fn read(tx: &mut TenantTx<'_>, id: UserId) -> Result<Option<Known>, Failure> {
    let Some(user) = users::find(tx, id)?.filter(|user| user.status.is_active()) else { return Ok(None) };
    let (roles, enrolled) = (roles_of(tx, &user)?, enrolled(tx, &user)?);
    Ok(Some(Known { user, roles, enrolled }))
}

impl Tally {
    fn add(&mut self, draft: &Policy, call: &Call, person: &Known, sign_in: &SignIn) {
        let facts = Facts {
            door: Door::SignIn,
            proofs: &sign_in.factors,
            roles: &person.roles,
            address: sign_in.address,
            membership: Membership::of(&person.user),
            break_glass: person.user.break_glass && person.user.roles.contains(&Role::Owner),
            has_second_factor: person.enrolled.has_second_factor(draft),
            is_equipped: person.enrolled.is_equipped(draft),
            device: Device::Any,
            now: call.now,
        };
        match evaluate(draft, &facts) {
            Verdict::Pass { .. } => self.passed += 1,
            Verdict::Refused(rule) => {
                self.refused += 1;
                self.rules.insert(rule);
            }
            Verdict::Second(rule) => {
                self.rules.insert(rule);
                if person.enrolled.ways(draft, &sign_in.factors, Some(Acr::Two)).is_empty() {
                    self.refused += 1;
                } else {
                    self.stepped_up += 1;
                }
            }
        }
    }

    fn of(self, person: &Known) -> Affected {
        Affected {
            user: person.user.id,
            email: person.user.email.clone(),
            locked_out: self.passed + self.stepped_up == 0,
            refused: self.refused,
            stepped_up: self.stepped_up,
            rules: self.rules,
        }
    }
}
