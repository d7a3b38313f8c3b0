//! Signing in by the forms of a platform client (R15, D16): the steps of the pages, without the pages. What the cookie is to a
//! browser, the handle is here: a secret that is good for one proof, of this client and for this person (P069).

use std::str::FromStr;
use std::time::Duration;

use super::SignInRules;
use super::code::{self, TypedCode};
use super::identify::{IdentifyRefusal, Typed, identify};
use super::passkey::{self, PasskeyLoginRefusal, ask_again};
use super::password::{self, Compared, PasswordRefusal};
use super::proved::{Proved, SignedIn};
use super::second::{Challenge, SecondRefusal};
use super::visit::Visit;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::factors::FactorRules;
use crate::flows::factors::passkey::{Answer, PasskeyRules, Question};
use crate::flows::foreign::{self, Reached};
use crate::flows::interaction::{FirstParty, Interaction, Problem, Progress};
use crate::flows::links::code::CodeRefusal;
use crate::flows::links::{self, LinkTerms};
use crate::flows::session::{self, CookieChange, EndReason};
use crate::flows::token::{Asking, Issued, TokenRefusal, first_party, rotation};
use crate::flows::{Call, interaction_store};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::protocol::opaque::{self, PlainKind, TenantKind};
use crate::storage::Directory;
use crate::storage::records::refresh_families::{self, EndReason as FamilyEnd};
use crate::storage::records::refresh_tokens;

/// What goes on with a login: the interaction, and the secret of this step.
#[derive(Debug, Clone)]
pub struct Handle {
    /// The interaction.
    pub interaction: InteractionHandle,
    secret: Secret<String>,
}

/// The text is no handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoHandle;

impl Handle {
    /// A new secret, which the next step has to bring.
    pub fn draw(call: &Call) -> Secret<String> {
        opaque::issue_plain(PlainKind::LoginStep, call.secret_bytes().expose())
    }

    /// The handle of this interaction under this secret.
    pub const fn of(interaction: InteractionHandle, secret: Secret<String>) -> Self {
        Self { interaction, secret }
    }

    /// The hash of the secret: what the interaction is bound to.
    pub fn hash(&self) -> String {
        opaque::hash(self.secret.expose())
    }

    /// The text that the client brings back.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.interaction, self.secret.expose())
    }
}

impl FromStr for Handle {
    type Err = NoHandle;

    fn from_str(text: &str) -> Result<Self, NoHandle> {
        let (interaction, secret) = text.rsplit_once('.').ok_or(NoHandle)?;
        opaque::parse_plain(PlainKind::LoginStep, secret).ok_or(NoHandle)?;
        let interaction = interaction.parse().map_err(|_| NoHandle)?;
        Ok(Self { interaction, secret: Secret::new(secret.to_owned()) })
    }
}

/// What a login is judged by, beside the tenant's policy.
#[derive(Debug, Clone)]
pub struct LoginTerms {
    /// Limits and records.
    pub sign_in: SignInRules,
    /// What codes are judged with.
    pub factors: FactorRules,
    /// What passkeys are verified with.
    pub passkeys: PasskeyRules,
    /// What codes are mailed with.
    pub links: LinkTerms,
}

/// What the client brings at one step.
pub enum Given {
    /// A password that was compared.
    Password(Box<Compared>),
    /// A code.
    Code(TypedCode),
    /// What an authenticator said.
    Passkey(Answer),
}

/// Why a login does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginRefusal {
    /// The client may not do this, or no longer.
    Client,
    /// Nothing of this client waits under this handle, or not for this proof.
    Expired,
    /// What was typed as the address, or the organisation, cannot be taken.
    Typed(Problem),
    /// The proof is not right, or nobody is let in by it, for whatever reason (P036).
    Wrong,
    /// It is right, but a second factor is asked for, and the person has none that can be proved here.
    NoSecondFactor,
    /// As many codes as there may be were mailed.
    MailedEnough,
    /// Too many failures of this name, whether it exists or not.
    TooMany {
        /// When the next try counts.
        until: Timestamp,
    },
    /// The tokens that were asked for cannot be issued.
    Tokens(TokenRefusal),
}

impl From<PasswordRefusal> for LoginRefusal {
    fn from(refusal: PasswordRefusal) -> Self {
        match refusal {
            PasswordRefusal::Expired | PasswordRefusal::NoIdentifier => Self::Expired,
            PasswordRefusal::Wrong => Self::Wrong,
            PasswordRefusal::NoSecondFactor => Self::NoSecondFactor,
            PasswordRefusal::TooMany { until } => Self::TooMany { until },
        }
    }
}

impl From<SecondRefusal> for LoginRefusal {
    fn from(refusal: SecondRefusal) -> Self {
        match refusal {
            SecondRefusal::Expired => Self::Expired,
            SecondRefusal::Wrong => Self::Wrong,
            SecondRefusal::TooMany { until } => Self::TooMany { until },
        }
    }
}

