//! Who invites, and what they may offer: read anew when it is accepted.

use std::collections::BTreeSet;

use crate::flows::access::Authorized;
use crate::flows::people::PLAIN;
use crate::flows::policy;
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, UserId};
use crate::model::invitation::Invitation;
use crate::model::role::{Permission, Role};
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{groups, users};

/// Somebody who invites.
#[derive(Debug, Clone)]
pub struct Inviter(Who);

#[derive(Debug, Clone)]
enum Who {
    Operator,
    Person(Box<User>, BTreeSet<Role>),
}

impl Inviter {
    /// The operator, who may offer anything.
    pub const fn operator() -> Self {
        Self(Who::Operator)
    }

    /// Whoever has this right at the API.
    pub fn of_api<R>(right: &Authorized<R>) -> Self {
        Self(Who::Person(Box::new(right.user().clone()), right.roles().clone()))
    }

    /// A person, with the roles that they have at this moment.
    ///
    /// # Errors
    /// The database fails.
    pub fn person(tx: &mut TenantTx<'_>, user: &User) -> Result<Self, Failure> {
        let roles = policy::roles_of(tx, user)?;
        Ok(Self(Who::Person(Box::new(user.clone()), roles)))
    }

    /// Who invited to this, if they may still do so.
    ///
    /// # Errors
    /// The database fails.
    pub(super) fn of(tx: &mut TenantTx<'_>, invitation: &Invitation) -> Result<Option<Self>, Failure> {
        let Some(id) = invitation.invited_by else { return Ok(Some(Self::operator())) };
        let inviter = match users::find(tx, id)?.filter(|user| user.status.is_active()) {
            Some(user) => Self::person(tx, &user)?,
            None => return Ok(None),
        };
        let offered = offered(tx, &invitation.roles, &invitation.groups)?;
        Ok(offered.filter(|roles| inviter.may_offer(roles)).map(|_| inviter))
    }

    /// For the record.
    pub fn actor(&self) -> Actor {
        self.user_id().map_or(Actor::Operator, Actor::User)
    }

    pub(super) fn user_id(&self) -> Option<UserId> {
        match &self.0 {
            Who::Operator => None,
            Who::Person(user, _) => Some(user.id),
        }
    }

    /// As people know them.
    pub(super) fn name(&self) -> Option<String> {
        match &self.0 {
            Who::Operator => None,
            Who::Person(user, _) => Some(user.profile.display_name().unwrap_or_else(|| user.email.clone())),
        }
    }

    /// Whether they may invite at all: administrators of people.
    pub fn may_invite(&self) -> bool {
        match &self.0 {
            Who::Operator => true,
            Who::Person(_, own) => own.iter().any(|role| role.allows(Permission::ManagePeople)),
        }
    }

    /// Whether they may offer this role.
    pub fn may_offer_role(&self, role: Role) -> bool {
        self.may_offer(&BTreeSet::from([role]))
    }

    /// Whether they may offer these roles: nothing that allows more than theirs together, and what administers something as
    /// owners only (R39, P101).
    pub(super) fn may_offer(&self, offered: &BTreeSet<Role>) -> bool {
        let Who::Person(_, own) = &self.0 else { return true };
        let may = |permission: Permission| own.iter().any(|role| role.allows(permission));
        let covers = |role: &Role| Permission::ALL.into_iter().all(|it| !role.allows(it) || may(it));
        self.may_invite()
            && offered.iter().all(covers)
            && (may(Permission::ManageOwners) || offered.iter().all(|role| PLAIN.contains(role)))
    }
}

/// Every role of an account with these roles and groups; `None` where the tenant has one of the groups not.
pub(super) fn offered(
    tx: &mut TenantTx<'_>,
    roles: &BTreeSet<Role>,
    wanted: &BTreeSet<GroupId>,
) -> Result<Option<BTreeSet<Role>>, Failure> {
    let mut all = roles.clone();
    if wanted.is_empty() {
        return Ok(Some(all));
    }
    let known = groups::all(tx)?;
    for id in wanted {
        match known.iter().find(|group| group.id == *id) {
            Some(group) => all.extend(group.roles.iter().copied()),
            None => return Ok(None),
        }
    }
    Ok(Some(all))
}
