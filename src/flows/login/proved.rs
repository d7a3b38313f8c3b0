//! Where every factor ends, the first and the second: the tenant's policy is asked, and there is a session only once it is
//! satisfied (P045). The browser's cookie changes at each proof (P069).

use super::visit::Visit;
use super::{SignInRules, lockout, notices};
use crate::flows::call::Call;
use crate::flows::factors::{self, Enrolled, devices};
use crate::flows::interaction::{Interaction, Pending};
use crate::flows::interaction_store;
use crate::flows::policy::{self, Device, Door, Rule, Verdict};
use crate::flows::session::{self, Admitted, CookieChange, LiveAccount};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, TenantId, UserId};
use crate::model::policy::Policy;
use crate::model::session::{Factor, Proof, SessionRef};
use crate::model::user::User;
use crate::protocol::acr::{Acr, acr};
use crate::storage::records::policies;
use crate::storage::{Directory, TenantScope};

/// A person who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who it is.
    pub user: UserId,
    /// The account in this browser.
    pub admitted: Admitted,
    /// The request that waited for it and goes on now.
    pub goes_on: Option<InteractionHandle>,
    /// The page of ours that it was for, where no request waited.
    pub then: Option<String>,
}

/// What a proof came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proved {
    /// There is a session.
    SignedIn(SignedIn),
    /// One more factor is asked for, on the page of this interaction.
    More(InteractionHandle),
}

/// Why a proof that was right opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEnough {
    /// The tenant's policy does not admit it. Nobody is told which rule: before a session, that would tell of an account.
    Refused(Rule),
    /// A second factor is asked for by this rule, and the person has none that would do.
    NoSecondFactor(Rule),
    /// The interaction ended meanwhile.
    Expired,
}

/// Somebody who has just proved a factor.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The tenant they sign in to.
    pub scope: &'a TenantScope,
    /// Who it is, read in this transaction.
    pub user: &'a User,
    /// What was proved: now, but for the word of a guest's home, which is as old as what was proved there (D4).
    pub proof: Proof,
}

