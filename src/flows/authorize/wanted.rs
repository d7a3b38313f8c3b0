//! What a person has to have allowed before a client gets something: asked at the consent page, and again of every code and
//! refresh token (OIDC Core §3.1.2.4, D17, P008, P015).

use std::collections::BTreeSet;

use serde::Serialize;

use super::client::registration;
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::resource_server::ResourceServer;
use crate::protocol::api_scope::is_reserved;
use crate::protocol::claims::scope_of;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::scope::{Scope, ScopeSet};

/// The scopes that are asked for, by name or by one of their claims: what the page shows and the consent covers (P008).
pub fn asked_scopes<'a>(scope: &'a ScopeSet, claims: &'a ClaimsRequest) -> BTreeSet<&'a str> {
    let mut scopes: BTreeSet<&str> = scope.iter().map(Scope::as_str).collect();
    for scope in claims.names().filter_map(scope_of) {
        scopes.insert(scope);
    }
    scopes
}

/// What a consent has to cover.
#[derive(Debug, Serialize)]
pub struct Wanted<'a> {
    /// The redirect URI as it is registered, since a native client comes back at another port each time (RFC 8252 §7.3).
    redirect_uri: &'a str,
    /// Each scope at each resource server that defines it, as the page shows them.
    shown: Consent,
    /// Scopes that no resource server of the client defines now. They give nothing: to have allowed them anywhere is enough.
    idle: BTreeSet<&'a str>,
}

impl<'a> Wanted<'a> {
    /// For these scopes, as [`asked_scopes`] tells them, at these resource servers.
    pub fn of(
        client: &'a Client,
        redirect_uri: &'a str,
        asked: &BTreeSet<&'a str>,
        servers: impl IntoIterator<Item = &'a ResourceServer>,
    ) -> Self {
        let redirect_uri = registration(client, redirect_uri).unwrap_or(redirect_uri);
        let mut shown = Consent::default();
        let (ours, mut idle): (BTreeSet<&str>, _) = asked.iter().partition(|name| is_reserved(name));
        shown.allow(redirect_uri, None, ours);
        for server in servers {
            let defined = server.scopes.iter().map(|defined| defined.name.as_str());
            let of_it: Vec<&str> = defined.filter(|name| asked.contains(name)).collect();
            idle.retain(|name| !of_it.contains(name));
            shown.allow(redirect_uri, Some(&server.identifier), of_it);
        }
        Self { redirect_uri, shown, idle }
    }

    /// Whether this consent covers it.
    pub fn is_covered_by(&self, given: &Consent) -> bool {
        given.covers(&self.shown) && self.idle.is_subset(&given.scopes())
    }

    /// The consent that covers this and no more.
    pub fn into_consent(self) -> Consent {
        let mut all = self.shown;
        all.allow(self.redirect_uri, None, self.idle);
        all
    }
}
