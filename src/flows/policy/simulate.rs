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
use crate::storage::records::{audit, policies, users};

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
    /// What was proved then.
    #[serde(default)]
    factors: Vec<Factor>,
    /// That, and what the session had before; left out where that is nothing more.
    #[serde(default)]
    session_factors: Vec<Factor>,
    /// The factor for which a remembered device stood in.
    remembered_device: Option<Factor>,
}

#[derive(Deserialize)]
struct Whereabouts {
    address: Option<IpAddr>,
}

/// A sign-in that happened.
struct SignIn {
    user: UserId,
    factors: Vec<Factor>,
    remembered_device: Option<Factor>,
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

/// Replays the successful sign-ins of the transaction's tenant against a draft: what was proved, in a remembered device or not, and
/// from where. Roles and factors are those of now: the question is whom the draft would meet. Who is asked for a second factor by the
/// policy of now as well, because they have set one up since, is not affected by the draft.
///
/// # Errors
/// The database fails, or the chain holds an event that cannot be read.
pub fn simulate(tx: &mut TenantTx<'_>, call: &Call, draft: &Policy) -> Result<Simulation, Failure> {
    let current = policies::find(tx)?;
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
            let verdict = replayed(draft, call, person, &sign_in);
            let is_new = verdict != replayed(&current, call, person, &sign_in);
            tallies.entry(id).or_default().add((draft, verdict, is_new), person, &sign_in);
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
    let Details { factors, session_factors, remembered_device } = record.details;
    let factors = if session_factors.is_empty() { factors } else { session_factors };
    Ok(record.actor.id.map(|user| SignIn { user, factors, remembered_device, address }))
}

fn read(tx: &mut TenantTx<'_>, id: UserId) -> Result<Option<Known>, Failure> {
    let Some(user) = users::find(tx, id)?.filter(|user| user.status.is_active()) else { return Ok(None) };
    let (roles, enrolled) = (roles_of(tx, &user)?, enrolled(tx, &user)?);
    Ok(Some(Known { user, roles, enrolled }))
}

/// What a policy makes of a sign-in that happened.
fn replayed(policy: &Policy, call: &Call, person: &Known, sign_in: &SignIn) -> Verdict {
    let device = sign_in.remembered_device.filter(|_| policy.remembered_devices.life().is_some());
    let facts = Facts {
        door: Door::SignIn,
        proofs: &sign_in.factors,
        roles: &person.roles,
        address: sign_in.address,
        membership: Membership::of(&person.user),
        break_glass: person.user.break_glass && person.user.roles.contains(&Role::Owner),
        has_second_factor: person.enrolled.has_second_factor(policy),
        is_equipped: person.enrolled.is_equipped(policy),
        device: device.map_or(Device::Any, Device::Remembered),
        now: call.now,
    };
    evaluate(policy, &facts)
}

impl Tally {
    fn add(&mut self, (draft, verdict, is_new): (&Policy, Verdict, bool), person: &Known, sign_in: &SignIn) {
        match verdict {
            Verdict::Pass { .. } => self.passed += 1,
            Verdict::Refused(rule) => {
                self.refused += 1;
                self.rules.insert(rule);
            }
            Verdict::Second(rule) => {
                let has_another = !person.enrolled.ways(draft, &sign_in.factors, Some(Acr::Two)).is_empty();
                if has_another && !is_new {
                    self.passed += 1;
                    return;
                }
                self.rules.insert(rule);
                if has_another {
                    self.stepped_up += 1;
                } else {
                    self.refused += 1;
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
