//! `/consent`: asks, and takes the answer (D17).

use std::collections::BTreeSet;
use std::slice;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Outcome, Visitor, answered};
use super::{card, login};
use crate::flows::authorize;
use crate::flows::authorize::consent::{self, Question, Reply};
use crate::flows::authorize::wanted::asked_scopes;
use crate::model::ids::InteractionHandle;
use crate::model::resource_server::ResourceServer;
use crate::protocol::api_scope::ApiScope;
use crate::views::consent::{ConsentPage, ScopeLine, StandardScope};
use crate::web::oidc::authorize::answer;
use crate::web::trouble::Trouble;

/// The field that tells which question the page put.
const QUESTION: &str = "question";

/// `GET /consent?interaction=…`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(ask(&visitor).await)
}

/// `POST /consent`: `decision` is `allow` or `deny`. Anything else decides nothing (P041).
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn ask(visitor: &Visitor) -> Outcome {
    let handle = visitor.needed_handle(&visitor.query()?)?;
    visitor.refuse_unless_signed_in()?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let asked = visitor
        .edge
        .database
        .read_directory(move |directory| consent::question(directory, &call, handle, &cookie))
        .await;
    Ok(match visitor.sound(asked)? {
        Ok(question) => page(visitor, handle, &question).await?,
        Err(outcome) => go_on(visitor, outcome),
    })
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.needed_handle(&params)?;
    let allowed = match params.get("decision") {
        Some("allow") => true,
        Some("deny") => false,
        _ => return Err(visitor.detour(Trouble::Malformed)),
    };
    let reply = Reply { allowed, question: params.get(QUESTION).unwrap_or_default().to_owned() };
    visitor.refuse_unless_signed_in()?;
    let rules = visitor.edge.sign_in.records.clone();
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let outcome = visitor
        .edge
        .database
        .write_directory(move |directory| {
            consent::answer(directory, &call, &rules, (handle, &cookie), &reply)
        })
        .await;
    let (outcome, person) = visitor.sound(outcome)?;
    if let Some((tenant, user)) = person {
        visitor.note_user(tenant, user);
    }
    Ok(go_on(visitor, outcome))
}

fn go_on(visitor: &Visitor, outcome: authorize::Outcome) -> HttpResponse {
    if let authorize::Outcome::Consent(handle) = outcome {
        return visitor.to(&login::onward(Some(handle)));
    }
    answer(visitor, Ok(outcome))
}

async fn page(visitor: &Visitor, handle: InteractionHandle, question: &Question) -> Outcome {
    let digest = visitor.sound(question.digest())?;
    visitor.may_lead_to(question.to.as_str());
    visitor.note_account(slice::from_ref(&question.account));
    let tenant = Some(&question.account.scope);
    let page = ConsentPage {
        frame: visitor.frame_of(tenant, question.request.ui_locales.as_deref()),
        form: visitor.hidden(Some(handle.to_string())),
        client: card::client_card(visitor, &question.client).await,
        person: card::person(&question.account),
        returns_to: host_of(question.to.as_str()),
        scopes: lines(question),
        question: digest,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// The scopes in words: ours first in their usual order, then those of the resource servers.
fn lines(question: &Question) -> Vec<ScopeLine> {
    let asked = asked_scopes(&question.request.scope, &question.request.claims);
    ours(&asked).chain(question.servers.iter().flat_map(|server| of_server(server, &asked))).collect()
}

/// The scopes among these that are ours.
pub(super) fn ours(asked: &BTreeSet<&str>) -> impl Iterator<Item = ScopeLine> {
    let standard = StandardScope::ALL.into_iter().filter(|scope| asked.contains(scope.as_str()));
    let api = ApiScope::ALL.into_iter().filter(|scope| asked.contains(scope.as_str()));
    standard.map(ScopeLine::Standard).chain(api.map(ScopeLine::OfApi))
}

/// Those that this resource server defines; where it is none, its use.
pub(super) fn of_server(server: &ResourceServer, asked: &BTreeSet<&str>) -> Vec<ScopeLine> {
    let asked_of_it = server.scopes.iter().filter(|defined| asked.contains(defined.name.as_str()));
    let mut lines: Vec<ScopeLine> = asked_of_it
        .map(|defined| ScopeLine::Api { api: server.name.clone(), description: defined.description.clone() })
        .collect();
    if lines.is_empty() {
        lines.push(ScopeLine::Use { api: server.name.clone() });
    }
    lines
}

/// The host that the answer goes to; an application's own scheme stands for itself.
fn host_of(uri: &str) -> String {
    let parsed = url::Url::parse(uri).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str).map(str::to_owned);
    host.or_else(|| parsed.map(|url| url.scheme().to_owned())).unwrap_or_default()
}
