//! What a person allowed a client (RFC 6749 §10.2, OIDC Core §3.1.2.4).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// By redirect URI as it is registered, and there by resource server, the scopes. Each stands for itself: who allowed reading at
/// one server and writing at another allowed writing at that one alone, and who allowed both at one address allowed nothing
/// at the next (P008).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Consent(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

/// What stands in the place of a resource server for the scopes of OpenID Connect itself.
const OURS: &str = "";

impl Consent {
    /// Adds scopes: those that a resource server defines, or of OpenID Connect. Of a server, none at all is something too.
    pub fn allow<'a>(
        &mut self,
        redirect_uri: &str,
        resource_server: Option<&str>,
        scopes: impl IntoIterator<Item = &'a str>,
    ) {
        let there = self.0.entry(redirect_uri.to_owned()).or_default();
        let of_it = there.entry(resource_server.unwrap_or(OURS).to_owned()).or_default();
        of_it.extend(scopes.into_iter().map(str::to_owned));
    }

    /// Whether all of this was allowed.
    pub fn covers(&self, wanted: &Self) -> bool {
        wanted.0.iter().all(|(redirect_uri, servers)| {
            let there = self.0.get(redirect_uri);
            servers.iter().all(|(server, scopes)| {
                there.and_then(|there| there.get(server)).is_some_and(|given| scopes.is_subset(given))
            })
        })
    }

    /// Adds what was allowed now to what was allowed before.
    pub fn join(&mut self, now: Self) {
        for (redirect_uri, servers) in now.0 {
            let there = self.0.entry(redirect_uri).or_default();
            for (server, scopes) in servers {
                there.entry(server).or_default().extend(scopes);
            }
        }
    }

    /// What was allowed at each resource server, wherever it is told; `None` stands for ourselves.
    pub fn by_server(&self) -> BTreeMap<Option<&str>, BTreeSet<&str>> {
        let mut all: BTreeMap<Option<&str>, BTreeSet<&str>> = BTreeMap::new();
        for (server, scopes) in self.0.values().flatten() {
            let server = Some(server.as_str()).filter(|server| *server != OURS);
            all.entry(server).or_default().extend(scopes.iter().map(String::as_str));
        }
        all
    }

    /// The scopes that were allowed anywhere.
    pub fn scopes(&self) -> BTreeSet<&str> {
        let servers = self.0.values().flat_map(BTreeMap::values);
        servers.flatten().map(String::as_str).collect()
    }
}
