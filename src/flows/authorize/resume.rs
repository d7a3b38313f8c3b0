//! The second half: the interaction, the accounts that are live at this moment, and the decision; then a code, a page
//! or an error. Everything that could have changed since the request began is read again.

use super::decide::{Asks, Decision, decide};
use super::{Answer, ClientFault, Outcome, SendBack, Terms, client, consent, issue, parameters, resources};
use crate::flows::Call;
use crate::flows::active_client::ActiveClient;
use crate::flows::factors;
use crate::flows::failures::{self, RecordRules, Source};
use crate::flows::interaction::{AuthorizationRequest, Interaction, Pending, Problem, Progress, Told};
use crate::flows::interaction_store;
use crate::flows::login::visit::Visit;
use crate::flows::session::{self, LiveAccount};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::session::Factor;
use crate::protocol::acr::Acr;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::prompt::Prompt;
use crate::protocol::redirect_uri::VerifiedRedirect;
use crate::storage::Directory;
use crate::storage::records::policies;

/// An interaction with all that it is judged by.
pub(super) struct OpenInteraction {
    pub(super) interaction: Interaction,
    pub(super) asker: ActiveClient,
    pub(super) to: VerifiedRedirect,
    /// Whether the interaction stands in the database already.
    pub(super) stored: bool,
}

/// Goes on with an interaction of the browser whose cookie has this hash. Needs a write transaction.
pub fn resume(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
    terms: Terms<'_>,
) -> Result<Outcome, Failure> {
    interaction_store::hold(directory, handle, cookie_hash)?;
    match reopen(directory, call, handle, cookie_hash)? {
        Ok(open) => settle(directory, call, open, terms),
        Err(outcome) => Ok(outcome),
    }
}

