//! What belongs to a tenant, or to the platform: places, groups, resource servers; people and clients stand beside.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Differ, Step, written};
use crate::flows::provision::declaration::{
    Client, Context, Group, Place, Platform, Resource, Tenant, User, Workspace,
};
use crate::flows::provision::state::Inside;
use crate::model::failure::Failure;
use crate::model::status::Status;
use crate::model::tenant::PLATFORM_SLUG;

/// The lists of an owner in the file. A list that is `None` says nothing.
pub(super) struct Owned<'d> {
    pub(super) slug: &'d str,
    pub(super) place: Place,
    pub(super) workspaces: Option<&'d [Workspace]>,
    pub(super) groups: Option<&'d [Group]>,
    pub(super) users: Option<&'d [User]>,
    pub(super) clients: Option<&'d [Client]>,
    pub(super) resources: Option<&'d [Resource]>,
}

impl<'d> Owned<'d> {
    pub(super) fn by_platform(platform: &'d Platform) -> Self {
        Self {
            slug: PLATFORM_SLUG,
            place: Place::START,
            workspaces: None,
            groups: None,
            users: platform.users.as_deref(),
            clients: platform.clients.as_deref(),
            resources: platform.resources.as_deref(),
        }
    }

    pub(super) fn by_tenant(tenant: &'d Tenant) -> Self {
        Self {
            slug: tenant.slug.value.as_str(),
            place: tenant.slug.place,
            workspaces: tenant.workspaces.as_deref(),
            groups: tenant.groups.as_deref(),
            users: tenant.users.as_deref(),
            clients: tenant.clients.as_deref(),
            resources: tenant.resources.as_deref(),
        }
    }

    /// The path of a key in the file.
    pub(super) fn path(&self, key: &str) -> String {
        if self.slug == PLATFORM_SLUG {
            format!("platform.{key}")
        } else {
            format!("tenants[{}].{key}", self.slug)
        }
    }
}

/// Workspaces with their contexts, by slug.
pub(in crate::flows::provision) type Places = BTreeMap<String, BTreeSet<String>>;

