//! One line for each request, with the service identity and the person on whose behalf it asks (R60). No query, no
//! cookie, no header; the path is the pattern of the URL map, because the path of a wrong request may hold anything.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};

use crate::web::family::Family;
use crate::web::notes::Notes;

/// What is known of a request when its answer leaves.
pub(super) struct Line<'a> {
    pub(super) notes: &'a Notes,
    pub(super) method: &'a Method,
    pub(super) pattern: Option<&'a str>,
    pub(super) family: Family,
    pub(super) status: StatusCode,
    pub(super) took: Duration,
}

/// Writes the line and counts the request.
pub(super) fn write(line: &Line<'_>, log_requests: bool) {
    let method = known_method(line.method);
    let route = line.pattern.unwrap_or("-");
    let status = line.status.as_u16();
    metrics::counter!("symbolon_requests_total", "route" => route.to_owned(), "method" => method, "status" => status.to_string())
        .increment(1);
    metrics::histogram!("symbolon_request_seconds", "family" => line.family.as_str())
        .record(line.took.as_secs_f64());
    if !log_requests {
        return;
    }
    let caller = line.notes.caller();
    tracing::info!(
        target: "symbolon::access",
        request = %line.notes.request_id(),
        method,
        route,
        status,
        micros = u64::try_from(line.took.as_micros()).unwrap_or(u64::MAX),
        address = line.notes.address().map(tracing::field::display),
        tenant = caller.tenant.map(tracing::field::display),
        client = caller.client.as_ref().map(tracing::field::display),
        user = caller.user.map(tracing::field::display),
        "request"
    );
}

/// A method is any word that the caller likes; only those of the standard become log text and labels.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