impl From<PasskeyLoginRefusal> for LoginRefusal {
    fn from(refusal: PasskeyLoginRefusal) -> Self {
        match refusal {
            PasskeyLoginRefusal::Expired => Self::Expired,
            PasskeyLoginRefusal::Malformed | PasskeyLoginRefusal::Wrong => Self::Wrong,
        }
    }
}

/// What a proof came to.
#[derive(Debug)]
pub enum Step {
    /// The tokens.
    Done(Box<Issued>),
    /// One more factor is asked for.
    More(More),
}

/// What can be proved next.
#[derive(Debug)]
pub struct More {
    /// The interaction.
    pub interaction: InteractionHandle,
    /// With what, the best way first. Never empty.
    pub ways: Vec<Factor>,
    /// The question for a passkey, where that is one of the ways.
    pub question: Option<Question>,
}

/// Whether the client may take the proofs of people at this moment; if not, that is recorded.
///
/// # Errors
/// The database fails.
pub fn admit(directory: &mut Directory<'_>, asking: Asking<'_>) -> Result<Result<(), LoginRefusal>, Failure> {
    let Asking { call, terms, client } = asking;
    let mut tx = directory.enter(&client.known().scope)?;
    if !client.stands(&mut tx, call, &terms.records)? {
        return Ok(Err(LoginRefusal::Client));
    }
    if client.client().may_sign_people_in() {
        return Ok(Ok(()));
    }
    let denied = call
        .event(EventKind::AccessDenied, EventResult::Denied, Actor::Client(client.id().clone()))
        .by_client(client.id())
        .with("at", "api")
        .with("reason", "first_party_login");
    tx.record(denied);
    Ok(Err(LoginRefusal::Client))
}

/// Begins a login of this client under the first secret, and settles where it leads. No account is looked up.
///
/// # Errors
/// The database fails.
pub fn begin(
    directory: &mut Directory<'_>,
    asking: Asking<'_>,
    (typed, wanted): (&Typed, FirstParty),
    (hash, life): (&str, Duration),
) -> Result<Result<InteractionHandle, LoginRefusal>, Failure> {
    if let Err(refusal) = admit(directory, asking)? {
        return Ok(Err(refusal));
    }
    let Asking { call, client, .. } = asking;
    let owner = client.known().scope.clone();
    let interaction = Interaction {
        id: call.id(),
        stored_in: owner.id(),
        client_id: Some(client.id().clone()),
        browser_hash: hash.to_owned(),
        request: None,
        progress: Progress { first_party: Some(wanted), ..Progress::default() },
        created_at: call.now,
        expires_at: call.now + life,
    };
    interaction_store::start(&mut directory.enter(&owner)?, &interaction)?;
    Ok(match identify(directory, call, (Some(interaction.handle()), hash), typed, life)? {
        Ok(handle) => Ok(handle),
        Err(IdentifyRefusal::Form(problem)) => Err(LoginRefusal::Typed(problem)),
        // It was stored a moment ago: the client was switched off meanwhile.
        Err(IdentifyRefusal::Expired) => Err(LoginRefusal::Client),
    })
}

