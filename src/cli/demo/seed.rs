//! What the demo begins with: two tenants on different plans, people, and clients, declared like any deployment.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::cli::outcome::Stop;
use crate::config::Config;
use crate::crypto::password::{PasswordPool, PoolLimits};
use crate::effects::http::AddressRules;
use crate::effects::{Clock, SystemClock};
use crate::flows::Call;
use crate::flows::provision::declaration::Sources;
use crate::flows::provision::{self, DeclaredFile, Made};
use crate::model::ids::Slug;
use crate::model::issuer::Issuer;
use crate::model::secret::Secret;
use crate::server::build::database_url;
use crate::storage::{Database, PlatformScope, migrate};

/// The client id of the sample application, which is the operator's own: nobody is asked for consent.
pub(super) const OWN_PARTY: &str = "sample-notes";
/// The client id of the same application in another company's hands: people are asked.
pub(super) const THIRD_PARTY: &str = "pocket-notes";

/// The slugs of the tenants.
const TENANTS: [&str; 2] = ["acme", "globex"];

/// Where the servers stand.
pub(super) struct Addresses {
    pub(super) issuer: String,
    pub(super) relying_party: String,
    pub(super) api: String,
    pub(super) third_party: String,
}

impl Addresses {
    /// The issuer on `localhost`, because passkeys want a domain; the others on another host, so that their cookies are
    /// their own (D29).
    pub(super) fn from_port(port: u16) -> Self {
        let next = |steps: u16| format!("http://127.0.0.1:{}", port.saturating_add(steps));
        let issuer = format!("http://localhost:{port}");
        Self { issuer, relying_party: next(1), api: next(2), third_party: next(3) }
    }
}

/// What was made, with the secrets that nobody can read again.
pub(super) struct Seeded {
    /// Tenant, address and password of each person.
    pub(super) people: Vec<(String, String, Secret<String>)>,
    /// Tenant, client id and secret of each service account.
    pub(super) services: Vec<(String, String, Secret<String>)>,
    /// The secrets of the two sample applications, by client id.
    pub(super) party_secrets: BTreeMap<String, Secret<String>>,
    /// Slug to id of each tenant.
    pub(super) tenants: BTreeMap<String, String>,
}

/// The empty database, its schema made.
pub(super) async fn database(config: &Config) -> Result<Database, Stop> {
    let url = database_url(config)?;
    let schema = url.clone();
    tokio::task::spawn_blocking(move || migrate::run(&schema, None)).await.map_err(Stop::failed)??;
    Ok(Database::open(&url, 2)?)
}

/// Applies the demo's declaration.
pub(super) async fn seed(database: &Database, call: &Call, addresses: &Addresses) -> Result<Seeded, Stop> {
    let right = PlatformScope::operator();
    let pool = PasswordPool::new(PoolLimits::default(), call.random.clone());
    let text = declaration(addresses);
    let sources = Nothing { rules: AddressRules::default(), issuer: Arc::clone(&call.issuer) };
    let request = DeclaredFile { file: "(demo)", text: &text, sources: &sources, prune: false };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let applied = provision::apply(database, &right, &pool, &clock, (call, &request))
        .await?
        .map_err(|faults| Stop::failed(format_args!("the demo's own declaration is wrong: {faults}")))?;
    let mut tenants = BTreeMap::new();
    for slug in TENANTS {
        let wanted: Slug = slug.parse().map_err(Stop::failed)?;
        let found = database.read_platform(&right, move |tx| tx.tenant_by_slug(&wanted)).await?;
        let scope = found.ok_or_else(|| Stop::failed("a tenant of the demo is missing"))?;
        tenants.insert(slug.to_owned(), scope.id().to_string());
    }
    Ok(sort_out(applied.made, tenants))
}

fn sort_out(made: Vec<Made>, tenants: BTreeMap<String, String>) -> Seeded {
    let (mut people, mut services, mut party_secrets) = (Vec::new(), Vec::new(), BTreeMap::new());
    for Made { kind, tenant, name, secret } in made {
        match (kind, name.as_str()) {
            ("password", _) => people.push((tenant, name, secret)),
            (_, OWN_PARTY | THIRD_PARTY) => drop(party_secrets.insert(name, secret)),
            _ => services.push((tenant, name, secret)),
        }
    }
    Seeded { people, services, party_secrets, tenants }
}

/// The demo's declaration needs nothing from outside.
struct Nothing {
    rules: AddressRules,
    issuer: Arc<Issuer>,
}

impl Sources for Nothing {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn rules(&self) -> &AddressRules {
        &self.rules
    }

    fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}

/// The declaration with the addresses of this run.
fn declaration(addresses: &Addresses) -> String {
    include_str!("declaration.yaml")
        .replace("http://api.invalid", &addresses.api)
        .replace("http://party.invalid", &addresses.relying_party)
        .replace("http://third-party.invalid", &addresses.third_party)
}
