//! Attacks on the edge, on the real server: other origins, other sites, forged addresses, bodies, floods, and the URL.

mod bodies;
mod cookies;
mod cors;
mod csrf;
mod elsewhere;
mod floods;
mod growth;
mod injection;
mod looked_up;
mod proxies;
mod relying_party;
mod resets;
mod shares;
mod together;
mod urls;

use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;

use crate::harness::TestServer;
use crate::harness::seed::{Registered, client};

/// Who signs in.
const ADA: &str = "ada@acme.example";

/// Where the web client is sent back to.
const CALLBACK: &str = "https://app.example/callback";

/// What is registered.
struct Clients {
    /// A platform's web client, open to every tenant.
    wiki: Registered,
    /// A public client of the platform with an origin of its own.
    spa: Registered,
}

/// The tenant `acme` with Ada, and two clients.
async fn furnish(server: &TestServer) -> Clients {
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[Role::Owner]).await;
    let platform = server.platform().await;
    let mut wiki = client("wiki", ClientKind::Web);
    wiki.metadata.tenants = OpenTo::All;
    let mut spa = client("spa", ClientKind::Spa);
    spa.metadata.tenants = OpenTo::All;
    spa.metadata.allowed_origins = vec!["https://app.example".to_owned()];
    Clients { wiki: platform.register(wiki).await, spa: platform.register(spa).await }
}

/// An authorization request of the wiki.
fn authorize(state: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", "wiki")
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid")
        .append_pair("tenant", "acme")
        .append_pair("state", state)
        .finish();
    format!("/oauth2/authorize?{query}")
}
