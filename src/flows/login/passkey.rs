//! A passkey, without a name or for a person whom one more factor is asked of: the credential names its tenant and its person,
//! and has to name the same as whoever waits (P054). The account's lock keeps nobody out here: a stranger's wrong passwords
//! must not, and a signature cannot be guessed (D31).

use super::proved::{Candidate, NotEnough, Proved, proved};
use super::second::Challenge;
use super::visit::Visit;
use super::{Destination, SignInRules};
use crate::crypto::passkey::challenge::{Binding, Opened, Purpose};
use crate::crypto::passkey::{Assertion, PasskeyRefusal};
use crate::flows::call::Call;
use crate::flows::factors::passkey::{Answer, PasskeyRules, Question, credentials, held_owner, owner};
use crate::flows::failures::{self, Source};
use crate::flows::interaction::{Interaction, Problem, Told};
use crate::flows::interaction_store;
use crate::flows::session::CookieChange;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, PasskeyId, UserId};
use crate::model::passkey::{CredentialId, Passkey};
use crate::model::session::{Factor, Proof};
use crate::model::user::User;
use crate::storage::records::passkeys;
use crate::storage::{Directory, TenantScope, TenantTx};

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyLoginRefusal {
    /// There is no open interaction of this browser with that handle.
    Expired,
    /// It cannot be read: it is recorded, and nothing else happens (P041).
    Malformed,
    /// The answer proves nothing, for whatever reason.
    Wrong,
}

/// What was found wrong, and what is known of whose passkey it was to be.
struct Fault {
    reason: &'static str,
    whose: Option<(TenantScope, UserId, PasskeyId)>,
}

impl From<PasskeyRefusal> for Fault {
    fn from(refusal: PasskeyRefusal) -> Self {
        Self::of(refusal.as_str())
    }
}

impl Fault {
    const fn of(reason: &'static str) -> Self {
        Self { reason, whose: None }
    }
}

/// Somebody whose passkey signed.
struct Signer {
    scope: TenantScope,
    user: User,
    passkey: PasskeyId,
}

/// Asks the browser of an open page for any passkey. It needs no look at the database: a stranger costs nothing.
///
/// # Errors
/// The question cannot be written.
pub fn ask(
    call: &Call,
    rules: &PasskeyRules,
    (handle, cookie_hash): (Option<InteractionHandle>, &str),
) -> Result<Option<Question>, Failure> {
    let of = named(handle);
    let binding = Binding { purpose: Purpose::SignIn, browser: cookie_hash, of: &of };
    rules.ask(call, binding, &[])
}

/// Asks for a passkey of the person whom one more factor is asked of.
///
/// # Errors
/// The database fails.
pub fn ask_again(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    (scope, user): (&TenantScope, UserId),
    (handle, cookie_hash): (InteractionHandle, &str),
) -> Result<Option<Question>, Failure> {
    let own = credentials(directory, (scope, user))?;
    let of = named(Some(handle));
    let binding = Binding { purpose: Purpose::Prove, browser: cookie_hash, of: &of };
    rules.ask(call, binding, &own)
}

fn named(handle: Option<InteractionHandle>) -> String {
    handle.map(|handle| handle.to_string()).unwrap_or_default()
}

