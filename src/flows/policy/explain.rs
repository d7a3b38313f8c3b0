//! What a policy makes of one person at each door, and which rule decides.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::evaluate::{Device, Door, Facts, Membership, Verdict, evaluate};
use super::judge::roles_of;
use crate::flows::factors::enrolled;
use crate::model::failure::Failure;
use crate::model::policy::Policy;
use crate::model::role::Role;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::policies;

/// What the verdicts stand on.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The policy.
    pub policy: Policy,
    /// Every role of the person, by themselves or by a group.
    pub roles: BTreeSet<Role>,
    has_second_factor: bool,
    is_equipped: bool,
    break_glass: bool,
    membership: Membership,
}

/// Reads it: by a draft, or by the policy of the tenant.
///
/// # Errors
/// The database fails.
pub fn ground(tx: &mut TenantTx<'_>, user: &User, draft: Option<Policy>) -> Result<Ground, Failure> {
    let policy = match draft {
        Some(draft) => draft,
        None => policies::find(tx)?,
    };
    let enrolled = enrolled(tx, user)?;
    let (has_second_factor, is_equipped) =
        (enrolled.has_second_factor(&policy), enrolled.is_equipped(&policy));
    let break_glass = user.break_glass && user.roles.contains(&Role::Owner);
    Ok(Ground {
        policy,
        roles: roles_of(tx, user)?,
        has_second_factor,
        is_equipped,
        break_glass,
        membership: Membership::of(user),
    })
}

impl Ground {
    /// The verdict of one door on whoever proved these factors there.
    pub fn verdict(
        &self,
        door: Door,
        proofs: &[Factor],
        (address, now): (Option<IpAddr>, Timestamp),
    ) -> Verdict {
        let facts = Facts {
            door,
            proofs,
            roles: &self.roles,
            address,
            break_glass: self.break_glass,
            membership: self.membership,
            has_second_factor: self.has_second_factor,
            is_equipped: self.is_equipped,
            device: Device::Any,
            now,
        };
        evaluate(&self.policy, &facts)
    }

    /// The verdicts of all doors.
    pub fn verdicts(
        &self,
        proofs: &[Factor],
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> [(Door, Verdict); 4] {
        Door::ALL.map(|door| (door, self.verdict(door, proofs, (address, now))))
    }
}
