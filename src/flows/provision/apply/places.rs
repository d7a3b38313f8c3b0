//! Workspaces, contexts and groups.

use super::{Work, shrinks};
use crate::flows::provision::declaration::{
    Context as DeclaredContext, Group as DeclaredGroup, Workspace as Declared,
};
use crate::flows::provision::difference::Change;
use crate::model::audit::EventKind;
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, Slug, UserId};
use crate::model::workspace::{Context, Group, Workspace};
use crate::storage::records::{groups, workspaces};

fn missing() -> Failure {
    Failure::internal("a workspace of the changes is missing")
}

impl Work<'_, '_> {
    pub(super) fn put_workspace(
        &mut self,
        change: &Change,
        slug: &str,
        wanted: &Declared,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let own = wanted.slug.value.clone();
        let fresh = self.call.id();
        let id = *self.names(slug)?.workspaces.entry(own.to_string()).or_insert(fresh);
        let workspace = Workspace { id, slug: own, name: wanted.name.clone() };
        workspaces::put(&mut self.tx.enter(&scope)?, &workspace)?;
        let event = self.event(EventKind::WorkspaceChanged, change).on("workspace", id);
        self.record(scope.id(), event);
        Ok(())
    }

    pub(super) fn remove_workspace(
        &mut self,
        change: &Change,
        slug: &str,
        own: &Slug,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let id = self.names(slug)?.workspaces.remove(own.as_str()).ok_or_else(missing)?;
        workspaces::remove(&mut self.tx.enter(&scope)?, id)?;
        let event = self.event(EventKind::WorkspaceChanged, change).on("workspace", id);
        self.record(scope.id(), event);
        Ok(())
    }

    pub(super) fn put_context(
        &mut self,
        change: &Change,
        slug: &str,
        workspace: &Slug,
        wanted: &DeclaredContext,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let fresh = self.call.id();
        let names = self.names(slug)?;
        let workspace_id = *names.workspaces.get(workspace.as_str()).ok_or_else(missing)?;
        let key = (workspace.to_string(), wanted.slug.value.to_string());
        let id = *names.contexts.entry(key).or_insert(fresh);
        let context =
            Context { id, workspace_id, slug: wanted.slug.value.clone(), name: wanted.name.clone() };
        workspaces::put_context(&mut self.tx.enter(&scope)?, &context)?;
        let event = self.event(EventKind::WorkspaceChanged, change).on("context", id);
        self.record(scope.id(), event);
        Ok(())
    }

    pub(super) fn remove_context(
        &mut self,
        change: &Change,
        slug: &str,
        workspace: &Slug,
        context: &Slug,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let key = (workspace.to_string(), context.to_string());
        let id = self.names(slug)?.contexts.remove(&key).ok_or_else(missing)?;
        workspaces::remove_context(&mut self.tx.enter(&scope)?, id)?;
        let event = self.event(EventKind::WorkspaceChanged, change).on("context", id);
        self.record(scope.id(), event);
        Ok(())
    }

    pub(super) fn put_group(
        &mut self,
        change: &Change,
        slug: &str,
        wanted: &DeclaredGroup,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let fresh = self.call.id();
        let names = self.names(slug)?;
        let id = *names.groups.entry(wanted.name.value.clone()).or_insert(fresh);
        let access = names.access(&wanted.workspaces)?;
        let group = Group { id, name: wanted.name.value.clone(), roles: wanted.roles.clone() };
        let mut tenant = self.tx.enter(&scope)?;
        groups::put(&mut tenant, &group)?;
        workspaces::set_of_group(&mut tenant, id, &access)?;
        if shrinks(change, &["roles", "workspaces"]) {
            self.revoke_members(slug, id)?;
        }
        let event = self.event(EventKind::GroupChanged, change).on("group", id);
        self.record(scope.id(), event);
        Ok(())
    }

    pub(super) fn remove_group(&mut self, change: &Change, slug: &str, name: &str) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let missing = || Failure::internal("a group of the changes is missing");
        let id = self.names(slug)?.groups.remove(name).ok_or_else(missing)?;
        groups::remove(&mut self.tx.enter(&scope)?, id)?;
        self.revoke_members(slug, id)?;
        let event = self.event(EventKind::GroupChanged, change).on("group", id);
        self.record(scope.id(), event);
        Ok(())
    }

    /// Access tokens of the members still carry what the group gave; the next refresh makes smaller ones.
    fn revoke_members(&mut self, slug: &str, group: GroupId) -> Result<(), Failure> {
        let inside = self.state.inside(slug)?;
        let members = inside.into_iter().flat_map(|inside| inside.users.values());
        let members = members.filter(|user| user.groups.contains(&group));
        let ids: Vec<UserId> = members.map(|user| user.user.id).collect();
        let tenant = self.tenant_id(slug)?;
        for id in ids {
            self.falling.person(tenant, id);
        }
        Ok(())
    }
}
