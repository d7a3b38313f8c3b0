//! What the database holds of the things a declaration speaks of, by their names.

use std::collections::{BTreeMap, BTreeSet};

use super::declaration::Index;
use super::declaration::{ResourceIndex, TenantIndex};
use crate::model::client::{Client, ClientSecret};
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, Slug, TenantId, UserId};
use crate::model::policy::Policy;
use crate::model::resource_server::{OpenTo, ResourceServer};
use crate::model::role::Role;
use crate::model::status::Status;
use crate::model::tenant::{AddOn, PLATFORM_SLUG, Plan, Product, Tenant};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::model::workspace::{Context, Group, Workspace, WorkspaceAccess};
use crate::storage::records::{
    catalogue, clients, entitlements, groups, passwords, policies, resource_servers, tenants, users,
    workspaces,
};
use crate::storage::{PlatformTx, TenantTx};

/// Which tenants are read with everything inside them. The names of all are read in any case.
#[derive(Debug, Clone)]
pub enum Depth {
    /// Every tenant that is not deleted.
    Everything,
    /// The platform, and the tenants with these slugs.
    Named(BTreeSet<String>),
}

/// The whole, as far as it was read.
#[derive(Debug)]
pub struct State {
    pub(super) products: BTreeMap<String, Product>,
    pub(super) plans: BTreeMap<String, Plan>,
    /// By identifier, the deleted ones too.
    pub(super) resources: BTreeMap<String, ResourceServer>,
    /// By slug, the deleted ones too, the platform among them.
    pub(super) tenants: BTreeMap<String, TenantState>,
    /// Domains with the slug of their tenant.
    pub(super) domains: BTreeMap<String, String>,
    pub(super) slugs: BTreeMap<TenantId, Slug>,
}

/// A tenant.
#[derive(Debug)]
pub(super) struct TenantState {
    pub(super) tenant: Tenant,
    /// What it bought over its plan: read of every tenant, since a product may only go where nobody has it.
    pub(super) add_ons: BTreeSet<AddOn>,
    /// `None` when it was not asked for, or is deleted.
    inside: Option<Inside>,
}

/// Everything inside a tenant.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) policy: Policy,
    pub(super) workspaces: BTreeMap<String, WorkspaceState>,
    pub(super) groups: BTreeMap<String, GroupState>,
    /// By canonical address, without the deleted ones.
    pub(super) users: BTreeMap<String, UserState>,
    /// By client id, the deleted ones too.
    pub(super) clients: BTreeMap<String, ClientState>,
}

#[derive(Debug)]
pub(super) struct WorkspaceState {
    pub(super) workspace: Workspace,
    pub(super) contexts: BTreeMap<String, Context>,
}

#[derive(Debug)]
pub(super) struct GroupState {
    pub(super) group: Group,
    pub(super) access: WorkspaceAccess,
}

#[derive(Debug)]
pub(super) struct UserState {
    pub(super) user: User,
    pub(super) groups: BTreeSet<GroupId>,
    pub(super) access: WorkspaceAccess,
    pub(super) has_password: bool,
}

#[derive(Debug)]
pub(super) struct ClientState {
    pub(super) client: Client,
    pub(super) secrets: Vec<ClientSecret>,
}

impl State {
    /// Reads it.
    ///
    /// # Errors
    /// The database fails, or the deployment was never set up.
    pub fn read(tx: &mut PlatformTx<'_>, depth: &Depth, now: Timestamp) -> Result<Self, Failure> {
        let scopes = tx.tenants()?;
        let slugs: BTreeMap<TenantId, Slug> =
            scopes.iter().map(|scope| (scope.id(), scope.slug().clone())).collect();
        if !slugs.values().any(|slug| slug.as_str() == PLATFORM_SLUG) {
            return Err(Failure::internal("the tenant `platform` is missing: run `symbolon init`"));
        }
        let mut tenants = BTreeMap::new();
        for scope in scopes {
            let slug = scope.slug().to_string();
            let wanted = match depth {
                Depth::Everything => true,
                Depth::Named(slugs) => slug == PLATFORM_SLUG || slugs.contains(&slug),
            };
            let mut state =
                TenantState { tenant: scope.tenant().clone(), add_ons: BTreeSet::new(), inside: None };
            if !state.is_gone() {
                let mut tenant = tx.enter(&scope)?;
                state.add_ons.extend(entitlements::all(&mut tenant)?);
                state.inside = wanted.then(|| Inside::read(&mut tenant, now)).transpose()?;
            }
            tenants.insert(slug, state);
        }
        let owner = |(domain, tenant): (String, TenantId)| Some((domain, slugs.get(&tenant)?.to_string()));
        let domains = tenants::all_domains(tx)?.into_iter().filter_map(owner).collect();
        Ok(Self {
            products: catalogue::products(tx)?.into_iter().map(|it| (it.key.clone(), it)).collect(),
            plans: catalogue::plans(tx)?.into_iter().map(|it| (it.key.clone(), it)).collect(),
            resources: resource_servers::all(tx)?.into_iter().map(|it| (it.identifier.clone(), it)).collect(),
            tenants,
            domains,
            slugs,
        })
    }

