//! Tenants with their subdivisions and groups.

use super::Reader;
use super::document::{Context, Group, Tenant, Workspace};
use super::fault::At;
use super::index::TenantIndex;
use super::spot::Spot;
use crate::model::accent::Accent;
use crate::model::email;
use crate::model::ids::Slug;

const KEYS: [&str; 14] = [
    "slug",
    "name",
    "status",
    "plan",
    "region",
    "brand",
    "domains",
    "entitlements",
    "policy",
    "workspaces",
    "groups",
    "users",
    "clients",
    "resources",
];

impl Reader<'_> {
    pub(super) fn tenant(&self, spot: &Spot<'_>) -> Option<Tenant> {
        let fields = spot.fields(&KEYS)?;
        let slug = fields.need("slug").and_then(|spot| tenant_slug(&spot));
        let written = spot.node.get("slug").and_then(super::node::Node::text).unwrap_or_default();
        let nothing = TenantIndex::default();
        let inside = self.index.tenants.get(written).unwrap_or(&nothing);
        let name = fields.need("name").and_then(|spot| spot.label());
        let status = fields.read("status", Self::standing);
        let plan = fields.need("plan").and_then(|spot| self.known_plan(&spot));
        let region = fields.read("region", Spot::label).map(|at| at.value);
        let accent = fields.read("brand", Self::brand);
        let domains = fields.read("domains", |list| list.set(|item| self.domain(item))).unwrap_or_default();
        let add_ons =
            fields.read("entitlements", |spot| self.add_ons(spot, plan.as_deref())).unwrap_or_default();
        let policy = fields.read("policy", Self::policy).unwrap_or_default();
        let workspaces =
            fields.read("workspaces", |list| self.objects(list, |r, spot| r.workspace(spot, written)));
        let groups =
            fields.read("groups", |list| self.objects(list, |r, spot| r.group(spot, written, inside)));
        let users =
            fields.read("users", |list| self.objects(list, |r, spot| r.user(spot, written, &domains)));
        let clients =
            fields.read("clients", |list| self.objects(list, |r, spot| r.client(spot, Some(written))));
        let resources = fields.read("resources", |list| self.objects(list, Self::resource));
        let slug = slug?;
        self.once(spot, "tenant", &slug);
        Some(Tenant {
            slug,
            name: name?.value,
            status,
            plan: plan?,
            region,
            accent,
            domains,
            add_ons,
            policy,
            workspaces,
            groups,
            users,
            clients,
            resources,
        })
    }

    /// What a tenant may change of the look of its pages: the accent, judged for contrast (WCAG 2.2 AA).
    fn brand(spot: &Spot<'_>) -> Option<Accent> {
        let fields = spot.fields(&["accent"])?;
        fields.need("accent").and_then(|spot| spot.parsed()).map(|accent| accent.value)
    }

    fn domain(&self, spot: &Spot<'_>) -> Option<At<String>> {
        let text = spot.text()?;
        let Some(domain) = email::canonical_domain(&text.value) else {
            spot.fault("must be a domain such as `acme.example`");
            return None;
        };
        let domain = At { value: domain, place: text.place };
        self.once(spot, "e-mail domain", &domain);
        Some(domain)
    }

    fn workspace(&self, spot: &Spot<'_>, tenant: &str) -> Option<Workspace> {
        let fields = spot.fields(&["slug", "name", "contexts"])?;
        let slug = fields.need("slug").and_then(|spot| spot.parsed::<Slug>());
        let name = fields.need("name").and_then(|spot| spot.label());
        let inside = slug.as_ref().map(|slug| format!("context of `{}` in `{tenant}`", slug.value));
        let contexts = fields.read("contexts", |list| {
            self.objects(list, |reader, spot| reader.context(spot, inside.as_deref()))
        });
        let slug = slug?;
        self.once(spot, &format!("workspace of `{tenant}`"), &slug);
        Some(Workspace { slug, name: name?.value, contexts })
    }

    fn context(&self, spot: &Spot<'_>, sort: Option<&str>) -> Option<Context> {
        let fields = spot.fields(&["slug", "name"])?;
        let slug = fields.need("slug").and_then(|spot| spot.parsed::<Slug>());
        let name = fields.need("name").and_then(|spot| spot.label());
        let slug = slug?;
        if let Some(sort) = sort {
            self.once(spot, sort, &slug);
        }
        Some(Context { slug, name: name?.value })
    }

    fn group(&self, spot: &Spot<'_>, tenant: &str, inside: &TenantIndex) -> Option<Group> {
        let fields = spot.fields(&["name", "roles", "workspaces"])?;
        let name = fields.need("name").and_then(|spot| spot.label());
        let roles = fields.read("roles", Self::roles).unwrap_or_default();
        let workspaces = fields.read("workspaces", |spot| Self::access(spot, inside)).unwrap_or_default();
        let name = name?;
        self.once(spot, &format!("group of `{tenant}`"), &name);
        Some(Group { name, roles, workspaces })
    }
}

/// A slug that a customer may take (D2). Whether it was used before is the database's to say.
fn tenant_slug(spot: &Spot<'_>) -> Option<At<Slug>> {
    let slug = spot.parsed::<Slug>()?;
    if slug.value.is_reserved() {
        spot.fault(format!("the slug `{}` is reserved; choose another", slug.value));
    }
    Some(slug)
}
