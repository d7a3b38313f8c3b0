//! `/userinfo` (OIDC Core §5.3) and `/userinfo/workspaces` (D10), behind an access token.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::error::{BearerError, Halt, no_store};
use crate::flows::Call;
use crate::flows::userinfo::{self, UserinfoRefusal};
use crate::protocol::params::Params;
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::Directory;
use crate::web::edge::Edge;
use crate::web::guard::bearer::bearer;
use crate::web::limits::Door;
use crate::web::media_type::is_form;

/// `GET /userinfo`: the token in the header.
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let answer = tell(&request, &edge, None).await;
    answered(&request, &edge, answer)
}

/// `POST /userinfo`: the token in the header, or in the form (RFC 6750 §2.2).
pub async fn post(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    let form = match (is_form(request.headers()), Params::parse(&body)) {
        (false, _) => None,
        (true, Ok(form)) => Some(form),
        (true, Err(_)) => return BearerError::InvalidRequest.response(),
    };
    let answer = tell(&request, &edge, form).await;
    answered(&request, &edge, answer)
}

/// `GET /userinfo/workspaces`: what `workspaces_ref` in a token leads to.
pub async fn workspaces(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let answer = async {
        let call = edge.call(&request);
        let token = bearer(&request, &edge, &call, None)?;
        let holder = token.claims().clone();
        let asked = call.clone();
        let told = edge
            .database
            .read_directory(move |directory| userinfo::workspaces(directory, &asked, token))
            .await?;
        settle(&request, &edge, (call, holder), told).await
    };
    let answer = answer.await;
    answered(&request, &edge, answer)
}

async fn tell(
    request: &HttpRequest,
    edge: &Data<Edge>,
    form: Option<Params>,
) -> Result<serde_json::Map<String, serde_json::Value>, Halt> {
    let call = edge.call(request);
    let token = bearer(request, edge, &call, form.as_ref())?;
    let holder = token.claims().clone();
    let asked = call.clone();
    let told =
        edge.database.read_directory(move |directory| userinfo::userinfo(directory, &asked, token)).await?;
    settle(request, edge, (call, holder), told).await
}

/// Notes who asked with a good token. The refusal of one that is ours all the same is recorded, as long as whoever sent it
/// is not told to wait (D23).
async fn settle<T>(
    request: &HttpRequest,
    edge: &Data<Edge>,
    (call, holder): (Call, AccessTokenClaims),
    told: Result<T, UserinfoRefusal>,
) -> Result<T, Halt> {
    let why = match told {
        Ok(told) => {
            note(request, edge, &holder);
            return Ok(told);
        }
        Err(why) => why,
    };
    if let Some(knocker) = edge.notes(request).knocker() {
        edge.limits.peek(Door::Bearer, &knocker, call.now).map_err(Halt::TooMany)?;
    }
    let rules = edge.sign_in.records.clone();
    let record = move |tx: &mut Directory<'_>| userinfo::note_refusal(tx, &call, &rules, &holder, why);
    edge.database.write_directory(record).await?;
    Err(Halt::Bearer(why.into()))
}

/// Notes which client asked, and for whom: the token is good (R60).
fn note(request: &HttpRequest, edge: &Edge, holder: &AccessTokenClaims) {
    let notes = edge.notes(request);
    if let Ok(client) = holder.client_id.parse() {
        notes.client(holder.tenant_id, &client);
    }
    if let Ok(user) = holder.sub.parse() {
        notes.user(holder.tenant_id, user);
    }
}

fn answered(request: &HttpRequest, edge: &Edge, answer: Result<impl Serialize, Halt>) -> HttpResponse {
    match answer {
        Ok(claims) => no_store(HttpResponse::Ok().json(claims)),
        Err(halt) => halt.answer(request, edge),
    }
}
