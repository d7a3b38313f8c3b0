//! The declared file (`docs/declaration.md`): read with positions, checked whole, refused whole (D27). No database is
//! asked here; what only it can tell is checked when the differences are worked out.

mod access;
mod catalogue;
mod clients;
mod document;
mod fault;
mod index;
mod keys;
mod node;
mod policy;
mod resources;
mod secrets;
mod spot;
mod strength;
mod tenants;
mod uris;
mod users;
pub mod written;

pub use document::{
    Access, Client, Context, Contexts, Declaration, DeclaredStatus, Group, Openness, Platform, Resource,
    Tenant, User, Workspace,
};
pub use fault::{At, DeclarationFault, DeclarationFaults, Place};
pub use index::{Index, ResourceIndex, TenantIndex};
pub use secrets::{SecretSource, Sources};
pub use strength::strong_enough;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

use crate::model::policy::Policy;

use fault::Log;
use node::Node;
use spot::Spot;

/// The `apiVersion` that this release reads and writes.
pub const API_VERSION: &str = "symbolon/v1";

/// What the readers of sections share.
struct Reader<'a> {
    index: &'a Index,
    sources: &'a dyn Sources,
    seen: RefCell<HashMap<(String, String), u64>>,
}

/// A file that has faults.
#[derive(Debug)]
pub struct Refused {
    /// Every fault of the file by itself.
    pub faults: DeclarationFaults,
    /// What could be read all the same, so that its other faults are found too. It lacks whatever was at fault.
    pub readable: Option<Box<Declaration>>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.faults.fmt(f)
    }
}

impl std::error::Error for Refused {}

/// A file that is one well-formed document. What it says is judged in the light of what the database has.
#[derive(Debug)]
pub struct DeclaredDocument<'a> {
    file: &'a str,
    root: Node,
}

impl<'a> DeclaredDocument<'a> {
    /// Reads the text. `file` is its name for messages.
    ///
    /// # Errors
    /// Where it is not well-formed.
    pub fn parse(file: &'a str, text: &str) -> Result<Self, DeclarationFaults> {
        let root = Node::read(text).map_err(|(place, message)| {
            DeclarationFaults::of(file, vec![DeclarationFault { place, path: "(file)".to_owned(), message }])
        })?;
        Ok(Self { file, root })
    }

    /// The slugs of the tenants that it declares, as they are understood: not as they are spelled.
    pub fn tenants(&self) -> BTreeSet<String> {
        index::names(self.root.items("tenants"), "slug").collect()
    }

    /// Reads the declaration. `known` holds what the database has beside it, so that a file may refer to things that
    /// another file declared, unless it is the whole truth (`prune`).
    ///
    /// # Errors
    /// Every fault of the file at once, in the file's order.
    pub fn read(&self, known: Index, prune: bool, sources: &dyn Sources) -> Result<Declaration, Refused> {
        let index = known.with_file(&self.root, prune);
        let log = Log::default();
        let reader = Reader { index: &index, sources, seen: RefCell::default() };
        let declaration = reader.document(&Spot { node: &self.root, path: String::new(), log: &log });
        let (faults, mut warnings) = log.into_parts();
        match declaration {
            Some(mut declaration) if faults.is_empty() => {
                warnings.sort();
                declaration.warnings = warnings;
                Ok(declaration)
            }
            readable => Err(Refused {
                faults: DeclarationFaults::of(self.file, faults),
                readable: readable.map(Box::new),
            }),
        }
    }
}

/// Reads a policy that stands in a file by itself, in the words of a declaration's `policy`. `file` is its name for messages.
///
/// # Errors
/// Every fault of the file at once.
pub fn read_policy(file: &str, text: &str) -> Result<Policy, DeclarationFaults> {
    let DeclaredDocument { root, .. } = DeclaredDocument::parse(file, text)?;
    let log = Log::default();
    let policy = Reader::policy(&Spot { node: &root, path: "policy".to_owned(), log: &log });
    let (faults, _) = log.into_parts();
    policy.filter(|_| faults.is_empty()).ok_or_else(|| DeclarationFaults::of(file, faults))
}

impl Reader<'_> {
    fn document(&self, spot: &Spot<'_>) -> Option<Declaration> {
        let fields = spot.fields(&["apiVersion", "products", "plans", "platform", "tenants"])?;
        if let Some(version) = fields.need("apiVersion")
            && version.text().is_some_and(|version| version.value != API_VERSION)
        {
            version.fault(format!("this release reads `{API_VERSION}`"));
        }
        let products = fields.read("products", |list| self.objects(list, Self::product));
        let plans = fields.read("plans", |list| self.objects(list, Self::plan));
        let platform = fields.read("platform", |spot| self.platform(spot));
        let tenants = fields.read("tenants", |list| self.objects(list, Self::tenant));
        Some(Declaration { products, plans, platform, tenants, warnings: Vec::new() })
    }

    /// Reads a list of objects; those with faults are left out.
    fn objects<'n, T>(
        &self,
        list: &Spot<'n>,
        read: impl Fn(&Self, &Spot<'n>) -> Option<T>,
    ) -> Option<Vec<T>> {
        Some(list.items()?.iter().filter_map(|item| read(self, item)).collect())
    }

    /// Notes a fault when this name was already given to another thing of the same sort.
    fn once(&self, spot: &Spot<'_>, sort: &str, name: &At<impl ToString>) {
        let named = name.value.to_string();
        let mut seen = self.seen.borrow_mut();
        match seen.get(&(sort.to_owned(), named.clone())) {
            Some(line) => {
                let message = format!("the {sort} `{named}` is declared twice; it is already in line {line}");
                spot.log.fault(name.place, &spot.path, message);
            }
            None => {
                seen.insert((sort.to_owned(), named), name.place.line);
            }
        }
    }
}
