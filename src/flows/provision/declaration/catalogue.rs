//! What is sold: products, plans, and what a tenant has over its plan. Claims must fit into a token (D10).

use std::collections::BTreeSet;

use super::Reader;
use super::fault::{At, unknown};
use super::spot::Spot;
use crate::model::tenant::{AddOn, Entitlements, Plan, Product};
use crate::protocol::token_claims::fits;

const TOO_MANY: &str = "these entitlements make more than 2048 bytes of compact JSON, too many for a token; use fewer or \
                        shorter product and grant keys";

impl Reader<'_> {
    pub(super) fn product(&self, spot: &Spot<'_>) -> Option<At<Product>> {
        let fields = spot.fields(&["key", "name", "grants"])?;
        let key = fields.need("key").and_then(|spot| spot.key());
        let name = fields.need("name").and_then(|spot| spot.label());
        let grants = fields.need("grants").and_then(|spot| spot.set(Spot::key));
        if let (Some(empty), Some([])) = (fields.get("grants"), grants.as_deref()) {
            empty.fault("a product needs one grant at least");
        }
        let key = key?;
        self.once(spot, "product", &key);
        let grants = grants?.into_iter().map(|grant| grant.value).collect();
        Some(At { place: key.place, value: Product { key: key.value, name: name?.value, grants } })
    }

    pub(super) fn plan(&self, spot: &Spot<'_>) -> Option<At<Plan>> {
        let fields = spot.fields(&["key", "name", "entitlements"])?;
        let key = fields.need("key").and_then(|spot| spot.key());
        let name = fields.need("name").and_then(|spot| spot.label());
        let entitlements = fields.read("entitlements", |spot| self.entitlements(spot)).unwrap_or_default();
        let key = key?;
        self.once(spot, "plan", &key);
        Some(At { place: key.place, value: Plan { key: key.value, name: name?.value, entitlements } })
    }

    /// Products to grants, all of them known.
    fn entitlements(&self, spot: &Spot<'_>) -> Option<Entitlements> {
        let mut bought = Entitlements::new();
        for (product, grants) in spot.named()? {
            if !self.index.products.contains_key(&product.value) {
                let message = unknown("product", &product.value, self.product_keys());
                spot.log.fault(product.place, &grants.path, message);
            }
            let grants = grants.set(|grant| self.grant(grant, &product.value)).unwrap_or_default();
            bought.insert(product.value, grants.into_iter().map(|grant| grant.value).collect());
        }
        if !fits(&bought) {
            spot.fault(TOO_MANY);
        }
        Some(bought)
    }

    /// What a tenant has over its plan. `plan` is only for the size of both together.
    pub(super) fn add_ons(&self, spot: &Spot<'_>, plan: Option<&str>) -> Option<BTreeSet<AddOn>> {
        let mut all = BTreeSet::<AddOn>::new();
        for item in spot.items()? {
            let Some(fields) = item.fields(&["product", "grants", "expires_at"]) else { continue };
            let product = fields.need("product").and_then(|spot| self.known_product(&spot));
            let expires_at = fields.read("expires_at", Spot::time).map(|at| at.value);
            let Some(product) = product else { continue };
            let grants = fields.need("grants").and_then(|spot| spot.set(|grant| self.grant(grant, &product)));
            for grant in grants.unwrap_or_default() {
                if all.iter().any(|known| known.product == product && known.grant == grant.value) {
                    let message =
                        format!("the grant `{}` of `{product}` stands in the list twice", grant.value);
                    item.log.fault(grant.place, &item.path, message);
                }
                all.insert(AddOn { product: product.clone(), grant: grant.value, expires_at });
            }
        }
        let mut together = plan.and_then(|plan| self.index.plans.get(plan)).cloned().unwrap_or_default();
        for add_on in &all {
            together.entry(add_on.product.clone()).or_default().insert(add_on.grant.clone());
        }
        if !fits(&together) {
            spot.fault(TOO_MANY);
        }
        Some(all)
    }

    /// The key of a product that exists.
    pub(super) fn known_product(&self, spot: &Spot<'_>) -> Option<String> {
        let key = spot.text()?.value;
        if self.index.products.contains_key(&key) {
            return Some(key);
        }
        spot.fault(unknown("product", &key, self.product_keys()));
        None
    }

    /// The key of a plan that exists.
    pub(super) fn known_plan(&self, spot: &Spot<'_>) -> Option<String> {
        let key = spot.text()?.value;
        if self.index.plans.contains_key(&key) {
            return Some(key);
        }
        spot.fault(unknown("plan", &key, self.index.plans.keys().map(String::as_str)));
        None
    }

    /// A grant of a product. That the product is unknown was said where it stands.
    fn grant(&self, spot: &Spot<'_>, product: &str) -> Option<At<String>> {
        let grant = spot.text()?;
        match self.index.products.get(product) {
            Some(grants) if !grants.contains(&grant.value) => {
                let what = format!("grant of `{product}`");
                spot.fault(unknown(&what, &grant.value, grants.iter().map(String::as_str)));
                None
            }
            _ => Some(grant),
        }
    }

    fn product_keys(&self) -> impl Iterator<Item = &str> {
        self.index.products.keys().map(String::as_str)
    }
}
