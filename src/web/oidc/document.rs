//! Public documents, prepared once and answered with an entity tag (RFC 9110 §8.8.3, §13.1.2).

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::digest::sha256;

/// How long others may keep a document without asking: five minutes.
const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// A JSON document and its entity tag.
#[derive(Debug, Clone)]
pub struct Document {
    body: Bytes,
    etag: String,
}

impl Document {
    /// The document with this text.
    pub fn new(json: String) -> Self {
        let hash = sha256(json.as_bytes());
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.split_at(12).0));
        Self { body: json.into(), etag }
    }

    /// The answer: the document, or 304 where the caller has it.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        answer(request, &self.etag, || self.body.clone())
    }
}

/// Answers with a document that stands elsewhere.
pub fn answer(request: &HttpRequest, etag: &str, body: impl FnOnce() -> Bytes) -> HttpResponse {
    let mut builder = if has(request, etag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    builder.insert_header((CACHE_CONTROL, FRESH)).insert_header((ETAG, etag));
    if has(request, etag) {
        return builder.finish();
    }
    builder.insert_header((CONTENT_TYPE, "application/json")).body(body())
}

/// Whether the caller says that it has this version. The comparison is weak (RFC 9110 §13.1.2).
fn has(request: &HttpRequest, etag: &str) -> bool {
    request
        .headers()
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
