//! One change: what it is in words, and the step that makes it.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::flows::provision::declaration::{Client, Context, Group, Resource, Tenant, User, Workspace};
use crate::model::ids::{ClientId, Slug};
use crate::model::secret::Secret;
use crate::model::tenant::{Plan, Product};

/// What happens to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed.
    Change,
    /// It is taken away.
    Remove,
}

/// A key whose value changes, in the words of the file. Secrets are only said to be set; of the lists of a tenant that
/// goes, only how long they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// The value now; `null` when there is none.
    pub before: Value,
    /// The value afterwards; `null` when there is none.
    pub after: Value,
}

/// One change of the database.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// To what kind of thing.
    pub kind: &'static str,
    /// The slug of the tenant that it belongs to, if it belongs to one.
    pub tenant: Option<String>,
    /// Its name: slug, key, address or identifier.
    pub name: String,
    /// What differs.
    pub fields: Vec<Field>,
    #[serde(skip)]
    pub(in crate::flows::provision) step: Step,
}

/// What has to be done. Names become ids when it is done.
#[derive(Debug, Clone)]
pub(in crate::flows::provision) enum Step {
    Product(Product),
    RemoveProduct(String),
    Plan(Plan),
    RemovePlan(String),
    Tenant(Box<Tenant>),
    RemoveTenant,
    Workspace(Workspace),
    RemoveWorkspace(Slug),
    Context(Slug, Context),
    RemoveContext(Slug, Slug),
    Group(Group),
    RemoveGroup(String),
    User(Box<User>, PasswordStep),
    RemoveUser(String),
    Resource(Resource),
    RemoveResource(String),
    Client(Box<Client>, SecretStep),
    RemoveClient(ClientId),
}

/// What happens to a person's password.
#[derive(Debug, Clone)]
pub(in crate::flows::provision) enum PasswordStep {
    Leave,
    Set(Secret<String>),
    Generate,
}

/// What happens to a client's secrets.
#[derive(Debug, Clone)]
pub(in crate::flows::provision) enum SecretStep {
    Leave,
    /// This one takes the place of all others.
    Set(Secret<String>),
    Generate,
    /// The client proves itself in another way now.
    End,
}

impl fmt::Display for Change {
    /// One line, with one more for each key of a changed thing; with a thing that goes, what goes with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.action {
            Action::Create => '+',
            Action::Change => '~',
            Action::Remove => '-',
        };
        write!(f, "{sign} {} {}", self.kind, self.name)?;
        if let Some(tenant) = self.tenant.as_deref().filter(|tenant| *tenant != self.name) {
            write!(f, " in {tenant}")?;
        }
        if self.action == Action::Change {
            for field in &self.fields {
                write!(f, "\n    {}: {} -> {}", field.name, field.before, field.after)?;
            }
        }
        if self.action == Action::Remove {
            for (n, Field { name, before, .. }) in self.fields.iter().enumerate() {
                let name = if *before == 1 { name.trim_end_matches('s') } else { name };
                write!(f, "{} {before} {name}", if n == 0 { ", with" } else { "," })?;
            }
        }
        Ok(())
    }
}
