//! RP-initiated logout (OIDC RP-Initiated Logout §2, D12): one account ends, the others of the browser stay. Only an ID
//! token of ours that names a session of this browser ends it without a question, and only with one does the browser go
//! anywhere else (P073).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::active_client::ActiveClient;
use super::call::Call;
use super::failures::{self, RecordRules, Source};
use super::id_token_hint::IdTokenHint;
use super::session::{self, EndReason, LiveAccount, live_accounts};
use crate::crypto::hmac::KeyedHash;
use crate::crypto::jwt::VerificationKeys;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::issuer::Issuer;
use crate::model::session::SessionRef;
use crate::model::time::Timestamp;
use crate::protocol::params::Params;
use crate::protocol::redirect_uri::{LoopbackPort, VerifiedRedirect, verify};
use crate::storage::{Directory, TenantScope};

/// What a relying party asks for.
#[derive(Debug, Clone)]
pub struct LogoutRequest {
    /// The `id_token_hint`, where it is a token of ours that fits the rest of the request.
    hint: Option<IdTokenHint>,
    /// Where the browser should go afterwards; unproved.
    redirect: Option<String>,
    /// Returned exactly.
    state: Option<String>,
}

impl LogoutRequest {
    /// Reads a request. A hint that is not ours, or that is of another client than `client_id` says, counts as none.
    pub fn read(params: &Params, issuer: &Issuer, keys: &VerificationKeys) -> Self {
        let asked = params.get("client_id");
        let hint = params
            .get("id_token_hint")
            .and_then(|token| IdTokenHint::read(token, issuer, keys))
            .filter(|hint| asked.is_none_or(|asked| asked == hint.client.as_str()));
        Self {
            hint,
            redirect: params.get("post_logout_redirect_uri").map(str::to_owned),
            state: params.get("state").map(str::to_owned),
        }
    }
}

/// What happens next.
#[derive(Debug)]
pub enum LogoutStep {
    /// Nobody, or nobody more of those meant, is signed in.
    Done(Box<Done>),
    /// The person is asked.
    Ask(Box<Question>),
}

/// What there is to say when it is done.
#[derive(Debug)]
pub struct Done {
    /// Where the browser goes; without it, a page of ours says that it is done.
    pub to: Option<Departure>,
    /// Accounts that this request signed out.
    pub ended: Vec<LiveAccount>,
    /// Accounts of this browser that are still signed in.
    pub others: Vec<LiveAccount>,
    /// Whose page says so.
    pub tenant: Option<TenantScope>,
}

/// Where the browser goes afterwards: an exactly registered place, with `state` and nothing else added (§3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The place.
    pub to: VerifiedRedirect,
    /// Returned exactly.
    pub state: Option<String>,
}

/// The question whether to sign out.
#[derive(Debug)]
pub struct Question {
    /// Who asks, where the hint proves it.
    pub client: Option<Client>,
    /// Whose page the question is.
    pub tenant: Option<TenantScope>,
    /// Who would be signed out.
    pub accounts: Vec<LiveAccount>,
    /// Where a yes leads.
    pub leads_to: Option<VerifiedRedirect>,
    /// What the answer goes on with.
    pub pending: Pending,
}

/// A logout that waits for an answer. It travels through the form, signed and bound to the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    accounts: Vec<SessionRef>,
    /// Where the browser shall go: only what was wished for, so that it is proved again with the answer.
    wish: Option<Wish>,
    asked_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Wish {
    client: ClientId,
    redirect: String,
    state: Option<String>,
}

/// Answers a request of a relying party, or of a person who comes by. Needs a write transaction.
pub fn begin(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    request: &LogoutRequest,
    cookie_hash: &str,
) -> Result<LogoutStep, Failure> {
    let mut accounts = live_accounts(directory, call, cookie_hash)?;
    let client = match &request.hint {
        Some(hint) => find_client(directory, &hint.client, &accounts)?,
        None => None,
    };
    let to = client.as_ref().zip(request.redirect.as_ref());
    let to = to.and_then(|(asker, redirect)| target(&asker.client, redirect, request.state.as_ref()));
    if accounts.is_empty() {
        return Ok(done(to, client.as_ref(), Vec::new(), accounts));
    }
    let astray = request.redirect.is_some() && to.is_none();
    let named = request.hint.as_ref().and_then(|hint| {
        let place = accounts.iter().position(|account| names(hint, account))?;
        Some(accounts.swap_remove(place))
    });
    if let (true, Some(account)) = (astray, named.as_ref().or(accounts.first())) {
        note_astray(directory, call, rules, client.as_ref(), account)?;
    }
    if let Some(account) = named {
        if astray {
            return Ok(ask(call, client, vec![account], None));
        }
        let ended = vec![account];
        end(directory, call, &ended)?;
        return Ok(done(to, client.as_ref(), ended, accounts));
    }
    if let Some(hint) = &request.hint
        && accounts.iter().any(|account| is_of_person(hint, account))
    {
        accounts.retain(|account| is_of_person(hint, account));
    }
    Ok(ask(call, client, accounts, to))
}

/// Goes on after the person said yes: ends what was asked about, as far as it is still signed in in this browser, and
/// leads on as far as the client may still be used and lists the place still.
pub fn confirm(
    directory: &mut Directory<'_>,
    call: &Call,
    pending: &Pending,
    cookie_hash: &str,
) -> Result<LogoutStep, Failure> {
    let accounts = live_accounts(directory, call, cookie_hash)?;
    let to = match &pending.wish {
        Some(wish) => find_client(directory, &wish.client, &accounts)?
            .and_then(|asker| target(&asker.client, &wish.redirect, wish.state.as_ref())),
        None => None,
    };
    let (ending, others): (Vec<_>, Vec<_>) =
        accounts.into_iter().partition(|account| pending.accounts.contains(&account.reference()));
    end(directory, call, &ending)?;
    Ok(done(to, None, ending, others))
}

