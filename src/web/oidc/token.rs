//! `POST /oauth2/token` (RFC 6749 §3.2).

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::error::{Halt, no_store};
use super::form::form;
use crate::flows::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::token::{
    self, Asking, GrantRequest, Issued, TokenRefusal, authorization_code, client_credentials, refresh_token,
    sign, token_exchange,
};
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::storage::TenantTx;
use crate::web::edge::Edge;
use crate::web::guard::client::client;

/// Exchanges a grant for tokens.
pub async fn post(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    match exchange(&request, &edge, &body).await {
        Ok(tokens) => no_store(HttpResponse::Ok().json(tokens)),
        Err(halt) => halt.answer(&request, &edge),
    }
}

async fn exchange(
    request: &HttpRequest,
    edge: &Data<Edge>,
    body: &Bytes,
) -> Result<sign::TokenResponse, Halt> {
    let params = form(request, body)?;
    let call = edge.call(request);
    let client = client(request, edge, &call, &params).await?;
    granted(request, edge, (&call, client), &params).await
}

/// What this client gets for the grant that it presents, wherever it presents it.
///
/// # Errors
/// See [`Halt`].
pub async fn granted(
    request: &HttpRequest,
    edge: &Data<Edge>,
    (call, client): (&Call, AuthenticatedClient),
    params: &Params,
) -> Result<sign::TokenResponse, Halt> {
    let call = call.clone();
    let grant = grant(edge, &call, &client, params).await?;
    // The keys are asked for before anything is used up: without them nothing can be issued.
    let keys = edge.current_keys()?;
    let exchanged = matches!(grant, GrantRequest::TokenExchange(_));
    let issued = match grant {
        GrantRequest::ClientCredentials(grant) => {
            return credentials(edge, &call, &client, &grant).await;
        }
        GrantRequest::TokenExchange(grant) => {
            let terms = edge.tokens.clone();
            edge.database
                .write_directory(move |directory| {
                    token_exchange::exchange(directory, &call, &terms, &client, &grant)
                })
                .await??
        }
        GrantRequest::AuthorizationCode(grant) => {
            let terms = edge.tokens.clone();
            edge.database
                .write_directory(move |directory| {
                    authorization_code::exchange(directory, &call, &terms, &client, &grant)
                })
                .await??
        }
        GrantRequest::RefreshToken(grant) => {
            let terms = edge.tokens.clone();
            edge.database
                .write_directory(move |directory| {
                    refresh_token::exchange(directory, &call, &terms, &client, &grant)
                })
                .await??
        }
    };
    note_person(request, edge, &issued);
    if exchanged {
        return Ok(sign::sign(keys.tokens(), issued)?.exchanged());
    }
    Ok(sign::sign(keys.tokens(), issued)?)
}

/// The grant that is asked for, if the client may ask for it. A refusal is recorded.
async fn grant(
    edge: &Data<Edge>,
    call: &Call,
    client: &AuthenticatedClient,
    params: &Params,
) -> Result<GrantRequest, Halt> {
    let read = GrantRequest::read(params);
    let refusal = match read.map(|grant| (grant.is_allowed(client.client()), grant)) {
        Ok((Ok(()), grant)) => return Ok(grant),
        Ok((Err(refusal), _)) | Err(refusal) => refusal,
    };
    Err(refuse(edge, call, client, None, refusal).await)
}

/// Records a refusal, and says how the request ends.
async fn refuse(
    edge: &Data<Edge>,
    call: &Call,
    client: &AuthenticatedClient,
    grant: Option<GrantType>,
    why: TokenRefusal,
) -> Halt {
    let (call, terms, client) = (call.clone(), edge.tokens.clone(), client.clone());
    let scope = client.known().scope.clone();
    let record = move |tx: &mut TenantTx<'_>| {
        token::refuse(tx, Asking { call: &call, terms: &terms, client: &client }, grant, why)
    };
    edge.database.write(&scope, record).await.map_or_else(Halt::from, Halt::from)
}

/// The path of service accounts: what it needs is remembered, the signature is made beside the database, and the one
/// write is the event (D25).
async fn credentials(
    edge: &Data<Edge>,
    call: &Call,
    client: &AuthenticatedClient,
    grant: &client_credentials::Request,
) -> Result<sign::TokenResponse, Halt> {
    let scope = client.known().scope.clone();
    let tenant = edge.known.tenant(&edge.database, &edge.changes, &scope, call.now).await?;
    let issued = match client_credentials::prepare(call, &edge.tokens, client, &tenant, grant) {
        Ok(issued) => issued,
        Err(refusal) => {
            return Err(refuse(edge, call, client, Some(GrantType::ClientCredentials), refusal).await);
        }
    };
    let event = client_credentials::event(call, client, &issued);
    let signed = sign::sign(edge.current_keys()?.tokens(), issued)?;
    let (call, terms, client) = (call.clone(), edge.tokens.clone(), client.clone());
    let commit = move |tx: &mut TenantTx<'_>| client_credentials::commit(tx, &call, &terms, &client, event);
    edge.database.write(&scope, commit).await??;
    Ok(signed)
}

fn note_person(request: &HttpRequest, edge: &Edge, issued: &Issued) {
    if let Ok(user) = issued.access.sub.parse() {
        edge.notes(request).user(issued.access.tenant_id, user);
    }
}
