//! The addresses of the relying party.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::RelyingParty;
use super::pages::{self, Trouble};
use super::provider::ProviderError;
use super::sessions::Answer;

/// `GET /`: the person with the token, or the way in.
pub(super) async fn home(request: HttpRequest, party: web::Data<RelyingParty>) -> HttpResponse {
    let person = session_name(&request, &party).and_then(|name| party.sessions.person(&name));
    match person {
        Some(person) => pages::signed_in(&party.registration, &person),
        None => pages::start(&party.registration),
    }
}

/// `POST /sign-in`: sends the browser to the provider.
pub(super) async fn sign_in(request: HttpRequest, party: web::Data<RelyingParty>) -> HttpResponse {
    if is_foreign(&request, &party) {
        return pages::trouble(&party.registration, Trouble::Foreign);
    }
    match party.provider.begin().await {
        Ok((url, attempt)) => {
            let name = party.sessions.begin(session_name(&request, &party).as_deref(), attempt);
            see_other(url.as_str(), Some(cookie(&party, name)))
        }
        Err(error) => pages::trouble(&party.registration, Trouble::Provider(error)),
    }
}

/// `GET /callback`: the answer of the provider (RFC 6749 §4.1.2, RFC 9207).
pub(super) async fn callback(request: HttpRequest, party: web::Data<RelyingParty>) -> HttpResponse {
    let parameter = |name: &str| -> Option<String> {
        let mut values =
            url::form_urlencoded::parse(request.query_string().as_bytes()).filter(|(found, _)| found == name);
        let only = values.next().map(|(_, value)| value.into_owned());
        if values.next().is_some() { None } else { only }
    };
    let name = session_name(&request, &party);
    let asked = name.as_deref().zip(parameter("state"));
    let attempt = asked.and_then(|(name, state)| party.sessions.attempt(name, &state));
    let is_ours = parameter("iss").as_deref() == Some(party.registration.issuer.as_str());
    let Some(attempt) = attempt.filter(|_| is_ours) else {
        return pages::trouble(&party.registration, Trouble::NoAttempt);
    };
    let Some(code) = parameter("code") else {
        return pages::trouble(&party.registration, Trouble::Denied);
    };
    match party.provider.finish(code, attempt).await {
        Ok(person) => {
            let name = party.sessions.sign_in(name.as_deref(), person);
            see_other("/", Some(cookie(&party, name)))
        }
        Err(error) => pages::trouble(&party.registration, Trouble::Provider(error)),
    }
}

/// Which call of the API the person asks for.
#[derive(Deserialize)]
pub(super) struct Call {
    which: String,
}

/// `POST /call`: calls the API with the token and shows what it said.
pub(super) async fn call(
    request: HttpRequest,
    party: web::Data<RelyingParty>,
    call: web::Form<Call>,
) -> HttpResponse {
    if is_foreign(&request, &party) {
        return pages::trouble(&party.registration, Trouble::Foreign);
    }
    let found = session_name(&request, &party).and_then(|name| Some((party.sessions.person(&name)?, name)));
    let Some((person, name)) = found else { return see_other("/", None) };
    let own = pages::tenant_of(&person.access_token).unwrap_or_default();
    let other = party.registration.tenants.iter().find(|id| **id != own).cloned().unwrap_or_default();
    let (method, path, tenant) = match call.which.as_str() {
        "write" => (reqwest::Method::POST, "/notes".to_owned(), own),
        "other-header" => (reqwest::Method::GET, "/notes".to_owned(), other),
        "other-path" => (reqwest::Method::GET, format!("/tenants/{other}/notes"), own),
        _ => (reqwest::Method::GET, "/notes".to_owned(), own),
    };
    let shown = format!("{method} {path} with X-Tenant-ID: {tenant}");
    let answer = ask(&party, &person.access_token, (method, &path, &tenant)).await;
    let (status, body) = answer.unwrap_or_else(|| ("no answer".to_owned(), String::new()));
    party.sessions.remember(&name, Answer { request: shown, status, body });
    see_other("/", None)
}

async fn ask(
    party: &RelyingParty,
    token: &str,
    (method, path, tenant): (reqwest::Method, &str, &str),
) -> Option<(String, String)> {
    let url = party.registration.api.join(path).ok()?;
    let mut request = party.provider.http().request(method.clone(), url).bearer_auth(token);
    request = request.header("X-Tenant-ID", tenant);
    if method == reqwest::Method::POST {
        request = request.json(&serde_json::json!({ "text": "A note from the sample application" }));
    }
    let answer = request.send().await.ok()?;
    Some((answer.status().to_string(), answer.text().await.ok()?))
}

/// `POST /sign-out`: forgets the person here and sends the browser to do the same at the provider.
pub(super) async fn sign_out(request: HttpRequest, party: web::Data<RelyingParty>) -> HttpResponse {
    if is_foreign(&request, &party) {
        return pages::trouble(&party.registration, Trouble::Foreign);
    }
    let gone = session_name(&request, &party).and_then(|name| party.sessions.end(&name));
    let end = match gone {
        Some(person) => party.provider.end(&person.id_token).await,
        None => None,
    };
    see_other(end.as_ref().map_or("/", url::Url::as_str), Some(cookie(&party, String::new())))
}

/// `GET /style.css`: the provider's own stylesheet and a few lines more.
pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .body(concat!(include_str!("../../../static/style.css"), include_str!("../../../static/demo.css")))
}

/// Everything else.
pub(super) async fn nothing(party: web::Data<RelyingParty>) -> HttpResponse {
    pages::trouble(&party.registration, Trouble::NotFound)
}

/// Whether another site sent this form. Browsers say in `Origin` where a POST comes from.
fn is_foreign(request: &HttpRequest, party: &RelyingParty) -> bool {
    let origin = request.headers().get(header::ORIGIN);
    origin.is_some_and(|origin| {
        origin.as_bytes() != party.registration.origin.origin().ascii_serialization().as_bytes()
    })
}

fn session_name(request: &HttpRequest, party: &RelyingParty) -> Option<String> {
    request.cookie(&party.registration.client_id).map(|cookie| cookie.value().to_owned())
}

/// Named after the client, since cookies of one host are those of all its ports. Not `Secure`, because the demo speaks plain HTTP on this machine; an application of yours sets it.
fn cookie(party: &RelyingParty, value: String) -> Cookie<'static> {
    let gone = value.is_empty();
    let mut cookie = Cookie::build(party.registration.client_id.clone(), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish();
    if gone {
        cookie.make_removal();
    }
    cookie
}

fn see_other(to: &str, cookie: Option<Cookie<'_>>) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((header::LOCATION, to)).insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(cookie) = cookie {
        answer.cookie(cookie);
    }
    answer.finish()
}

impl From<ProviderError> for Trouble {
    fn from(error: ProviderError) -> Self {
        Self::Provider(error)
    }
}
