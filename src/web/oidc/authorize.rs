//! `/oauth2/authorize` (OIDC Core §3.1.2): GET and POST alike, and the way back to it from our own pages.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use url::form_urlencoded::byte_serialize;

use crate::flows::authorize::{self, ClientFault, Outcome, SendBack, Terms};
use crate::model::failure::Failure;
use crate::protocol::params::{Params, Reading};
use crate::protocol::response_mode::ResponseMode;
use crate::views::error::ErrorKind;
use crate::views::link::{LocalPath, PostTarget};
use crate::views::{AccountsPage, ConsentPage, FactorPage, FormPostPage, IdentifierPage};
use crate::web::media_type::is_form;
use crate::web::pages::visitor::{self, Visitor, answered};
use crate::web::trouble::Trouble;

/// The longest request that is taken by POST, in bytes: what fits into a URL.
const LONGEST: usize = 16 * 1024;

/// `GET /oauth2/authorize`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    let reading = Params::read(visitor.request.query_string().as_bytes());
    answered(begin(&visitor, reading).await)
}

/// `POST /oauth2/authorize`: the same parameters as a form (OIDC Core §3.1.2.1); those in the URL do not count.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(posted(&visitor, &body).await)
}

async fn begin(visitor: &Visitor, reading: Reading) -> visitor::Outcome {
    let keys = visitor.sound(visitor.edge.current_keys())?;
    let (call, times) = (visitor.call.clone(), visitor.edge.authorize);
    let (cookie, rules) = (visitor.browser.hash().to_owned(), visitor.edge.sign_in.records.clone());
    let outcome = visitor.edge.database.write_directory(move |directory| {
        let terms = Terms { keys: keys.own(), times, records: &rules };
        authorize::begin(directory, &call, &reading, &cookie, terms)
    });
    Ok(answer(visitor, outcome.await))
}

/// Browsers do not send our cookie with another site's form: what is sound goes on by GET, where they do.
async fn posted(visitor: &Visitor, body: &Bytes) -> visitor::Outcome {
    if !is_form(visitor.request.headers()) {
        return Err(visitor.detour(Trouble::WrongEncoding));
    }
    let reading = Params::read(body);
    if !visitor.browser.is_fresh() {
        return begin(visitor, reading).await;
    }
    let query = std::str::from_utf8(body).ok().map(as_query).filter(|query| query.len() <= LONGEST);
    let query = query.ok_or_else(|| visitor.detour(Trouble::Malformed))?;
    let (call, rules) = (visitor.call.clone(), visitor.edge.sign_in.records.clone());
    let judged = visitor
        .edge
        .database
        .write_directory(move |directory| authorize::unanswerable(directory, &call, &reading, &rules));
    if let Some(fault) = visitor.sound(judged.await)? {
        return Ok(fault_page(visitor, fault));
    }
    let again = LocalPath::parse(&format!("/oauth2/authorize?{query}"));
    Ok(visitor.to_without_cookie(&again.ok_or_else(|| visitor.detour(Trouble::Malformed))?))
}

/// The text of a form as the query of a URL: what a query may not hold (RFC 3986 §3.4) is encoded, all else stays as it
/// was sent, so that it is judged as if it had come by GET.
fn as_query(form: &str) -> String {
    let mut query = String::with_capacity(form.len());
    for letter in form.chars() {
        if letter.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%".contains(letter) {
            query.push(letter);
        } else {
            query.extend(byte_serialize(letter.encode_utf8(&mut [0; 4]).as_bytes()));
        }
    }
    query
}

/// `GET /oauth2/authorize/resume`: a page of ours is done, and the request goes on.
pub async fn resume(visitor: Visitor) -> HttpResponse {
    let outcome = async {
        let handle = visitor.needed_handle(&visitor.query()?)?;
        let keys = visitor.sound(visitor.edge.current_keys())?;
        let (call, times) = (visitor.call.clone(), visitor.edge.authorize);
        let (cookie, rules) = (visitor.browser.hash().to_owned(), visitor.edge.sign_in.records.clone());
        let outcome = visitor.edge.database.write_directory(move |directory| {
            let terms = Terms { keys: keys.own(), times, records: &rules };
            authorize::resume(directory, &call, handle, &cookie, terms)
        });
        Ok(answer(&visitor, outcome.await))
    };
    answered(outcome.await)
}

/// Shapes the outcome; every page of an interaction lives at its own address.
pub(in crate::web) fn answer(visitor: &Visitor, outcome: Result<Outcome, Failure>) -> HttpResponse {
    let onward = |path, handle| visitor.to(&visitor::going_on(path, handle));
    match outcome {
        Err(failure) => visitor.failed(&failure),
        Ok(Outcome::Gone) => visitor.expired(),
        Ok(Outcome::Page(fault)) => fault_page(visitor, fault),
        Ok(Outcome::Back(back)) => send_back(visitor, &back),
        Ok(Outcome::SignIn(handle)) => onward(IdentifierPage::PATH, handle),
        Ok(Outcome::Choose(handle)) => onward(AccountsPage::PATH, handle),
        Ok(Outcome::StepUp(handle)) => onward(FactorPage::PATH, handle),
        Ok(Outcome::Consent(handle)) => onward(ConsentPage::PATH, handle),
    }
}

fn send_back(visitor: &Visitor, back: &SendBack) -> HttpResponse {
    if let Some((tenant, user)) = back.person {
        visitor.note_user(tenant, user);
    }
    let parameters = back.parameters(&visitor.edge.issuer);
    let posted = (back.mode == ResponseMode::FormPost).then(|| PostTarget::parse(back.to.as_str())).flatten();
    // A form cannot be posted to an application's own scheme: there the answer travels in the query.
    let Some(action) = posted else {
        let pairs = parameters.iter().map(|(name, value)| (*name, value.as_str()));
        return visitor.away(&back.to, pairs);
    };
    visitor.may_lead_to(back.to.as_str());
    let page = FormPostPage {
        frame: visitor.frame_of(back.tenant.as_ref(), back.ui_locales.as_deref()),
        action,
        client: back.client_name.clone(),
        fields: parameters,
    };
    visitor.show(StatusCode::OK, &page)
}

/// The page for a request that cannot be answered to the client: 400, and no `Location` (P001).
fn fault_page(visitor: &Visitor, fault: ClientFault) -> HttpResponse {
    let words = match fault {
        ClientFault::Unreadable => ("invalid_request", "The request cannot be read."),
        ClientFault::ClientMissing => {
            ("invalid_request", "The request names no application: client_id is missing.")
        }
        ClientFault::RedirectMissing => {
            ("invalid_request", "The request names no way back: redirect_uri is missing.")
        }
        ClientFault::Unregistered => (
            "invalid_request",
            "No application of this client_id may be used here with this redirect_uri; both must be exactly as registered.",
        ),
    };
    visitor.error(StatusCode::BAD_REQUEST, ErrorKind::BadRequest, words)
}
