//! What must happen so that the database holds what a declaration says: an ordered list of changes, made without
//! writing anything. Objects that the file does not name stay, unless it is asked to prune (D27).

mod change;
mod clients;
mod inside;
mod owners;
mod people;
mod removals;

pub use change::{Action, Change, Field};
pub(super) use change::{PasswordStep, SecretStep, Step};
pub(super) use clients::whole;
pub(super) use inside::Places;

use std::collections::BTreeMap;

use inside::Owned;
use serde_json::Value;

use super::declaration::written::{self, Written};
use super::declaration::{At, Declaration, DeclarationFault, Place, Tenant};
use super::state::{State, TenantState};
use crate::model::failure::Failure;
use crate::model::tenant::{Plan, Product};

/// How a declaration is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What it does not name stays.
    Named,
    /// What it does not name goes.
    Whole,
    /// The readable part of a file with faults: only what is wrong with single things can be told.
    Part,
}

impl Extent {
    /// A file without faults, to prune or not.
    pub const fn of(prune: bool) -> Self {
        if prune { Self::Whole } else { Self::Named }
    }
}

/// What has to be done, and why it cannot be.
#[derive(Debug)]
pub struct Differences {
    /// The changes, in the order in which they are made.
    pub changes: Vec<Change>,
    /// What is wrong only in the light of the database, all of it; with a fault nothing is changed.
    pub faults: Vec<DeclarationFault>,
}

/// Works out the changes.
///
/// # Errors
/// Stored data that cannot be read.
pub fn between(declared: &Declaration, state: &State, extent: Extent) -> Result<Differences, Failure> {
    let prune = extent == Extent::Whole;
    let mut differ = Differ { state, prune, changes: Vec::new(), faults: Vec::new() };
    differ.catalogue(declared);
    differ.domains(declared);
    for tenant in declared.tenants.iter().flatten() {
        differ.tenant(tenant)?;
    }
    if let Some(platform) = &declared.platform {
        differ.owned(&Owned::by_platform(platform))?;
    }
    if prune {
        differ.unnamed_tenants(declared)?;
        differ.still_used(declared);
    }
    if extent != Extent::Part {
        differ.lost_grants(declared);
        differ.last_owners(declared)?;
    }
    let Differ { mut changes, faults, .. } = differ;
    changes.sort_by_key(Change::rank);
    Ok(Differences { changes, faults })
}

/// The work in hand.
struct Differ<'a> {
    state: &'a State,
    prune: bool,
    changes: Vec<Change>,
    faults: Vec<DeclarationFault>,
}

impl Differ<'_> {
    fn fault(&mut self, place: Place, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(DeclarationFault { place, path: path.into(), message: message.into() });
    }

    /// Notes that something is to be made, or to be changed where it differs.
    fn put(
        &mut self,
        kind: &'static str,
        named: (Option<&str>, &str),
        words: (Option<Written>, Written),
        step: Step,
    ) {
        let (before, after) = words;
        let action = if before.is_some() { Action::Change } else { Action::Create };
        let fields = differing(before, after);
        if action == Action::Create || !fields.is_empty() {
            self.note((action, kind), named, fields, step);
        }
    }

    fn note(
        &mut self,
        (action, kind): (Action, &'static str),
        (tenant, name): (Option<&str>, &str),
        fields: Vec<Field>,
        step: Step,
    ) {
        let tenant = tenant.map(ToOwned::to_owned);
        self.changes.push(Change { action, kind, tenant, name: name.to_owned(), fields, step });
    }

    fn catalogue(&mut self, declared: &Declaration) {
        for At { value: product, .. } in declared.products.iter().flatten() {
            let before = self.state.products.get(&product.key).map(written::product);
            let words = (before, written::product(product));
            self.put("product", (None, &product.key), words, Step::Product(product.clone()));
        }
        for At { value: plan, .. } in declared.plans.iter().flatten() {
            let before = self.state.plans.get(&plan.key).map(written::plan);
            self.put("plan", (None, &plan.key), (before, written::plan(plan)), Step::Plan(plan.clone()));
        }
    }

    /// A domain that leads to a tenant whose entry in the file does not give it up cannot lead to another.
    fn domains(&mut self, declared: &Declaration) {
        let named: Vec<&str> =
            declared.tenants.iter().flatten().map(|tenant| tenant.slug.value.as_str()).collect();
        for tenant in declared.tenants.iter().flatten() {
            for domain in &tenant.domains {
                let owner = self.state.domains.get(&domain.value).map(String::as_str);
                let kept =
                    owner.filter(|owner| *owner != tenant.slug.value.as_str() && !named.contains(owner));
                if let Some(owner) = kept.filter(|_| !self.prune) {
                    let path = format!("tenants[{}].domains", tenant.slug.value);
                    let message =
                        format!("the domain `{}` leads to the tenant `{owner}` already", domain.value);
                    self.fault(domain.place, path, message);
                }
            }
        }
    }

    fn tenant(&mut self, wanted: &Tenant) -> Result<(), Failure> {
        let slug = wanted.slug.value.as_str();
        let have = self.state.tenants.get(slug);
        if have.is_some_and(TenantState::is_gone) {
            let message =
                format!("the slug `{slug}` belonged to a tenant that was deleted, and is never used again");
            self.fault(wanted.slug.place, format!("tenants[{slug}].slug"), message);
            return Ok(());
        }
        let before = self.state.declared_tenant(slug)?.as_ref().map(written::tenant);
        let words = (before, written::tenant(wanted));
        self.put("tenant", (Some(slug), slug), words, Step::Tenant(Box::new(wanted.clone())));
        self.owned(&Owned::by_tenant(wanted))
    }
}

/// The keys whose values differ. A status that the file does not state stays as it is.
fn differing(before: Option<Written>, after: Written) -> Vec<Field> {
    let mut before: BTreeMap<&str, Value> = before.unwrap_or_default().into_iter().collect();
    let mut fields = Vec::new();
    for (name, after) in after {
        let before = before.remove(name).unwrap_or(Value::Null);
        let unstated = name == "status" && after.is_null();
        if !unstated && before != after && !(is_nothing(&before) && is_nothing(&after)) {
            fields.push(Field { name, before, after });
        }
    }
    fields
}

/// Whether a value says what an absent key says.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

impl Change {
    /// Things that others refer to come first, and go last.
    fn rank(&self) -> usize {
        const ORDER: [&str; 9] = [
            "product",
            "plan",
            "tenant",
            "workspace",
            "context",
            "group",
            "user",
            "resource server",
            "client",
        ];
        let place = ORDER.iter().position(|kind| *kind == self.kind).unwrap_or(ORDER.len());
        match self.action {
            Action::Create | Action::Change => place,
            Action::Remove => 3 * ORDER.len() - place,
        }
    }
}

/// Looks a product up by its key; the file's comes first.
fn find_product<'a>(declared: &'a Declaration, key: &str) -> Option<&'a Product> {
    declared.products.iter().flatten().map(|at| &at.value).find(|product| product.key == key)
}

/// Looks a plan up by its key in the file.
fn find_plan<'a>(declared: &'a Declaration, key: &str) -> Option<&'a Plan> {
    declared.plans.iter().flatten().map(|at| &at.value).find(|plan| plan.key == key)
}
