//! `POST /oauth2/introspect` (RFC 7662 §2).

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::error::{Halt, no_store};
use super::form::form;
use crate::flows::introspect::introspect;
use crate::flows::token::TokenRefusal;
use crate::web::edge::Edge;
use crate::web::guard::client::client;

/// Says what a token is worth at this moment.
pub async fn post(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    match ask(&request, &edge, &body).await {
        Ok(Some(members)) => no_store(HttpResponse::Ok().json(members)),
        Ok(None) => no_store(HttpResponse::Ok().json(json!({"active": false}))),
        Err(halt) => halt.answer(&request, &edge),
    }
}

async fn ask(
    request: &HttpRequest,
    edge: &Data<Edge>,
    body: &Bytes,
) -> Result<Option<Map<String, Value>>, Halt> {
    let params = form(request, body)?;
    let call = edge.call(request);
    let client = client(request, edge, &call, &params).await?;
    let token = params.get("token").ok_or(TokenRefusal::Missing("token"))?.to_owned();
    let keys = edge.current_keys()?;
    let rules = edge.sign_in.records.clone();
    let told = edge
        .database
        .write_directory(move |directory| introspect(directory, &call, (keys.own(), &rules), &client, &token))
        .await??;
    Ok(told)
}
