//! What a declaration says, typed. A list that the file does not have is `None` and is never pruned; one that it has is
//! complete.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{At, DeclarationFault};
use super::secrets::SecretSource;
use crate::model::accent::Accent;
use crate::model::client::{ClientKind, ClientMetadata};
use crate::model::email::Email;
use crate::model::ids::{ClientId, Slug};
use crate::model::policy::Policy;
use crate::model::profile::Profile;
use crate::model::resource_server::ScopeDefinition;
use crate::model::role::Role;
use crate::model::tenant::{AddOn, Plan, Product};

/// A whole file.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// What is sold.
    pub products: Option<Vec<At<Product>>>,
    /// Named sets of entitlements.
    pub plans: Option<Vec<At<Plan>>>,
    /// The operator's own things.
    pub platform: Option<Platform>,
    /// The customers.
    pub tenants: Option<Vec<Tenant>>,
    /// What an operator should look at, though nothing is wrong.
    pub warnings: Vec<DeclarationFault>,
}

/// The operator's own resource servers, clients and people.
#[derive(Debug, Clone, Default)]
pub struct Platform {
    /// Its resource servers.
    pub resources: Option<Vec<Resource>>,
    /// Its clients.
    pub clients: Option<Vec<Client>>,
    /// The operator's staff.
    pub users: Option<Vec<User>>,
}

/// A customer.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its short name.
    pub slug: At<Slug>,
    /// The name people read.
    pub name: String,
    /// In use or not; what the file does not say stays as it is.
    pub status: Option<DeclaredStatus>,
    /// The key of its plan.
    pub plan: String,
    /// Where its data should live.
    pub region: Option<String>,
    /// The colour of its pages.
    pub accent: Option<Accent>,
    /// E-mail domains that the operator vouches for, in ASCII form.
    pub domains: Vec<At<String>>,
    /// Grants over the plan.
    pub add_ons: BTreeSet<AddOn>,
    /// Its rules for signing in.
    pub policy: Policy,
    /// Its subdivisions.
    pub workspaces: Option<Vec<Workspace>>,
    /// Its groups.
    pub groups: Option<Vec<Group>>,
    /// Its people.
    pub users: Option<Vec<User>>,
    /// Its own clients.
    pub clients: Option<Vec<Client>>,
    /// Its own resource servers.
    pub resources: Option<Vec<Resource>>,
}

/// Whether something may be used, as a file can say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredStatus {
    /// In use.
    Active,
    /// Switched off.
    Suspended,
}

/// A subdivision of a tenant.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its short name.
    pub slug: At<Slug>,
    /// The name people read.
    pub name: String,
    /// Its own subdivisions.
    pub contexts: Option<Vec<Context>>,
}

/// A subdivision of a workspace.
#[derive(Debug, Clone)]
pub struct Context {
    /// Its short name.
    pub slug: At<Slug>,
    /// The name people read.
    pub name: String,
}

/// Workspaces somebody may enter.
pub type Access = BTreeMap<Slug, Contexts>;

/// Contexts of one workspace (D6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contexts {
    /// All, those made later too.
    All,
    /// These.
    Only(BTreeSet<Slug>),
}

/// A group of users.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name.
    pub name: At<String>,
    /// Roles of its members.
    pub roles: BTreeSet<Role>,
    /// Workspaces of its members.
    pub workspaces: Access,
}

/// A person.
#[derive(Debug, Clone)]
pub struct User {
    /// The address.
    pub email: At<Email>,
    /// Whether the operator vouches for it.
    pub email_verified: bool,
    /// The standard claims.
    pub profile: Profile,
    /// In use or not; what the file does not say stays as it is.
    pub status: Option<DeclaredStatus>,
    /// Roles of the account itself.
    pub roles: BTreeSet<Role>,
    /// Names of its groups.
    pub groups: BTreeSet<String>,
    /// Workspaces of the account itself.
    pub workspaces: Access,
    /// Whether they may sign in by what is kept here though the policy leaves only an upstream provider.
    pub break_glass: bool,
    /// The initial password; never compared with a later one.
    pub password: Option<At<SecretSource>>,
}

/// Which other tenants may use something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Openness {
    /// None.
    OwnerOnly,
    /// All, those made later too.
    All,
    /// These.
    Some(BTreeSet<Slug>),
}

/// A resource server.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The resource indicator.
    pub identifier: At<String>,
    /// The name people read.
    pub name: String,
    /// In use or not; what the file does not say stays as it is.
    pub status: Option<DeclaredStatus>,
    /// The product it delivers.
    pub product: Option<String>,
    /// Who besides the owner may use it.
    pub tenants: Openness,
    /// The scopes it defines.
    pub scopes: Vec<ScopeDefinition>,
}

/// A client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its identifier.
    pub client_id: At<ClientId>,
    /// The name people read.
    pub name: String,
    /// In use or not; what the file does not say stays as it is.
    pub status: Option<DeclaredStatus>,
    /// What kind of program it is.
    pub kind: ClientKind,
    /// Who besides the owner may use it.
    pub tenants: Openness,
    /// Workspaces of a service account.
    pub workspaces: Access,
    /// Its secret, where it authenticates by one.
    pub secret: Option<At<SecretSource>>,
    /// Everything else. `tenants` and `workspaces` in here are empty: they need ids, which a file does not know.
    pub metadata: ClientMetadata,
}
