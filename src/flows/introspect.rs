//! Introspection (RFC 7662): what a token is worth at this moment, for those whose business it is (P019).

use serde_json::{Map, Value, json};

use super::bearer::{self, LiveToken};
use super::call::Call;
use super::client_auth::{AuthenticatedClient, ClientAuthRefusal};
use super::foreign;
use crate::crypto::jwt::VerificationKeys;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::storage::Directory;

/// Answers about a token; `None` is `{"active": false}` and nothing else, whatever the reason (RFC 7662 §2.2). Refresh
/// tokens are no access tokens and never active here.
///
/// # Errors
/// A public client: RFC 7662 §2.1 demands that the caller authenticates.
pub fn introspect(
    directory: &mut Directory<'_>,
    call: &Call,
    keys: &VerificationKeys,
    client: &AuthenticatedClient,
    token: &str,
) -> Result<Result<Option<Map<String, Value>>, ClientAuthRefusal>, Failure> {
    if !client.is_confidential() || !client.spend(directory)? {
        return Ok(Err(ClientAuthRefusal::Unproved));
    }
    let live = match bearer::read(call, keys, token) {
        None => None,
        Some(bearer) => bearer::live(directory, call, bearer)?,
    };
    if let Some(foreign) = live.as_ref().filter(|token| !concerns(client, token)) {
        foreign::note(directory, call, client, "introspection", ("access_token", &foreign.claims.jti))?;
        return Ok(Ok(None));
    }
    let mut event = call
        .event(EventKind::Introspection, EventResult::Success, Actor::Client(client.id().clone()))
        .by_client(client.id())
        .with("active", live.is_some());
    if let Some(token) = &live {
        event = event.with("jti", token.claims.jti.as_str());
    }
    directory.enter(&client.known().scope)?.record(event);
    Ok(Ok(live.map(|token| answer(&token))))
}

/// Whether the token is the caller's business: issued to it, of its own tenant, or for a resource server that its tenant
/// owns. The token decides, never the request (P024).
fn concerns(client: &AuthenticatedClient, token: &LiveToken) -> bool {
    let own = client.known().scope.id();
    let serves = client
        .known()
        .resources
        .iter()
        .any(|server| server.owner == own && token.claims.aud.contains(&server.identifier));
    token.claims.client_id == client.id().as_str() || token.claims.tenant_id == own || serves
}

fn answer(token: &LiveToken) -> Map<String, Value> {
    let mut members = match serde_json::to_value(&token.claims) {
        Ok(Value::Object(claims)) => claims,
        Ok(_) | Err(_) => Map::new(),
    };
    members.insert("active".into(), json!(true));
    members.insert("token_type".into(), json!("Bearer"));
    members
}
