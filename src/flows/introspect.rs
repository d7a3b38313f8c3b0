//! Introspection (RFC 7662): what a token is worth at this moment, for those whose business it is (P019).

use serde_json::{Map, Value, json};

use super::bearer::{self, LiveToken};
use super::call::Call;
use super::client_auth::{AuthenticatedClient, ClientAuthRefusal};
use super::failures::RecordRules;
use super::foreign;
use crate::crypto::jwt::VerificationKeys;
use crate::model::failure::Failure;
use crate::storage::Directory;

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
    if !client.is_confidential() || !client.stands(&mut directory.enter(own)?)? {
        return Ok(Err(ClientAuthRefusal::Unproved));
    }
    let live = match bearer::read(call, keys, token) {
        None => None,
        Some(bearer) => bearer::live(directory, call, bearer)?,
    };
    let Some(token) = live else { return Ok(Ok(None)) };
    if concerns(client, &token) {
        return Ok(Ok(Some(answer(&token))));
    }
    foreign::note(directory, call, rules, client, ("introspection", "access_token", &token.claims.jti))?;
    Ok(Ok(None))
}

/// Whether the token is the caller's business (RFC 7662 §4): the client that it was issued to, and the API that it is
/// meant for. An API asks through a client of the tenant that owns the resource server, registered for it; a client that
/// may only call the API learns nothing from the tokens of others, nor does any other client of the same tenant (P019).
fn concerns(client: &AuthenticatedClient, token: &LiveToken) -> bool {
    let own = client.known().scope.id();
    let serves = client
        .known()
        .resources
        .iter()
        .any(|server| server.owner == own && token.claims.aud.contains(&server.identifier));
    token.claims.client_id == client.id().as_str() || serves
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
