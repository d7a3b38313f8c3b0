//! Who may enter what: roles, groups, workspaces with all or some of their contexts (D6), and which tenants may use a
//! client or a resource server.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Access, Contexts, DeclaredStatus, Openness};
use super::fault::unknown;
use super::index::TenantIndex;
use super::node::Value;
use super::spot::Spot;
use super::{At, Reader};
use crate::model::ids::Slug;
use crate::model::role::Role;

impl Reader<'_> {
    /// `status: active` or `status: suspended`.
    pub(super) fn standing(spot: &Spot<'_>) -> Option<DeclaredStatus> {
        let words = [("active", DeclaredStatus::Active), ("suspended", DeclaredStatus::Suspended)];
        Some(spot.word("status", &words)?.value)
    }

    /// A list of roles.
    pub(super) fn roles(spot: &Spot<'_>) -> Option<BTreeSet<Role>> {
        let words = Role::ALL.map(|role| (role.as_str(), role));
        let roles = spot.set(|role| role.word("role", &words))?;
        Some(roles.into_iter().map(|role| role.value).collect())
    }

    /// A list of groups of the tenant.
    pub(super) fn groups_of(spot: &Spot<'_>, tenant: &TenantIndex) -> Option<BTreeSet<String>> {
        let groups = spot.set(|item| {
            let name = item.text()?;
            if !tenant.groups.contains(&name.value) {
                item.fault(unknown("group", &name.value, tenant.groups.iter().map(String::as_str)));
                return None;
            }
            Some(name)
        })?;
        Some(groups.into_iter().map(|group| group.value).collect())
    }

    /// A list of workspaces: `research` with all its contexts, or `research: [eu]` with these only.
    pub(super) fn access(spot: &Spot<'_>, tenant: &TenantIndex) -> Option<Access> {
        let mut access = Access::new();
        for item in spot.items()? {
            if let Value::Map(_) = item.node.value {
                for (workspace, contexts) in item.named()? {
                    let known = known_workspace(&contexts, &workspace, tenant);
                    let Some((slug, known)) = known else { continue };
                    if contexts.node.list().is_empty() {
                        contexts
                            .fault("name one context at least, or give the whole workspace without a list");
                    }
                    let only = contexts.set(|context| known_context(context, &workspace.value, known));
                    let only = only.unwrap_or_default().into_iter().map(|context| context.value).collect();
                    add(&item, &mut access, slug, Contexts::Only(only));
                }
            } else if let Some(workspace) = item.text() {
                let Some((slug, _)) = known_workspace(&item, &workspace, tenant) else { continue };
                add(&item, &mut access, slug, Contexts::All);
            }
        }
        Some(access)
    }

    /// `all`, or a list of tenants that exist.
    pub(super) fn openness(&self, spot: &Spot<'_>) -> Option<Openness> {
        if let Some(word) = spot.node.text() {
            if word == "all" {
                return Some(Openness::All);
            }
            spot.fault("must be `all` or a list of tenants, such as `[acme]`");
            return None;
        }
        let tenants = spot.set(|item| {
            let slug = item.parsed::<Slug>()?;
            let known = self.index.tenants.keys().map(String::as_str).filter(|known| *known != "platform");
            if !known.clone().any(|known| known == slug.value.as_str()) {
                item.fault(unknown("tenant", slug.value.as_str(), known));
                return None;
            }
            Some(slug)
        })?;
        let tenants: BTreeSet<Slug> = tenants.into_iter().map(|tenant| tenant.value).collect();
        Some(if tenants.is_empty() { Openness::OwnerOnly } else { Openness::Some(tenants) })
    }
}

fn add(item: &Spot<'_>, access: &mut Access, slug: Slug, contexts: Contexts) {
    let message = format!("the workspace `{slug}` stands in this list twice");
    if access.insert(slug, contexts).is_some() {
        item.fault(message);
    }
}

fn known_workspace<'i>(
    spot: &Spot<'_>,
    name: &At<String>,
    tenant: &'i TenantIndex,
) -> Option<(Slug, &'i BTreeSet<String>)> {
    let found = tenant.workspaces.get(&name.value).and_then(|known| Some((name.value.parse().ok()?, known)));
    if found.is_none() {
        let message = unknown("workspace", &name.value, keys(&tenant.workspaces));
        spot.log.fault(name.place, &spot.path, message);
    }
    found
}

fn known_context(spot: &Spot<'_>, workspace: &str, known: &BTreeSet<String>) -> Option<At<Slug>> {
    let text = spot.text()?;
    if known.contains(&text.value) {
        return spot.parsed();
    }
    let what = format!("context of `{workspace}`");
    spot.fault(unknown(&what, &text.value, known.iter().map(String::as_str)));
    None
}

fn keys<T>(map: &BTreeMap<String, T>) -> impl Iterator<Item = &str> {
    map.keys().map(String::as_str)
}
