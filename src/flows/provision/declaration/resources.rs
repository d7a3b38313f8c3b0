//! Resource servers and the platform's section (D7).

use super::Reader;
use super::document::{Openness, Platform, Resource};
use super::fault::At;
use super::spot::Spot;
use crate::model::resource_server::ScopeDefinition;
use crate::protocol::api_scope::{ApiScope, is_reserved};
use crate::protocol::scope::Scope;

impl Reader<'_> {
    pub(super) fn platform(&self, spot: &Spot<'_>) -> Option<Platform> {
        let fields = spot.fields(&["resources", "clients", "users"])?;
        Some(Platform {
            resources: fields.read("resources", |list| self.objects(list, Self::resource)),
            clients: fields.read("clients", |list| self.objects(list, |r, spot| r.client(spot, None))),
            users: fields.read("users", |list| self.objects(list, |r, spot| r.user(spot, "platform", &[]))),
        })
    }

    /// A resource server of the platform or of a tenant.
    pub(super) fn resource(&self, spot: &Spot<'_>) -> Option<Resource> {
        let fields = spot.fields(&["identifier", "name", "status", "product", "tenants", "scopes"])?;
        let identifier = fields.need("identifier").and_then(|spot| self.resource_identifier(&spot));
        let name = fields.need("name").and_then(|spot| spot.label());
        let status = fields.read("status", Self::standing);
        let product = fields.read("product", |spot| self.known_product(spot));
        let tenants = fields.read("tenants", |spot| self.openness(spot)).unwrap_or(Openness::OwnerOnly);
        let scopes = fields.read("scopes", Self::scope_definitions).unwrap_or_default();
        let identifier = identifier?;
        self.once(spot, "resource server", &identifier);
        Some(Resource { identifier, name: name?.value, status, product, tenants, scopes })
    }

    fn scope_definitions(list: &Spot<'_>) -> Option<Vec<ScopeDefinition>> {
        let mut scopes: Vec<ScopeDefinition> = Vec::new();
        for item in list.items()? {
            let Some(fields) = item.fields(&["name", "description"]) else { continue };
            let name = fields.need("name").and_then(|spot| scope_name(&spot));
            let description = fields.need("description").and_then(|spot| spot.label());
            let (Some(name), Some(description)) = (name, description) else { continue };
            if scopes.iter().any(|known| known.name == name.value) {
                item.fault(format!("the scope `{}` is defined twice", name.value));
            }
            scopes.push(ScopeDefinition { name: name.value, description: description.value });
        }
        Some(scopes)
    }
}

/// A scope token (RFC 6749 §3.3) that belongs neither to `OpenID` Connect nor to our own API.
fn scope_name(spot: &Spot<'_>) -> Option<At<String>> {
    let name = spot.parsed::<Scope>()?.map(|scope| scope.as_str().to_owned());
    if is_reserved(&name.value) {
        let whose = if ApiScope::parse(&name.value).is_some() { "the JSON API" } else { "OpenID Connect" };
        spot.fault(format!("`{}` is a scope of {whose} itself; choose another name", name.value));
        return None;
    }
    Some(name)
}
