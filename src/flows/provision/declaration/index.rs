//! The names that a declaration may refer to, gathered before anything is checked, so that order does not matter and a
//! fault in one object hides none in another.

use std::collections::{BTreeMap, BTreeSet};

use super::node::Node;

/// Names that exist: in the database, in the file, or in both (then the file's word holds).
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Product keys to their grants.
    pub products: BTreeMap<String, BTreeSet<String>>,
    /// Plan keys to their entitlements, as far as they can be read.
    pub plans: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Slugs of tenants, and the names inside each. The platform stands here under `platform`.
    pub tenants: BTreeMap<String, TenantIndex>,
    /// Identifiers of resource servers.
    pub resources: BTreeMap<String, ResourceIndex>,
}

/// The names inside a tenant.
#[derive(Debug, Clone, Default)]
pub struct TenantIndex {
    /// Workspace slugs to their context slugs.
    pub workspaces: BTreeMap<String, BTreeSet<String>>,
    /// Names of groups.
    pub groups: BTreeSet<String>,
}

/// What a client must know of a resource server.
#[derive(Debug, Clone, Default)]
pub struct ResourceIndex {
    /// The slug of its owner.
    pub owner: String,
    /// Whether every tenant may use it.
    pub open_to_all: bool,
    /// Tenants that may use it besides its owner.
    pub open_to: BTreeSet<String>,
    /// Names of its scopes.
    pub scopes: BTreeSet<String>,
}

impl ResourceIndex {
    /// Whether a client of this tenant may name it.
    pub(super) fn is_open_to(&self, tenant: &str) -> bool {
        self.owner == tenant || self.open_to_all || self.open_to.contains(tenant)
    }
}

impl Index {
    /// Adds the names of a file; where both know an object, the file's word holds. When the file is the whole truth
    /// (`prune`), what its lists leave out does not exist.
    pub(super) fn with_file(mut self, root: &Node, prune: bool) -> Self {
        if prune {
            self.forget_unnamed(root);
        }
        for (key, product) in named(root.items("products"), "key") {
            self.products.insert(key, texts(product.items("grants")));
        }
        for (key, plan) in named(root.items("plans"), "key") {
            let bought = plan.get("entitlements").map(Node::entries).unwrap_or_default();
            let bought = bought.iter().map(|entry| (entry.key.clone(), texts(entry.value.list()))).collect();
            self.plans.insert(key, bought);
        }
        self.tenants.entry("platform".to_owned()).or_default();
        if let Some(platform) = root.get("platform") {
            self.add_resources("platform", platform);
        }
        for (slug, tenant) in named(root.items("tenants"), "slug") {
            self.add_resources(&slug, tenant);
            let inside = self.tenants.entry(slug).or_default();
            for (workspace, node) in named(tenant.items("workspaces"), "slug") {
                let contexts = names(node.items("contexts"), "slug");
                inside.workspaces.entry(workspace).or_default().extend(contexts);
            }
            inside.groups.extend(names(tenant.items("groups"), "name"));
        }
        self
    }

    fn forget_unnamed(&mut self, root: &Node) {
        if root.get("products").is_some() {
            self.products.clear();
        }
        if root.get("plans").is_some() {
            self.plans.clear();
        }
        if root.get("tenants").is_some() {
            let named: BTreeSet<String> = names(root.items("tenants"), "slug").collect();
            self.tenants.retain(|slug, _| named.contains(slug));
            self.resources
                .retain(|_, resource| resource.owner == "platform" || named.contains(&resource.owner));
        }
        if root.get("platform").is_some_and(|platform| platform.get("resources").is_some()) {
            self.resources.retain(|_, resource| resource.owner != "platform");
        }
        for (slug, tenant) in named(root.items("tenants"), "slug") {
            if tenant.get("resources").is_some() {
                self.resources.retain(|_, resource| resource.owner != slug);
            }
            let Some(inside) = self.tenants.get_mut(&slug) else { continue };
            if tenant.get("workspaces").is_some() {
                inside.workspaces.clear();
            }
            if tenant.get("groups").is_some() {
                inside.groups.clear();
            }
        }
    }

    fn add_resources(&mut self, owner: &str, node: &Node) {
        for (identifier, resource) in named(node.items("resources"), "identifier") {
            let tenants = resource.get("tenants");
            let entry = ResourceIndex {
                owner: owner.to_owned(),
                open_to_all: tenants.and_then(Node::text) == Some("all"),
                open_to: texts(tenants.map(Node::list).unwrap_or_default()),
                scopes: names(resource.items("scopes"), "name").collect(),
            };
            // The first of two owners stays; that there are two is reported where the second stands.
            self.resources.entry(identifier).and_modify(|known| known.take_over(&entry)).or_insert(entry);
        }
    }
}

impl ResourceIndex {
    fn take_over(&mut self, file: &Self) {
        if self.owner == file.owner {
            *self = file.clone();
        }
    }
}

/// The names that objects of a list bear under a key.
pub(super) fn names(items: &[Node], key: &'static str) -> impl Iterator<Item = String> {
    named(items, key).map(|(name, _)| name)
}

fn named<'a>(items: &'a [Node], key: &'static str) -> impl Iterator<Item = (String, &'a Node)> {
    items.iter().filter_map(move |item| Some((item.get(key)?.text()?.to_owned(), item)))
}

fn texts(items: &[Node]) -> BTreeSet<String> {
    items.iter().filter_map(Node::text).map(ToOwned::to_owned).collect()
}
