//! Gathers what a policy is judged by, and judges: at each sign-in, each use of a session and each refresh.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::evaluate::{Device, Door, Facts, Membership, Rule, Verdict, asks_by_role, evaluate};
use crate::flows::call::Call;
use crate::flows::factors::enrolled;
use crate::model::failure::Failure;
use crate::model::policy::Policy;
use crate::model::role::Role;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::groups;

/// What was proved, and where.
#[derive(Debug, Clone, Copy)]
pub struct Proved<'a> {
    /// The factors.
    pub factors: &'a [Factor],
    /// Where the person is, as far as the door knows.
    pub address: Option<IpAddr>,
    /// Whether they have a second factor of their own.
    pub has_second_factor: bool,
    /// In which browser they stand.
    pub device: Device,
}

impl<'a> Proved<'a> {
    /// These factors here, in any browser, whatever else they have.
    pub const fn by(factors: &'a [Factor], address: Option<IpAddr>) -> Self {
        Self { factors, address, has_second_factor: false, device: Device::Any }
    }
}

/// Judges a person of this transaction's tenant.
///
/// # Errors
/// The database fails.
pub fn judge(
    tx: &mut TenantTx<'_>,
    call: &Call,
    (policy, door): (&Policy, Door),
    user: &User,
    proved: Proved<'_>,
) -> Result<Verdict, Failure> {
    let roles = if asks_by_role(policy) { roles_of(tx, user)? } else { BTreeSet::new() };
    let is_grace = policy.mfa.grace_until.is_some_and(|end| call.now < end);
    let is_equipped = is_grace && enrolled(tx, user)?.is_equipped(policy);
    Ok(evaluate(
        policy,
        &Facts {
            door,
            proofs: proved.factors,
            roles: &roles,
            address: proved.address,
            break_glass: user.break_glass && user.roles.contains(&Role::Owner),
            membership: Membership::of(user),
            has_second_factor: proved.has_second_factor,
            is_equipped,
            device: proved.device,
            now: call.now,
        },
    ))
}

/// Every role that somebody has, by themselves or by a group.
///
/// # Errors
/// The database fails.
pub fn roles_of(tx: &mut TenantTx<'_>, user: &User) -> Result<BTreeSet<Role>, Failure> {
    let mut roles = user.roles.clone();
    roles.extend(groups::roles_of_user(tx, user.id)?);
    Ok(roles)
}

/// Whether the policy asks this person for two factors, wherever they are.
///
/// # Errors
/// The database fails.
pub fn may_ask_second(tx: &mut TenantTx<'_>, policy: &Policy, user: &User) -> Result<bool, Failure> {
    let mfa = &policy.mfa;
    let as_guest = user.is_guest() && !policy.guests.home_factors;
    Ok(as_guest || mfa.everybody || mfa.outside_trusted || !mfa.roles.is_disjoint(&roles_of(tx, user)?))
}

impl Verdict {
    /// Whether somebody who stands at the door with a session or a token comes in.
    ///
    /// # Errors
    /// The rule that keeps them out.
    pub const fn stands(self) -> Result<(), Rule> {
        match self {
            Self::Pass { .. } => Ok(()),
            Self::Second(rule) | Self::Refused(rule) => Err(rule),
        }
    }
}
