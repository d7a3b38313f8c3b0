//! The proof that a person may do what they ask for: read from the database at each request, never from the token (D6, D25).

use std::collections::BTreeSet;
use std::marker::PhantomData;

use super::credential::Credential;
use super::refusal::{Refused, StepUp};
use super::right::{Demand, Right};
use super::standing::{self, SignIn, Standing};
use crate::flows::call::Call;
use crate::flows::factors::{self, devices};
use crate::flows::policy::{self, Door, Proved, Verdict};
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::ids::{PersonalTokenId, SessionId, TenantId, UserId};
use crate::model::policy::Policy;
use crate::model::role::{Permission, Role};
use crate::model::session::{Factor, Session};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::acr::Acr;
use crate::storage::records::{policies, tenants, users};
use crate::storage::{Directory, TenantScope, TenantTx};

/// A person who has the right `R` in the tenant of this transaction.
#[derive(Debug)]
pub struct Authorized<R> {
    tenant: TenantId,
    user: User,
    roles: BTreeSet<Role>,
    proofs: Vec<Factor>,
    sid: Option<SessionId>,
    due: Option<PersonalTokenId>,
    right: PhantomData<R>,
}

impl<R> Authorized<R> {
    /// Who acts, for the record.
    pub const fn actor(&self) -> Actor {
        Actor::User(self.user.id)
    }

    /// The person who acts.
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// Every role of theirs, by themselves or by a group.
    pub const fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// The session behind the token.
    pub const fn sid(&self) -> Option<SessionId> {
        self.sid
    }

    /// What they proved in the session behind the token.
    pub fn proofs(&self) -> &[Factor] {
        &self.proofs
    }

    /// The personal access token whose use has to be written down.
    pub const fn due(&self) -> Option<PersonalTokenId> {
        self.due
    }

    /// Whether this is their own account.
    pub fn is_self(&self, user: UserId) -> bool {
        self.user.id == user
    }

    /// Whether one of their roles allows it.
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.allows(permission))
    }

    /// Whether they may give or take this role: it allows nothing that theirs do not allow together (P101).
    pub fn covers(&self, role: Role) -> bool {
        Permission::ALL.into_iter().all(|permission| !role.allows(permission) || self.may(permission))
    }

    /// The tenant once more, by whoever is about to change something: the transaction must be of the tenant in which the right
    /// was proved.
    ///
    /// # Errors
    /// It is of another, which is a defect.
    pub fn check(&self, tx: &TenantTx<'_>) -> Result<(), Failure> {
        if tx.scope().id() == self.tenant && self.user.tenant_id == self.tenant {
            Ok(())
        } else {
            Err(Failure::internal("a right was used in another tenant"))
        }
    }
}

/// Changes something for which a right is needed, if whoever holds the credential has it. The right ends with the transaction.
///
/// Whoever takes rights away holds the tenants, and whoever ends sessions the person, until the transaction ends. The right is
/// proved behind that: one that was lost while this waited is not there any more (P101).
///
/// # Errors
/// The database fails.
pub fn act<R: Right, T>(
    directory: &mut Directory<'_>,
    call: &Call,
    credential: &Credential,
    work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>) -> Result<Result<T, Refused>, Failure>,
) -> Result<Result<T, Refused>, Failure> {
    let (scope, right) = match authorize::<R>(directory, call, credential)? {
        Ok(authorized) => authorized,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut tx = directory.enter(&scope)?;
    if R::DEMAND.permission.is_some() {
        tenants::hold(&mut tx)?;
    } else {
        users::hold_active(&mut tx, right.user.id)?;
    }
    drop(tx);
    look(directory, call, credential, work)
}

/// Reads something for which a right is needed, if whoever holds the credential has it.
///
/// # Errors
/// The database fails.
pub fn look<R: Right, T>(
    directory: &mut Directory<'_>,
    call: &Call,
    credential: &Credential,
    work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>) -> Result<Result<T, Refused>, Failure>,
) -> Result<Result<T, Refused>, Failure> {
    let (scope, right) = match authorize::<R>(directory, call, credential)? {
        Ok(authorized) => authorized,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut tx = directory.enter(&scope)?;
    right.check(&tx)?;
    work(&mut tx, &right)
}

fn authorize<R: Right>(
    directory: &mut Directory<'_>,
    call: &Call,
    credential: &Credential,
) -> Result<Result<(TenantScope, Authorized<R>), Refused>, Failure> {
    let Demand { permission, fresh, .. } = R::DEMAND;
    let Standing { scope, user, proofs, sid, session, signed_in, due } =
        match standing::of(directory, call, credential, R::DEMAND)? {
            Ok(standing) => standing,
            Err(refused) => return Ok(Err(refused)),
        };
    let mut tx = directory.enter(&scope)?;
    let roles = policy::roles_of(&mut tx, &user)?;
    let tenants_policy = policies::find(&mut tx)?;
    let mut proved = Proved::by(&proofs, call.address);
    let mut door = Door::Session;
    if permission.is_some() {
        door = Door::Administration;
        if let Some(session) = session {
            proved.device = devices::of_session(&mut tx, call, (&tenants_policy, &user), &session)?;
        }
    }
    // As the tenant's policy stands now, and where they are now (D32, P077).
    match policy::judge(&mut tx, call, (&tenants_policy, door), &user, proved)? {
        Verdict::Pass { .. } => {}
        Verdict::Second(_) => return Ok(Err(Refused::StepUp(StepUp { acr: Some(Acr::Two) }))),
        Verdict::Refused(_) => return Ok(Err(Refused::Policy)),
    }
    let right = Authorized { tenant: scope.id(), user, roles, proofs, sid, due, right: PhantomData };
    if permission.is_some_and(|permission| !right.may(permission)) {
        return Ok(Err(Refused::LacksPermission));
    }
    if fresh && let Some(lacks) = lacks(&mut tx, (signed_in, call.now), &tenants_policy, &right.user)? {
        return Ok(Err(Refused::StepUp(lacks)));
    }
    Ok(Ok((scope, right)))
}

/// What the sign-in behind a token lacks for a privileged action: it must be at most [`Session::FRESH`] old, and what was
/// proved since then of two channels if the person has what it takes (D13): one factor never takes another one away.
fn lacks(
    tx: &mut TenantTx<'_>,
    (signed_in, now): (Option<SignIn>, Timestamp),
    rules: &Policy,
    user: &User,
) -> Result<Option<StepUp>, Failure> {
    let at = signed_in.and_then(|sign_in| sign_in.at);
    let recent = at.is_some_and(|at| at.is_younger_across_nodes(Session::FRESH, now));
    let strength = signed_in.and_then(|sign_in| sign_in.strength);
    let strong = strength.is_some_and(|strength| strength.satisfies(Acr::Two));
    let weak = !strong && factors::reach_since(tx, rules, (user.id, now))?.is_some();
    Ok((!recent || weak).then(|| StepUp { acr: weak.then_some(Acr::Two) }))
}
