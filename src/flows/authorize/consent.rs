//! Consent (RFC 6749 §10.2, OIDC Core §3.1.2.4, D17): asked once for each scope, resource server and redirect URI, and
//! never skipped but for clients that the platform marked first-party.

use super::decide::is_candidate;
use super::resume::{OpenInteraction, refuse, reopen};
use super::wanted::{Wanted, asked_scopes};
use super::{Answer, Outcome, parameters};
use crate::flows::Call;
use crate::flows::failures::RecordRules;
use crate::flows::interaction::AuthorizationRequest;
use crate::flows::interaction_store;
use crate::flows::session::{self, LiveAccount};
use crate::flows::target::is_meant;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::Client;
use crate::model::digest::sha256_hex;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, TenantId, UserId};
use crate::model::resource_server::ResourceServer;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::redirect_uri::VerifiedRedirect;
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

/// What the person answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Yes or no.
    pub allowed: bool,
    /// [`Question::digest`] of what their page put before them. A no needs none: it gives nothing away,
    /// and is recorded as that of the person who is asked now.
    pub question: String,
}

impl Question {
    /// What the page puts before the person, in hexadecimal: by whom, of whom, where to and in which words. An answer counts
    /// for this question and no other, whatever another window or a declaration made of it meanwhile (P008).
    ///
    /// # Errors
    /// It cannot be written as JSON, which is a fault of ours.
    pub fn digest(&self) -> Result<String, Failure> {
        let client = (&self.client.client_id, &self.client.name);
        let account = (self.account.scope.id(), self.account.user.id);
        let words: Vec<_> = self.servers.iter().map(|server| (&server.name, &server.scopes)).collect();
        let wanted = wanted(&self.client, &self.request, &self.servers);
        let all = serde_json::to_vec(&(client, account, self.to.as_str(), wanted, words))
            .map_err(|error| Failure::internal("consent_question").because(error))?;
        Ok(sha256_hex(&all))
    }
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
    let wanted = wanted(client, request, &servers);
    let given = consents::find(&mut directory.enter(&account.scope)?, account.user.id, &client.client_id)?;
    Ok(given.is_some_and(|given| wanted.is_covered_by(&given)))
}

/// Reads what may be asked at this moment, or where to go instead.
fn asked(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Result<(OpenInteraction, Question), Outcome>, Failure> {
    let open = match reopen(directory, call, handle, cookie_hash)? {
        Ok(open) => open,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let Some(account) = asked_account(directory, call, &open)? else {
        return Ok(Err(Outcome::SignIn(handle)));
    };
    let Some(request) = &open.interaction.request else { return Ok(Err(Outcome::Gone)) };
    let Ok(request) = parameters::anew(&open.asker.client, request) else {
        return Ok(Err(Outcome::Consent(handle)));
    };
    let servers = servers(directory, &open.asker.client, &request, &account)?;
    let question =
        Question { client: open.asker.client.clone(), account, to: open.to.clone(), request, servers };
    Ok(Ok((open, question)))
}

/// What the page has to ask, or where to go instead: [`Outcome::Consent`] means on with [`super::resume`].
pub fn question(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Result<Question, Outcome>, Failure> {
    Ok(asked(directory, call, handle, cookie_hash)?.map(|(_, question)| question))
}

/// The person's answer, and who gave it. After a yes the caller goes on with [`super::resume`], as after the answer to another
/// question than the one that stands now: that one is put then. Needs a write transaction.
pub fn answer(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    (handle, cookie_hash): (InteractionHandle, &str),
    reply: &Reply,
) -> Result<(Outcome, Option<(TenantId, UserId)>), Failure> {
    interaction_store::hold(directory, handle, cookie_hash)?;
    let (open, Question { account, .. }) = match asked(directory, call, handle, cookie_hash)? {
        Ok(asked) => asked,
        Err(outcome) => return Ok((outcome, None)),
    };
    // Two answers of one person, in two windows, are joined one after the other.
    if !users::hold_active(&mut directory.enter(&account.scope)?, account.user.id)? {
        return Ok((Outcome::SignIn(handle), None));
    }
    // The client after the person, as a declaration takes them: whoever deletes it withdraws what is allowed here.
    clients::hold(&mut directory.enter(&open.asker.owner)?, &open.asker.client.client_id)?;
    // Either may have kept us waiting: what is answered is what is asked now.
    let (mut open, question) = match asked(directory, call, handle, cookie_hash)? {
        Ok(asked) => asked,
        Err(outcome) => return Ok((outcome, None)),
    };
    if reply.allowed && question.digest()? != reply.question {
        return Ok((Outcome::Consent(handle), None));
    }
    let Question { account, request, .. } = &question;
    let person = Some((account.scope.id(), account.user.id));
    let result = if reply.allowed { EventResult::Success } else { EventResult::Denied };
    let event = call
        .event(EventKind::Consent, result, Actor::User(account.user.id))
        .by_client(&open.asker.client.client_id)
        .with(
            "scope",
            asked_scopes(&request.scope, &request.claims).into_iter().collect::<Vec<_>>().join(" "),
        );
    directory.enter(&account.scope)?.record(event);
    if !reply.allowed {
        let answer = Answer::Error(ErrorCode::AccessDenied, "The person did not consent.");
        return Ok((refuse(directory, call, rules, open, answer)?, person));
    }
    remember(directory, call, &question)?;
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
        .find(|account| account.reference() == wanted && is_candidate(account, request, &open.asker.client)))
}

/// Adds what was allowed now to what was allowed before.
fn remember(
    directory: &mut Directory<'_>,
    call: &Call,
    Question { client, account, request, servers, .. }: &Question,
) -> Result<(), Failure> {
    let mut tx = directory.enter(&account.scope)?;
    let mut consent = consents::find(&mut tx, account.user.id, &client.client_id)?.unwrap_or_default();
    consent.join(wanted(client, request, servers).into_consent());
    consents::put(&mut tx, (account.user.id, &client.client_id), &consent, (call.id(), call.now))
}

/// What a consent to this request has to cover.
fn wanted<'a>(
    client: &'a Client,
    request: &'a AuthorizationRequest,
    servers: &'a [ResourceServer],
) -> Wanted<'a> {
    let asked = asked_scopes(&request.scope, &request.claims);
    Wanted::of(client, &request.redirect_uri, &asked, servers)
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
