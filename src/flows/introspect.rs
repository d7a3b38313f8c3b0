//! Introspection (RFC 7662): what a token is worth at this moment, for those whose business it is (P019).

use serde_json::{Map, Value, json};

use super::bearer::{self, LiveToken};
use super::call::Call;
use super::client_auth::{AuthenticatedClient, ClientAuthRefusal};
use super::failures::RecordRules;
use super::foreign::{self, Reached};
use crate::crypto::jwt::VerificationKeys;
use crate::model::failure::Failure;
use crate::storage::Directory;
use crate::storage::records::{clients, resource_servers};

/// Answers about a token; `None` is `{"active": false}` and nothing else, whatever the reason (RFC 7662 §2.2). Refresh
/// tokens are no access tokens and never active here.
///
/// An answer changes nothing and is not recorded; a client that asks about a token which is none of its business is.
///
/// # Errors
/// A public client: RFC 7662 §2.1 demands that the caller authenticates.
pub fn introspect(
    directory: &mut Directory<'_>,
    call: &Call,
    (keys, rules): (&VerificationKeys, &RecordRules),
    client: &AuthenticatedClient,
    token: &str,
) -> Result<Result<Option<Map<String, Value>>, ClientAuthRefusal>, Failure> {
    let own = &client.known().scope;
    if !client.is_confidential() || !client.stands(&mut directory.enter(own)?, call, rules)? {
        return Ok(Err(ClientAuthRefusal::Unproved));
    }
    let live = match bearer::read(call, keys, token) {
        None => None,
        Some(bearer) => bearer::live(directory, call, bearer)?,
    };
    let Some(token) = live else { return Ok(Ok(None)) };
    if concerns(directory, call, client, &token)? {
        return Ok(Ok(Some(answer(&token))));
    }
    let reached = Reached { at: "introspection", kind: "access_token", id: &token.claims.jti };
    foreign::note(directory, call, rules, client, &reached)?;
    Ok(Ok(None))
}

/// Whether the token is the caller's business (RFC 7662 §4): the client that it was issued to, and the API
/// that it is meant for. An API asks through a client of the tenant that owns the resource server,
/// registered for it; a client that may only call the API learns nothing from the tokens of others, nor
/// does any other client of the same tenant (P019). A token for the issuer is for ourselves, whatever is registered by that
/// name.
fn concerns(
    directory: &mut Directory<'_>,
    call: &Call,
    client: &AuthenticatedClient,
    token: &LiveToken,
) -> Result<bool, Failure> {
    if token.claims.client_id == client.id().as_str() {
        return Ok(true);
    }
    let own = &client.known().scope;
    let registered = clients::find(&mut directory.enter(own)?, client.id())?;
    let registered = registered.map(|client| client.metadata.resources).unwrap_or_default();
    let is_another = |name: &&String| registered.contains(name) && *name != call.issuer.as_str();
    let meant: Vec<String> = token.claims.aud.iter().filter(is_another).cloned().collect();
    Ok(resource_servers::usable(directory, &meant)?.iter().any(|server| server.owner == own.id()))
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
