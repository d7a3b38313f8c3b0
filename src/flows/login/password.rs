//! The password: read the hash, compare it outside any transaction, then write everything that follows in one (P036).
//! Where there is no such account, the same reads, the same work and the same writes happen.

use super::proved::{Candidate, NotEnough, Proved, proved, proved_before};
use super::stuffing::{PasswordTag, Trace};
use super::visit::Visit;
use super::{Destination, SignInRules, lockout};
use crate::crypto::password::{Against, Password, PasswordHash, Place, Verdict};
use crate::flows::call::Call;
use crate::flows::failures::{self, Source};
use crate::flows::interaction::{Problem, Told};
use crate::flows::interaction_store;
use crate::flows::policy::Rule;
use crate::flows::session::CookieChange;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, TenantId, UserId};
use crate::model::secret::Secret;
use crate::model::session::{Factor, Proof};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::records::{password_floor, passwords, users};
use crate::storage::{Directory, TenantScope, TenantTx};

/// A password that is about to be compared.
#[derive(Debug, Clone)]
pub struct Attempt {
    handle: InteractionHandle,
    canonical: String,
    destination: Destination,
    /// The request that waits for it; none for a plain sign-in.
    pub goes_on: Option<InteractionHandle>,
    /// What to compare with: the hash that the account has, or nothing that any password matches.
    pub against: Against,
}

/// A password that was compared.
#[derive(Debug)]
pub struct Compared {
    /// With what.
    pub attempt: Attempt,
    /// How it went.
    pub verdict: Verdict,
    /// Takes the place of a hash that is weaker than those we make now.
    pub rehashed: Option<PasswordHash>,
    /// Which password it was, to whoever counts its failures (D31).
    pub tag: Option<PasswordTag>,
}

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRefusal {
    /// There is no open interaction of this browser with that handle.
    Expired,
    /// No address was typed yet.
    NoIdentifier,
    /// Address and password do not belong together, or the account or its tenant is suspended: the same answer.
    Wrong,
    /// They do, but a second factor is asked for, and the person has none.
    NoSecondFactor,
    /// Too many failures of this name, whether it exists or not.
    TooMany {
        /// When the next try counts.
        until: Timestamp,
    },
}

/// Finds what the password has to be compared with.
pub fn begin(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    handle: InteractionHandle,
    cookie: CookieChange<'_>,
) -> Result<Result<Attempt, PasswordRefusal>, Failure> {
    let Some(visit) = Visit::answer(directory, call, handle, cookie)? else {
        return Ok(Err(PasswordRefusal::Expired));
    };
    let Some((email, destination)) = visit.named() else {
        return Ok(Err(PasswordRefusal::NoIdentifier));
    };
    let canonical = email.canonical().to_owned();
    let key = rules.account_key(&destination, &canonical);
    if let Some(until) = lockout::locked_until(directory, &key, call.now)? {
        return Ok(Err(PasswordRefusal::TooMany { until }));
    }
    // By where it comes from at once; by which password when that is known.
    let trace = Trace { password: None, address: call.address };
    if let Some(until) = rules.stuffing.held_until(trace, call.now) {
        return Ok(Err(PasswordRefusal::TooMany { until }));
    }
    let stored = match find_account(directory, &destination, &canonical)? {
        Account::Usable(_, _, stored) => Some(stored),
        Account::Suspended(..) | Account::Unknown(_) => None,
    };
    // The same for every account of the deployment, or the time would tell them apart (P036).
    let against = Against { stored, floor: password_floor::read(directory)? };
    let goes_on = visit.request().map(|_| handle);
    Ok(Ok(Attempt { handle, canonical, destination, goes_on, against }))
}

/// Compares on the pool, between the transactions; a hash that is weaker than ours of today is made anew.
///
/// # Errors
/// The pool fails.
pub async fn compare(
    place: Place,
    password: Password,
    (attempt, rules): (Attempt, &SignInRules),
) -> Result<Compared, Failure> {
    let tag = Some(rules.stuffing.tag(&password));
    let verdict = place.verify(password.clone(), attempt.against.clone()).await?;
    let rehashed = match verdict {
        Verdict::Match { outdated: true } => Some(place.hash(password).await?),
        Verdict::Match { outdated: false } | Verdict::Mismatch => None,
    };
    Ok(Compared { attempt, verdict, rehashed, tag })
}