/// Notes that the browser of this account was to be led to where no client that may lead it has registered; one by one up to
/// the limit (D23). Any site can send a browser here, so that nobody but the account is named unless the hint proves it.
fn note_astray(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    client: Option<&ActiveClient>,
    account: &LiveAccount,
) -> Result<(), Failure> {
    let user = account.user.id.to_string();
    let mut event = call
        .event(EventKind::SignOut, EventResult::Denied, Actor::Anonymous)
        .on("session", account.session.id)
        .with("reason", "unregistered_target")
        .with("user", user.as_str());
    if let Some(client) = client {
        event = event.by_client(&client.client.client_id);
    }
    let source = Source { tenant: Some(account.scope.id()), named: &user };
    failures::record(directory, call, rules, source, event)
}

/// The tenant whose name may stand on the page: that of the accounts that it is about, which were proved in this browser, where
/// they are of one; else that of a tenant's own client. An ID token is no proof of who brings it: the tenant that it
/// names counts only by such an account (D1).
fn shown_tenant(accounts: &[LiveAccount], client: Option<&ActiveClient>) -> Option<TenantScope> {
    let one = accounts.first().map(|account| &account.scope);
    let one = one.filter(|one| accounts.iter().all(|account| account.scope.id() == one.id()));
    one.or_else(|| client?.shown_tenant()).cloned()
}

fn done(
    to: Option<Departure>,
    client: Option<&ActiveClient>,
    ended: Vec<LiveAccount>,
    others: Vec<LiveAccount>,
) -> LogoutStep {
    LogoutStep::Done(Box::new(Done { to, tenant: shown_tenant(&ended, client), ended, others }))
}

fn ask(
    call: &Call,
    client: Option<ActiveClient>,
    accounts: Vec<LiveAccount>,
    to: Option<Departure>,
) -> LogoutStep {
    let tenant = shown_tenant(&accounts, client.as_ref());
    let client = client.map(|asker| asker.client);
    let leads_to = to.as_ref().map(|departure| departure.to.clone());
    let wish = client.as_ref().zip(to).map(|(client, departure)| Wish {
        client: client.client_id.clone(),
        redirect: departure.to.as_str().to_owned(),
        state: departure.state,
    });
    let accounts_of = accounts.iter().map(LiveAccount::reference).collect();
    let pending = Pending { accounts: accounts_of, wish, asked_at: call.now };
    LogoutStep::Ask(Box::new(Question { client, tenant, accounts, leads_to, pending }))
}

fn end(directory: &mut Directory<'_>, call: &Call, accounts: &[LiveAccount]) -> Result<(), Failure> {
    let people = accounts.iter().map(|account| (account.scope.clone(), account.user.id));
    session::hold_people(directory, people.collect())?;
    let sessions = accounts.iter().map(|account| (account.scope.clone(), account.session.id));
    session::end(directory, call, sessions.collect(), EndReason::SignedOut)?;
    Ok(())
}

/// The active client. One that serves nobody in this browser is not named, and the browser does not go to it (P073, P098).
fn find_client(
    directory: &mut Directory<'_>,
    id: &ClientId,
    accounts: &[LiveAccount],
) -> Result<Option<ActiveClient>, Failure> {
    let asker = ActiveClient::find(directory, id)?;
    Ok(asker.filter(|asker| {
        accounts.is_empty() || accounts.iter().any(|account| asker.client.serves(account.scope.id()))
    }))
}

/// Whether the hint is of this very sign-in.
fn names(hint: &IdTokenHint, account: &LiveAccount) -> bool {
    account.scope.id() == hint.tenant && Some(account.session.id) == hint.sid
}

/// Whether the hint is of this person, whatever the session.
fn is_of_person(hint: &IdTokenHint, account: &LiveAccount) -> bool {
    account.scope.id() == hint.tenant && account.user.id == hint.user
}

/// Where the browser goes, if the client lists it now. The port of a loopback address is compared too (§3).
fn target(client: &Client, redirect: &str, state: Option<&String>) -> Option<Departure> {
    let listed = &client.metadata.post_logout_redirect_uris;
    let to = verify(listed, redirect, LoopbackPort::Registered)?;
    Some(Departure { to, state: state.cloned() })
}

impl Pending {
    /// The form field: the content and a keyed hash over it and the browser.
    pub fn seal(&self, key: &KeyedHash, cookie_hash: &str) -> Result<String, Failure> {
        let content = serde_json::to_vec(self)
            .map_err(|error| Failure::internal("writing a waiting logout").because(error))?;
        let proof = key.of(&[b"logout", cookie_hash.as_bytes(), &content]);
        Ok(format!("{}.{proof}", URL_SAFE_NO_PAD.encode(content)))
    }

    /// Reads the form field; `None` where it was not made by us for this browser, or longer ago than `life`.
    pub fn open(
        field: &str,
        key: &KeyedHash,
        cookie_hash: &str,
        (now, life): (Timestamp, Duration),
    ) -> Option<Self> {
        let (content, proof) = field.split_once('.')?;
        let content = URL_SAFE_NO_PAD.decode(content).ok()?;
        let expected = key.of(&[b"logout", cookie_hash.as_bytes(), &content]);
        let genuine: bool = expected.as_bytes().ct_eq(proof.as_bytes()).into();
        let pending: Self = if genuine { serde_json::from_slice(&content).ok()? } else { return None };
        (now < pending.asked_at + life).then_some(pending)
    }
}
