//! Tenants: made, changed, suspended, deleted.

use super::{Work, shrinks, suspends, touches};
use crate::flows::factors::devices;
use crate::flows::provision::declaration::Tenant as Declared;
use crate::flows::provision::difference::{Action, Change, Step};
use crate::model::audit::EventKind;
use crate::model::failure::Failure;
use crate::model::status::Status;
use crate::model::tenant::{AddOn, Tenant};
use crate::storage::records::{entitlements, policies, tenants};

impl Work<'_, '_> {
    /// Takes domains from those that give them up, before anybody else gets them.
    pub(super) fn release_domains(&mut self, changes: &[Change]) -> Result<(), Failure> {
        for change in changes {
            let Some(slug) = change.tenant.as_deref().filter(|slug| self.state.tenants.contains_key(*slug))
            else {
                continue;
            };
            let kept: Vec<String> = if let Step::Tenant(tenant) = &change.step
                && touches(change, &["domains"])
            {
                let mine =
                    |domain: &&String| self.state.domains.get(*domain).is_some_and(|owner| owner == slug);
                tenant.domains.iter().map(|domain| &domain.value).filter(mine).cloned().collect()
            } else if matches!(change.step, Step::RemoveTenant) {
                Vec::new()
            } else {
                continue;
            };
            let id = self.tenant_id(slug)?;
            tenants::set_domains(self.tx, id, &kept)?;
        }
        Ok(())
    }

    pub(super) fn put_tenant(&mut self, change: &Change, wanted: &Declared) -> Result<(), Failure> {
        let slug = wanted.slug.value.as_str();
        let have = self.state.tenants.get(slug).map(|state| state.tenant.clone());
        let tenant = Tenant {
            id: have.as_ref().map_or_else(|| self.call.id(), |have| have.id),
            slug: wanted.slug.value.clone(),
            name: wanted.name.clone(),
            plan: Some(wanted.plan.clone()),
            region: wanted.region.clone(),
            accent: wanted.accent,
            status: self.status(have.as_ref().map(|have| have.status), wanted.status),
        };
        if have.is_some() {
            tenants::update(self.tx, &tenant)?;
        } else if !tenants::insert(self.tx, &tenant, self.call.now)? {
            return Err(Failure::unavailable("a tenant appeared meanwhile; run again"));
        } else {
            self.tenants.push(tenant.id);
        }
        self.scopes.remove(slug);
        if touches(change, &["domains"]) {
            let domains: Vec<String> = wanted.domains.iter().map(|domain| domain.value.clone()).collect();
            tenants::set_domains(self.tx, tenant.id, &domains)?;
        }
        self.put_rules(change, wanted)?;
        let another_plan = touches(change, &["plan"]) || shrinks(change, &["entitlements"]);
        if have.is_some() && (suspends(change) || another_plan) {
            self.falling.tenant(tenant.id);
        }
        if suspends(change) {
            // Other tenants have tokens for its resource servers.
            self.revoke_tokens_for(&self.resources_of(tenant.id))?;
        }
        let event = self.event(EventKind::TenantChanged, change).on("tenant", tenant.id).with("slug", slug);
        self.record(tenant.id, event);
        Ok(())
    }

    /// What it bought over its plan, and its policy.
    fn put_rules(&mut self, change: &Change, wanted: &Declared) -> Result<(), Failure> {
        let scope = self.scope(wanted.slug.value.as_str())?;
        if touches(change, &["entitlements"]) {
            let add_ons: Vec<AddOn> = wanted.add_ons.iter().cloned().collect();
            entitlements::set(&mut self.tx.enter(&scope)?, &add_ons)?;
        }
        if touches(change, &["policy"]) {
            let mut tenant = self.tx.enter(&scope)?;
            policies::put(&mut tenant, &wanted.policy, self.call.now)?;
            devices::outgrown(&mut tenant, self.call, &wanted.policy)?;
            if change.action == Action::Change {
                let event = self.event(EventKind::PolicyChanged, change);
                self.record(scope.id(), event);
            }
        }
        Ok(())
    }

    /// Deletes a tenant: nothing of it can be reached any more, and its slug is never used again (D2, P104).
    pub(super) fn remove_tenant(&mut self, change: &Change, slug: &str) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        entitlements::set(&mut self.tx.enter(&scope)?, &[])?;
        let resources = self.resources_of(scope.id());
        self.revoke_tokens_for(&resources)?;
        for identifier in resources {
            self.delete_resource(&identifier)?;
        }
        let status = Status::Deleted { since: self.call.now };
        tenants::update(self.tx, &Tenant { status, plan: None, ..scope.tenant().clone() })?;
        self.falling.tenant(scope.id());
        let event = self.event(EventKind::TenantChanged, change).on("tenant", scope.id()).with("slug", slug);
        self.record(scope.id(), event);
        Ok(())
    }
}
