//! Products, plans and resource servers.

use std::collections::BTreeSet;

use super::{Work, shrinks, suspends, touches};
use crate::flows::provision::declaration::{Openness, Resource};
use crate::flows::provision::difference::Change;
use crate::model::audit::EventKind;
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::resource_server::{OpenTo, ResourceServer};
use crate::model::status::Status;
use crate::model::tenant::{Plan, Product};
use crate::storage::records::{catalogue, clients, resource_servers};

impl Work<'_, '_> {
    pub(super) fn put_product(&mut self, change: &Change, product: &Product) -> Result<(), Failure> {
        catalogue::put_product(self.tx, product)?;
        self.record_catalogue(change, &product.key);
        Ok(())
    }

    pub(super) fn remove_product(&mut self, change: &Change, key: &str) -> Result<(), Failure> {
        catalogue::remove_product(self.tx, key)?;
        self.record_catalogue(change, key);
        Ok(())
    }

    pub(super) fn put_plan(&mut self, change: &Change, plan: &Plan) -> Result<(), Failure> {
        catalogue::put_plan(self.tx, plan)?;
        if shrinks(change, &["entitlements"]) {
            for scope in self.tx.tenants()? {
                if scope.tenant().plan.as_ref() == Some(&plan.key) {
                    self.falling.tenant(scope.id());
                }
            }
        }
        self.record_catalogue(change, &plan.key);
        Ok(())
    }

    pub(super) fn remove_plan(&mut self, change: &Change, key: &str) -> Result<(), Failure> {
        catalogue::remove_plan(self.tx, key)?;
        self.record_catalogue(change, key);
        Ok(())
    }

    fn record_catalogue(&mut self, change: &Change, key: &str) {
        let event = self.event(EventKind::CatalogueChanged, change).on(change.kind, key);
        self.record(self.platform.id(), event);
    }

    /// Who may use something, by ids.
    pub(super) fn open_to(&mut self, openness: &Openness) -> Result<OpenTo, Failure> {
        Ok(match openness {
            Openness::OwnerOnly => OpenTo::OwnerOnly,
            Openness::All => OpenTo::All,
            Openness::Some(slugs) => {
                let ids: Result<_, Failure> =
                    slugs.iter().map(|slug| self.tenant_id(slug.as_str())).collect();
                OpenTo::Some(ids?)
            }
        })
    }

    pub(super) fn put_resource(
        &mut self,
        change: &Change,
        slug: &str,
        wanted: &Resource,
    ) -> Result<(), Failure> {
        let owner = self.tenant_id(slug)?;
        let have = self.state.resources.get(&wanted.identifier.value);
        let server = ResourceServer {
            // A deleted one gives its identifier back; nothing but the id is taken over.
            id: have.map_or_else(|| self.call.id(), |have| have.id),
            owner,
            identifier: wanted.identifier.value.clone(),
            name: wanted.name.clone(),
            product: wanted.product.clone(),
            open_to: self.open_to(&wanted.tenants)?,
            scopes: wanted.scopes.clone(),
            status: self.status(have.map(|have| have.status), wanted.status),
        };
        resource_servers::put(self.tx, &server)?;
        if suspends(change) || touches(change, &["product"]) || shrinks(change, &["tenants", "scopes"]) {
            self.revoke_tokens_for(&BTreeSet::from([server.identifier.clone()]))?;
        }
        let event = self.event(EventKind::ResourceServerChanged, change);
        self.record(owner, event.on("resource_server", server.id).with("identifier", server.identifier));
        Ok(())
    }

    pub(super) fn remove_resource(
        &mut self,
        change: &Change,
        slug: &str,
        identifier: &str,
    ) -> Result<(), Failure> {
        let owner = self.tenant_id(slug)?;
        self.delete_resource(identifier)?;
        self.revoke_tokens_for(&BTreeSet::from([identifier.to_owned()]))?;
        let event = self.event(EventKind::ResourceServerChanged, change).with("identifier", identifier);
        self.record(owner, event);
        Ok(())
    }

    /// Marks a resource server as deleted and lets go of its product.
    pub(super) fn delete_resource(&mut self, identifier: &str) -> Result<(), Failure> {
        let Some(have) = self.state.resources.get(identifier) else { return Ok(()) };
        let status = Status::Deleted { since: self.call.now };
        let gone = ResourceServer { status, product: None, open_to: OpenTo::OwnerOnly, ..have.clone() };
        resource_servers::put(self.tx, &gone)
    }

    /// The identifiers of a tenant's resource servers as they were read.
    pub(super) fn resources_of(&self, owner: TenantId) -> BTreeSet<String> {
        let all = self.state.resources.values().filter(|resource| resource.owner == owner);
        all.map(|resource| resource.identifier.clone()).collect()
    }

    /// Revokes the access tokens of every client that may ask for one of these resource servers (P074): all clients are read
    /// once.
    pub(super) fn revoke_tokens_for(&mut self, identifiers: &BTreeSet<String>) -> Result<(), Failure> {
        if identifiers.is_empty() {
            return Ok(());
        }
        for scope in self.tx.tenants()? {
            let mut tenant = self.tx.enter(&scope)?;
            for client in clients::all(&mut tenant)? {
                if client.metadata.resources.iter().any(|named| identifiers.contains(named)) {
                    self.falling.client(&scope, &client.client_id);
                }
            }
        }
        Ok(())
    }
}
