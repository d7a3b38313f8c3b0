//! A person as those who administer people see them.

use std::collections::BTreeSet;

use serde_json::json;

use crate::flows::access::{Kind, Refused, is_version};
use crate::model::digest::sha256_hex;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::role::Role;
use crate::model::user::User;
use crate::model::workspace::Group;
use crate::storage::TenantTx;
use crate::storage::records::{groups, users};

/// An account with its groups.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub user: User,
    /// Its groups, by name.
    pub groups: Vec<Group>,
}

impl Person {
    /// The person with this id, the deleted ones too until they are erased; no id is one that nobody has.
    ///
    /// # Errors
    /// The database fails.
    pub(super) fn find(tx: &mut TenantTx<'_>, id: Option<UserId>) -> Result<Result<Self, Refused>, Failure> {
        let user = match id {
            Some(id) => users::find(tx, id)?.filter(|user| !user.is_erased()),
            None => None,
        };
        let Some(user) = user else { return Ok(Err(Refused::NotFound(Kind::User))) };
        let groups = groups::of_users(tx, &[user.id])?.remove(&user.id).unwrap_or_default();
        Ok(Ok(Self { user, groups }))
    }

    /// The roles of the account and of its groups.
    pub fn effective_roles(&self) -> BTreeSet<Role> {
        let by_groups = self.groups.iter().flat_map(|group| group.roles.iter());
        self.user.roles.iter().chain(by_groups).copied().collect()
    }

    /// Whether a caller who names a version means this one.
    pub(super) fn is_version(&self, expected: Option<&str>) -> bool {
        is_version(&self.version(), expected)
    }

    /// A text that is another after each change of what is shown of the person.
    pub fn version(&self) -> String {
        let user = &self.user;
        let groups: Vec<String> = self.groups.iter().map(|group| format!("{group:?}")).collect();
        let status = (user.status.as_str(), user.status.since());
        let shown = json!([user.email, user.email_verified, user.profile, user.roles, status, groups]);
        sha256_hex(shown.to_string().as_bytes()).chars().take(32).collect()
    }
}
