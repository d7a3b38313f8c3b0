//! Making the changes, all in one transaction, each recorded where it happens (invariant 4).

mod catalogue;
mod clients;
mod names;
mod people;
mod places;
mod tenants;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::difference::{Action, Change, Step};
use super::state::State;
use crate::crypto::password::PasswordHash;
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::revocation::Falling;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{Slug, TenantId};
use crate::model::secret::Secret;
use crate::model::status::Status;
use crate::model::tenant::PLATFORM_SLUG;
use crate::storage::tx::Transaction;
use crate::storage::{PlatformTx, TenantScope};

use super::declaration::DeclaredStatus;
use names::Names;

/// Password hashes made before the transaction, by tenant slug and canonical address.
pub(super) type Passwords = BTreeMap<(String, String), PasswordHash>;

/// A secret that was made, to be shown once.
#[derive(Debug)]
pub struct Made {
    /// `password` or `client_secret`.
    pub kind: &'static str,
    /// The slug of its tenant.
    pub tenant: String,
    /// Whose it is: an address or a client id.
    pub name: String,
    /// The secret.
    pub secret: Secret<String>,
}

/// Makes the changes, revokes what they take away, and raises the change number, so that running nodes follow (D25).
/// Answers with the client secrets that were made.
///
/// # Errors
/// The database fails, or moved on since the passwords were hashed.
pub(super) fn execute(
    tx: &mut PlatformTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    (state, changes): (&State, &[Change]),
    passwords: &Passwords,
) -> Result<Vec<Made>, Failure> {
    let platform = tx.directory().platform()?;
    let mut work = Work {
        tx,
        call,
        state,
        passwords,
        platform,
        scopes: BTreeMap::new(),
        names: BTreeMap::new(),
        made: Vec::new(),
        tenants: Vec::new(),
        falling: Falling::default(),
    };
    work.hold_people(changes)?;
    work.release_domains(changes)?;
    for change in changes {
        work.make(change)?;
    }
    work.record_whole(changes);
    work.falling.revoke(work.tx, clock)?;
    Ok(work.made)
}

/// The work in hand.
struct Work<'w, 't> {
    tx: &'w mut PlatformTx<'t>,
    call: &'w Call,
    state: &'w State,
    passwords: &'w Passwords,
    platform: TenantScope,
    scopes: BTreeMap<String, TenantScope>,
    names: BTreeMap<String, Names>,
    made: Vec<Made>,
    /// Tenants made here. The platform's chain states them, since a tenant's own chain can be taken away whole.
    tenants: Vec<TenantId>,
    /// Whose access tokens say more than is so from now on (P074).
    falling: Falling,
}

impl Work<'_, '_> {
    fn make(&mut self, change: &Change) -> Result<(), Failure> {
        let slug = change.tenant.as_deref().unwrap_or(PLATFORM_SLUG);
        match &change.step {
            Step::Product(product) => self.put_product(change, product),
            Step::RemoveProduct(key) => self.remove_product(change, key),
            Step::Plan(plan) => self.put_plan(change, plan),
            Step::RemovePlan(key) => self.remove_plan(change, key),
            Step::Tenant(tenant) => self.put_tenant(change, tenant),
            Step::RemoveTenant => self.remove_tenant(change, slug),
            Step::Workspace(workspace) => self.put_workspace(change, slug, workspace),
            Step::RemoveWorkspace(workspace) => self.remove_workspace(change, slug, workspace),
            Step::Context(workspace, context) => self.put_context(change, slug, workspace, context),
            Step::RemoveContext(workspace, context) => self.remove_context(change, slug, workspace, context),
            Step::Group(group) => self.put_group(change, slug, group),
            Step::RemoveGroup(group) => self.remove_group(change, slug, group),
            Step::User(user, password) => self.put_user(change, slug, user, password),
            Step::RemoveUser(canonical) => self.remove_user(change, slug, canonical),
            Step::Resource(resource) => self.put_resource(change, slug, resource),
            Step::RemoveResource(identifier) => self.remove_resource(change, slug, identifier),
            Step::Client(client, secret) => self.put_client(change, slug, client, secret),
            Step::RemoveClient(id) => self.remove_client(change, slug, id),
        }
    }

