//! Authenticates the client of a request (RFC 6749 §2.3), and counts what it asks for.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;

use crate::crypto::jwt::claimed_kid;
use crate::flows::Call;
use crate::flows::client_auth::{
    AuthenticatedClient, ClientAuthRefusal, Presented, authenticate, failed_event,
};
use crate::flows::failures::{self, Source};
use crate::flows::known::KnownClient;
use crate::model::ids::ClientId;
use crate::protocol::params::Params;
use crate::storage::Directory;
use crate::web::edge::Edge;
use crate::web::oidc::error::Halt;

/// The client that sends this request. A failed proof is recorded on the chain of the client's tenant, one of a client
/// that does not exist on the platform's: both take the same work, so that time tells nothing (D8).
pub async fn client(
    request: &HttpRequest,
    edge: &Data<Edge>,
    call: &Call,
    params: &Params,
) -> Result<AuthenticatedClient, Halt> {
    let presented = Presented::read(authorization(request)?, params)?;
    let sources = (&edge.database, &*edge.changes);
    let known = edge.known.client(sources, presented.client_id(), call.now).await?;
    let fetched =
        match (&presented, known.as_deref().and_then(|known| known.client.metadata.jwks_uri.as_deref())) {
            (Presented::Assertion(_, assertion), Some(uri)) => {
                let kid = claimed_kid(assertion);
                edge.known.keys.at(&*edge.http, uri, kid.as_deref(), call.now).await
            }
            (
                Presented::Assertion(..) | Presented::Name(_) | Presented::Basic(..) | Presented::Post(..),
                _,
            ) => None,
        };
    match authenticate(call, known.clone(), &presented, fetched.as_ref()) {
        Ok(client) => {
            let notes = edge.notes(request);
            // Whoever says the name of a public client is anybody: each has their own share of it.
            let share = if client.is_confidential() { None } else { notes.knocker() };
            edge.limits.client(client.id(), share, call.now).map_err(Halt::TooMany)?;
            notes.client(client.known().scope.id(), client.id());
            Ok(client)
        }
        Err(refusal) => {
            record_failure(edge, call, known, presented.client_id()).await?;
            Err(refusal.into())
        }
    }
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

async fn record_failure(
    edge: &Edge,
    call: &Call,
    known: Option<Arc<KnownClient>>,
    named: &ClientId,
) -> Result<(), Halt> {
    let (call, rules, named) = (call.clone(), edge.sign_in.records.clone(), named.to_string());
    let record = move |directory: &mut Directory<'_>| {
        let source = Source { tenant: known.as_ref().map(|known| known.scope.id()), named: &named };
        failures::record(directory, &call, &rules, source, failed_event(&call, known.as_deref()))
    };
    Ok(edge.database.write_directory(record).await?)
}
