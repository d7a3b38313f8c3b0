//! The database in the words of a declaration: one side of every comparison, and what an export writes.

use std::collections::BTreeSet;

use super::declaration::{
    Access, At, Client, Context, Contexts, Declaration, DeclaredStatus, Group, Openness, Place, Platform,
    Resource, SecretSource, Tenant, User, Workspace,
};
use super::state::{ClientState, GroupState, Inside, State, TenantState, UserState, WorkspaceState};
use crate::model::client::AuthMethod;
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, Slug};
use crate::model::resource_server::{OpenTo, ResourceServer};
use crate::model::status::Status;
use crate::model::tenant::PLATFORM_SLUG;
use crate::model::workspace::{ContextAccess, WorkspaceAccess};

const fn at<T>(value: T) -> At<T> {
    At { value, place: Place::START }
}

const fn is_gone(status: Status) -> bool {
    matches!(status, Status::Deleted { .. })
}

const fn standing(status: Status) -> DeclaredStatus {
    if status.is_active() { DeclaredStatus::Active } else { DeclaredStatus::Suspended }
}

impl State {
    /// Everything, as a declaration would say it. What is deleted is not in it.
    ///
    /// # Errors
    /// Stored data that cannot be read, or was not.
    pub fn declaration(&self) -> Result<Declaration, Failure> {
        let mut tenants = Vec::new();
        for slug in self.tenants.keys().filter(|slug| *slug != PLATFORM_SLUG) {
            tenants.extend(self.declared_tenant(slug)?);
        }
        let platform = match self.inside(PLATFORM_SLUG)? {
            Some(inside) => Platform {
                resources: Some(self.resources_of(PLATFORM_SLUG)),
                clients: Some(self.clients_of(inside)?),
                users: Some(users_of(inside)?),
            },
            None => Platform::default(),
        };
        Ok(Declaration {
            products: Some(self.products.values().cloned().map(at).collect()),
            plans: Some(self.plans.values().cloned().map(at).collect()),
            platform: Some(platform),
            tenants: Some(tenants),
            warnings: Vec::new(),
        })
    }

    /// One tenant as a declaration would say it; `None` when there is none with this slug, or it is deleted.
    pub(super) fn declared_tenant(&self, slug: &str) -> Result<Option<Tenant>, Failure> {
        let (Some(state), Some(inside)) = (self.tenants.get(slug), self.inside(slug)?) else {
            return Ok(None);
        };
        self.tenant(state, inside).map(Some)
    }

    fn tenant(&self, state: &TenantState, inside: &Inside) -> Result<Tenant, Failure> {
        let slug = state.tenant.slug.as_str();
        let mine = self.domains.iter().filter(|(_, owner)| *owner == slug);
        let groups = inside.groups.values().map(|group| inside.declared_group(group));
        Ok(Tenant {
            slug: at(state.tenant.slug.clone()),
            name: state.tenant.name.clone(),
            status: Some(standing(state.tenant.status)),
            plan: state.tenant.plan.clone().unwrap_or_default(),
            region: state.tenant.region.clone(),
            accent: state.tenant.accent,
            domains: mine.map(|(domain, _)| at(domain.clone())).collect(),
            add_ons: state.add_ons.clone(),
            policy: inside.policy.clone(),
            workspaces: Some(inside.workspaces.values().map(declared_workspace).collect()),
            groups: Some(groups.collect()),
            users: Some(users_of(inside)?),
            clients: Some(self.clients_of(inside)?),
            resources: Some(self.resources_of(slug)),
        })
    }

    /// The resource servers of an owner that are not deleted.
    pub(super) fn resources_of(&self, owner: &str) -> Vec<Resource> {
        let mine = |resource: &&ResourceServer| {
            self.slugs.get(&resource.owner).is_some_and(|slug| slug.as_str() == owner)
                && !is_gone(resource.status)
        };
        self.resources.values().filter(mine).map(|resource| self.declared_resource(resource)).collect()
    }

    fn declared_resource(&self, resource: &ResourceServer) -> Resource {
        Resource {
            identifier: at(resource.identifier.clone()),
            name: resource.name.clone(),
            status: Some(standing(resource.status)),
            product: resource.product.clone(),
            tenants: self.openness(&resource.open_to),
            scopes: resource.scopes.clone(),
        }
    }

