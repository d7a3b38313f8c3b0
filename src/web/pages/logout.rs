//! `/oauth2/logout` (OIDC RP-Initiated Logout §2): by GET or POST from a relying party, and our own question.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::card;
use super::visitor::{Outcome, Visitor, answered};
use crate::flows::logout::{Departure, Done, LogoutRequest, LogoutStep, Pending, Question, begin, confirm};
use crate::protocol::params::Params;
use crate::storage::Directory;
use crate::views::link::LocalPath;
use crate::views::{LoggedOutPage, LogoutConfirmPage};
use crate::web::guard::csrf::{FIELD, same_origin};

/// The parameters of a relying party that matter here.
const PARAMETERS: [&str; 5] =
    ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

/// `GET /oauth2/logout`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(ask(&visitor).await)
}

/// `POST /oauth2/logout`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn ask(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let keys = visitor.sound(visitor.edge.current_keys())?;
    let request = LogoutRequest::read(&params, &visitor.edge.issuer, keys.own());
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (database, rules) = (&visitor.edge.database, visitor.edge.sign_in.records.clone());
    let begun = move |directory: &mut Directory<'_>| begin(directory, &call, &rules, &request, &cookie);
    let signed_in = visitor.sound(visitor.browser.signed_in(&visitor.edge, &visitor.call).await)?;
    let step = if signed_in.is_some() {
        database.write_directory(begun).await
    } else {
        // Nobody is there to sign out, and so there is nothing to write.
        database.read_directory(begun).await
    };
    go_on(visitor, visitor.sound(step)?, params.get("ui_locales")).await
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let Some(decision) = params.get("decision") else {
        return Ok(visitor.to_without_cookie(&by_get(&params)));
    };
    let (edge, request) = (&visitor.edge, &visitor.request);
    let ours = same_origin(request.method(), request.headers(), &edge.issuer)
        .and_then(|()| edge.csrf.verify(request, &edge.issuer, params.get(FIELD)));
    if ours.is_err() {
        return Err(visitor.detour(visitor.browser.refuse_cross_site(request, edge).await));
    }
    if decision != "confirm" {
        return Ok(visitor.to(&LocalPath::page("/")));
    }
    let cookie = visitor.browser.hash().to_owned();
    let call = visitor.call.clone();
    let age = (call.now, edge.authorize.interaction);
    let waiting =
        params.get("pending").and_then(|field| Pending::open(field, &edge.browser_tokens, &cookie, age));
    let Some(pending) = waiting else { return Ok(visitor.expired()) };
    let step =
        edge.database.write_directory(move |directory| confirm(directory, &call, &pending, &cookie)).await;
    go_on(visitor, visitor.sound(step)?, None).await
}

/// The same request by GET: browsers send our cookie with a relying party's link, and not with its form.
fn by_get(params: &Params) -> LocalPath {
    let given = PARAMETERS.into_iter().filter_map(|name| Some((name, params.get(name)?)));
    given.fold(LocalPath::page(LoggedOutPage::PATH), |path, (name, value)| path.with(name, value))
}

async fn go_on(visitor: &Visitor, step: LogoutStep, ui_locales: Option<&str>) -> Outcome {
    match step {
        LogoutStep::Done(done) => {
            let Done { to, ended, others, tenant } = *done;
            visitor.note_account(&ended);
            if let Some(Departure { to, state }) = to {
                return Ok(visitor.away(&to, state.as_deref().map(|state| ("state", state))));
            }
            let page = LoggedOutPage {
                frame: visitor.frame_of(tenant.as_ref(), ui_locales),
                others: others.iter().map(card::person).collect(),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        }
        LogoutStep::Ask(question) => {
            let Question { client, tenant, accounts, leads_to, pending } = *question;
            visitor.note_account(&accounts);
            if let Some(place) = &leads_to {
                visitor.may_lead_to(place.as_str());
            }
            let sealed = visitor.sound(pending.seal(&visitor.edge.browser_tokens, visitor.browser.hash()))?;
            let client = match &client {
                Some(client) => Some(card::client_card(visitor, client).await),
                None => None,
            };
            let page = LogoutConfirmPage {
                frame: visitor.frame_of(tenant.as_ref(), ui_locales),
                form: visitor.hidden(None),
                pending: sealed,
                client,
                people: accounts.iter().map(card::person).collect(),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        }
    }
}