/// Goes on after a proof.
///
/// # Errors
/// The database fails.
pub fn proved(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (visit, who): (Visit, Candidate<'_>),
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, NotEnough>, Failure> {
    let Candidate { scope, user, proof } = who;
    let pending = visit.pending_of(scope.id(), user.id);
    let aim = pending.and_then(|pending| pending.aim);
    let anew = pending.is_some_and(|pending| pending.anew);
    let earlier = pending.map(|pending| pending.proofs.clone()).unwrap_or_default();
    let fresh = session::merged(&earlier, &[proof]);
    let here = session::live_accounts(directory, call, cookie.old)?
        .into_iter()
        .find(|account| account.user.id == user.id && account.scope.id() == scope.id());
    let known = here.as_ref().map(|account: &LiveAccount| account.session.proofs.as_slice());
    let all: Vec<Factor> =
        session::merged(known.unwrap_or_default(), &fresh).iter().map(|proof| proof.factor).collect();
    let mut tx = directory.enter(scope)?;
    let policy = policies::find(&mut tx)?;
    let enrolled = factors::enrolled(&mut tx, user)?;
    let remembered = devices::of_browser(&mut tx, call, (&policy, user))?;
    let proved = policy::Proved {
        factors: &all,
        address: call.address,
        has_second_factor: enrolled.has_second_factor(&policy),
        device: remembered.as_ref().map_or(Device::Any, |(_, factor)| Device::Remembered(*factor)),
    };
    match policy::judge(&mut tx, call, (&policy, Door::SignIn), user, proved)? {
        Verdict::Refused(rule) => Ok(Err(NotEnough::Refused(rule))),
        Verdict::Second(rule) => {
            let aim = aim.max(Some(Acr::Two));
            let way_on = Pending { tenant: scope.id(), user: user.id, proofs: fresh, aim, anew };
            more(directory, call, (visit, who, rule), (&policy, &enrolled, &all, way_on), cookie)
        }
        // The session would do; what is asked for is a proof of today.
        Verdict::Pass { .. } if anew && !reaches(&fresh, aim) => {
            let counted: Vec<Factor> = fresh.iter().map(|proof| proof.factor).collect();
            let way_on = Pending { tenant: scope.id(), user: user.id, proofs: fresh, aim, anew };
            let why = (visit, who, Rule::OwnSecondFactor);
            more(directory, call, why, (&policy, &enrolled, &counted, way_on), cookie)
        }
        Verdict::Pass { by_break_glass, on_device, .. } => {
            // Guesses at the second factor stay counted where a device stood in for it (P047).
            if on_device.is_none() {
                let canonical = &user.email_canonical;
                let key = rules.account_key(&super::Destination::Tenant(scope.id()), canonical);
                lockout::clear(directory, &key)?;
            }
            let stood_in = remembered.as_ref().filter(|_| on_device.is_some()).map(|(_, factor)| *factor);
            let device = remembered.map(|(hash, _)| hash);
            let ground = Ground { proofs: &fresh, all: &all, by_break_glass, device, stood_in };
            sign_in(directory, call, (rules, visit, who), ground, cookie).map(Ok)
        }
    }
}

fn reaches(proofs: &[Proof], aim: Option<Acr>) -> bool {
    let reached = acr(proofs.iter().map(|proof| proof.factor));
    aim.is_none_or(|aim| reached.is_some_and(|reached| reached.satisfies(aim)))
}

/// What is known of the way on to a second factor.
type WayOn<'a> = (&'a Policy, &'a Enrolled, &'a [Factor], Pending);

/// Keeps what was proved, and leads to the second factor.
fn more(
    directory: &mut Directory<'_>,
    call: &Call,
    (visit, who, rule): (Visit, Candidate<'_>, Rule),
    (policy, enrolled, all, way_on): WayOn<'_>,
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, NotEnough>, Failure> {
    let may_enrol = visit.may_enrol(who.scope.id(), who.user.id);
    if enrolled.ways(policy, all, way_on.aim).is_empty() && !may_enrol {
        return Ok(Err(NotEnough::NoSecondFactor(rule)));
    }
    let Some(mut interaction) = visit.interaction else { return Ok(Err(NotEnough::Expired)) };
    let event = call
        .event(EventKind::FactorProved, EventResult::Success, Actor::User(who.user.id))
        .with("factor", who.proof.factor.as_str())
        .with("rule", rule.as_str());
    directory.enter(who.scope)?.record(event);
    session::rotate(directory, call, cookie)?;
    session::move_interactions(directory, interaction.stored_in, cookie)?;
    interaction.progress.pending = Some(way_on);
    interaction.progress.told = None;
    interaction.progress.renewed_at = Some(call.now);
    let saved = interaction_store::save_progress(directory, &interaction)?;
    Ok(if saved { Ok(Proved::More(interaction.handle())) } else { Err(NotEnough::Expired) })
}

/// What somebody is let in by.
struct Ground<'a> {
    proofs: &'a [Proof],
    /// The factors of those, and of what the session had before.
    all: &'a [Factor],
    by_break_glass: bool,
    /// The hash of the secret by which this browser is remembered, whether it was needed or not: it goes with the session.
    device: Option<String>,
    /// The factor for which it stands in, where that was needed.
    stood_in: Option<Factor>,
}

/// Signs the person in: session, cookie, event, notices, and the interaction that waited.
fn sign_in(
    directory: &mut Directory<'_>,
    call: &Call,
    (rules, visit, who): (&SignInRules, Visit, Candidate<'_>),
    Ground { proofs, all, by_break_glass, device, stood_in }: Ground<'_>,
    cookie: CookieChange<'_>,
) -> Result<Proved, Failure> {
    let user = who.user.id;
    let is_new_device = notices::is_new_device(directory, call, (who.scope, who.user), (&visit, cookie.old))?;
    let admitted = session::admit(directory, call, (who.scope, user), (proofs, device.as_deref()), cookie)?;
    let words: Vec<&str> = proofs.iter().map(|proof| proof.factor.as_str()).collect();
    let all: Vec<&str> = all.iter().map(|factor| factor.as_str()).collect();
    let mut event = call
        .event(EventKind::SignIn, EventResult::Success, Actor::User(user))
        .on("session", admitted.account.sid)
        .with("factor", who.proof.factor.as_str())
        .with("factors", words.clone());
    // What was judged, where that is more than what was proved now: a draft of a policy is tried on it.
    if all != words {
        event = event.with("session_factors", all);
    }
    if let Some(factor) = stood_in {
        event = event.with("remembered_device", factor.as_str());
    }
    if by_break_glass {
        event = event.with("break_glass", true);
    }
    if let Some(client) = visit.client_id() {
        event = event.by_client(client);
    }
    let mut tx = directory.enter(who.scope)?;
    tx.record(event);
    if is_new_device {
        notices::new_device(&mut tx, call, &rules.mail, who.user)?;
    }
    if by_break_glass {
        notices::break_glass(&mut tx, call, &rules.mail, who.user)?;
    }
    let Some(mut interaction) = visit.interaction else {
        return Ok(Proved::SignedIn(SignedIn { user, admitted, goes_on: None, then: None }));
    };
    session::move_interactions(directory, interaction.stored_in, cookie)?;
    let signed_in = SignedIn { user, admitted, goes_on: goes_on(&interaction), then: then(&interaction) };
    interaction.progress.account = Some(admitted.account);
    // Nobody proves themselves anew by going on with a session at home that was there before the request.
    let is_anew = proofs.iter().any(|proof| proof.at >= interaction.created_at);
    interaction.progress.proved = is_anew.then_some(admitted.account);
    interaction.progress.pending = None;
    interaction.progress.enrols = None;
    interaction.progress.signing_in = false;
    interaction.progress.told = None;
    interaction.progress.renewed_at = Some(call.now);
    interaction_store::save_progress(directory, &interaction)?;
    Ok(Proved::SignedIn(signed_in))
}

/// The same form once more, with the right proof: whoever sent it gets what the first one gave, and nothing happens again.
/// `None` where that is not this person's, or no longer good.
///
/// # Errors
/// The database fails.
pub fn proved_before(
    directory: &mut Directory<'_>,
    call: &Call,
    visit: &Visit,
    (scope, user): (&TenantScope, UserId),
) -> Result<Option<Proved>, Failure> {
    let proved = visit.interaction.as_ref().and_then(|interaction| interaction.progress.proved);
    came_to(directory, call, visit, (proved, scope.id(), user))
}

/// The same choice of going on as this guest once more, which needs no proof of today.
///
/// # Errors
/// The database fails.
pub(super) fn went_on_before(
    directory: &mut Directory<'_>,
    call: &Call,
    visit: &Visit,
    (host, user): (TenantId, UserId),
) -> Result<Option<Proved>, Failure> {
    let chosen = visit.interaction.as_ref().and_then(|interaction| interaction.progress.account);
    came_to(directory, call, visit, (chosen, host, user))
}

/// Where the first form led, if that was to this person in this tenant.
fn came_to(
    directory: &mut Directory<'_>,
    call: &Call,
    visit: &Visit,
    (account, tenant, user): (Option<SessionRef>, TenantId, UserId),
) -> Result<Option<Proved>, Failure> {
    let Some(interaction) = &visit.interaction else { return Ok(None) };
    if visit.pending_of(tenant, user).is_some() {
        return Ok(Some(Proved::More(interaction.handle())));
    }
    let Some(account) = account else { return Ok(None) };
    let live = session::find_live(directory, call, account)?;
    let is_theirs = live.is_some_and(|live| live.user.id == user && live.scope.id() == tenant);
    let admitted = Admitted { account, is_new: false };
    let signed_in = SignedIn { user, admitted, goes_on: goes_on(interaction), then: then(interaction) };
    Ok(is_theirs.then_some(Proved::SignedIn(signed_in)))
}

fn goes_on(interaction: &Interaction) -> Option<InteractionHandle> {
    interaction.request.is_some().then(|| interaction.handle())
}

fn then(interaction: &Interaction) -> Option<String> {
    interaction.progress.then.clone()
}
