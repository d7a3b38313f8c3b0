//! RP-initiated logout (OIDC RP-Initiated Logout §2, D12): one account ends, the others of the browser stay. Only an ID
//! token of ours that names a session of this browser ends it without a question, and only with one does the browser go
//! anywhere else (P073).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::call::Call;
use super::session::{self, EndReason, LiveAccount, live_accounts};
use crate::crypto::hmac::KeyedHash;
use crate::crypto::jwt::{TokenKind, VerificationKeys, verify};
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, SessionId, TenantId, UserId};
use crate::model::issuer::Issuer;
use crate::model::session::SessionRef;
use crate::protocol::params::Params;
use crate::storage::Directory;
use crate::storage::records::clients;

/// What a relying party asks for.
#[derive(Debug, Clone)]
pub struct LogoutRequest {
    /// The `id_token_hint`, where it is a token of ours that fits the rest of the request.
    hint: Option<Hint>,
    /// Where the browser should go afterwards; unproved.
    redirect: Option<String>,
    /// Returned exactly.
    state: Option<String>,
}

/// What an ID token of ours says; it may have expired.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hint {
    client: ClientId,
    tenant: TenantId,
    user: UserId,
    sid: Option<SessionId>,
}

impl LogoutRequest {
    /// Reads a request. A hint that is not ours, or that is of another client than `client_id` says, counts as none.
    pub fn read(params: &Params, issuer: &Issuer, keys: &VerificationKeys) -> Self {
        let asked = params.get("client_id");
        let hint = params
            .get("id_token_hint")
            .and_then(|token| Hint::read(token, issuer, keys))
            .filter(|hint| asked.is_none_or(|asked| asked == hint.client.as_str()));
        Self {
            hint,
            redirect: params.get("post_logout_redirect_uri").map(str::to_owned),
            state: params.get("state").map(str::to_owned),
        }
    }
}

impl Hint {
    fn read(token: &str, issuer: &Issuer, keys: &VerificationKeys) -> Option<Self> {
        let claims = verify(token, TokenKind::IdToken, keys).ok()?;
        if claims.text("iss")? != issuer.as_str() {
            return None;
        }
        let audience = claims.audience().ok()?;
        let [client] = audience.as_slice() else { return None };
        Some(Self {
            client: client.parse().ok()?,
            tenant: claims.text("tenant_id")?.parse().ok()?,
            user: claims.text("sub")?.parse().ok()?,
            sid: claims.text("sid").and_then(|sid| sid.parse().ok()),
        })
    }

    fn names(&self, account: &LiveAccount) -> bool {
        account.scope.id() == self.tenant && Some(account.session.id) == self.sid
    }

    fn is_of_person(&self, account: &LiveAccount) -> bool {
        account.scope.id() == self.tenant && account.user.id == self.user
    }
}

/// What happens next.
#[derive(Debug)]
pub enum LogoutStep {
    /// Nobody, or nobody more of those meant, is signed in.
    Done {
        /// The registered place where the browser goes; without one, a page of ours says it.
        to: Option<String>,
        /// Accounts of this browser that are still signed in.
        others: Vec<LiveAccount>,
    },
    /// The person is asked.
    Ask(Box<Question>),
}

/// The question whether to sign out.
#[derive(Debug)]
pub struct Question {
    /// Who asks, where the hint proves it.
    pub client: Option<Client>,
    /// Who would be signed out.
    pub accounts: Vec<LiveAccount>,
    /// What the answer goes on with.
    pub pending: Pending,
}

/// A logout that waits for an answer. It travels through the form, signed and bound to the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    accounts: Vec<SessionRef>,
    to: Option<String>,
}

