//! What goes when the file is the whole truth (`--prune`), and what may not go because it is still used.

use super::{Action, Differ, Field, Step, find_plan, find_product};
use crate::flows::provision::declaration::{At, Declaration};
use crate::flows::provision::state::ClientState;
use crate::model::failure::Failure;
use crate::model::status::Status;
use crate::model::tenant::PLATFORM_SLUG;

impl Differ<'_> {
    /// Tenants, plans and products that the file does not name, where it has the list at all.
    pub(super) fn unnamed_tenants(&mut self, declared: &Declaration) -> Result<(), Failure> {
        let state = self.state;
        if let Some(tenants) = &declared.tenants {
            for (slug, have) in &state.tenants {
                let named = tenants.iter().any(|tenant| tenant.slug.value.as_str() == slug);
                if !have.is_gone() && !named && slug != PLATFORM_SLUG {
                    let with = self.contents_of(slug)?;
                    self.note((Action::Remove, "tenant"), (Some(slug), slug), with, Step::RemoveTenant);
                }
            }
        }
        if declared.plans.is_some() {
            for key in state.plans.keys().filter(|key| find_plan(declared, key).is_none()) {
                let step = Step::RemovePlan(key.clone());
                self.note((Action::Remove, "plan"), (None, key), Vec::new(), step);
            }
        }
        if declared.products.is_some() {
            for key in state.products.keys().filter(|key| find_product(declared, key).is_none()) {
                let step = Step::RemoveProduct(key.clone());
                self.note((Action::Remove, "product"), (None, key), Vec::new(), step);
            }
        }
        Ok(())
    }

    /// How many things of each kind go with a tenant.
    fn contents_of(&self, slug: &str) -> Result<Vec<Field>, Failure> {
        let Some(inside) = self.state.inside(slug)? else { return Ok(Vec::new()) };
        let exists = |it: &&ClientState| !matches!(it.client.status, Status::Deleted { .. });
        let counts = [
            ("users", inside.users.len()),
            ("groups", inside.groups.len()),
            ("workspaces", inside.workspaces.len()),
            ("clients", inside.clients.values().filter(exists).count()),
            ("resources", self.state.resources_of(slug).len()),
        ];
        let some = counts.into_iter().filter(|(_, count)| *count > 0);
        Ok(some.map(|(name, count)| Field { name, before: count.into(), after: 0.into() }).collect())
    }

    /// A plan or a product that goes while something that stays still uses it. What the file itself names was checked
    /// against the file; here it is about lists that the file does not have.
    pub(super) fn still_used(&mut self, declared: &Declaration) {
        let mut faults = Vec::new();
        for change in self.changes.iter().filter(|change| change.action == Action::Remove) {
            let users = match change.kind {
                "plan" => self.tenants_on(declared, &change.name),
                "product" => self.users_of_product(declared, &change.name),
                _ => Vec::new(),
            };
            if let Some(user) = users.first() {
                faults.push(format!(
                    "the {} `{}` would be removed, but {user} still uses it",
                    change.kind, change.name
                ));
            }
        }
        for message in faults {
            self.fault(crate::flows::provision::declaration::Place::START, "(prune)", message);
        }
    }

    /// A grant that a product loses while a plan or a tenant that the file does not name, and that stays, has it.
    pub(super) fn lost_grants(&mut self, declared: &Declaration) {
        let mut faults = Vec::new();
        for At { value: product, place } in declared.products.iter().flatten() {
            let before = self.state.products.get(&product.key).map(|before| &before.grants);
            for grant in before.into_iter().flatten().filter(|grant| !product.grants.contains(*grant)) {
                if let Some(user) = self.user_of_grant(declared, &product.key, grant) {
                    let message = format!("the grant `{grant}` would be removed, but {user} still has it");
                    faults.push((*place, format!("products[{}].grants", product.key), message));
                }
            }
        }
        for (place, path, message) in faults {
            self.fault(place, path, message);
        }
    }

    fn user_of_grant(&self, declared: &Declaration, product: &str, grant: &str) -> Option<String> {
        let plans_stay = !self.prune || declared.plans.is_none();
        let mut plans = self.state.plans.values().filter(|plan| {
            plans_stay
                && find_plan(declared, &plan.key).is_none()
                && plan.entitlements.get(product).is_some_and(|grants| grants.contains(grant))
        });
        let tenants_stay = !self.prune || declared.tenants.is_none();
        let mut tenants = self.state.tenants.iter().filter(|(slug, have)| {
            let named = declared.tenants.iter().flatten().any(|it| it.slug.value.as_str() == *slug);
            let has = have.add_ons.iter().any(|add_on| add_on.product == product && add_on.grant == grant);
            tenants_stay && !named && has
        });
        let plan = plans.next().map(|plan| format!("the plan `{}`", plan.key));
        plan.or_else(|| tenants.next().map(|(slug, _)| format!("the tenant `{slug}`")))
    }

    fn tenants_on(&self, declared: &Declaration, plan: &str) -> Vec<String> {
        if declared.tenants.is_some() {
            return Vec::new();
        }
        let on = self.state.tenants.values().filter(|have| have.tenant.plan.as_deref() == Some(plan));
        on.map(|have| format!("the tenant `{}`", have.tenant.slug)).collect()
    }

    fn users_of_product(&self, declared: &Declaration, product: &str) -> Vec<String> {
        let mut users = Vec::new();
        if declared.plans.is_none() {
            let plans = self.state.plans.values().filter(|plan| plan.entitlements.contains_key(product));
            users.extend(plans.map(|plan| format!("the plan `{}`", plan.key)));
        }
        let removed = |kind: &str, name: &str| {
            let mut removals = self.changes.iter().filter(|change| change.action == Action::Remove);
            removals.any(|change| change.kind == kind && change.name == name)
        };
        let renamed = |identifier: &str| {
            let mut all = declared
                .tenants
                .iter()
                .flatten()
                .filter_map(|tenant| tenant.resources.as_ref())
                .flatten()
                .chain(declared.platform.iter().filter_map(|platform| platform.resources.as_ref()).flatten());
            all.any(|resource| resource.identifier.value == identifier)
        };
        for have in self.state.resources.values().filter(|have| have.product.as_deref() == Some(product)) {
            let owner = self.state.slugs.get(&have.owner).map(ToString::to_string).unwrap_or_default();
            let goes = removed("resource server", &have.identifier) || removed("tenant", &owner);
            if !goes && !renamed(&have.identifier) && !matches!(have.status, Status::Deleted { .. }) {
                users.push(format!("the resource server `{}`", have.identifier));
            }
        }
        for (slug, have) in &self.state.tenants {
            let stays = declared.tenants.is_none();
            let needs = have.add_ons.iter().any(|add_on| add_on.product == product);
            if stays && needs {
                users.push(format!("the tenant `{slug}`"));
            }
        }
        users
    }
}
