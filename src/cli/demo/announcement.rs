//! What the demo prints: what to open, who may sign in, and lines that can be pasted. Shown once.

use serde::Serialize;

use super::inbox;
use super::seed::{Addresses, Seeded};
use crate::cli::outcome::Stop;

/// The object of `--json`.
#[derive(Serialize)]
pub(super) struct Announcement<'a> {
    issuer: &'a str,
    relying_party: &'a str,
    third_party: &'a str,
    api: &'a str,
    inbox: String,
    users: Vec<User<'a>>,
    clients: Vec<Service<'a>>,
}

#[derive(Serialize)]
struct User<'a> {
    tenant: &'a str,
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Service<'a> {
    tenant: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    scope: &'a str,
    audience: &'a str,
}

impl<'a> Announcement<'a> {
    pub(super) fn new(addresses: &'a Addresses, seeded: &'a Seeded) -> Self {
        let users = seeded.people.iter();
        let clients = seeded.services.iter();
        Self {
            issuer: &addresses.issuer,
            relying_party: &addresses.relying_party,
            third_party: &addresses.third_party,
            api: &addresses.api,
            inbox: format!("{}{}", addresses.relying_party, inbox::PATH),
            users: users
                .map(|(tenant, email, password)| User { tenant, email, password: password.expose() })
                .collect(),
            clients: clients
                .map(|(tenant, client_id, secret)| Service {
                    tenant,
                    client_id,
                    client_secret: secret.expose(),
                    scope: "notes",
                    audience: &addresses.api,
                })
                .collect(),
        }
    }

    pub(super) fn to_json(&self) -> Result<String, Stop> {
        serde_json::to_string(self).map_err(Stop::failed)
    }

    pub(super) fn to_text(&self, seeded: &Seeded) -> String {
        let Self { issuer, relying_party, third_party, api, inbox, .. } = self;
        let mut lines = vec![
            "Symbolon demo, on data that is thrown away. Ctrl-C ends it.".to_owned(),
            String::new(),
            format!(
                "  Open      {relying_party}   a sample application: sign in, see the token, call the API"
            ),
            format!("            {third_party}   the same as another company's: you are asked for consent"),
            format!("  Issuer    {issuer}   its keys: {issuer}/.well-known/jwks.json"),
            format!("  API       {api}   a sample API that checks tokens by itself"),
            format!("  Inbox     {inbox}   every mail that the demo sends"),
            String::new(),
            "  People, shown only now:".to_owned(),
        ];
        lines.extend(self.users.iter().map(|User { tenant, email, password }| {
            format!("    {email:<20}  {password}   of {tenant}, plan {}", plan(tenant))
        }));
        for client in &self.clients {
            let Service { tenant, client_id, client_secret, scope, audience } = client;
            let tenant_id = seeded.tenants.get(*tenant).map_or("", String::as_str);
            lines.extend([
                String::new(),
                format!("  A service of {tenant}: get a token, then read and write notes (plan {}):", plan(tenant)),
                String::new(),
                format!(
                    "TOKEN=$(curl -s -u '{client_id}:{client_secret}' -d grant_type=client_credentials -d scope={scope} \\\n  \
                     --data-urlencode resource={audience} {issuer}/oauth2/token | sed -E 's/.*\"access_token\":\"([^\"]+)\".*/\\1/')"
                ),
                format!("curl -si -w '\\n' -H \"Authorization: Bearer $TOKEN\" -H 'X-Tenant-ID: {tenant_id}' {api}/notes"),
                format!(
                    "curl -si -w '\\n' -H \"Authorization: Bearer $TOKEN\" -H 'X-Tenant-ID: {tenant_id}' -H 'Content-Type: application/json' \\\n  -d '{{\"text\":\"milk\"}}' {api}/notes"
                ),
            ]);
        }
        lines.push(String::new());
        lines.push("  With the token of one tenant and the id of the other, the API answers 403.".to_owned());
        lines.join("\n")
    }
}

/// The plan of a tenant, as the declaration gives it.
fn plan(tenant: &str) -> &'static str {
    if tenant == "acme" { "pro: may read and write" } else { "free: may only read" }
}
