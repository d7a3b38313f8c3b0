//! `/.well-known/openid-configuration` (OIDC Discovery §4) and `/.well-known/oauth-authorization-server` (RFC 8414 §3):
//! the same document.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::document::Document;
use crate::model::client::AuthMethod;
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::protocol::metadata::{Offered, ProviderMetadata};
use crate::views::text::Locale;
use crate::web::edge::Edge;

/// Answers with the metadata.
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    edge.metadata.answer(&request)
}

/// The metadata of this deployment.
pub fn document(issuer: &Issuer) -> Result<Document, Failure> {
    let ui_locales: Vec<&str> = Locale::all().map(Locale::as_str).collect();
    let metadata = ProviderMetadata::new(Offered {
        issuer,
        ui_locales: &ui_locales,
        auth_methods: &AuthMethod::ALL.map(AuthMethod::as_str),
    });
    let json = serde_json::to_string(&metadata)
        .map_err(|error| Failure::internal("writing the metadata").because(error))?;
    Ok(Document::new(json))
}
