//! Consent (RFC 6749 §10.2, OIDC Core §3.1.2.4, D17): asked once for each scope, resource server and redirect URI, and
//! never skipped but for clients that the platform marked first-party.

use std::collections::BTreeSet;

use super::client::registration;
use super::decide::is_candidate;
use super::resume::{OpenInteraction, refuse, reopen};
use super::{Answer, Outcome, parameters};
use crate::flows::Call;
use crate::flows::failures::RecordRules;
use crate::flows::interaction::AuthorizationRequest;
use crate::flows::interaction_store;
use crate::flows::session::{self, LiveAccount};
use crate::flows::target::is_meant;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, TenantId, UserId};
use crate::model::resource_server::ResourceServer;
use crate::protocol::claims::scope_of;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::redirect_uri::VerifiedRedirect;
use crate::protocol::scope::{STANDARD, Scope, ScopeSet};
use crate::storage::Directory;
use crate::storage::records::{clients, consents, resource_servers, users};

/// What the consent page shows.
#[derive(Debug)]
pub struct Question {
    /// Who asks.
    pub client: Client,
    /// Whose consent it would be.
    pub account: LiveAccount,
    /// Where the answer goes.
    pub to: VerifiedRedirect,
    /// What was asked.
    pub request: AuthorizationRequest,
    /// The resource servers that the token would be for.
    pub servers: Vec<ResourceServer>,
}

/// Whether an earlier consent covers this request.
pub(super) fn stands(
    directory: &mut Directory<'_>,
    client: &Client,
    request: &AuthorizationRequest,
    account: &LiveAccount,
) -> Result<bool, Failure> {
    if client.is_first_party() {
        return Ok(true);
    }
    let servers = servers(directory, client, request, account)?;
    let wanted = Wanted::of(client, request, &servers);
    let given = consents::find(&mut directory.enter(&account.scope)?, account.user.id, &client.client_id)?;
    Ok(given.is_some_and(|given| wanted.is_covered_by(&given)))
}

/// A question that may be put at this moment.
struct Asked {
    open: OpenInteraction,
    request: AuthorizationRequest,
    account: LiveAccount,
}

