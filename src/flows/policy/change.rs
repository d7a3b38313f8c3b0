//! A tenant's policy, read, tried and changed by those who have the right. No change leaves the tenant without an owner who can
//! sign in, and whoever would keep themselves out has to say that they mean it (P102).

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::evaluate::{Door, Verdict};
use super::explain::ground;
use super::simulate::{Simulation, simulate};
use crate::effects::Clock;
use crate::flows::access::{
    Authorized, ChangePolicy, Conflict, Kind, ReadPolicy, Refused, Right, is_version,
};
use crate::flows::call::Call;
use crate::flows::factors::enrolled;
use crate::flows::owners;
use crate::flows::provision;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::policy::{Mfa, Networks, Policy};
use crate::model::role::Permission;
use crate::model::session::Factor;
use crate::model::status::Status;
use crate::model::user::User;
use crate::protocol::acr::Acr;
use crate::storage::TenantTx;
use crate::storage::records::{policies, users};

/// What it comes to.
type Done<T> = Result<Result<T, Refused>, Failure>;

/// The policy of a tenant at this moment.
#[derive(Debug, Clone)]
pub struct Current {
    /// The rules.
    pub policy: Policy,
    /// How often it was set.
    pub version: i64,
}

/// Somebody of whom it is asked what a policy makes.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who.
    pub user: Option<UserId>,
    /// What they prove.
    pub factors: Vec<Factor>,
    /// Where they are.
    pub address: Option<IpAddr>,
    /// The policy to judge by, in place of the tenant's.
    pub draft: Option<Policy>,
}

/// What a policy makes of somebody.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Who.
    pub user: UserId,
    /// Each door with its verdict.
    pub doors: Vec<(Door, Verdict)>,
}

/// A policy that is to take the place of the tenant's.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The rules.
    pub draft: Policy,
    /// The version that it is to follow.
    pub expected: Option<String>,
    /// Whom the sign-ins of late say that it would lock out, as [`try_draft`] found them.
    pub locked_out: BTreeSet<UserId>,
    /// Whether the caller means it though it keeps themselves out.
    pub accept_lock_out: bool,
}

/// The tenant's policy.
///
/// # Errors
/// The database fails.
pub fn read(tx: &mut TenantTx<'_>, right: &Authorized<ReadPolicy>) -> Done<Current> {
    right.check(tx)?;
    let (policy, version) = policies::find_versioned(tx)?;
    Ok(Ok(Current { policy, version }))
}

/// What a draft would have made of the sign-ins of late. It changes nothing.
///
/// # Errors
/// The database fails.
pub fn try_draft<R: Right>(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<R>,
    draft: &Policy,
) -> Done<Simulation> {
    right.check(tx)?;
    simulate(tx, call, draft).map(Ok)
}

/// What a policy makes of somebody at each door. It changes nothing.
///
/// # Errors
/// The database fails.
pub fn explain_to(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<ReadPolicy>,
    asked: Asked,
) -> Done<Explained> {
    right.check(tx)?;
    let user = match asked.user {
        Some(id) => users::find(tx, id)?,
        None => None,
    };
    let Some(user) = user.filter(|user| !matches!(user.status, Status::Deleted { .. })) else {
        return Ok(Err(Refused::NotFound(Kind::User)));
    };
    let ground = ground(tx, &user, asked.draft)?;
    let doors = ground.verdicts(&asked.factors, asked.address, call.now).to_vec();
    Ok(Ok(Explained { user: user.id, doors }))
}

/// Puts a policy in place of the tenant's.
///
/// # Errors
/// The database fails.
pub fn set(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ChangePolicy>,
    wanted: &Wanted,
) -> Done<Current> {
    right.check(tx)?;
    let (current, version) = policies::find_versioned(tx)?;
    if !is_version(&version.to_string(), wanted.expected.as_deref()) {
        return Ok(Err(Refused::Changed));
    }
    let is_owner = right.may(Permission::ManageOwners);
    // Where people may be is the owners' to say: nobody else shuts them out (P102).
    let (now, then) = (&current.networks, &wanted.draft.networks);
    if !is_owner && (now.sign_in != then.sign_in || now.administration != then.administration) {
        return Ok(Err(Refused::Above));
    }
    if !leaves_an_owner(tx, call, wanted)? {
        return Ok(Err(Refused::Conflict(Conflict::LocksOutOwners)));
    }
    let is_meant = wanted.accept_lock_out && is_owner;
    if !is_meant && !lets_in(tx, call, right, &wanted.draft)? {
        return Ok(Err(Refused::Conflict(Conflict::LocksOutCaller)));
    }
    provision::change_policy(tx, (call, clock), &right.actor(), &wanted.draft)?;
    let (policy, version) = policies::find_versioned(tx)?;
    Ok(Ok(Current { policy, version }))
}

/// Whether an active owner can still sign in: with all that they have, and from where they signed in of late.
fn leaves_an_owner(tx: &mut TenantTx<'_>, call: &Call, wanted: &Wanted) -> Result<bool, Failure> {
    for owner in owners::all(tx)? {
        if !wanted.locked_out.contains(&owner.id) && could_sign_in(tx, call, &owner, &wanted.draft)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether what somebody has is enough for the draft, wherever they are: of that the sign-ins of late tell.
fn could_sign_in(tx: &mut TenantTx<'_>, call: &Call, user: &User, draft: &Policy) -> Result<bool, Failure> {
    let networks = Networks { sign_in: Vec::new(), ..draft.networks.clone() };
    let mfa = Mfa { outside_trusted: false, ..draft.mfa.clone() };
    let ground = ground(tx, user, Some(Policy { mfa, networks, ..draft.clone() }))?;
    let all = enrolled(tx, user)?.all();
    Ok(matches!(ground.verdict(Door::SignIn, &all, (None, call.now)), Verdict::Pass { .. }))
}

/// Whether the caller could go on under the draft: as they are, or by one factor more that they have.
fn lets_in(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<ChangePolicy>,
    draft: &Policy,
) -> Result<bool, Failure> {
    let ground = ground(tx, right.user(), Some(draft.clone()))?;
    let verdict = ground.verdict(Door::Administration, right.proofs(), (call.address, call.now));
    Ok(match verdict {
        Verdict::Pass { .. } => true,
        Verdict::Refused(_) => false,
        Verdict::Second(_) => {
            let has = enrolled(tx, right.user())?;
            !has.ways(draft, right.proofs(), Some(Acr::Two)).is_empty()
        }
    })
}
