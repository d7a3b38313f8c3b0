//! Errors of the JSON API and of operations (RFC 9457): fixed texts, never anything of the request.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::ids::RequestId;
use crate::protocol::oauth_error::ErrorCode;

/// A problem document (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// A stable name of the kind of problem: `urn:symbolon:problem:<kind>`.
    #[serde(rename = "type")]
    #[schema(example = "urn:symbolon:problem:not-found")]
    kind: String,
    /// The kind in words.
    #[schema(value_type = String)]
    title: &'static str,
    /// The status again, for those who see the body only.
    status: u16,
    /// This request, as the log names it.
    instance: String,
    /// What is wrong where, if values cannot be taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// One value that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it stands in the body: a JSON pointer (RFC 6901). Absent where it stands in the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The parameter of the URL. Absent where it stands in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl Problem {
    /// A problem of this kind: a hyphenated word that never changes.
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str, request: RequestId) -> Self {
        Self {
            kind: format!("urn:symbolon:problem:{kind}"),
            title,
            status: status.as_u16(),
            instance: format!("urn:uuid:{request}"),
            errors: Vec::new(),
        }
    }

    /// A refusal of the protocol, under the name of its code.
    pub fn of_oauth(status: StatusCode, code: ErrorCode, title: &'static str, request: RequestId) -> Self {
        let kind = format!("urn:symbolon:problem:{}", code.as_str().replace('_', "-"));
        Self { kind, ..Self::new(status, "", title, request) }
    }

    /// The same problem with what is wrong where.
    #[must_use]
    pub fn with(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The answer.
    pub fn response(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(self).unwrap_or_default();
        HttpResponse::build(status).content_type("application/problem+json").body(body)
    }
}