    fn openness(&self, open_to: &OpenTo) -> Openness {
        match open_to {
            OpenTo::OwnerOnly => Openness::OwnerOnly,
            OpenTo::All => Openness::All,
            OpenTo::Some(tenants) => {
                let live = |slug: &&Slug| {
                    self.tenants.get(slug.as_str()).is_some_and(|it| !is_gone(it.tenant.status))
                };
                let slugs: BTreeSet<Slug> =
                    tenants.iter().filter_map(|id| self.slugs.get(id)).filter(live).cloned().collect();
                if slugs.is_empty() { Openness::OwnerOnly } else { Openness::Some(slugs) }
            }
        }
    }

    /// The clients of a tenant that are not deleted.
    pub(super) fn clients_of(&self, inside: &Inside) -> Result<Vec<Client>, Failure> {
        let live = inside.clients.values().filter(|state| !is_gone(state.client.status));
        live.map(|state| self.declared_client(state, inside)).collect()
    }

    fn declared_client(&self, state: &ClientState, inside: &Inside) -> Result<Client, Failure> {
        let client = &state.client;
        let by_secret = matches!(
            client.metadata.token_endpoint_auth_method,
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost
        );
        let mut metadata = client.metadata.clone();
        let workspaces = inside.service_access(&std::mem::take(&mut metadata.workspaces))?;
        let tenants = std::mem::replace(&mut metadata.tenants, OpenTo::OwnerOnly);
        Ok(Client {
            client_id: at(client.client_id.clone()),
            name: client.name.clone(),
            status: Some(standing(client.status)),
            kind: client.kind,
            tenants: self.openness(&tenants),
            workspaces,
            secret: (by_secret && !state.secrets.is_empty()).then(|| at(SecretSource::Keep)),
            metadata,
        })
    }
}

impl Inside {
    pub(super) fn declared_group(&self, state: &GroupState) -> Group {
        Group {
            name: at(state.group.name.clone()),
            roles: state.group.roles.clone(),
            workspaces: self.access(&state.access),
        }
    }

    fn group_name(&self, id: GroupId) -> Option<String> {
        self.groups.values().find(|state| state.group.id == id).map(|state| state.group.name.clone())
    }

    /// Access by slugs. What leads to something that is gone is left out.
    fn access(&self, access: &WorkspaceAccess) -> Access {
        let mut named = Access::new();
        for (id, contexts) in access {
            let Some(state) = self.workspaces.values().find(|state| state.workspace.id == *id) else {
                continue;
            };
            let contexts = match contexts {
                ContextAccess::All => Contexts::All,
                ContextAccess::Only(only) => {
                    let known = state.contexts.values().filter(|context| only.contains(&context.id));
                    Contexts::Only(known.map(|context| context.slug.clone()).collect())
                }
            };
            named.insert(state.workspace.slug.clone(), contexts);
        }
        named
    }

    /// The workspaces of a service account, whose ids stand in its metadata, context by context.
    fn service_access(
        &self,
        stored: &std::collections::BTreeMap<String, Vec<String>>,
    ) -> Result<Access, Failure> {
        let unreadable = || Failure::internal("clients.metadata.workspaces");
        let mut access = WorkspaceAccess::new();
        for (workspace, contexts) in stored {
            let parsed: Result<BTreeSet<_>, _> = contexts.iter().map(|context| context.parse()).collect();
            let contexts = ContextAccess::Only(parsed.map_err(|_| unreadable())?);
            access.insert(workspace.parse().map_err(|_| unreadable())?, contexts);
        }
        Ok(self.access(&access))
    }

    pub(super) fn declared_user(&self, state: &UserState) -> Result<User, Failure> {
        let user = &state.user;
        let mut profile = user.profile.clone();
        profile.updated_at = None;
        Ok(User {
            email: at(user.email.parse().map_err(|_| Failure::internal("users.email"))?),
            email_verified: user.email_verified,
            profile,
            status: Some(standing(user.status)),
            roles: user.roles.clone(),
            groups: state.groups.iter().filter_map(|id| self.group_name(*id)).collect(),
            workspaces: self.access(&state.access),
            break_glass: user.break_glass,
            password: state.has_password.then(|| at(SecretSource::Keep)),
        })
    }
}

/// The people of a tenant that are not deleted.
fn users_of(inside: &Inside) -> Result<Vec<User>, Failure> {
    inside.users.values().map(|state| inside.declared_user(state)).collect()
}

pub(super) fn declared_workspace(state: &WorkspaceState) -> Workspace {
    let context = |context: &crate::model::workspace::Context| Context {
        slug: at(context.slug.clone()),
        name: context.name.clone(),
    };
    Workspace {
        slug: at(state.workspace.slug.clone()),
        name: state.workspace.name.clone(),
        contexts: Some(state.contexts.values().map(context).collect()),
    }
}
