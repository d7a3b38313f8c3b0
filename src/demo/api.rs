//! The sample API: notes of a tenant. It trusts nothing but the token, which the verifier has checked with all that
//! goes with it; every handler that takes [`Verified`] runs for a good token only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::verify::{AccessTokenClaims, Refusal, Verified, Verifier};

/// The most notes that a tenant may have here: memory is not for strangers to fill.
const MOST_NOTES: usize = 100;
/// The longest note, in bytes.
const LONGEST_NOTE: usize = 1000;

/// The notes of every tenant, by the id in the token. A tenant that comes for the first time finds one.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

impl Notes {
    fn of<T>(&self, claims: &AccessTokenClaims, with: impl FnOnce(&mut Vec<String>) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let welcome = || vec![format!("Welcome to the notes of {}", claims.tenant)];
        with(all.entry(claims.tenant_id.to_string()).or_insert_with(welcome))
    }
}

/// A note as it is sent.
#[derive(Deserialize)]
struct NewNote {
    text: String,
}

/// The routes of the API. `verifier` must know the API's identifier as its audience.
pub fn routes(verifier: Verifier, notes: Notes) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let json = web::JsonConfig::default().limit(2 * LONGEST_NOTE).error_handler(|error, _| {
            actix_web::error::InternalError::from_response(error, bad_note()).into()
        });
        config
            .app_data(web::Data::new(verifier))
            .app_data(web::Data::new(notes))
            .app_data(json)
            .route("/", web::get().to(caller))
            .service(web::resource("/notes").get(list).post(add))
            .route("/tenants/{tenant_id}/notes", web::get().to(list_by_path))
            .default_service(web::to(nothing));
    }
}

/// `GET /`: who calls, and what this API offers.
async fn caller(verified: Verified) -> HttpResponse {
    let claims = verified.claims();
    answer(json!({
        "you": claims.sub,
        "tenant": claims.tenant,
        "plan": claims.plan,
        "entitlements": claims.entitlements,
        "offers": ["GET /notes", "POST /notes {\"text\": ...}", "GET /tenants/{tenant_id}/notes"],
    }))
}

/// `GET /notes`: the notes of the token's tenant. Whose they are comes from the token and from nowhere else.
async fn list(verified: Verified, notes: web::Data<Notes>) -> Result<HttpResponse, Refusal> {
    verified.require_scope("notes")?;
    verified.require_entitlement("notes", "read")?;
    Ok(listed(&verified, &notes))
}

/// `GET /tenants/{tenant_id}/notes`: the same, for callers who like ids in paths. The path must agree with the token.
async fn list_by_path(
    verified: Verified,
    notes: web::Data<Notes>,
    tenant_id: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    verified.require_tenant(&tenant_id)?;
    verified.require_scope("notes")?;
    verified.require_entitlement("notes", "read")?;
    Ok(listed(&verified, &notes))
}

/// `POST /notes`: adds one, if the tenant's plan includes writing.
async fn add(
    verified: Verified,
    notes: web::Data<Notes>,
    note: web::Json<NewNote>,
) -> Result<HttpResponse, Refusal> {
    verified.require_scope("notes")?;
    verified.require_entitlement("notes", "write")?;
    if note.text.is_empty() || note.text.len() > LONGEST_NOTE {
        return Ok(bad_note());
    }
    let added = notes.of(verified.claims(), |own| {
        let there_is_room = own.len() < MOST_NOTES;
        if there_is_room {
            own.push(note.into_inner().text);
        }
        there_is_room
    });
    if added { Ok(listed(&verified, &notes)) } else { Ok(problem(409, "this tenant has enough notes")) }
}

fn listed(verified: &Verified, notes: &Notes) -> HttpResponse {
    let own = notes.of(verified.claims(), |own| own.clone());
    answer(json!({ "tenant": verified.claims().tenant, "notes": own }))
}

async fn nothing() -> HttpResponse {
    problem(404, "there is nothing here")
}

fn bad_note() -> HttpResponse {
    problem(400, "send JSON like {\"text\": \"...\"}, 1000 bytes at most")
}

fn problem(status: u16, words: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).json(json!({ "error": words }))
}

fn answer(body: Value) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(body)
}
