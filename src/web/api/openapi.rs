//! `GET /api/v1/openapi.json`: the document of this API, for everybody.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::web::edge::Edge;

/// Answers with the document.
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    edge.api_document.answer(&request)
}
