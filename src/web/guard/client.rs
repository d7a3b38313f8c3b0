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
use crate::flows::known::KnownClient;
use crate::protocol::params::Params;
use crate::web::edge::Edge;
use crate::web::oidc::error::Halt;

/// The client that sends this request. A failed proof of a client that exists is recorded on its tenant's chain.
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
            edge.limits.client(client.id(), call.now).map_err(Halt::TooMany)?;
            edge.notes(request).client(client.known().scope.id(), client.id());
            Ok(client)
        }
        Err(refusal) => {
            if let Some(known) = known {
                record_failure(edge, call, &known).await?;
            }
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

async fn record_failure(edge: &Edge, call: &Call, known: &Arc<KnownClient>) -> Result<(), Halt> {
    let event = failed_event(call, known);
    edge.database
        .write(&known.scope, move |tx| {
            tx.record(event);
            Ok(())
        })
        .await?;
    Ok(())
}
