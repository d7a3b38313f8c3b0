//! Subdivisions of a tenant, and who may enter them.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::{ContextId, GroupId, Slug, WorkspaceId};
use super::role::Role;

/// A subdivision of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id, the key in the `workspaces` claim.
    pub id: WorkspaceId,
    /// Its short name, unique in the tenant.
    pub slug: Slug,
    /// The name people read.
    pub name: String,
}

/// A subdivision of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Its id, in the lists of the `workspaces` claim.
    pub id: ContextId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// Its short name, unique in the workspace.
    pub slug: Slug,
    /// The name people read.
    pub name: String,
}

/// Which contexts of a workspace somebody may enter (D6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextAccess {
    /// All of them, those made later too.
    All,
    /// These only.
    Only(BTreeSet<ContextId>),
}

/// Workspaces that a user or a group was given.
pub type WorkspaceAccess = BTreeMap<WorkspaceId, ContextAccess>;

/// A named set of users that carries roles and workspaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name, unique in the tenant.
    pub name: String,
    /// Roles that its members have.
    pub roles: BTreeSet<Role>,
}
