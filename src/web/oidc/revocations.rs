//! `/.well-known/revocations`: the signed revocation list for verifiers (D14), at most a second old.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::error::Halt;
use crate::web::edge::Edge;

/// Answers with the list, or with 503 where this node cannot know that it is whole.
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let now = edge.clock.now();
    let document =
        edge.keys.current(now).and_then(|keys| edge.revocations.document(&keys, &edge.issuer, now));
    match document {
        // Never from a cache: an old list is one that lacks entries.
        Ok(list) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((CONTENT_TYPE, "application/jwt"))
            .body(list.as_bytes().to_vec()),
        Err(failure) => Halt::Failed(failure).answer(&request, &edge),
    }
}
