//! The proof that a person may do what they ask for: read from the database at each request, never from the token (D6, D25).

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::time::Duration;

use super::credential::Credential;
use super::refusal::{Refused, StepUp};
use super::right::{Demand, Right};
use crate::flows::bearer::{self, Holder};
use crate::flows::call::Call;
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::ids::{SessionId, TenantId, UserId};
use crate::model::role::{Permission, Role};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::acr::Acr;
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::records::groups;
use crate::storage::{Directory, TenantTx};

/// How old the sign-in behind a privileged action may be (D13).
const FRESH: Duration = Duration::from_mins(10);

/// A person who has the right `R` in the tenant of this transaction.
#[derive(Debug)]
pub struct Authorized<R> {
    tenant: TenantId,
    user: User,
    roles: BTreeSet<Role>,
    sid: Option<SessionId>,
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

    /// The session behind the token.
    pub const fn sid(&self) -> Option<SessionId> {
        self.sid
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

/// Does something for which a right is needed, if whoever holds the credential has it. The right ends with the transaction.
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
    right.check(&tx)?;
    work(&mut tx, &right)
}

fn authorize<R: Right>(
    directory: &mut Directory<'_>,
    call: &Call,
    credential: &Credential,
) -> Result<Result<(crate::storage::TenantScope, Authorized<R>), Refused>, Failure> {
    let Demand { scope: needed, permission, fresh } = R::DEMAND;
    let Credential::Token(bearer) = credential;
    let Some(token) = bearer::live(directory, call, (**bearer).clone())? else {
        return Ok(Err(Refused::InvalidToken));
    };
    // For us alone: what is for others too could have come from one of them (RFC 9068 §3).
    let for_us = token.claims.aud.iter().all(|audience| audience == call.issuer.as_str());
    if !for_us || !token.claims.scope.contains(needed.as_str()) {
        return Ok(Err(Refused::LacksScope(needed)));
    }
    let Holder::Person(user) = token.holder else { return Ok(Err(Refused::NotAPerson)) };
    let mut tx = directory.enter(&token.scope)?;
    let mut roles = user.roles.clone();
    roles.extend(groups::roles_of_user(&mut tx, user.id)?);
    let right = Authorized {
        tenant: token.scope.id(),
        user: *user,
        roles,
        sid: token.claims.sid,
        right: PhantomData,
    };
    if permission.is_some_and(|permission| !right.may(permission)) {
        return Ok(Err(Refused::LacksPermission));
    }
    if let Some(lacks) = lacks(&token.claims, call.now).filter(|_| fresh) {
        return Ok(Err(Refused::StepUp(lacks)));
    }
    Ok(Ok((token.scope, right)))
}

/// What the sign-in behind a token lacks for a privileged action: it must be at most [`FRESH`] old, and of two channels as soon
/// as people can prove two here (D13).
fn lacks(claims: &AccessTokenClaims, now: Timestamp) -> Option<StepUp> {
    let recent =
        claims.auth_time.is_some_and(|at| Timestamp::from_unix(at).is_younger_across_nodes(FRESH, now));
    let wanted = Acr::reachable().take_while(|level| *level <= Acr::Two).last().unwrap_or(Acr::Two);
    let strength = claims.acr.as_deref().and_then(|acr| acr.parse::<Acr>().ok());
    let strong = strength.is_some_and(|strength| strength.satisfies(wanted));
    (!recent || !strong).then(|| StepUp { acr: (!strong).then_some(wanted) })
}
