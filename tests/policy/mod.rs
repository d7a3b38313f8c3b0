//! The tenant's rules for signing in: the truth table of the evaluation (D13, R24, R26).

mod laws;
mod truth;

use std::collections::BTreeSet;
use std::net::IpAddr;

use symbolon::flows::policy::{Device, Door, Facts, Membership, Verdict, evaluate};
use symbolon::model::policy::Policy;
use symbolon::model::role::Role;
use symbolon::model::session::Factor;
use symbolon::model::time::Timestamp;

/// In the office of the tests, 10.0.0.0/8.
const OFFICE: &str = "10.1.2.3";
/// Anywhere else.
const AWAY: &str = "203.0.113.7";

/// Somebody at a door.
#[derive(Debug, Clone)]
struct Someone {
    proofs: Vec<Factor>,
    roles: BTreeSet<Role>,
    address: Option<IpAddr>,
    break_glass: bool,
    has_second_factor: bool,
    device: Device,
    membership: Membership,
}

impl Someone {
    fn with(proofs: &[Factor]) -> Self {
        let address = Some(OFFICE.parse().expect("an address"));
        Self {
            proofs: proofs.to_vec(),
            roles: BTreeSet::from([Role::Member]),
            address,
            break_glass: false,
            has_second_factor: false,
            device: Device::Any,
            membership: Membership::Own,
        }
    }

    fn at(self, address: &str) -> Self {
        Self { address: Some(address.parse().expect("an address")), ..self }
    }

    fn verdict(&self, policy: &Policy, door: Door) -> Verdict {
        let facts = Facts {
            door,
            proofs: &self.proofs,
            roles: &self.roles,
            address: self.address,
            break_glass: self.break_glass,
            membership: self.membership,
            has_second_factor: self.has_second_factor,
            is_equipped: self.has_second_factor,
            device: self.device,
            now: now(),
        };
        evaluate(policy, &facts)
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_800_000_000)
}
