//! `/.well-known/jwks.json` (RFC 7517 §5): bytes that were prepared when the keys changed.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::document::answer;
use super::error::Halt;
use crate::web::edge::Edge;

/// Answers with the public keys.
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    match edge.current_keys() {
        Ok(keys) => {
            let document = keys.document();
            answer(&request, &document.etag, || Bytes::from(document.body.clone()))
        }
        Err(failure) => Halt::Failed(failure).answer(&request, &edge),
    }
}
