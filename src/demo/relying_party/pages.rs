//! The pages of the relying party, in the provider's look but plainly another application.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::Registration;
use super::provider::ProviderError;
use super::sessions::{Answer, SignedIn};

/// What went wrong, in words for the person in front of the browser.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trouble {
    /// The provider was of no help.
    Provider(ProviderError),
    /// The person or the provider said no.
    Denied,
    /// This browser has no sign-in under way, or the answer belongs to another one.
    NoAttempt,
    /// The form came from another site.
    Foreign,
    /// No such page.
    NotFound,
}

#[derive(Template)]
#[template(path = "demo/start.html")]
struct StartPage<'a> {
    registration: &'a Registration,
}

#[derive(Template)]
#[template(path = "demo/signed_in.html")]
struct SignedInPage<'a> {
    registration: &'a Registration,
    name: &'a str,
    tenant: String,
    plan: String,
    roles: String,
    entitlements: Vec<(String, String)>,
    header: String,
    claims: String,
    token: &'a str,
    answer: Option<&'a Answer>,
}

#[derive(Template)]
#[template(path = "demo/trouble.html")]
struct TroublePage<'a> {
    registration: &'a Registration,
    title: &'static str,
    words: String,
}

/// The way in.
pub(super) fn start(registration: &Registration) -> HttpResponse {
    page(registration, StatusCode::OK, &StartPage { registration })
}

/// The person, the token as the API reads it, and what the API said last.
pub(super) fn signed_in(registration: &Registration, person: &SignedIn) -> HttpResponse {
    let claims = part(&person.access_token, 1);
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or("none").to_owned();
    let words = |list: &Value| -> String {
        let words: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if words.is_empty() { "none".to_owned() } else { words.join(", ") }
    };
    let bought = claims.get("entitlements").and_then(Value::as_object);
    let page_now = SignedInPage {
        registration,
        name: &person.name,
        tenant: text("tenant"),
        plan: text("plan"),
        roles: claims.get("roles").map_or_else(|| "none".to_owned(), words),
        entitlements: bought
            .into_iter()
            .flatten()
            .map(|(key, grants)| (key.clone(), words(grants)))
            .collect(),
        header: pretty(&part(&person.access_token, 0)),
        claims: pretty(&claims),
        token: &person.access_token,
        answer: person.last_answer.as_ref(),
    };
    page(registration, StatusCode::OK, &page_now)
}

/// What went wrong.
pub(super) fn trouble(registration: &Registration, trouble: Trouble) -> HttpResponse {
    let (status, title, words) = match trouble {
        Trouble::Provider(error) => (StatusCode::BAD_GATEWAY, "That did not work", format!("{error}.")),
        Trouble::Denied => {
            (StatusCode::FORBIDDEN, "Not signed in", "The sign-in was cancelled or refused.".to_owned())
        }
        Trouble::NoAttempt => (
            StatusCode::BAD_REQUEST,
            "Not signed in",
            "This browser has no sign-in under way, or it was answered already.".to_owned(),
        ),
        Trouble::Foreign => {
            (StatusCode::FORBIDDEN, "Not done", "That form came from another site.".to_owned())
        }
        Trouble::NotFound => (StatusCode::NOT_FOUND, "Nothing here", "There is no such page.".to_owned()),
    };
    page(registration, status, &TroublePage { registration, title, words })
}

/// The tenant in a token, read without any check: only to fill in a header that the API will check.
pub(super) fn tenant_of(token: &str) -> Option<String> {
    part(token, 1).get("tenant_id").and_then(Value::as_str).map(str::to_owned)
}

/// A part of a token as JSON, for display. Nothing is decided by it.
fn part(token: &str, index: usize) -> Value {
    let decoded = token.split('.').nth(index).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    decoded.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or(Value::Null)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn page(registration: &Registration, status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(html) = page.render() else {
        return HttpResponse::InternalServerError().finish();
    };
    // The sign-in form leads to the provider, and browsers hold redirects of a form against `form-action` too.
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        registration.issuer
    );
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .body(html)
}