    /// The tenant with this slug: read in this transaction, made in it, or gone meanwhile.
    fn scope(&mut self, slug: &str) -> Result<TenantScope, Failure> {
        if let Some(scope) = self.scopes.get(slug) {
            return Ok(scope.clone());
        }
        let missing = || Failure::internal("a tenant of the changes is missing");
        let parsed: Slug = slug.parse().map_err(|_| missing())?;
        let scope = self.tx.tenant_by_slug(&parsed)?.ok_or_else(missing)?;
        self.scopes.insert(slug.to_owned(), scope.clone());
        Ok(scope)
    }

    /// Ids by name inside a tenant.
    fn names(&mut self, slug: &str) -> Result<&mut Names, Failure> {
        let inside = self.state.inside(slug)?;
        Ok(self.names.entry(slug.to_owned()).or_insert_with(|| Names::of(inside)))
    }

    /// The id of a tenant by its slug.
    fn tenant_id(&mut self, slug: &str) -> Result<TenantId, Failure> {
        Ok(self.scope(slug)?.id())
    }

    /// An event of the operator about one change: what happened and to which keys, never their values.
    fn event(&self, kind: EventKind, change: &Change) -> Event {
        let fields: Vec<&str> = change.fields.iter().map(|field| field.name).collect();
        let action = match change.action {
            Action::Create => "create",
            Action::Change => "change",
            Action::Remove => "remove",
        };
        let event = self.call.event(kind, EventResult::Success, Actor::Operator).with("action", action);
        if change.action == Action::Change { event.with("fields", fields) } else { event }
    }

    fn record(&mut self, tenant: TenantId, event: Event) {
        self.tx.record_for(tenant, event);
    }

    fn record_whole(&mut self, changes: &[Change]) {
        let count = |action: Action| changes.iter().filter(|change| change.action == action).count();
        let event = self
            .call
            .event(EventKind::ConfigurationApplied, EventResult::Success, Actor::Operator)
            .with("created", count(Action::Create))
            .with("changed", count(Action::Change))
            .with("removed", count(Action::Remove))
            .with("tenants", self.tenants.iter().map(TenantId::to_string).collect::<Vec<_>>());
        self.record(self.platform.id(), event);
    }

    /// The status after a file said this of it. What it does not say stays as it is.
    fn status(&self, now: Option<Status>, wanted: Option<DeclaredStatus>) -> Status {
        let now = match now {
            None => Status::Active,
            Some(gone @ Status::Deleted { .. }) => gone.resumed(self.call.now),
            Some(now) => now,
        };
        match wanted {
            Some(DeclaredStatus::Active) => now.resumed(self.call.now),
            Some(DeclaredStatus::Suspended) if now.is_active() => Status::Suspended { since: self.call.now },
            Some(DeclaredStatus::Suspended) | None => now,
        }
    }
}

/// Whether the change switches the thing off.
fn suspends(change: &Change) -> bool {
    change.fields.iter().any(|field| field.name == "status" && field.after == "suspended")
}

/// Whether the change touches one of these keys.
fn touches(change: &Change, keys: &[&str]) -> bool {
    change.fields.iter().any(|field| keys.contains(&field.name))
}

/// Whether the change takes something away that one of these keys gave.
fn shrinks(change: &Change, keys: &[&str]) -> bool {
    let mut mine = change.fields.iter().filter(|field| keys.contains(&field.name));
    change.action == Action::Change && mine.any(|field| takes_away(&field.before, &field.after))
}

fn takes_away(before: &Value, after: &Value) -> bool {
    match (before, after) {
        // `tenants: all` gives more than any list.
        (Value::Null, _) => false,
        (_, Value::String(all)) if all == "all" => false,
        (Value::Array(before), Value::Array(after)) => before.iter().any(|item| !after.contains(item)),
        (Value::Object(before), Value::Object(after)) => {
            before.iter().any(|(key, value)| after.get(key).is_none_or(|after| takes_away(value, after)))
        }
        (before, after) => before != after,
    }
}
