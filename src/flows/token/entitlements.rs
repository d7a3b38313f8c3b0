//! What a token says its tenant bought (D6, D10): compiled anew at each issue.

use std::collections::BTreeSet;

use crate::model::tenant::{AddOn, Entitlements};
use crate::model::time::Timestamp;

/// The entitlements of a token, and when the first of them ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compiled {
    /// Product to grants, for the products of the token's resource servers.
    pub entitlements: Entitlements,
    /// The token must not outlive this (D10).
    pub next_end: Option<Timestamp>,
}

/// The union of the plan and the add-ons that have not ended, for these products.
pub fn compile(
    plan: &Entitlements,
    add_ons: &[AddOn],
    products: &BTreeSet<&str>,
    now: Timestamp,
) -> Compiled {
    let mut entitlements = Entitlements::new();
    for (product, grants) in plan.iter().filter(|(product, _)| products.contains(product.as_str())) {
        entitlements.insert(product.clone(), grants.clone());
    }
    let mut next_end: Option<Timestamp> = None;
    let live = |add_on: &&AddOn| add_on.expires_at.is_none_or(|end| end > now);
    for add_on in add_ons.iter().filter(live).filter(|add_on| products.contains(add_on.product.as_str())) {
        let in_plan = plan.get(&add_on.product).is_some_and(|grants| grants.contains(&add_on.grant));
        entitlements.entry(add_on.product.clone()).or_default().insert(add_on.grant.clone());
        if let Some(end) = add_on.expires_at.filter(|_| !in_plan) {
            next_end = Some(next_end.map_or(end, |earlier| earlier.min(end)));
        }
    }
    Compiled { entitlements, next_end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn add_on(product: &str, grant: &str, end: Option<i64>) -> AddOn {
        AddOn { product: product.into(), grant: grant.into(), expires_at: end.map(Timestamp::from_unix) }
    }

    #[test]
    fn only_the_products_of_the_resource_servers_are_named() {
        let plan =
            Entitlements::from([("notes".into(), grants(&["read"])), ("graph".into(), grants(&["read"]))]);
        let compiled = compile(&plan, &[], &BTreeSet::from(["notes"]), Timestamp::from_unix(0));
        assert_eq!(compiled.entitlements, Entitlements::from([("notes".into(), grants(&["read"]))]));
        assert_eq!(compiled.next_end, None);
    }

    #[test]
    fn an_add_on_adds_until_it_ends_and_bounds_the_token() {
        let plan = Entitlements::from([("graph".into(), grants(&["read"]))]);
        let add_ons = [
            add_on("graph", "write", Some(100)),
            add_on("graph", "admin", Some(10)),
            add_on("graph", "read", Some(20)),
            add_on("notes", "read", Some(15)),
        ];
        let compiled = compile(&plan, &add_ons, &BTreeSet::from(["graph"]), Timestamp::from_unix(10));
        assert_eq!(compiled.entitlements["graph"], grants(&["read", "write"]));
        // What the plan gives anyway does not end with the add-on.
        assert_eq!(compiled.next_end, Some(Timestamp::from_unix(100)));
    }
}
