//! `/consent`: asks, and takes the answer (D17).

use actix_web::http::header::LOCATION;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template as _;

use crate::flows::authorize::Outcome;
use crate::flows::authorize::consent::{self, Question};
use crate::model::ids::InteractionHandle;
use crate::model::secret::Secret;
use crate::protocol::params::Params;
use crate::views::client_card::ClientCard;
use crate::views::consent::{ConsentPage, ScopeLine, StandardScope};
use crate::views::form::Form;
use crate::views::link::HttpsLink;
use crate::views::person::Person;
use crate::web::edge::Edge;
use crate::web::guard::browser::Browser;
use crate::web::oidc::authorize;

/// `GET /consent?interaction=…`.
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let browser = Browser::of(&request, &edge);
    let Some(handle) = handle(request.query_string().as_bytes()) else {
        return authorize::answer(&request, &edge, &browser, Ok(Outcome::Gone));
    };
    let (call, hash) = (edge.call(&request), browser.hash().to_owned());
    let asked = edge
        .database
        .read_directory(move |directory| consent::question(directory, &call, handle, &hash))
        .await;
    match asked {
        Ok(Ok(question)) => page(&request, &edge, handle, &question),
        Ok(Err(outcome)) => authorize::answer(&request, &edge, &browser, Ok(outcome)),
        Err(failure) => authorize::answer(&request, &edge, &browser, Err(failure)),
    }
}

/// `POST /consent`: `decision` is `allow` or `deny`. Only a plain yes is a yes.
pub async fn post(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    let browser = Browser::of(&request, &edge);
    let Some(handle) = handle(&body) else {
        return authorize::answer(&request, &edge, &browser, Ok(Outcome::Gone));
    };
    let allowed = Params::parse(&body).is_ok_and(|params| params.get("decision") == Some("allow"));
    let (call, hash) = (edge.call(&request), browser.hash().to_owned());
    let outcome = edge
        .database
        .write_directory(move |directory| consent::answer(directory, &call, (handle, &hash), allowed))
        .await;
    match outcome {
        Ok(Outcome::Consent(handle)) => HttpResponse::SeeOther()
            .insert_header((LOCATION, format!("/oauth2/authorize/resume?interaction={handle}")))
            .finish(),
        other => authorize::answer(&request, &edge, &browser, other),
    }
}

fn handle(pairs: &[u8]) -> Option<InteractionHandle> {
    Params::parse(pairs).ok()?.get("interaction")?.parse().ok()
}

fn page(request: &HttpRequest, edge: &Edge, handle: InteractionHandle, question: &Question) -> HttpResponse {
    edge.notes(request).allow_form_target(question.to.as_str());
    let tenant = question.account.scope.tenant();
    let frame = edge.frame(request, question.request.ui_locales.as_deref()).for_tenant(&tenant.name);
    let metadata = &question.client.metadata;
    let page = ConsentPage {
        frame,
        form: Form {
            csrf: Secret::new(edge.csrf.issue(request, &edge.issuer, &*edge.random)),
            interaction: Some(handle.to_string()),
        },
        client: ClientCard {
            name: question.client.name.clone(),
            logo: None,
            policy: metadata.policy_uri.as_deref().and_then(HttpsLink::parse),
            tos: metadata.tos_uri.as_deref().and_then(HttpsLink::parse),
        },
        person: Person {
            name: question.account.user.profile.name.clone(),
            email: question.account.user.email.clone(),
            tenant: tenant.name.clone(),
        },
        returns_to: host_of(question.to.as_str()),
        scopes: lines(question),
    };
    authorize::html(page.render())
}

/// The scopes in words: ours first in their usual order, then those of the resource servers.
fn lines(question: &Question) -> Vec<ScopeLine> {
    let asked = &question.request.scope;
    let standard = StandardScope::ALL.into_iter().filter(|scope| asked.contains(scope.as_str()));
    let defined = question.servers.iter().flat_map(|server| {
        let asked_of_it = server.scopes.iter().filter(|defined| asked.contains(&defined.name));
        asked_of_it.map(|defined| ScopeLine::Api {
            api: server.name.clone(),
            description: defined.description.clone(),
        })
    });
    standard.map(ScopeLine::Standard).chain(defined).collect()
}

/// The host that the answer goes to; an application's own scheme stands for itself.
fn host_of(uri: &str) -> String {
    let parsed = url::Url::parse(uri).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str).map(str::to_owned);
    host.or_else(|| parsed.map(|url| url.scheme().to_owned())).unwrap_or_default()
}