/// Answers a request of a relying party, or of a person who comes by. Needs a write transaction.
pub fn begin(
    directory: &mut Directory<'_>,
    call: &Call,
    request: &LogoutRequest,
    cookie_hash: &str,
) -> Result<LogoutStep, Failure> {
    let mut accounts = live_accounts(directory, call, cookie_hash)?;
    let client = match &request.hint {
        Some(hint) => find_client(directory, &hint.client)?,
        None => None,
    };
    // A client that serves nobody in this browser is not named, and the browser does not go to it (P073, P098).
    let client = client.filter(|client| {
        accounts.is_empty() || accounts.iter().any(|account| client.serves(account.scope.id()))
    });
    let to = client.as_ref().and_then(|client| target(client, request));
    if accounts.is_empty() {
        return Ok(LogoutStep::Done { to, others: accounts });
    }
    let astray = request.redirect.is_some() && to.is_none();
    let named = request.hint.as_ref().and_then(|hint| {
        let place = accounts.iter().position(|account| hint.names(account))?;
        Some(accounts.swap_remove(place))
    });
    if let Some(account) = named {
        if astray {
            return Ok(ask(client, vec![account], None));
        }
        end(directory, call, &account)?;
        return Ok(LogoutStep::Done { to, others: accounts });
    }
    if let Some(hint) = &request.hint
        && accounts.iter().any(|account| hint.is_of_person(account))
    {
        accounts.retain(|account| hint.is_of_person(account));
    }
    Ok(ask(client, accounts, to))
}

/// Goes on after the person said yes: ends what was asked about, as far as it is still signed in in this browser.
pub fn confirm(
    directory: &mut Directory<'_>,
    call: &Call,
    pending: Pending,
    cookie_hash: &str,
) -> Result<LogoutStep, Failure> {
    let (ending, others): (Vec<_>, Vec<_>) = live_accounts(directory, call, cookie_hash)?
        .into_iter()
        .partition(|account| pending.accounts.contains(&account.reference()));
    for account in &ending {
        end(directory, call, account)?;
    }
    Ok(LogoutStep::Done { to: pending.to, others })
}

fn ask(client: Option<Client>, accounts: Vec<LiveAccount>, to: Option<String>) -> LogoutStep {
    let pending = Pending { accounts: accounts.iter().map(LiveAccount::reference).collect(), to };
    LogoutStep::Ask(Box::new(Question { client, accounts, pending }))
}

fn end(directory: &mut Directory<'_>, call: &Call, account: &LiveAccount) -> Result<(), Failure> {
    let mut tx = directory.enter(&account.scope)?;
    session::end(&mut tx, call, account.session.id, EndReason::SignedOut)?;
    Ok(())
}

fn find_client(directory: &mut Directory<'_>, id: &ClientId) -> Result<Option<Client>, Failure> {
    let Some(owner) = directory.client_owner(id)? else { return Ok(None) };
    let client = clients::find(&mut directory.enter(&owner)?, id)?;
    Ok(client.filter(|client| client.status.is_active()))
}

/// Where the browser goes: an exactly registered place, with `state` and nothing else added (§3).
fn target(client: &Client, request: &LogoutRequest) -> Option<String> {
    let wanted = request.redirect.as_ref()?;
    let registered = client.metadata.post_logout_redirect_uris.iter().find(|uri| *uri == wanted)?;
    let Some(state) = &request.state else { return Some(registered.clone()) };
    let joint = if registered.contains('?') { '&' } else { '?' };
    let state: String = url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
    // `+` is a space in a form only; every reader understands the other spelling.
    Some(format!("{registered}{joint}state={}", state.replace('+', "%20")))
}

impl Pending {
    /// Where the browser goes after a yes.
    pub fn leads_to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// The form field: the content and a keyed hash over it and the browser.
    pub fn seal(&self, key: &KeyedHash, cookie_hash: &str) -> Result<String, Failure> {
        let content = serde_json::to_vec(self)
            .map_err(|error| Failure::internal("writing a waiting logout").because(error))?;
        let proof = key.of(&[b"logout", cookie_hash.as_bytes(), &content]);
        Ok(format!("{}.{proof}", URL_SAFE_NO_PAD.encode(content)))
    }

    /// Reads the form field; `None` where it was not made by us for this browser.
    pub fn open(field: &str, key: &KeyedHash, cookie_hash: &str) -> Option<Self> {
        let (content, proof) = field.split_once('.')?;
        let content = URL_SAFE_NO_PAD.decode(content).ok()?;
        let expected = key.of(&[b"logout", cookie_hash.as_bytes(), &content]);
        let genuine: bool = expected.as_bytes().ct_eq(proof.as_bytes()).into();
        if genuine { serde_json::from_slice(&content).ok() } else { None }
    }
}
