//! Errors of the JSON API and of operations (RFC 9457): fixed texts, never anything of the request.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use crate::model::ids::RequestId;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable name of the kind of problem: `urn:symbolon:problem:<kind>`.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The status again, for those who see the body only.
    status: u16,
    /// This request, as the log names it.
    instance: String,
}

impl Problem {
    /// A problem of this kind: a hyphenated word that never changes.
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str, request: RequestId) -> Self {
        Self {
            kind: format!("urn:symbolon:problem:{kind}"),
            title,
            status: status.as_u16(),
            instance: format!("urn:uuid:{request}"),
        }
    }

    /// The answer.
    pub fn response(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(self).unwrap_or_default();
        HttpResponse::build(status).content_type("application/problem+json").body(body)
    }
}
