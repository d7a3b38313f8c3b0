//! The database as a declaration file: what `plan` calls no change. Secrets stay where they are: `{keep: true}`.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::declaration::written::{self, Written};
use super::declaration::{API_VERSION, Client, Declaration, Resource, Tenant, User};
use super::difference::{Places, is_nothing, whole};
use super::state::State;
use crate::model::failure::Failure;

const HEADER: &str = "\
# Written by `symbolon export`. `{keep: true}` leaves a secret as it is, and is accepted only for things that exist.
";

/// An object of the file: keys in their order.
struct Entries(Vec<(String, Node)>);

enum Node {
    Value(Value),
    List(Vec<Entries>),
    Entries(Entries),
}

/// Writes what was read as YAML.
///
/// # Errors
/// Stored data that cannot be read.
pub(super) fn write(state: &State) -> Result<String, Failure> {
    let declaration = state.declaration()?;
    let root = document(&declaration);
    let yaml =
        serde_saphyr::to_string(&root).map_err(|error| Failure::internal("writing YAML").because(error))?;
    Ok(format!("{HEADER}{yaml}"))
}

impl Serialize for Entries {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_map(self.0.iter().map(|(key, node)| (key, node)))
    }
}

impl Serialize for Node {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(output),
            Self::List(items) => items.serialize(output),
            Self::Entries(entries) => entries.serialize(output),
        }
    }
}

/// An object with its name first, then what differs from the default.
fn object(key: &str, name: &str, written: Written) -> Entries {
    let mut entries = Entries(vec![(key.to_owned(), Node::Value(json!(name)))]);
    entries.add_written(written);
    entries
}

impl Entries {
    fn add_written(&mut self, written: Written) {
        for (key, value) in written {
            let usual = key == "status" && value == "active";
            if !usual && !is_nothing(&value) && self.0.iter().all(|(known, _)| known != key) {
                self.0.push((key.to_owned(), Node::Value(value)));
            }
        }
    }

    fn add_list(&mut self, key: &str, items: Vec<Entries>) {
        if !items.is_empty() {
            self.0.push((key.to_owned(), Node::List(items)));
        }
    }

    fn keep(&mut self, key: &str) {
        let mut keep = Map::new();
        keep.insert("keep".to_owned(), Value::Bool(true));
        self.0.push((key.to_owned(), Node::Value(Value::Object(keep))));
    }
}

fn document(declaration: &Declaration) -> Entries {
    let mut root = Entries(vec![("apiVersion".to_owned(), Node::Value(json!(API_VERSION)))]);
    let products = declaration.products.iter().flatten();
    root.add_list(
        "products",
        products.map(|at| object("key", &at.value.key, written::product(&at.value))).collect(),
    );
    let plans = declaration.plans.iter().flatten();
    root.add_list("plans", plans.map(|at| object("key", &at.value.key, written::plan(&at.value))).collect());
    if let Some(platform) = &declaration.platform {
        let mut entries = Entries(Vec::new());
        entries.add_list("resources", resources(platform.resources.as_deref()));
        entries.add_list("clients", clients(platform.clients.as_deref(), &Places::new()));
        entries.add_list("users", users(platform.users.as_deref()));
        if !entries.0.is_empty() {
            root.0.push(("platform".to_owned(), Node::Entries(entries)));
        }
    }
    root.add_list("tenants", declaration.tenants.iter().flatten().map(tenant).collect());
    root
}

fn tenant(tenant: &Tenant) -> Entries {
    let mut entries = object("slug", tenant.slug.value.as_str(), written::tenant(tenant));
    let mut places = Places::new();
    let mut workspaces = Vec::new();
    for workspace in tenant.workspaces.iter().flatten() {
        let slug = workspace.slug.value.as_str();
        let contexts = workspace.contexts.as_deref().unwrap_or_default();
        places
            .insert(slug.to_owned(), contexts.iter().map(|context| context.slug.value.to_string()).collect());
        let mut written = object("slug", slug, written::workspace(workspace));
        let contexts = contexts
            .iter()
            .map(|context| object("slug", context.slug.value.as_str(), written::context(context)));
        written.add_list("contexts", contexts.collect());
        workspaces.push(written);
    }
    entries.add_list("workspaces", workspaces);
    let groups = tenant.groups.iter().flatten();
    entries.add_list(
        "groups",
        groups.map(|group| object("name", &group.name.value, written::group(group))).collect(),
    );
    entries.add_list("users", users(tenant.users.as_deref()));
    entries.add_list("clients", clients(tenant.clients.as_deref(), &places));
    entries.add_list("resources", resources(tenant.resources.as_deref()));
    entries
}

fn users(users: Option<&[User]>) -> Vec<Entries> {
    let one = |user: &User| {
        let mut entries = object("email", user.email.value.spelling(), written::user(user));
        if user.password.is_some() {
            entries.keep("password");
        }
        entries
    };
    users.unwrap_or_default().iter().map(one).collect()
}

fn clients(clients: Option<&[Client]>, places: &Places) -> Vec<Entries> {
    let one = |client: &Client| {
        let client = whole(client.clone(), places);
        let mut entries = object("client_id", client.client_id.value.as_str(), written::client(&client));
        if client.secret.is_some() {
            entries.keep("secret");
        }
        entries
    };
    clients.unwrap_or_default().iter().map(one).collect()
}

fn resources(resources: Option<&[Resource]>) -> Vec<Entries> {
    let one =
        |resource: &Resource| object("identifier", &resource.identifier.value, written::resource(resource));
    resources.unwrap_or_default().iter().map(one).collect()
}
