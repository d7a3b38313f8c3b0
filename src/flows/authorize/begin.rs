//! The first half: a request becomes a checked [`AuthorizationRequest`], or an error; then the common decision.

use super::parameters::{self, AuthorizeRefusal};
use super::resume::{OpenInteraction, settle};
use super::tenant::Named;
use super::{Answer, ClientFault, Outcome, SendBack, Terms, client, resources, tenant};
use crate::flows::Call;
use crate::flows::active_client::ActiveClient;
use crate::flows::failures::{self, RecordRules, Source};
use crate::flows::id_token_hint::IdTokenHint;
use crate::flows::interaction::{AuthorizationRequest, Interaction, Progress};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::params::{Params, Reading};
use crate::protocol::redirect_uri::VerifiedRedirect;
use crate::protocol::response_mode::ResponseMode;
use crate::storage::Directory;

/// Answers an authorization request of the browser whose cookie has this hash. Needs a write transaction.
pub fn begin(
    directory: &mut Directory<'_>,
    call: &Call,
    reading: &Reading,
    cookie_hash: &str,
    terms: Terms<'_>,
) -> Result<Outcome, Failure> {
    let params = &parameters::answerable(&reading.params);
    let (found, to) = match answerable(directory, call, reading, terms.records)? {
        Ok(answerable) => answerable,
        Err(fault) => return Ok(Outcome::Page(fault)),
    };
    let (mode, read) = match parameters::response_mode(params) {
        Ok(mode) => (mode, read(directory, &found, (reading, &to), (&call.issuer, terms))?),
        Err(fault) => (ResponseMode::default(), Err(fault)),
    };
    let request = match read {
        Ok(request) => AuthorizationRequest { response_mode: mode, ..request },
        Err((code, description)) => {
            denied(directory, call, terms.records, Some(&found), code.as_str())?;
            let state = parameters::echoed(params, "state").unwrap_or_default();
            let tenant = found.shown_tenant().cloned();
            return Ok(Outcome::Back(Box::new(SendBack {
                to,
                mode,
                state,
                client_name: found.client.name,
                tenant,
                ui_locales: parameters::hinted(params, "ui_locales", 200),
                answer: Answer::Error(code, description),
                person: None,
            })));
        }
    };
    let interaction = Interaction {
        id: call.id(),
        stored_in: found.owner.id(),
        client_id: Some(found.client.client_id.clone()),
        browser_hash: cookie_hash.to_owned(),
        request: Some(request),
        progress: Progress::default(),
        created_at: call.now,
        expires_at: call.now + terms.times.interaction,
    };
    settle(directory, call, OpenInteraction { interaction, asker: found, to, stored: false }, terms)
}

/// Why a request can be answered on a page of ours only, if that is so. Needs a write transaction.
pub fn unanswerable(
    directory: &mut Directory<'_>,
    call: &Call,
    reading: &Reading,
    records: &RecordRules,
) -> Result<Option<ClientFault>, Failure> {
    Ok(answerable(directory, call, reading, records)?.err())
}

/// The client and the way back to it; where either is not as registered, nothing goes there (P001).
fn answerable(
    directory: &mut Directory<'_>,
    call: &Call,
    reading: &Reading,
    records: &RecordRules,
) -> Result<Result<(ActiveClient, VerifiedRedirect), ClientFault>, Failure> {
    let params = parameters::answerable(&reading.params);
    let names = match client::names(&params) {
        Ok(names) => names,
        Err(_) if reading.fault.is_some() => return Ok(Err(ClientFault::Unreadable)),
        Err(fault) => return Ok(Err(fault)),
    };
    let found = match names.client.parse() {
        Ok(id) => ActiveClient::find(directory, &id)?,
        Err(_) => None,
    };
    let Some(found) = found else {
        denied(directory, call, records, None, "client")?;
        return Ok(Err(ClientFault::Unregistered));
    };
    let Some(to) = client::registered_redirect(&found.client, names.redirect) else {
        denied(directory, call, records, Some(&found), "redirect_uri")?;
        return Ok(Err(ClientFault::Unregistered));
    };
    Ok(Ok((found, to)))
}