/// Goes on after the comparison: signs the person in, or counts and records the failure. Everything is read again: what
/// changed since [`begin`] counts.
pub fn finish(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    compared: Compared,
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, PasswordRefusal>, Failure> {
    let Compared { attempt, verdict, rehashed, tag } = compared;
    interaction_store::hold(directory, attempt.handle, cookie.old)?;
    let Some(visit) = Visit::answer(directory, call, attempt.handle, cookie)? else {
        return Ok(Err(PasswordRefusal::Expired));
    };
    let again = visit.is_answered(cookie);
    let named = visit.named();
    let is_same = |(email, destination): &(Email, Destination)| {
        email.canonical() == attempt.canonical && *destination == attempt.destination
    };
    if !named.as_ref().is_some_and(is_same) {
        return Ok(Err(PasswordRefusal::Expired));
    }
    let key = rules.account_key(&attempt.destination, &attempt.canonical);
    if let Some(until) = lockout::hold(directory, &key, call.now)? {
        return Ok(Err(PasswordRefusal::TooMany { until }));
    }
    let trace = Trace { password: tag, address: call.address };
    if let Some(until) = rules.stuffing.held_until(trace, call.now) {
        return Ok(Err(PasswordRefusal::TooMany { until }));
    }
    let account = find_account(directory, &attempt.destination, &attempt.canonical)?;
    let reason = match (&account, verdict) {
        (Account::Usable(scope, user, _), Verdict::Match { .. }) if again => {
            let before = proved_before(directory, call, &visit, (scope, user.id))?;
            return Ok(before.ok_or(PasswordRefusal::Expired));
        }
        (Account::Usable(scope, user, stored), Verdict::Match { .. })
            if Some(stored) == attempt.against.stored.as_ref()
                && still_opens(&mut directory.enter(scope)?, user.id, stored)? =>
        {
            if let Some(phc) = rehashed {
                let phc = Secret::new(phc.as_str().to_owned());
                passwords::put(&mut directory.enter(scope)?, user.id, &phc, call.now)?;
            }
            // As they are now that they are held: what took their proofs back meanwhile is seen.
            let Some(user) = users::find(&mut directory.enter(scope)?, user.id)? else {
                return Ok(Err(PasswordRefusal::Expired));
            };
            let proof = Proof { factor: Factor::Password, at: call.now };
            let who = Candidate { scope, user: &user, proof };
            match proved(directory, call, rules, (visit.clone(), who), cookie)? {
                Ok(proved) => return Ok(Ok(proved)),
                Err(NotEnough::Expired) => return Ok(Err(PasswordRefusal::Expired)),
                Err(NotEnough::NoSecondFactor(rule)) => {
                    return no_second_factor(directory, call, visit, (scope, user.id, rule)).map(Err);
                }
                // As if it were wrong, in everything: whoever is kept out learns nothing by it.
                Err(NotEnough::Refused(rule)) => rule.as_str(),
            }
        }
        (Account::Usable(..), Verdict::Match { .. } | Verdict::Mismatch) => "wrong_password",
        (Account::Suspended(..), Verdict::Match { .. } | Verdict::Mismatch) => "not_usable",
        (Account::Unknown(_), Verdict::Match { .. } | Verdict::Mismatch) => "unknown_account",
    };
    rules.stuffing.failed(directory, call, trace, &key)?;
    fail(directory, call, rules, (&visit, &key, &account, reason))?;
    if let Some(mut interaction) = visit.interaction.filter(|_| !again) {
        interaction.progress.told = Some(Told::of(Problem::PasswordWrong));
        interaction_store::save_progress(directory, &interaction)?;
    }
    Ok(Err(PasswordRefusal::Wrong))
}

/// The password is right, and there is no way on: that is told, since it is this person's to mend, and recorded.
fn no_second_factor(
    directory: &mut Directory<'_>,
    call: &Call,
    visit: Visit,
    (scope, user, rule): (&TenantScope, UserId, Rule),
) -> Result<PasswordRefusal, Failure> {
    let event = call
        .event(EventKind::SignIn, EventResult::Denied, Actor::User(user))
        .with("reason", "no_second_factor")
        .with("rule", rule.as_str());
    directory.enter(scope)?.record(event);
    if let Some(mut interaction) = visit.interaction {
        interaction.progress.told = Some(Told::of(Problem::NoSecondFactor));
        interaction_store::save_progress(directory, &interaction)?;
    }
    Ok(PasswordRefusal::NoSecondFactor)
}

/// Refuses a password that is longer than any can be: for whomever it is, without a look at any account (P038).
pub fn refuse_unread(
    directory: &mut Directory<'_>,
    call: &Call,
    (handle, cookie_hash): (InteractionHandle, &str),
) -> Result<PasswordRefusal, Failure> {
    interaction_store::hold(directory, handle, cookie_hash)?;
    let Some(mut interaction) = interaction_store::load(directory, call, handle, cookie_hash)? else {
        return Ok(PasswordRefusal::Expired);
    };
    interaction.progress.told = Some(Told::of(Problem::PasswordWrong));
    interaction_store::save_progress(directory, &interaction)?;
    Ok(PasswordRefusal::Wrong)
}

enum Account {
    Usable(TenantScope, Box<User>, PasswordHash),
    Suspended(TenantScope, UserId),
    Unknown(Option<TenantScope>),
}

/// Looks the account up. Each way through here asks the database the same questions.
fn find_account(
    directory: &mut Directory<'_>,
    destination: &Destination,
    canonical: &str,
) -> Result<Account, Failure> {
    let nobody = TenantId::from_bytes([0; 16]);
    let (tenant, name) = match destination {
        Destination::Tenant(tenant) => (*tenant, canonical),
        Destination::Nowhere(_) => (nobody, ""),
    };
    let scope = directory.tenant(tenant)?;
    let platform = directory.platform()?;
    let (within, name) = match &scope {
        Some(scope) => (scope.clone(), name),
        // No account has an empty address.
        None => (platform, ""),
    };
    let mut tx = directory.enter(&within)?;
    let user = users::find_by_email(&mut tx, name)?;
    let id = user.as_ref().map_or(UserId::from_bytes([0; 16]), |user| user.id);
    let phc = passwords::find(&mut tx, id)?;
    let stored = match &phc {
        Some(phc) => Some(
            PasswordHash::parse(phc.expose())
                .map_err(|error| Failure::internal("reading a password hash").because(error))?,
        ),
        None => None,
    };
    Ok(match (scope, user, stored) {
        (Some(scope), Some(user), Some(stored)) if user.status.is_active() => {
            Account::Usable(scope, Box::new(user), stored)
        }
        (Some(scope), Some(user), _) => Account::Suspended(scope, user.id),
        (scope, _, _) => Account::Unknown(scope),
    })
}

/// Whether the account may be used, and still has the password that was compared. The person is held first, as by whoever
/// gives them another one: the old one opens nothing after that, and takes no place of the new one.
fn still_opens(tx: &mut TenantTx<'_>, user: UserId, compared: &PasswordHash) -> Result<bool, Failure> {
    if !users::hold_active(tx, user)? {
        return Ok(false);
    }
    Ok(passwords::find(tx, user)?.is_some_and(|phc| phc.expose() == compared.as_str()))
}

/// Counts the failure and records it; at the limit, the name is locked and that is recorded, once.
fn fail(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (visit, key, account, reason): (&Visit, &str, &Account, &'static str),
) -> Result<(), Failure> {
    let (tenant, user) = match account {
        Account::Usable(scope, user, _) => (Some(scope), Some(user.id)),
        Account::Suspended(scope, user) => (Some(scope), Some(*user)),
        Account::Unknown(scope) => (scope.as_ref(), None),
    };
    let mut failed = call
        .event(EventKind::SignIn, EventResult::Denied, Actor::Anonymous)
        .with("reason", reason)
        .with("account", key);
    if let Some(user) = user {
        failed = failed.on("user", user);
    }
    if let Some(client) = visit.client_id() {
        failed = failed.by_client(client);
    }
    let source = Source { tenant: tenant.map(TenantScope::id), named: key };
    failures::record(directory, call, &rules.records, source, failed)?;
    lockout::count_and_record(directory, call, rules, (tenant, user, key))
}
