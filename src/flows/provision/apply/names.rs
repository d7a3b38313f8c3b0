//! From names to ids inside one tenant, things made in this transaction included.

use std::collections::{BTreeMap, BTreeSet};

use crate::flows::provision::declaration::{Access, Contexts};
use crate::flows::provision::state::Inside;
use crate::model::failure::Failure;
use crate::model::ids::{ContextId, GroupId, WorkspaceId};
use crate::model::workspace::{ContextAccess, WorkspaceAccess};

/// Ids by name.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) workspaces: BTreeMap<String, WorkspaceId>,
    /// By workspace and context slug.
    pub(super) contexts: BTreeMap<(String, String), ContextId>,
    pub(super) groups: BTreeMap<String, GroupId>,
}

fn missing() -> Failure {
    Failure::internal("a name of the changes leads nowhere")
}

impl Names {
    /// What the database has.
    pub(super) fn of(inside: Option<&Inside>) -> Self {
        let mut names = Self::default();
        let Some(inside) = inside else { return names };
        for (slug, state) in &inside.workspaces {
            names.workspaces.insert(slug.clone(), state.workspace.id);
            for (context, have) in &state.contexts {
                names.contexts.insert((slug.clone(), context.clone()), have.id);
            }
        }
        names.groups = inside.groups.iter().map(|(name, state)| (name.clone(), state.group.id)).collect();
        names
    }

    /// Access by ids.
    pub(super) fn access(&self, access: &Access) -> Result<WorkspaceAccess, Failure> {
        let mut by_id = WorkspaceAccess::new();
        for (slug, contexts) in access {
            let id = self.workspaces.get(slug.as_str()).ok_or_else(missing)?;
            let contexts = match contexts {
                Contexts::All => ContextAccess::All,
                Contexts::Only(only) => {
                    let key = |context: &crate::model::ids::Slug| (slug.to_string(), context.to_string());
                    let ids = only.iter().map(|context| self.contexts.get(&key(context)).copied());
                    ContextAccess::Only(ids.collect::<Option<_>>().ok_or_else(missing)?)
                }
            };
            by_id.insert(*id, contexts);
        }
        Ok(by_id)
    }

    /// Access as a service account's metadata holds it: every context by its id.
    pub(super) fn service_access(&self, access: &Access) -> Result<BTreeMap<String, Vec<String>>, Failure> {
        let mut by_id = BTreeMap::new();
        for (slug, contexts) in access {
            let id = self.workspaces.get(slug.as_str()).ok_or_else(missing)?;
            let given = |(workspace, context): &(String, String)| {
                let named = match contexts {
                    Contexts::All => true,
                    Contexts::Only(only) => only.iter().any(|one| one.as_str() == context),
                };
                workspace == slug.as_str() && named
            };
            let ids: Vec<String> =
                self.contexts.iter().filter(|(key, _)| given(key)).map(|(_, id)| id.to_string()).collect();
            by_id.insert(id.to_string(), ids);
        }
        Ok(by_id)
    }

    /// Groups by ids.
    pub(super) fn groups(&self, names: &BTreeSet<String>) -> Result<BTreeSet<GroupId>, Failure> {
        names.iter().map(|name| self.groups.get(name).copied().ok_or_else(missing)).collect()
    }
}