/// Every check behind client and redirect URI, in order.
fn read(
    directory: &mut Directory<'_>,
    found: &ActiveClient,
    (reading, to): (&Reading, &VerifiedRedirect),
    (issuer, terms): (&Issuer, Terms<'_>),
) -> Result<Result<AuthorizationRequest, AuthorizeRefusal>, Failure> {
    let (client, params) = (&found.client, &reading.params);
    let mut request = match checked(client, reading, to) {
        Ok(request) => request,
        Err(fault) => return Ok(Err(fault)),
    };
    let Some(named) = resources::named(directory, client, params)? else {
        return Ok(Err((ErrorCode::InvalidTarget, "The resource is unknown, or not one of this client's.")));
    };
    request.resources = named;
    let hint = match params.get("id_token_hint") {
        None => None,
        Some(token) => match IdTokenHint::read(token, issuer, terms.keys) {
            Some(hint) if hint.client == client.client_id => Some(hint),
            Some(_) | None => {
                return Ok(Err((
                    ErrorCode::InvalidRequest,
                    "The id_token_hint is not an ID token of this client.",
                )));
            }
        },
    };
    match tenant::settle(directory, found, params, hint.as_ref())? {
        Ok(Named::Open) => {}
        Ok(Named::Tenant(id)) => request.tenant = Some(id),
        Ok(Named::Unknown) => request.unknown_tenant = params.get("tenant").map(tenant::bounded),
        Err(fault) => return Ok(Err(fault)),
    }
    if let Some(hint) = hint {
        let named = hint.user.to_string();
        if request.subject.as_ref().is_some_and(|wanted| *wanted != named) {
            return Ok(Err((
                ErrorCode::InvalidRequest,
                "The parameters id_token_hint and claims name two people.",
            )));
        }
        request.subject = Some(named);
    }
    Ok(Ok(request))
}

/// The checks that need nothing but the request and the client.
fn checked(
    client: &Client,
    reading: &Reading,
    to: &VerifiedRedirect,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    let params: &Params = &reading.params;
    if reading.fault.is_some() {
        return Err((ErrorCode::InvalidRequest, "A parameter is repeated, malformed or too long."));
    }
    parameters::no_request_object(params)?;
    parameters::response_type(params, client)?;
    let scope = parameters::scope(params, client)?;
    let code_challenge = parameters::pkce(params, client)?;
    let mut claims = parameters::claims(params, client)?;
    let acr = parameters::strength(params, &claims)?;
    let subject = parameters::subject(&claims)?;
    claims.forget_values();
    Ok(AuthorizationRequest {
        redirect_uri: to.as_str().to_owned(),
        response_mode: ResponseMode::default(),
        state: parameters::echoed(params, "state")?,
        nonce: parameters::echoed(params, "nonce")?,
        scope,
        resources: Vec::new(),
        code_challenge,
        prompt: parameters::prompt(params)?,
        max_age: parameters::max_age(params, client)?,
        acr,
        login_hint: parameters::hinted(params, "login_hint", 254),
        ui_locales: parameters::hinted(params, "ui_locales", 200),
        subject,
        tenant: None,
        unknown_tenant: None,
        claims,
    })
}

/// Records that a request was refused. Nobody has proved anything: a flood of them folds (D23).
fn denied(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    found: Option<&ActiveClient>,
    reason: &'static str,
) -> Result<(), Failure> {
    let mut event =
        call.event(EventKind::Authorize, EventResult::Denied, Actor::Anonymous).with("reason", reason);
    let mut source = Source { tenant: None, named: "" };
    if let Some(found) = found {
        event = event.by_client(&found.client.client_id);
        source = Source { tenant: Some(found.owner.id()), named: found.client.client_id.as_str() };
    }
    failures::record(directory, call, rules, source, event)
}
