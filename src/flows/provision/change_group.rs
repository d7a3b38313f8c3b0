//! Changing groups and who is in them, by an administrator. What a group gave that is gone is in no access token any more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::declaration::{Access, Contexts};
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::revocation::Falling;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, UserId};
use crate::model::workspace::{Context, ContextAccess, Group, Workspace, WorkspaceAccess};
use crate::storage::TenantTx;
use crate::storage::records::{groups, workspaces};

/// The workspaces of a tenant with their contexts, between slugs and ids.
#[derive(Debug)]
pub struct Places {
    workspaces: Vec<Workspace>,
    contexts: Vec<Context>,
}

impl Places {
    /// Reads them.
    ///
    /// # Errors
    /// The database fails.
    pub fn read(tx: &mut TenantTx<'_>) -> Result<Self, Failure> {
        Ok(Self { workspaces: workspaces::all(tx)?, contexts: workspaces::all_contexts(tx)? })
    }

    /// Access by slugs. What leads to something that is gone is left out.
    pub fn named(&self, access: &WorkspaceAccess) -> Access {
        let slug = |(id, contexts): (_, &ContextAccess)| {
            let workspace = self.workspaces.iter().find(|workspace| workspace.id == id)?;
            let contexts = match contexts {
                ContextAccess::All => Contexts::All,
                ContextAccess::Only(only) => {
                    let known = self.contexts.iter().filter(|context| only.contains(&context.id));
                    Contexts::Only(known.map(|context| context.slug.clone()).collect())
                }
            };
            Some((workspace.slug.clone(), contexts))
        };
        access.iter().filter_map(|(id, contexts)| slug((*id, contexts))).collect()
    }

    /// Access by ids; `None` where a slug leads nowhere.
    pub fn ids(&self, access: &Access) -> Option<WorkspaceAccess> {
        let mut by_id = BTreeMap::new();
        for (slug, contexts) in access {
            let workspace = self.workspaces.iter().find(|workspace| workspace.slug == *slug)?.id;
            let id = |own: &_| {
                let mut inside = self.contexts.iter().filter(|context| context.workspace_id == workspace);
                inside.find(|context| context.slug == *own).map(|context| context.id)
            };
            let contexts = match contexts {
                Contexts::All => ContextAccess::All,
                Contexts::Only(only) => ContextAccess::Only(only.iter().map(id).collect::<Option<_>>()?),
            };
            by_id.insert(workspace, contexts);
        }
        Some(by_id)
    }
}

/// Makes a group, or changes the one with its id; false where it is so already. The caller holds the tenants, and has seen to
/// it that an owner stays.
///
/// # Errors
/// The database fails.
pub fn put_group(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    (group, access): (&Group, &WorkspaceAccess),
) -> Result<bool, Failure> {
    let before = match groups::find(tx, group.id)? {
        Some(before) => Some((before, workspaces::of_group(tx, group.id)?)),
        None => None,
    };
    let mut event = event(call, actor, group.id, if before.is_some() { "change" } else { "create" });
    let mut shrinks = false;
    if let Some((before, had)) = &before {
        let changed = [
            ("name", before.name != group.name),
            ("roles", before.roles != group.roles),
            ("workspaces", had != access),
        ];
        let fields: Vec<&str> = changed.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
        if fields.is_empty() {
            return Ok(false);
        }
        event = event.with("fields", fields);
        shrinks = !before.roles.is_subset(&group.roles) || !covers(access, had);
    }
    let roles: Vec<&str> = group.roles.iter().map(|role| role.as_str()).collect();
    groups::put(tx, group)?;
    workspaces::set_of_group(tx, group.id, access)?;
    tx.record(event.with("roles", roles));
    let members = if shrinks { groups::members(tx, group.id)? } else { BTreeSet::new() };
    fall(tx, clock, members).map(|()| true)
}

/// Removes a group, and what it gave to its members.
///
/// # Errors
/// The database fails.
pub fn remove_group(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    group: GroupId,
) -> Result<(), Failure> {
    let members = groups::members(tx, group)?;
    groups::remove(tx, group)?;
    tx.record(event(call, actor, group, "remove"));
    fall(tx, clock, members)
}

/// Puts somebody into a group; false where they are in it.
///
/// # Errors
/// The database fails.
pub fn add_member(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    (group, user): (GroupId, UserId),
) -> Result<bool, Failure> {
    if groups::members(tx, group)?.contains(&user) {
        return Ok(false);
    }
    groups::add_members(tx, &[(group, user)])?;
    tx.record(event(call, actor, group, "add_member").with("user", user.to_string()));
    fall(tx, clock, BTreeSet::new()).map(|()| true)
}

/// Takes somebody out of a group; false where they were not in it.
///
/// # Errors
/// The database fails.
pub fn remove_member(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    actor: &Actor,
    (group, user): (GroupId, UserId),
) -> Result<bool, Failure> {
    if !groups::remove_member(tx, group, user)? {
        return Ok(false);
    }
    tx.record(event(call, actor, group, "remove_member").with("user", user.to_string()));
    fall(tx, clock, BTreeSet::from([user])).map(|()| true)
}

/// Whether nothing of `had` is missing in `has`.
fn covers(has: &WorkspaceAccess, had: &WorkspaceAccess) -> bool {
    had.iter().all(|(workspace, before)| match (has.get(workspace), before) {
        (None, _) | (Some(ContextAccess::Only(_)), ContextAccess::All) => false,
        (Some(ContextAccess::All), _) => true,
        (Some(ContextAccess::Only(now)), ContextAccess::Only(before)) => before.is_subset(now),
    })
}

/// Revokes the access tokens of these people, and lets running nodes know that something changed.
fn fall(tx: &mut TenantTx<'_>, clock: &Arc<dyn Clock>, people: BTreeSet<UserId>) -> Result<(), Failure> {
    let mut falling = Falling::default();
    for user in people {
        falling.person(tx.scope().id(), user);
    }
    falling.revoke(tx, clock)
}

fn event(call: &Call, actor: &Actor, group: GroupId, action: &'static str) -> Event {
    call.event(EventKind::GroupChanged, EventResult::Success, actor.clone())
        .on("group", group)
        .with("action", action)
}
