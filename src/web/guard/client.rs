//! Authenticates the client of a request (RFC 6749 §2.3), and counts what it asks for.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;

use crate::crypto::jwt::claimed_kid;
use crate::flows::Call;
use crate::flows::client_auth::{
    AuthenticatedClient, ClientAuthRefusal, ClientProof, authenticate, record_failure,
};
use crate::flows::known::KnownClient;
use crate::protocol::params::Params;
use crate::storage::{Directory, TenantTx};
use crate::web::edge::Edge;
use crate::web::oidc::error::Halt;

/// A client as it is registered, if there is one.
type Registration = Option<Arc<KnownClient>>;

/// A verdict, and the registration that it was given by.
type Judged = (Registration, Result<AuthenticatedClient, ClientAuthRefusal>);

/// The client that sends this request. A failed proof is recorded, and a good one that serves once is used up.
pub async fn client(
    request: &HttpRequest,
    edge: &Data<Edge>,
    call: &Call,
    params: &Params,
) -> Result<AuthenticatedClient, Halt> {
    let presented = ClientProof::read(authorization(request)?, params)?;
    let read = || edge.known.read(&edge.database, &edge.changes, presented.client_id(), call.now);
    let remembered = edge.known.remembered(&edge.changes, presented.client_id());
    let first = match remembered.clone() {
        Some(known) => Some(known),
        None => read().await?,
    };
    let (mut known, mut judged) = judge(edge, call, &presented, first).await?;
    if judged.is_err() && remembered.is_some() {
        // Only what exists is remembered. So that the time of a refusal does not tell (D8), it costs one reading in either
        // case, and the proof may fit what has changed since.
        (known, judged) = judge(edge, call, &presented, read().await?).await?;
    }
    match judged {
        Ok(client) => {
            spend(edge, call, &client).await?;
            let notes = edge.notes(request);
            // Whoever says the name of a public client is anybody: each has their own share of it.
            let share = if client.is_confidential() { None } else { notes.knocker() };
            edge.limits.client(client.id(), share, call.now).map_err(Halt::TooMany)?;
            notes.client(client.known().scope.id(), client.id());
            if client.is_confidential() {
                notes.proved();
            }
            Ok(client)
        }
        Err(refusal) => {
            let (call, rules) = (call.clone(), edge.sign_in.records.clone());
            let named = presented.client_id().clone();
            let record = move |directory: &mut Directory<'_>| {
                record_failure(directory, &call, &rules, (known.as_deref(), &named), "wrong_proof")
            };
            edge.database.write_directory(record).await?;
            Err(refusal.into())
        }
    }
}

/// Judges what was presented by this registration, or the one that took its place while keys were fetched: those of a
/// place that the client names no more prove nobody.
async fn judge(
    edge: &Edge,
    call: &Call,
    presented: &ClientProof,
    known: Registration,
) -> Result<Judged, Halt> {
    let (ClientProof::Assertion(client, assertion), Some(uri)) = (presented, jwks_uri(known.as_deref()))
    else {
        let judged = authenticate(call, known.clone(), presented, None);
        return Ok((known, judged));
    };
    let kid = claimed_kid(assertion);
    let fetched = edge.known.keys.at(&*edge.http, uri, kid.as_deref(), call.now).await;
    let current = edge.known.client(&edge.database, &edge.changes, client, call.now).await?;
    let fetched = fetched.filter(|_| jwks_uri(current.as_deref()) == Some(uri));
    let judged = authenticate(call, current.clone(), presented, fetched.as_ref());
    Ok((current, judged))
}

/// Where this client publishes its keys.
fn jwks_uri(known: Option<&KnownClient>) -> Option<&str> {
    known?.client.metadata.jwks_uri.as_deref()
}

/// The one `Authorization` header; two are two methods (P020).
fn authorization(request: &HttpRequest) -> Result<Option<&str>, ClientAuthRefusal> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let first = headers.next();
    if headers.next().is_some() {
        return Err(ClientAuthRefusal::SeveralMethods);
    }
    first.map(|value| value.to_str().map_err(|_| ClientAuthRefusal::Unproved)).transpose()
}

/// Uses up a proof that serves once: before anything else can end the request, in a transaction of its own.
async fn spend(edge: &Edge, call: &Call, client: &AuthenticatedClient) -> Result<(), Halt> {
    if !client.is_spent_by_use() {
        return Ok(());
    }
    let (call, rules, proved) = (call.clone(), edge.sign_in.records.clone(), client.clone());
    let spend = move |tx: &mut TenantTx<'_>| proved.spend(tx, &call, &rules);
    let fresh = edge.database.write(&client.known().scope, spend).await?;
    if fresh { Ok(()) } else { Err(ClientAuthRefusal::Unproved.into()) }
}
