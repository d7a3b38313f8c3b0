//! `POST /oauth2/revoke` (RFC 7009 §2).

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::error::{Halt, no_store};
use super::form::form;
use crate::flows::revoke::revoke;
use crate::flows::token::TokenRefusal;
use crate::web::edge::Edge;
use crate::web::guard::client::client;

/// Takes a token back. 200 also for a token that means nothing to this client (RFC 7009 §2.2).
pub async fn post(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    match take_back(&request, &edge, &body).await {
        Ok(()) => no_store(HttpResponse::Ok().finish()),
        Err(halt) => halt.answer(&request, &edge),
    }
}

async fn take_back(request: &HttpRequest, edge: &Data<Edge>, body: &Bytes) -> Result<(), Halt> {
    let params = form(request, body)?;
    let call = edge.call(request);
    let client = client(request, edge, &call, &params).await?;
    let token = params.get("token").ok_or(TokenRefusal::Missing("token"))?.to_owned();
    let keys = edge.current_keys()?;
    let rules = edge.sign_in.records.clone();
    let public = !client.is_confidential();
    let changed = edge
        .database
        .write_directory(move |directory| revoke(directory, &call, (keys.own(), &rules), &client, &token))
        .await??;
    if public && !changed {
        // Anybody may say the name of a public client: what they try counts against their address.
        edge.notes(request).failed();
    }
    Ok(())
}