    /// The names in it, for a file that refers to things declared elsewhere.
    pub fn index(&self) -> Index {
        let mut index = Index {
            products: self.products.values().map(|it| (it.key.clone(), it.grants.clone())).collect(),
            plans: self.plans.values().map(|it| (it.key.clone(), it.entitlements.clone())).collect(),
            ..Index::default()
        };
        for (slug, state) in &self.tenants {
            if !state.is_gone() {
                let names = state.inside.as_ref().map(Inside::names).unwrap_or_default();
                index.tenants.insert(slug.clone(), names);
            }
        }
        for resource in self.resources.values().filter(|it| !matches!(it.status, Status::Deleted { .. })) {
            index.resources.insert(resource.identifier.clone(), self.resource_index(resource));
        }
        index
    }

    fn resource_index(&self, resource: &ResourceServer) -> ResourceIndex {
        let slug = |id: &TenantId| self.slugs.get(id).map(ToString::to_string);
        let open_to = match &resource.open_to {
            OpenTo::OwnerOnly | OpenTo::All => BTreeSet::new(),
            OpenTo::Some(tenants) => tenants.iter().filter_map(slug).collect(),
        };
        ResourceIndex {
            owner: slug(&resource.owner).unwrap_or_default(),
            open_to_all: resource.open_to == OpenTo::All,
            open_to,
            scopes: resource.scopes.iter().map(|scope| scope.name.clone()).collect(),
        }
    }

    /// The inside of a tenant; `None` when there is none with this slug, or it is deleted.
    ///
    /// # Errors
    /// The tenant is there but was not read: it is never taken for a new one.
    pub(super) fn inside(&self, slug: &str) -> Result<Option<&Inside>, Failure> {
        match self.tenants.get(slug) {
            Some(state) if !state.is_gone() => {
                let inside = state.inside.as_ref();
                inside.map(Some).ok_or_else(|| Failure::internal("a tenant of the changes was not read"))
            }
            Some(_) | None => Ok(None),
        }
    }
}

impl TenantState {
    /// Whether it is deleted.
    pub(super) const fn is_gone(&self) -> bool {
        matches!(self.tenant.status, Status::Deleted { .. })
    }
}

impl Inside {
    fn read(tx: &mut TenantTx<'_>, now: Timestamp) -> Result<Self, Failure> {
        let mut inside = Self { policy: policies::find(tx)?, ..Self::default() };
        inside.read_places(tx)?;
        inside.read_people(tx)?;
        let mut secrets = BTreeMap::<String, Vec<ClientSecret>>::new();
        for secret in clients::all_live_secrets(tx, now)? {
            secrets.entry(secret.client_id.to_string()).or_default().push(secret);
        }
        for client in clients::all(tx)? {
            let id = client.client_id.to_string();
            let secrets = secrets.remove(&id).unwrap_or_default();
            inside.clients.insert(id, ClientState { client, secrets });
        }
        Ok(inside)
    }

    fn read_places(&mut self, tx: &mut TenantTx<'_>) -> Result<(), Failure> {
        let mut contexts = BTreeMap::<_, BTreeMap<String, Context>>::new();
        for context in workspaces::all_contexts(tx)? {
            contexts.entry(context.workspace_id).or_default().insert(context.slug.to_string(), context);
        }
        for workspace in workspaces::all(tx)? {
            let contexts = contexts.remove(&workspace.id).unwrap_or_default();
            self.workspaces.insert(workspace.slug.to_string(), WorkspaceState { workspace, contexts });
        }
        Ok(())
    }

    fn read_people(&mut self, tx: &mut TenantTx<'_>) -> Result<(), Failure> {
        let mut given = workspaces::of_groups(tx)?;
        for group in groups::all(tx)? {
            let access = given.remove(&group.id).unwrap_or_default();
            self.groups.insert(group.name.clone(), GroupState { group, access });
        }
        let mut memberships = groups::memberships(tx)?;
        let mut given = workspaces::of_users(tx)?;
        let holders: BTreeSet<UserId> = passwords::holders(tx)?;
        for user in users::all(tx)? {
            // Whoever is a guest was invited, and is nobody that a declaration names.
            if user.is_guest() || matches!(user.status, Status::Deleted { .. }) {
                continue;
            }
            let state = UserState {
                groups: memberships.remove(&user.id).unwrap_or_default(),
                access: given.remove(&user.id).unwrap_or_default(),
                has_password: holders.contains(&user.id),
                user,
            };
            self.users.insert(state.user.email_canonical.clone(), state);
        }
        Ok(())
    }

    fn names(&self) -> TenantIndex {
        let contexts = |state: &WorkspaceState| state.contexts.keys().cloned().collect();
        TenantIndex {
            workspaces: self.workspaces.iter().map(|(slug, state)| (slug.clone(), contexts(state))).collect(),
            groups: self.groups.keys().cloned().collect(),
        }
    }

    /// Names of the groups that make owners.
    pub(super) fn owner_groups(&self) -> BTreeSet<&str> {
        let owners = self.groups.values().filter(|state| state.group.roles.contains(&Role::Owner));
        owners.map(|state| state.group.name.as_str()).collect()
    }

    /// Names of a person's groups.
    pub(super) fn group_names<'a>(&'a self, user: &'a UserState) -> impl Iterator<Item = &'a str> {
        let mine = self.groups.values().filter(|state| user.groups.contains(&state.group.id));
        mine.map(|state| state.group.name.as_str())
    }

    /// Active people who own the tenant, by themselves or by a group.
    pub(super) fn owners(&self) -> Vec<&UserState> {
        let groups = self.owner_groups();
        let owns = |state: &&UserState| {
            state.user.status.is_active()
                && (state.user.roles.contains(&Role::Owner)
                    || self.group_names(state).any(|group| groups.contains(group)))
        };
        self.users.values().filter(owns).collect()
    }
}
