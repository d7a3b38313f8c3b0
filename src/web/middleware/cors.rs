//! Which scripts of other origins may call us (R73, P035): exactly those of the clients and of the configuration, never
//! with credentials, and only at routes that say so. A route that says nothing answers no preflight.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap,
    HeaderValue, ORIGIN, VARY,
};
use actix_web::http::{Method, StatusCode};

use crate::model::ids::ClientId;
use crate::web::edge::Rules;

/// The origins that clients have listed, each with the clients that did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginList(BTreeMap<String, BTreeSet<ClientId>>);

impl FromIterator<(String, ClientId)> for OriginList {
    fn from_iter<I: IntoIterator<Item = (String, ClientId)>>(pairs: I) -> Self {
        let mut list = Self::default();
        for (origin, client) in pairs {
            list.0.entry(origin).or_default().insert(client);
        }
        list
    }
}

/// The one origin that a request names; `None` where it names none or several.
pub(super) fn origin_of(headers: &HeaderMap) -> Option<&str> {
    let mut named = headers.get_all(ORIGIN);
    let first = named.next()?;
    if named.next().is_some() { None } else { first.to_str().ok() }
}

/// Whether this is the question that a browser asks before a request (Fetch §3.2.2).
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Whether scripts of this origin may read the answer. Once a client has authenticated, the origin must be one of its
/// own or of the configuration.
pub(super) fn allows(rules: &Rules, listed: &OriginList, origin: &str, client: Option<&ClientId>) -> bool {
    if rules.any_origin || rules.allowed_origins.iter().any(|own| own == origin) {
        return true;
    }
    let Some(owners) = listed.0.get(origin) else { return false };
    client.is_none_or(|client| owners.contains(client))
}

/// Whether the configuration or a client names this very origin.
pub(super) fn is_listed(rules: &Rules, listed: &OriginList, origin: &str) -> bool {
    listed.0.contains_key(origin) || rules.allowed_origins.iter().any(|own| own == origin)
}

/// The answer to a preflight. An origin that is not listed learns nothing from it.
pub(super) fn preflight(origin: Option<&str>, methods: &[Method]) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    vary(headers);
    let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(origin).ok()) else { return response };
    let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
    if let Ok(methods) = HeaderValue::from_str(&methods.join(", ")) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// Lets scripts of this origin read the answer.
pub(super) fn open(headers: &mut HeaderMap, origin: &str) {
    if let Ok(origin) = HeaderValue::from_str(origin) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let shown = HeaderValue::from_static("www-authenticate, retry-after, x-request-id");
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, shown);
    }
}

/// Tells caches that the answer depends on the origin.
pub(super) fn vary(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
}