impl Differ<'_> {
    pub(super) fn owned(&mut self, owned: &Owned<'_>) -> Result<(), Failure> {
        let empty = Inside::default();
        let inside = self.state.inside(owned.slug)?.unwrap_or(&empty);
        self.workspaces(owned, inside);
        self.groups(owned, inside);
        self.resources(owned);
        self.users(owned, inside)?;
        self.clients(owned, inside)
    }

    fn workspaces(&mut self, owned: &Owned<'_>, inside: &Inside) {
        let Some(wanted) = owned.workspaces else { return };
        let prune = self.prune;
        let tenant = Some(owned.slug);
        for workspace in wanted {
            let slug = &workspace.slug.value;
            let have = inside.workspaces.get(slug.as_str());
            let before = have.map(|have| vec![("name", have.workspace.name.clone().into())]);
            let step = Step::Workspace(workspace.clone());
            self.put("workspace", (tenant, slug.as_str()), (before, written::workspace(workspace)), step);
            let contexts = workspace.contexts.as_deref();
            for context in contexts.unwrap_or_default() {
                self.context(owned.slug, workspace, context, inside);
            }
            let gone = have.into_iter().flat_map(|have| have.contexts.values());
            let gone = gone
                .filter(|have| contexts.is_some_and(|all| all.iter().all(|it| it.slug.value != have.slug)));
            for context in gone.filter(move |_| prune).cloned().collect::<Vec<_>>() {
                let name = format!("{slug}/{}", context.slug);
                let step = Step::RemoveContext(slug.clone(), context.slug);
                self.note((Action::Remove, "context"), (tenant, &name), Vec::new(), step);
            }
        }
        for (slug, have) in inside.workspaces.iter().filter(move |_| prune) {
            if wanted.iter().all(|workspace| workspace.slug.value.as_str() != slug) {
                let step = Step::RemoveWorkspace(have.workspace.slug.clone());
                self.note((Action::Remove, "workspace"), (tenant, slug), Vec::new(), step);
            }
        }
    }

    fn context(&mut self, tenant: &str, workspace: &Workspace, context: &Context, inside: &Inside) {
        let (slug, own) = (&workspace.slug.value, &context.slug.value);
        let have = inside.workspaces.get(slug.as_str()).and_then(|have| have.contexts.get(own.as_str()));
        let before = have.map(|have| vec![("name", have.name.clone().into())]);
        let name = format!("{slug}/{own}");
        let step = Step::Context(slug.clone(), context.clone());
        self.put("context", (Some(tenant), &name), (before, written::context(context)), step);
    }

    fn groups(&mut self, owned: &Owned<'_>, inside: &Inside) {
        let Some(wanted) = owned.groups else { return };
        let prune = self.prune;
        let tenant = Some(owned.slug);
        for group in wanted {
            let have = inside.groups.get(&group.name.value).map(|have| inside.declared_group(have));
            let words = (have.as_ref().map(written::group), written::group(group));
            self.put("group", (tenant, &group.name.value), words, Step::Group(group.clone()));
        }
        for name in inside.groups.keys().filter(move |_| prune) {
            if wanted.iter().all(|group| group.name.value != *name) {
                let step = Step::RemoveGroup(name.clone());
                self.note((Action::Remove, "group"), (tenant, name), Vec::new(), step);
            }
        }
    }

    fn resources(&mut self, owned: &Owned<'_>) {
        let Some(wanted) = owned.resources else { return };
        let prune = self.prune;
        let tenant = Some(owned.slug);
        let have = self.state.resources_of(owned.slug);
        for resource in wanted {
            let identifier = &resource.identifier.value;
            if let Some(owner) = self.foreign_owner(owned.slug, identifier) {
                let path = owned.path(&format!("resources[{identifier}]"));
                let message = format!("the resource server `{identifier}` belongs to `{owner}` already");
                self.fault(resource.identifier.place, path, message);
            }
            let before = have.iter().find(|have| have.identifier.value == *identifier);
            let words = (before.map(written::resource), written::resource(resource));
            self.put("resource server", (tenant, identifier), words, Step::Resource(resource.clone()));
        }
        for gone in have.iter().filter(move |_| prune) {
            let identifier = &gone.identifier.value;
            if wanted.iter().all(|resource| resource.identifier.value != *identifier) {
                let step = Step::RemoveResource(identifier.clone());
                self.note((Action::Remove, "resource server"), (tenant, identifier), Vec::new(), step);
            }
        }
    }

    /// Another owner of a resource server that is not deleted.
    fn foreign_owner(&self, owner: &str, identifier: &str) -> Option<String> {
        let have = self.state.resources.get(identifier)?;
        let slug = self.state.slugs.get(&have.owner)?;
        let deleted = matches!(have.status, Status::Deleted { .. });
        (!deleted && slug.as_str() != owner).then(|| slug.to_string())
    }

    /// The workspaces and contexts of an owner as they will be.
    pub(super) fn places_after(&self, owned: &Owned<'_>, inside: &Inside) -> Places {
        let have =
            |slug: &str| inside.workspaces.get(slug).map(|have| have.contexts.keys().cloned().collect());
        let mut places: Places = match owned.workspaces {
            Some(_) if self.prune => Places::new(),
            _ => {
                inside.workspaces.keys().map(|slug| (slug.clone(), have(slug).unwrap_or_default())).collect()
            }
        };
        for workspace in owned.workspaces.unwrap_or_default() {
            let slug = workspace.slug.value.as_str();
            let mut contexts: BTreeSet<String> = match &workspace.contexts {
                Some(_) if self.prune => BTreeSet::new(),
                _ => have(slug).unwrap_or_default(),
            };
            contexts
                .extend(workspace.contexts.iter().flatten().map(|context| context.slug.value.to_string()));
            places.insert(slug.to_owned(), contexts);
        }
        places
    }
}
