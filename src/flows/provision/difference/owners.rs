//! No tenant loses its last owner by a declaration (P102).

use std::collections::BTreeSet;

use super::Differ;
use super::inside::Owned;
use crate::flows::provision::declaration::{Declaration, DeclaredStatus};
use crate::flows::provision::state::Inside;
use crate::model::failure::Failure;
use crate::model::role::Role;

impl Differ<'_> {
    pub(super) fn last_owners(&mut self, declared: &Declaration) -> Result<(), Failure> {
        let platform = declared.platform.as_ref().map(Owned::by_platform);
        let tenants = declared.tenants.iter().flatten().map(Owned::by_tenant);
        for owned in platform.into_iter().chain(tenants) {
            self.last_owner(&owned)?;
        }
        Ok(())
    }

    fn last_owner(&mut self, owned: &Owned<'_>) -> Result<(), Failure> {
        let Some(inside) = self.state.inside(owned.slug)? else { return Ok(()) };
        if inside.owners().is_empty() || self.owners_after(owned, inside) {
            return Ok(());
        }
        let message =
            format!("this would leave `{}` without an active owner; name another owner first", owned.slug);
        self.fault(owned.place, owned.path("users"), message);
        Ok(())
    }

    fn owners_after(&self, owned: &Owned<'_>, inside: &Inside) -> bool {
        let mut groups: BTreeSet<&str> = match owned.groups {
            Some(_) if self.prune => BTreeSet::new(),
            _ => inside.owner_groups(),
        };
        for group in owned.groups.unwrap_or_default() {
            if group.roles.contains(&Role::Owner) {
                groups.insert(&group.name.value);
            } else {
                groups.remove(group.name.value.as_str());
            }
        }
        let wanted = owned.users.unwrap_or_default();
        let named = wanted.iter().any(|user| {
            let have = inside.users.get(user.email.value.canonical());
            let active = match user.status {
                Some(standing) => standing == DeclaredStatus::Active,
                None => have.is_none_or(|have| have.user.status.is_active()),
            };
            let by_group = user.groups.iter().any(|group| groups.contains(group.as_str()));
            active && (user.roles.contains(&Role::Owner) || by_group)
        });
        let pruned = self.prune && owned.users.is_some();
        named
            || (!pruned
                && inside.users.iter().any(|(canonical, have)| {
                    let unnamed = wanted.iter().all(|user| user.email.value.canonical() != canonical);
                    let by_group = inside.group_names(have).any(|group| groups.contains(group));
                    let owns = have.user.roles.contains(&Role::Owner) || by_group;
                    unnamed && have.user.status.is_active() && owns
                }))
    }
}