/// Loads an interaction and checks its client and redirect URI anew: both may have changed meanwhile.
pub(super) fn reopen(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Result<OpenInteraction, Outcome>, Failure> {
    let Some(interaction) = interaction_store::load(directory, call, handle, cookie_hash)? else {
        return Ok(Err(Outcome::Gone));
    };
    let (Some(client_id), Some(request)) = (&interaction.client_id, &interaction.request) else {
        return Ok(Err(Outcome::Gone));
    };
    let unregistered = || Ok(Err(Outcome::Page(ClientFault::Unregistered)));
    let Some(found) = ActiveClient::find(directory, client_id)? else { return unregistered() };
    if !found.client.status.stood_at(interaction.created_at) {
        return Ok(Err(Outcome::Gone));
    }
    let Some(to) = client::registered_redirect(&found.client, &request.redirect_uri) else {
        return unregistered();
    };
    Ok(Ok(OpenInteraction { interaction, asker: found, to, stored: true }))
}

/// Decides and carries the decision out.
pub(super) fn settle(
    directory: &mut Directory<'_>,
    call: &Call,
    mut open: OpenInteraction,
    terms: Terms<'_>,
) -> Result<Outcome, Failure> {
    let Some(request) = &open.interaction.request else { return Ok(Outcome::Gone) };
    let request = match parameters::anew(&open.asker.client, request) {
        Ok(request) => request,
        Err((code, description)) => {
            return refuse(directory, call, terms.records, open, Answer::Error(code, description));
        }
    };
    let accounts = session::live_accounts(directory, call, &open.interaction.browser_hash)?;
    let mut decision = {
        let (client, interaction) = (&open.asker.client, &open.interaction);
        let mut asks = Questions { directory, client, request: &request };
        decide(interaction, &request, client, (&accounts, call.now), &mut asks)?
    };
    if let Decision::Consent(selected) | Decision::Issue(selected) = &decision
        && let Some(account) = accounts.iter().find(|account| account.reference() == *selected)
        && let Err(fault) = resources::open(directory, &open.asker.client, &request, account)?
    {
        decision = Decision::Refuse(fault);
    }
    if matches!(decision, Decision::SignIn | Decision::Choose)
        && somebody_else(&open.interaction, &request, &accounts)
    {
        // What was typed leads nowhere; the page offers what the request asks for, and says why it is back.
        open.interaction.progress =
            Progress { told: Some(Told::of(Problem::OtherAccount)), ..Progress::default() };
    }
    if decision == Decision::SignIn && may_be_guest(directory, call, (&open, &request), &accounts)? {
        decision = Decision::Choose;
    }
    match decision {
        Decision::SignIn => wait(directory, &open).map(Outcome::SignIn),
        Decision::Choose => wait(directory, &open).map(Outcome::Choose),
        Decision::StepUp(selected) => {
            let Some(account) = accounts.iter().find(|account| account.reference() == selected) else {
                return wait(directory, &open).map(Outcome::SignIn);
            };
            let aim = request.acr.map(|wanted| wanted.acr);
            let (tenant, user) = (account.scope.id(), account.user.id);
            open.interaction.progress.account = Some(selected);
            open.interaction.progress.pending =
                Some(Pending { tenant, user, proofs: Vec::new(), aim, anew: false });
            wait(directory, &open).map(Outcome::StepUp)
        }
        Decision::Consent(account) => {
            open.interaction.progress.account = Some(account);
            wait(directory, &open).map(Outcome::Consent)
        }
        Decision::Refuse((code, description)) => {
            refuse(directory, call, terms.records, open, Answer::Error(code, description))
        }
        Decision::Issue(selected) => {
            let Some(account) = accounts.iter().find(|account| account.reference() == selected) else {
                return wait(directory, &open).map(Outcome::SignIn);
            };
            if !finish(directory, &open)? {
                return Ok(Outcome::Gone);
            }
            session::touch(&mut directory.enter(&account.scope)?, call, account)?;
            let answer = issue::code(directory, call, (&open.asker.client, &request, account), terms)?;
            Ok(back(open, request, answer, Some(account)))
        }
    }
}

/// Whether nobody here may answer but somebody who would come in as a guest (D4), and the request leaves that open.
fn may_be_guest(
    directory: &mut Directory<'_>,
    call: &Call,
    (open, request): (&OpenInteraction, &AuthorizationRequest),
    accounts: &[LiveAccount],
) -> Result<bool, Failure> {
    let interaction = &open.interaction;
    if accounts.is_empty() || interaction.progress.signing_in || request.prompt.contains(Prompt::Login) {
        return Ok(false);
    }
    let visit = Visit { interaction: Some(interaction.clone()), asker: Some(open.asker.clone()) };
    Ok(!visit.guests(directory, call, &interaction.browser_hash)?.is_empty())
}

/// What the decision may ask of the database.
struct Questions<'a, 'tx> {
    directory: &'a mut Directory<'tx>,
    client: &'a Client,
    request: &'a AuthorizationRequest,
}

impl Asks<Failure> for Questions<'_, '_> {
    fn consent(&mut self, account: &LiveAccount) -> Result<bool, Failure> {
        consent::stands(self.directory, self.client, self.request, account)
    }

    fn can_reach(&mut self, account: &LiveAccount, aim: Acr) -> Result<bool, Failure> {
        let mut tx = self.directory.enter(&account.scope)?;
        let policy = policies::find(&mut tx)?;
        let enrolled = factors::enrolled(&mut tx, &account.user)?;
        let proved: Vec<Factor> = account.session.proofs.iter().map(|proof| proof.factor).collect();
        Ok(!enrolled.ways(&policy, &proved, Some(aim)).is_empty())
    }
}

/// Whether a factor was proved for this interaction by another person than the one whom the request names.
fn somebody_else(
    interaction: &Interaction,
    request: &AuthorizationRequest,
    accounts: &[LiveAccount],
) -> bool {
    let Some(wanted) = &request.subject else { return false };
    let proved = accounts.iter().find(|account| interaction.progress.proved == Some(account.reference()));
    proved.is_some_and(|account| *wanted != account.user.id.to_string())
}

/// Ends the interaction with an error for the client.
pub(super) fn refuse(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    open: OpenInteraction,
    answer: Answer,
) -> Result<Outcome, Failure> {
    let Some(request) = open.interaction.request.clone() else { return Ok(Outcome::Gone) };
    if !finish(directory, &open)? {
        return Ok(Outcome::Gone);
    }
    let reason = match &answer {
        Answer::Error(code, _) => code.as_str(),
        Answer::Code(_) => ErrorCode::ServerError.as_str(),
    };
    let client = &open.asker.client.client_id;
    let event = call
        .event(EventKind::Authorize, EventResult::Denied, Actor::Anonymous)
        .by_client(client)
        .with("reason", reason);
    let source = Source { tenant: Some(open.asker.owner.id()), named: client.as_str() };
    failures::record(directory, call, rules, source, event)?;
    Ok(back(open, request, answer, None))
}

fn back(
    open: OpenInteraction,
    request: AuthorizationRequest,
    answer: Answer,
    account: Option<&LiveAccount>,
) -> Outcome {
    let tenant = account.map(|account| &account.scope).or_else(|| open.asker.shown_tenant()).cloned();
    Outcome::Back(Box::new(SendBack {
        to: open.to,
        mode: request.response_mode,
        state: request.state,
        client_name: open.asker.client.name,
        tenant,
        ui_locales: request.ui_locales,
        answer,
        person: account.map(|account| (account.scope.id(), account.user.id)),
    }))
}

/// Stores the interaction, so that a page can go on with it.
fn wait(directory: &mut Directory<'_>, open: &OpenInteraction) -> Result<InteractionHandle, Failure> {
    if open.stored {
        interaction_store::save_progress(directory, &open.interaction)?;
    } else {
        interaction_store::start(&mut directory.enter(&open.asker.owner)?, &open.interaction)?;
    }
    Ok(open.interaction.handle())
}

/// Ends the interaction, once. One that was never stored ends by itself.
fn finish(directory: &mut Directory<'_>, open: &OpenInteraction) -> Result<bool, Failure> {
    if open.stored {
        interaction_store::finish(&mut directory.enter(&open.asker.owner)?, open.interaction.id)
    } else {
        Ok(true)
    }
}
