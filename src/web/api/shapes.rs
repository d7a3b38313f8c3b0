//! What the API takes and answers. The document of the API is made from these types.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::flows::people::Person;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::status::Status;

/// A role in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(super) enum RoleWord {
    /// Everything in the tenant, the other owners included.
    Owner,
    /// People, groups, clients and settings; not owners.
    Admin,
    /// Sessions, factors and locks of people; reads the audit trail.
    Security,
    /// Reads everything, the audit trail included.
    Auditor,
    /// Uses the products.
    Member,
    /// Looks, and changes nothing.
    ReadOnly,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Security => Self::Security,
            Role::Auditor => Self::Auditor,
            Role::Member => Self::Member,
            Role::ReadOnly => Self::ReadOnly,
        }
    }
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Owner => Self::Owner,
            RoleWord::Admin => Self::Admin,
            RoleWord::Security => Self::Security,
            RoleWord::Auditor => Self::Auditor,
            RoleWord::Member => Self::Member,
            RoleWord::ReadOnly => Self::ReadOnly,
        }
    }
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = UserStatus)]
pub(super) enum StatusWord {
    /// In use.
    Active,
    /// Switched off, and may come back.
    Suspended,
    /// Gone for everyone; it can be restored for a while.
    Deleted,
}

impl From<Status> for StatusWord {
    fn from(status: Status) -> Self {
        match status {
            Status::Active | Status::Resumed { .. } => Self::Active,
            Status::Suspended { .. } => Self::Suspended,
            Status::Deleted { .. } => Self::Deleted,
        }
    }
}

/// A person's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserShape {
    /// Its id, the `sub` of its tokens.
    #[schema(example = "0191c7b2-7a00-7000-8000-000000000001")]
    id: String,
    /// The address as it was given.
    #[schema(example = "ada@acme.example")]
    email: String,
    /// Whether somebody we trust vouched for the address.
    email_verified: bool,
    /// Whether it may be used.
    status: StatusWord,
    /// Roles given to the account itself.
    roles: Vec<RoleWord>,
    /// Its groups.
    groups: Vec<GroupOfUser>,
    /// What it has by itself and by its groups together.
    effective_roles: Vec<RoleWord>,
    /// The standard claims (OIDC Core §5.1), as far as they are known.
    profile: Profile,
    /// The tenant that owns the account of a guest; absent for everybody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    home_tenant_id: Option<String>,
    /// When it was made (RFC 3339).
    #[schema(example = "2026-01-31T12:00:00.000000Z")]
    created_at: String,
}

/// A group that somebody is in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupOfUser {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

impl From<&Person> for UserShape {
    fn from(person: &Person) -> Self {
        let user = &person.user;
        let words =
            |roles: &std::collections::BTreeSet<Role>| roles.iter().copied().map(Into::into).collect();
        Self {
            id: user.id.to_string(),
            email: user.email.clone(),
            email_verified: user.email_verified,
            status: user.status.into(),
            roles: words(&user.roles),
            groups: person
                .groups
                .iter()
                .map(|group| GroupOfUser { id: group.id.to_string(), name: group.name.clone() })
                .collect(),
            effective_roles: words(&person.effective_roles()),
            profile: user.profile.clone(),
            home_tenant_id: user.home_tenant_id.map(|home| home.to_string()),
            created_at: user.created_at.to_string(),
        }
    }
}

/// People, a page of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserPage)]
pub(super) struct UserPage {
    /// The people of this page, in the order in which their accounts were made.
    pub(super) items: Vec<UserShape>,
    /// The `cursor` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}