/// Reads it, or where to go instead.
fn asked(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Result<Asked, Outcome>, Failure> {
    let open = match reopen(directory, call, handle, cookie_hash)? {
        Ok(open) => open,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let Some(account) = asked_account(directory, call, &open)? else {
        return Ok(Err(Outcome::SignIn(handle)));
    };
    let Some(request) = &open.interaction.request else { return Ok(Err(Outcome::Gone)) };
    Ok(match parameters::anew(&open.client, request) {
        Ok(request) => Ok(Asked { open, request, account }),
        Err(_) => Err(Outcome::Consent(handle)),
    })
}

/// What the page has to ask, or where to go instead: [`Outcome::Consent`] means on with [`super::resume`].
pub fn question(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Result<Question, Outcome>, Failure> {
    let Asked { open, request, account } = match asked(directory, call, handle, cookie_hash)? {
        Ok(asked) => asked,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let servers = servers(directory, &open.client, &request, &account)?;
    Ok(Ok(Question { client: open.client, account, to: open.to, request, servers }))
}

/// The person's answer, and who gave it. After a yes the caller goes on with [`super::resume`]. Needs a write transaction.
pub fn answer(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    (handle, cookie_hash): (InteractionHandle, &str),
    allowed: bool,
) -> Result<(Outcome, Option<(TenantId, UserId)>), Failure> {
    interaction_store::hold(directory, handle, cookie_hash)?;
    let Asked { open, account, .. } = match asked(directory, call, handle, cookie_hash)? {
        Ok(asked) => asked,
        Err(outcome) => return Ok((outcome, None)),
    };
    // Two answers of one person, in two windows, are joined one after the other.
    if !users::hold_active(&mut directory.enter(&account.scope)?, account.user.id)? {
        return Ok((Outcome::SignIn(handle), None));
    }
    // The client after the person, as a declaration takes them: whoever deletes it withdraws what is allowed here.
    clients::hold(&mut directory.enter(&open.owner)?, &open.client.client_id)?;
    // Either may have kept us waiting: what is answered is what is asked now.
    let Asked { mut open, request, account } = match asked(directory, call, handle, cookie_hash)? {
        Ok(asked) => asked,
        Err(outcome) => return Ok((outcome, None)),
    };
    let person = Some((account.scope.id(), account.user.id));
    let result = if allowed { EventResult::Success } else { EventResult::Denied };
    let event = call
        .event(EventKind::Consent, result, Actor::User(account.user.id))
        .by_client(&open.client.client_id)
        .with(
            "scope",
            asked_scopes(&request.scope, &request.claims).into_iter().collect::<Vec<_>>().join(" "),
        );
    directory.enter(&account.scope)?.record(event);
    if !allowed {
        let answer = Answer::Error(ErrorCode::AccessDenied, "the person did not consent");
        return Ok((refuse(directory, call, rules, open, answer)?, person));
    }
    remember(directory, call, &open.client, &request, &account)?;
    open.interaction.progress.consented = Some(account.reference());
    interaction_store::save_progress(directory, &open.interaction)?;
    Ok((Outcome::Consent(handle), person))
}

/// The account that the question is about, if it is still live and may still answer.
fn asked_account(
    directory: &mut Directory<'_>,
    call: &Call,
    open: &OpenInteraction,
) -> Result<Option<LiveAccount>, Failure> {
    let (Some(wanted), Some(request)) = (open.interaction.progress.account, &open.interaction.request) else {
        return Ok(None);
    };
    let accounts = session::live_accounts(directory, call, &open.interaction.browser_hash)?;
    Ok(accounts
        .into_iter()
        .find(|account| account.reference() == wanted && is_candidate(account, request, &open.client)))
}

/// Adds what was allowed now to what was allowed before.
fn remember(
    directory: &mut Directory<'_>,
    call: &Call,
    client: &Client,
    request: &AuthorizationRequest,
    account: &LiveAccount,
) -> Result<(), Failure> {
    let servers = servers(directory, client, request, account)?;
    let wanted = Wanted::of(client, request, &servers).into_consent();
    let mut tx = directory.enter(&account.scope)?;
    let mut consent = consents::find(&mut tx, account.user.id, &client.client_id)?.unwrap_or_default();
    consent.join(wanted);
    consents::put(&mut tx, (account.user.id, &client.client_id), &consent, (call.id(), call.now))
}

/// The client's resource servers that the token would be for.
pub(super) fn servers(
    directory: &mut Directory<'_>,
    client: &Client,
    request: &AuthorizationRequest,
    account: &LiveAccount,
) -> Result<Vec<ResourceServer>, Failure> {
    let mut servers = resource_servers::usable(directory, &client.metadata.resources)?;
    servers.retain(|server| {
        server.is_open_to(account.scope.id()) && is_meant(server, &request.resources, &request.scope)
    });
    Ok(servers)
}

/// The scopes that are asked for, by name or by one of their claims: what the page shows and the consent covers (P008).
pub fn asked_scopes<'a>(scope: &'a ScopeSet, claims: &'a ClaimsRequest) -> BTreeSet<&'a str> {
    let mut scopes: BTreeSet<&str> = scope.iter().map(Scope::as_str).collect();
    for scope in claims.names().filter_map(scope_of) {
        scopes.insert(scope);
    }
    scopes
}

/// What a consent to this request covers.
struct Wanted<'a> {
    /// The redirect URI as it is registered, since a native client comes back at another port each time (RFC 8252 §7.3).
    redirect_uri: &'a str,
    /// Each scope at each resource server that defines it, as the page shows them.
    shown: Consent,
    /// Scopes that no resource server of the client defines now. They give nothing: to have allowed them anywhere is enough.
    idle: BTreeSet<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(client: &'a Client, request: &'a AuthorizationRequest, servers: &[ResourceServer]) -> Self {
        let redirect_uri = registration(client, &request.redirect_uri).unwrap_or(&request.redirect_uri);
        let asked = asked_scopes(&request.scope, &request.claims);
        let mut shown = Consent::default();
        let (ours, mut idle): (BTreeSet<&str>, _) = asked.iter().partition(|name| STANDARD.contains(name));
        shown.allow(redirect_uri, None, ours);
        for server in servers {
            let defined = server.scopes.iter().map(|defined| defined.name.as_str());
            let of_it: Vec<&str> = defined.filter(|name| asked.contains(name)).collect();
            idle.retain(|name| !of_it.contains(name));
            shown.allow(redirect_uri, Some(&server.identifier), of_it);
        }
        Self { redirect_uri, shown, idle }
    }

    fn is_covered_by(&self, given: &Consent) -> bool {
        given.covers(&self.shown) && self.idle.is_subset(&given.scopes())
    }

    fn into_consent(self) -> Consent {
        let mut all = self.shown;
        all.allow(self.redirect_uri, None, self.idle);
        all
    }
}
