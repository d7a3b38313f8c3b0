//! The outermost middleware: gives each request its id and time, and each answer its headers, its shape and its line in
//! the log.

use std::sync::atomic::Ordering;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};

use super::access_log::{self, Line};
use super::security_headers;
use crate::views::Frame;
use crate::web::cookies::CookieKind;
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::notes::Notes;
use crate::web::trouble::Trouble;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The largest head of a request: names, values and target together, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;
/// The longest target; as much again as a body, because an authorization request by GET may be as long as one by POST.
const LONGEST_TARGET: usize = 64 * 1024;

/// Sees every request first and every answer last.
///
/// # Errors
/// None of its own: an error of what is inside becomes an answer, and is handed on as such.
pub async fn outer(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(edge) = request.app_data::<Data<Edge>>().cloned() else { return next.call(request).await };
    let started = Instant::now();
    let address = request.peer_addr().map(|peer| edge.rules.proxies.client_of(peer, request.headers()));
    let notes = edge.begin(address);
    request.extensions_mut().insert(notes.clone());
    let (method, family) = (request.method().clone(), Family::of_path(request.path()));
    let frame = edge.frame(request.request(), None);

    let outcome = match refusal(&request) {
        Some(trouble) => {
            let response = trouble.answer(family, frame.clone(), notes.request_id());
            Ok(request.into_response(response))
        }
        None => next.call(request).await,
    };

    let finish = |response: &mut HttpResponse<BoxBody>, pattern: Option<&str>| {
        give_shape(response, family, &frame, &notes);
        complete(response, family, &edge, &notes);
        let status = response.status();
        if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
            edge.defects.fetch_add(1, Ordering::Relaxed);
        }
        let took = started.elapsed();
        let line = Line { notes: &notes, method: &method, pattern, family, status, took };
        access_log::write(&line, edge.rules.log_requests);
    };
    match outcome {
        Ok(mut answered) => {
            let pattern = answered.request().match_pattern();
            finish(answered.response_mut(), pattern.as_deref());
            Ok(answered)
        }
        Err(error) => {
            let mut response = error.error_response();
            finish(&mut response, None);
            Err(InternalError::from_response("answered", response).into())
        }
    }
}

/// What is refused before anything looks at it.
fn refusal(request: &ServiceRequest) -> Option<Trouble> {
    if head_is_too_large(request) {
        Some(Trouble::HeadTooLarge)
    } else if !is_canonical(request.uri().path()) {
        Some(Trouble::NotFound)
    } else {
        None
    }
}

/// Whether this is the one spelling of a path. The router decodes what is escaped, while the family of the answer, and
/// a proxy that guards a prefix, go by the text as it came: so a second spelling leads nowhere. No path of ours needs
/// more than letters, digits and `-._~` (RFC 3986 §2.3).
fn is_canonical(path: &str) -> bool {
    let plain = |segment: &str| {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !matches!(segment, "." | "..") && segment.bytes().all(unreserved)
    };
    path.starts_with('/') && !path.contains("//") && path.split('/').all(plain)
}

fn head_is_too_large(request: &ServiceRequest) -> bool {
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())).sum();
    headers > LARGEST_HEAD
        || request.path().len().saturating_add(request.query_string().len()) > LONGEST_TARGET
}

/// An error that is not in one of our shapes came from the framework; it is replaced, so that no text of a library
/// leaves (P105). The status stays: it was decided where the request was judged.
fn give_shape(response: &mut HttpResponse<BoxBody>, family: Family, frame: &Frame, notes: &Notes) {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let kind = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let ours = [&b"text/html"[..], b"application/"].iter().any(|shape| kind.starts_with(shape));
    if ours || family == Family::Asset {
        return;
    }
    let shaped = Trouble::of_status(status).answer(family, frame.clone(), notes.request_id());
    let kept = std::mem::replace(response, shaped);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for name in kept.headers().keys().filter(|name| **name != CONTENT_TYPE) {
        headers.remove(name);
        kept.headers().get_all(name).for_each(|value| headers.append(name.clone(), value.clone()));
    }
}

fn complete(response: &mut HttpResponse<BoxBody>, family: Family, edge: &Edge, notes: &Notes) {
    if let Some(value) = notes.csrf_cookie() {
        // The value is base64url of our own making; a cookie of it cannot fail.
        let _infallible = response.add_cookie(&CookieKind::Csrf.with(&edge.issuer, &value));
    }
    if !edge.readiness.is_open() {
        // Whoever asks again does so over a new connection, at a node that stays.
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    let headers = response.headers_mut();
    security_headers::put(headers, family, edge.issuer.is_https(), &notes.form_targets());
    if let Ok(id) = HeaderValue::from_str(&notes.request_id().to_string()) {
        headers.insert(REQUEST_ID, id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::{Random, SeededRandom};
    use crate::model::time::Timestamp;
    use crate::views::text::{Catalogue, Locale};
    use actix_web::http::header::RETRY_AFTER;

    /// RFC 6750 §3.1 stands on it: a client authenticates upon 401, and waits upon 429.
    #[test]
    fn an_error_without_a_shape_gets_one_and_keeps_its_status_and_headers() {
        let now = Timestamp::from_micros(0);
        let random: &dyn Random = &SeededRandom::new(1);
        let frame = Frame::of_deployment(Catalogue::embedded().unwrap().text(Locale::default()), "Symbolon");
        for family in Family::ALL {
            for status in (400..600).filter_map(|status| StatusCode::from_u16(status).ok()) {
                let mut response = HttpResponse::build(status)
                    .insert_header((RETRY_AFTER, "7"))
                    .content_type("text/plain")
                    .body("a text of a library");
                let notes = Notes::begin(random.id(now), now, None);
                give_shape(&mut response, family, &frame, &notes);
                assert_eq!(response.status(), status, "{family:?}");
                assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "7", "{family:?} {status}");
            }
        }
    }

    #[test]
    fn p077_a_path_has_one_spelling() {
        for path in
            ["/", "/login/password", "/.well-known/jwks.json", "/assets/logos/acme.crm_1/Zz-_9", "/login/"]
        {
            assert!(is_canonical(path), "{path}");
        }
        for path in [
            "",
            "*",
            "login",
            "/%6cogin",
            "/%2e",
            "/.",
            "/..",
            "/./login",
            "/login/..",
            "//",
            "//login",
            "/login//",
            "/login;a=b",
            "/log\u{ef}n",
            "/a b",
            "/a\\b",
            "/a+b",
            "/%",
            "/%2f",
            "/a:b",
            "/@x",
        ] {
            assert!(!is_canonical(path), "{path}");
        }
    }
}