/// Judges a proof, by the same flows as the pages, and goes on: with the tokens, or with what is asked for next, under the new
/// secret with this hash.
///
/// # Errors
/// The database fails.
pub fn prove(
    directory: &mut Directory<'_>,
    asking: Asking<'_>,
    terms: &LoginTerms,
    (handle, given): (&Handle, Given),
    hash: &str,
) -> Result<Result<Step, LoginRefusal>, Failure> {
    let (call, interaction, old) = (asking.call, handle.interaction, handle.hash());
    let Some(wanted) = waits(directory, call, asking.client, (interaction, &old))? else {
        return Ok(Err(LoginRefusal::Expired));
    };
    let (rules, cookie) = (&terms.sign_in, CookieChange { old: &old, new: hash });
    let proved = match given {
        Given::Password(compared) => {
            password::finish(directory, call, rules, *compared, cookie)?.map_err(LoginRefusal::from)
        }
        Given::Code(typed) => {
            code::prove(directory, call, (rules, &terms.factors), (interaction, cookie), &typed)?
                .map_err(LoginRefusal::from)
        }
        Given::Passkey(answer) => {
            let answered = (Some(interaction), &answer);
            passkey::finish(directory, call, (rules, &terms.passkeys), answered, cookie)?
                .map_err(LoginRefusal::from)
        }
    };
    match proved {
        Ok(Proved::SignedIn(signed_in)) => {
            if let Some(scope) = directory.tenant(interaction.tenant)? {
                interaction_store::finish(&mut directory.enter(&scope)?, interaction.id)?;
            }
            tokens(directory, asking, &signed_in, &wanted)
        }
        Ok(Proved::More(interaction)) => {
            Ok(more(directory, call, &terms.passkeys, (interaction, hash))?.map(Step::More))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Mails a code to the person who waits, where that is one of the ways on. The handle stays as it is: nothing was proved.
///
/// # Errors
/// The database fails.
pub fn mail_code(
    directory: &mut Directory<'_>,
    asking: Asking<'_>,
    terms: &LoginTerms,
    handle: &Handle,
) -> Result<Result<More, LoginRefusal>, Failure> {
    let (call, interaction, hash) = (asking.call, handle.interaction, handle.hash());
    if waits(directory, call, asking.client, (interaction, &hash))?.is_none() {
        return Ok(Err(LoginRefusal::Expired));
    }
    match links::code::send(directory, call, &terms.links, (interaction, &hash), None)? {
        Ok(()) => more(directory, call, &terms.passkeys, (interaction, &hash)),
        Err(CodeRefusal::Expired) => Ok(Err(LoginRefusal::Expired)),
        Err(CodeRefusal::Enough) => Ok(Err(LoginRefusal::MailedEnough)),
    }
}

/// What the login that waits here is for, if it is one of this client, which may still do this.
fn waits(
    directory: &mut Directory<'_>,
    call: &Call,
    client: &AuthenticatedClient,
    (interaction, hash): (InteractionHandle, &str),
) -> Result<Option<FirstParty>, Failure> {
    let visit = Visit::open(directory, call, Some(interaction), hash)?;
    Ok(visit.filter(|visit| visit.client_id() == Some(client.id())).and_then(|visit| {
        let may = visit.asker.as_ref().is_some_and(|asker| asker.client.may_sign_people_in());
        visit.interaction.filter(|_| may)?.progress.first_party
    }))
}

/// The tokens of the session; where there are none, it was for nothing, and ends.
fn tokens(
    directory: &mut Directory<'_>,
    asking: Asking<'_>,
    signed_in: &SignedIn,
    wanted: &FirstParty,
) -> Result<Result<Step, LoginRefusal>, Failure> {
    let account = signed_in.admitted.account;
    match first_party::issue(directory, asking, account, wanted)? {
        Ok(issued) => Ok(Ok(Step::Done(Box::new(issued)))),
        Err(refusal) => {
            let session = directory.tenant(account.tenant_id)?.map(|scope| (scope, account.sid));
            session::end(directory, asking.call, session.into_iter().collect(), EndReason::SignedOut)?;
            Ok(Err(LoginRefusal::Tokens(refusal)))
        }
    }
}

fn more(
    directory: &mut Directory<'_>,
    call: &Call,
    passkeys: &PasskeyRules,
    (interaction, hash): (InteractionHandle, &str),
) -> Result<Result<More, LoginRefusal>, Failure> {
    let Some(challenge) = Challenge::open(directory, call, interaction, hash)? else {
        return Ok(Err(LoginRefusal::Expired));
    };
    let here = |factor: &Factor| match factor {
        Factor::Passkey | Factor::Totp | Factor::RecoveryCode | Factor::EmailCode => true,
        Factor::Password | Factor::MagicLink | Factor::Connection | Factor::Home | Factor::HomeTwo => false,
    };
    let mut ways: Vec<Factor> = challenge.ways.into_iter().filter(here).collect();
    let question = if ways.contains(&Factor::Passkey) {
        let whose = (&challenge.scope, challenge.user.id);
        ask_again(directory, call, passkeys, whose, (interaction, hash))?
    } else {
        None
    };
    ways.retain(|factor| *factor != Factor::Passkey || question.is_some());
    Ok(if ways.is_empty() {
        Err(LoginRefusal::NoSecondFactor)
    } else {
        Ok(More { interaction, ways, question })
    })
}

/// Signs a person out: ends the session behind a refresh token of this client, and the token's family though it would outlive
/// the session. A token that is unknown, ended or another client's changes nothing, and the answer is the same.
///
/// # Errors
/// The database fails.
pub fn logout(
    directory: &mut Directory<'_>,
    asking: Asking<'_>,
    token: &str,
) -> Result<Result<(), LoginRefusal>, Failure> {
    if let Err(refusal) = admit(directory, asking)? {
        return Ok(Err(refusal));
    }
    let Asking { call, terms, client } = asking;
    let Some(presented) = opaque::parse(TenantKind::RefreshToken, token) else { return Ok(Ok(())) };
    let Some(scope) = directory.tenant(presented.tenant)? else { return Ok(Ok(())) };
    let mut tx = directory.enter(&scope)?;
    let Some(token) = refresh_tokens::find(&mut tx, &presented.hash)? else { return Ok(Ok(())) };
    let Some(family) = refresh_families::find(&mut tx, token.family_id)? else { return Ok(Ok(())) };
    if family.client_id != *client.id() {
        let id = family.id.to_string();
        let reached = Reached { at: "logout", kind: "refresh_family", id: &id };
        foreign::note(directory, call, &terms.records, client, &reached)?;
        return Ok(Ok(()));
    }
    // The family before the change number, as everywhere; what is out of it bears the session, which ends behind it.
    let lived = refresh_families::end(&mut tx, family.id, FamilyEnd::Revoked, call.now)?;
    let session = vec![(scope.clone(), family.sid)];
    let ended = session::end(directory, call, session, EndReason::SignedOut)?;
    if lived && ended == 0 {
        rotation::kill(&mut directory.enter(&scope)?, call, &family, FamilyEnd::Revoked)?;
    }
    Ok(Ok(()))
}