/// Takes the browser's answer: signs the person in, or goes on with what more is asked of them.
///
/// # Errors
/// The database fails.
pub fn finish(
    directory: &mut Directory<'_>,
    call: &Call,
    (rules, passkeys): (&SignInRules, &PasskeyRules),
    (handle, answer): (Option<InteractionHandle>, &Answer),
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, PasskeyLoginRefusal>, Failure> {
    if let Some(handle) = handle {
        interaction_store::hold(directory, handle, cookie.old)?;
    }
    let Some(visit) = Visit::open(directory, call, handle, cookie.old)? else {
        return Ok(Err(PasskeyLoginRefusal::Expired));
    };
    let assertion = match Assertion::parse(&answer.said) {
        Ok(assertion) => assertion,
        Err(refusal) => {
            record(directory, call, rules, &visit, &refusal.into())?;
            return Ok(Err(PasskeyLoginRefusal::Malformed));
        }
    };
    let waiting = match handle.filter(|_| visit.pending().is_some()) {
        None => None,
        Some(handle) => match Challenge::open(directory, call, handle, cookie.old)? {
            Some(challenge) => Some(challenge),
            None => return Ok(Err(PasskeyLoginRefusal::Expired)),
        },
    };
    let seen = (&visit, waiting.as_ref(), cookie.old);
    let fault = match signer(directory, call, passkeys, seen, (&assertion, answer))? {
        Ok(Signer { scope, user, passkey }) => {
            let proof = Proof { factor: Factor::Passkey, at: call.now };
            let who = Candidate { scope: &scope, user: &user, proof };
            match proved(directory, call, rules, (visit.clone(), who), cookie)? {
                Ok(proved) => return Ok(Ok(proved)),
                Err(NotEnough::Expired) => return Ok(Err(PasskeyLoginRefusal::Expired)),
                Err(NotEnough::Refused(rule) | NotEnough::NoSecondFactor(rule)) => {
                    Fault { reason: rule.as_str(), whose: Some((scope, user.id, passkey)) }
                }
            }
        }
        Err(fault) => fault,
    };
    record(directory, call, rules, &visit, &fault)?;
    if let Some(mut interaction) = visit.interaction {
        interaction.progress.told = Some(Told::of(Problem::PasskeyWrong));
        interaction_store::save_progress(directory, &interaction)?;
    }
    Ok(Err(PasskeyLoginRefusal::Wrong))
}

/// Whether a passkey signed this, found out without changing anything. From where too many answers were wrong, nothing is
/// begun for one more of them (P132), and whoever has the passkey is let in all the same (D31).
///
/// # Errors
/// The database fails.
pub fn is_signed(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    (handle, answer): (Option<InteractionHandle>, &Answer),
    cookie_hash: &str,
) -> Result<bool, Failure> {
    let Some(visit) = Visit::open(directory, call, handle, cookie_hash)? else { return Ok(false) };
    let Ok(assertion) = Assertion::parse(&answer.said) else { return Ok(false) };
    let waiting = match handle.filter(|_| visit.pending().is_some()) {
        None => None,
        Some(handle) => Challenge::open(directory, call, handle, cookie_hash)?,
    };
    let of = named(visit.interaction.as_ref().map(Interaction::handle));
    let binding = Binding { purpose: purpose(waiting.as_ref()), browser: cookie_hash, of: &of };
    let Some(opened) = rules.open(call, binding, answer) else { return Ok(false) };
    Ok(checked(directory, rules, owner, (&visit, waiting.as_ref()), (&assertion, &opened))?.is_ok())
}

const fn purpose(waiting: Option<&Challenge>) -> Purpose {
    if waiting.is_some() { Purpose::Prove } else { Purpose::SignIn }
}

/// Whose passkey signed, if one of somebody who may sign in here did. The question is spent, and the use noted.
fn signer(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    (visit, waiting, cookie_hash): (&Visit, Option<&Challenge>, &str),
    (assertion, answer): (&Assertion, &Answer),
) -> Result<Result<Signer, Fault>, Failure> {
    let of = named(visit.interaction.as_ref().map(Interaction::handle));
    let binding = Binding { purpose: purpose(waiting), browser: cookie_hash, of: &of };
    let Some(opened) = rules.spend(directory, call, binding, answer)? else {
        return Ok(Err(Fault::of("passkey_question")));
    };
    let checked = match checked(directory, rules, held_owner, (visit, waiting), (assertion, &opened))? {
        Ok(checked) => checked,
        Err(fault) => return Ok(Err(fault)),
    };
    let Checked { scope, user, passkey, after } = checked;
    if !passkeys::used(&mut directory.enter(&scope)?, &passkey, &after, call.now)? {
        let whose = Some((scope, user.id, passkey.id));
        return Ok(Err(Fault { reason: PasskeyRefusal::CounterBack.as_str(), whose }));
    }
    Ok(Ok(Signer { scope, user, passkey: passkey.id }))
}

/// A passkey whose signature is right.
struct Checked {
    scope: TenantScope,
    user: User,
    passkey: Passkey,
    /// What is stored of it after this use.
    after: String,
}

/// Reads whose passkey this is, and holds them where the transaction writes.
type ReadOwner = fn(&mut TenantTx<'_>, &CredentialId) -> Result<Option<(Passkey, User)>, Failure>;

/// Whose passkey signed the answer to this question, if one of somebody who may sign in here did.
fn checked(
    directory: &mut Directory<'_>,
    rules: &PasskeyRules,
    read_owner: ReadOwner,
    (visit, waiting): (&Visit, Option<&Challenge>),
    (assertion, opened): (&Assertion, &Opened),
) -> Result<Result<Checked, Fault>, Failure> {
    let Some(verifier) = rules.verifier() else { return Ok(Err(Fault::of("no_passkeys"))) };
    let Some(scope) = directory.passkey_owner(assertion.credential_id())? else {
        return Ok(Err(Fault::of("unknown_passkey")));
    };
    let Some((passkey, user)) = read_owner(&mut directory.enter(&scope)?, assertion.credential_id())? else {
        return Ok(Err(Fault::of("not_usable")));
    };
    let whose = |reason| Fault { reason, whose: Some((scope.clone(), user.id, passkey.id)) };
    if !may_answer(visit, waiting, (&scope, &user)) || !assertion.is_of(user.id, waiting.is_some()) {
        return Ok(Err(whose("another_person")));
    }
    match verifier.check(&opened.state, assertion, &passkey.credential) {
        Ok(after) => Ok(Ok(Checked { scope, user, passkey, after })),
        Err(refusal) => Ok(Err(whose(refusal.as_str()))),
    }
}

/// Whether this person may answer: whom more is asked of, or anybody of a tenant that the request admits and settles.
fn may_answer(visit: &Visit, waiting: Option<&Challenge>, (scope, user): (&TenantScope, &User)) -> bool {
    let tenant = scope.id();
    let is_who_waits =
        waiting.is_none_or(|challenge| challenge.user.id == user.id && challenge.scope.id() == tenant);
    let is_settled = visit.settled().is_none_or(|settled| settled == Destination::Tenant(tenant));
    is_who_waits && is_settled && visit.admits(tenant)
}

/// Records the failure; the address counts it. No account is locked by it.
fn record(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    visit: &Visit,
    fault: &Fault,
) -> Result<(), Failure> {
    let mut failed = call
        .event(EventKind::SignIn, EventResult::Denied, Actor::Anonymous)
        .with("reason", fault.reason)
        .with("factor", "passkey");
    let mut named = "passkey".to_owned();
    if let Some((_, user, passkey)) = &fault.whose {
        named = passkey.to_string();
        failed = failed.on("user", user).with("passkey", named.as_str());
    }
    if let Some(client) = visit.client_id() {
        failed = failed.by_client(client);
    }
    let tenant = fault.whose.as_ref().map(|(scope, _, _)| scope.id());
    failures::record(directory, call, &rules.records, Source { tenant, named: &named }, failed)
}
