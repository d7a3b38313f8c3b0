//! `/oauth2/authorize` (OIDC Core §3.1.2): GET and POST alike, and the way back to it from our own pages.

use actix_web::http::header::{CONTENT_TYPE, LOCATION};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template as _;

use crate::flows::authorize::{self, ClientFault, Outcome, SendBack, Terms};
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::protocol::params::{Params, Reading};
use crate::protocol::response_mode::ResponseMode;
use crate::views::error::ErrorKind;
use crate::views::link::PostTarget;
use crate::views::{ErrorPage, FormPostPage};
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::guard::browser::Browser;
use crate::web::trouble::Trouble;

/// `GET /oauth2/authorize`.
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let reading = Params::read(request.query_string().as_bytes());
    begin(&request, &edge, reading).await
}

/// `POST /oauth2/authorize`: the same parameters as a form (OIDC Core §3.1.2.1). Those in the URL do not count.
pub async fn post(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    if !is_form(&request) {
        return trouble(&request, &edge, Trouble::WrongEncoding);
    }
    begin(&request, &edge, Params::read(&body)).await
}

/// `GET /oauth2/authorize/resume`: a page of ours is done, and the request goes on.
pub async fn resume(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let handle = Params::parse(request.query_string().as_bytes())
        .ok()
        .and_then(|params| params.get("interaction")?.parse::<InteractionHandle>().ok());
    let Some(handle) = handle else { return gone(&request, &edge) };
    let browser = Browser::of(&request, &edge);
    let call = edge.call(&request);
    let keys = match edge.keys.current(call.now) {
        Ok(keys) => keys,
        Err(failure) => return failed(&request, &edge, &failure),
    };
    let (times, hash) = (edge.authorize, browser.hash().to_owned());
    let outcome = edge
        .database
        .write_directory(move |directory| {
            let terms = Terms { keys: keys.own(), times };
            authorize::resume(directory, &call, (handle, &hash), terms)
        })
        .await;
    answer(&request, &edge, &browser, outcome)
}

async fn begin(request: &HttpRequest, edge: &Data<Edge>, reading: Reading) -> HttpResponse {
    let browser = Browser::of(request, edge);
    let call = edge.call(request);
    let keys = match edge.keys.current(call.now) {
        Ok(keys) => keys,
        Err(failure) => return failed(request, edge, &failure),
    };
    let (times, hash) = (edge.authorize, browser.hash().to_owned());
    let outcome = edge
        .database
        .write_directory(move |directory| {
            let terms = Terms { keys: keys.own(), times };
            authorize::begin(directory, &call, (&reading, &hash), terms)
        })
        .await;
    answer(request, edge, &browser, outcome)
}

/// Shapes the outcome; every page of an interaction lives at its own address.
pub(in crate::web) fn answer(
    request: &HttpRequest,
    edge: &Data<Edge>,
    browser: &Browser,
    outcome: Result<Outcome, Failure>,
) -> HttpResponse {
    let mut response = match outcome {
        Err(failure) => failed(request, edge, &failure),
        Ok(Outcome::Gone) => gone(request, edge),
        Ok(Outcome::Page(fault)) => fault_page(request, edge, fault),
        Ok(Outcome::Back(back)) => send_back(request, edge, &back),
        Ok(Outcome::SignIn(handle)) => onward("/login", handle),
        Ok(Outcome::Choose(handle)) => onward("/login/accounts", handle),
        Ok(Outcome::Consent(handle)) => onward("/consent", handle),
    };
    browser.keep(&mut response, edge);
    response
}

/// 303, so that a POST is never repeated at the target (RFC 9700 §4.12, P009).
fn onward(path: &str, handle: InteractionHandle) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, format!("{path}?interaction={handle}"))).finish()
}

fn send_back(request: &HttpRequest, edge: &Edge, back: &SendBack) -> HttpResponse {
    let parameters = back.parameters(&edge.issuer);
    let posted = (back.mode == ResponseMode::FormPost).then(|| PostTarget::parse(back.to.as_str())).flatten();
    // A form cannot be posted to an application's own scheme: there the answer travels in the query.
    let Some(action) = posted else {
        let pairs = parameters.iter().map(|(name, value)| (*name, value.as_str()));
        return HttpResponse::SeeOther().insert_header((LOCATION, back.to.with_query(pairs))).finish();
    };
    edge.notes(request).allow_form_target(back.to.as_str());
    let page = FormPostPage {
        frame: edge.frame(request, None),
        action,
        client: back.client_name.clone(),
        fields: parameters,
    };
    html(page.render())
}

/// The page for a request that cannot be answered to the client: 400, and no `Location` (P001).
fn fault_page(request: &HttpRequest, edge: &Edge, fault: ClientFault) -> HttpResponse {
    let (code, description) = match fault {
        ClientFault::Unreadable => ("invalid_request", "The request cannot be read."),
        ClientFault::ClientMissing => {
            ("invalid_request", "The request names no application: client_id is missing.")
        }
        ClientFault::ClientUnknown => ("invalid_client", "No application of this name may be used here."),
        ClientFault::RedirectMissing => {
            ("invalid_request", "The request names no way back: redirect_uri is missing.")
        }
        ClientFault::RedirectUnknown => {
            ("invalid_request", "The redirect_uri is not one of those that the application registered.")
        }
    };
    error_page(request, edge, ErrorKind::BadRequest, (code, description))
}

fn gone(request: &HttpRequest, edge: &Edge) -> HttpResponse {
    let words = ("expired", "This sign-in was finished before, took too long, or began in another browser.");
    error_page(request, edge, ErrorKind::Expired, words)
}

fn error_page(
    request: &HttpRequest,
    edge: &Edge,
    kind: ErrorKind,
    (code, description): (&'static str, &'static str),
) -> HttpResponse {
    let request_id = edge.notes(request).request_id().to_string();
    let page = ErrorPage { frame: edge.frame(request, None), kind, code, description, request_id };
    let mut response = html(page.render());
    *response.status_mut() = actix_web::http::StatusCode::BAD_REQUEST;
    response
}

pub(in crate::web) fn html(rendered: askama::Result<String>) -> HttpResponse {
    match rendered {
        Ok(body) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn failed(request: &HttpRequest, edge: &Edge, failure: &Failure) -> HttpResponse {
    trouble(request, edge, Trouble::of_failure(failure, edge.notes(request).request_id()))
}

fn trouble(request: &HttpRequest, edge: &Edge, trouble: Trouble) -> HttpResponse {
    trouble.answer(Family::Page, edge.frame(request, None), edge.notes(request).request_id())
}

fn is_form(request: &HttpRequest) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM)
}
