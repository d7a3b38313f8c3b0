//! The person whom one more factor is asked of, held while it is judged. Guesses at it count with those at the password, over
//! all sessions (D31, P047).

use super::guests;
use super::proved::{Candidate, NotEnough, Proved, proved, proved_before};
use super::stuffing::Trace;
use super::visit::Visit;
use super::{Destination, SignInRules, lockout};
use crate::flows::call::Call;
use crate::flows::factors;
use crate::flows::failures::{self, Source};
use crate::flows::interaction::{Pending, Problem, Told};
use crate::flows::interaction_store;
use crate::flows::session::{self, CookieChange};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::session::{Factor, Proof};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::records::{policies, users};
use crate::storage::{Directory, TenantScope};

use std::time::Duration;

/// How long a first factor is good for while the second is missing.
const IN_HAND: Duration = Duration::from_mins(10);

/// Somebody whom one more factor is asked of.
#[derive(Debug)]
pub struct Challenge {
    /// The page's visit.
    pub visit: Visit,
    /// The tenant they sign in to.
    pub scope: TenantScope,
    /// Who it is, read in this transaction.
    pub user: User,
    /// What they can go on with, the best way first.
    pub ways: Vec<Factor>,
    /// For how many days their tenant lets a device be remembered, where it does.
    pub remember_days: Option<u32>,
}

/// A challenge that is held for one answer.
#[derive(Debug)]
pub struct Held {
    challenge: Challenge,
    key: String,
}

/// What a form of a second factor finds.
#[derive(Debug)]
pub enum Found {
    /// The person, held.
    Held(Box<Held>),
    /// The same form has been answered before: the same answer.
    Before(Proved),
}

/// Why the second factor opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondRefusal {
    /// Nobody waits for it in this browser, or not with that handle.
    Expired,
    /// It is not the right one.
    Wrong,
    /// Too many failures.
    TooMany {
        /// When the next try counts.
        until: Timestamp,
    },
}

impl Challenge {
    /// Whether the person may set up a second factor now: they have none, and came by an invitation or by the link of an
    /// administrator (D33).
    pub fn may_enrol(&self) -> bool {
        self.visit.may_enrol(self.scope.id(), self.user.id) && self.ways.is_empty()
    }

    /// The person whom the pages of an open interaction are for; `None` where nobody waits.
    ///
    /// # Errors
    /// The database fails.
    pub fn open(
        directory: &mut Directory<'_>,
        call: &Call,
        handle: InteractionHandle,
        cookie_hash: &str,
    ) -> Result<Option<Self>, Failure> {
        match Visit::open(directory, call, Some(handle), cookie_hash)? {
            Some(visit) => Self::of(directory, call, visit, cookie_hash),
            None => Ok(None),
        }
    }

    fn of(
        directory: &mut Directory<'_>,
        call: &Call,
        visit: Visit,
        cookie_hash: &str,
    ) -> Result<Option<Self>, Failure> {
        let Some(interaction) = &visit.interaction else { return Ok(None) };
        let Some(pending) = interaction.progress.pending.clone() else { return Ok(None) };
        let began = interaction.created_at;
        let Some(scope) = directory.tenant(pending.tenant)?.filter(|scope| visit.admits(scope.id())) else {
            return Ok(None);
        };
        if !guests::still_say(directory, call, cookie_hash, (&scope, &pending))? {
            return Ok(None);
        }
        let here = session::live_accounts(directory, call, cookie_hash)?;
        let here = here.iter().find(|it| it.user.id == pending.user && it.scope.id() == pending.tenant);
        let mut tx = directory.enter(&scope)?;
        let stood = scope.tenant().status.stood_at(began);
        let user = users::find(&mut tx, pending.user)?.filter(|user| stood && user.status.stood_at(began));
        let Some(user) = user.filter(|user| is_in_hand(&pending, user, call.now)) else { return Ok(None) };
        if pending.proofs.is_empty() && here.is_none() {
            return Ok(None);
        }
        let known: &[_] = match here {
            Some(account) if !pending.anew => &account.session.proofs,
            Some(_) | None => &[],
        };
        let proofs = session::merged(known, &pending.proofs);
        let policy = policies::find(&mut tx)?;
        let enrolled = factors::enrolled(&mut tx, &user)?;
        // Nothing that begins anew reaches an aim by itself, but a passkey.
        let aim = pending.aim.filter(|_| !(pending.anew && proofs.is_empty()));
        let proved: Vec<Factor> = proofs.iter().map(|proof| proof.factor).collect();
        let ways = enrolled.ways(&policy, &proved, aim);
        let remember_days = policy.remembered_devices.life().map(|_| policy.remembered_devices.days);
        Ok(Some(Self { visit, scope, user, ways, remember_days }))
    }

    /// Holds the person for one answer: of several sent at once, each is judged by what the one before made of it.
    ///
    /// # Errors
    /// The database fails.
    pub fn hold(
        directory: &mut Directory<'_>,
        call: &Call,
        rules: &SignInRules,
        handle: InteractionHandle,
        cookie: CookieChange<'_>,
    ) -> Result<Result<Found, SecondRefusal>, Failure> {
        interaction_store::hold(directory, handle, cookie.old)?;
        let Some(visit) = Visit::answer(directory, call, handle, cookie)? else {
            return Ok(Err(SecondRefusal::Expired));
        };
        if visit.is_answered(cookie) {
            return before(directory, call, &visit);
        }
        let Some(challenge) = Self::of(directory, call, visit, cookie.old)? else {
            return Ok(Err(SecondRefusal::Expired));
        };
        let destination = Destination::Tenant(challenge.scope.id());
        let key = rules.account_key(&destination, &challenge.user.email_canonical);
        // The counter before the person, as at the password: in the other order two of them wait for each other.
        if let Some(until) = lockout::hold(directory, &key, call.now)? {
            return Ok(Err(SecondRefusal::TooMany { until }));
        }
        let trace = Trace { password: None, address: call.address };
        if let Some(until) = rules.stuffing.held_until(trace, call.now) {
            return Ok(Err(SecondRefusal::TooMany { until }));
        }
        if !users::hold_active(&mut directory.enter(&challenge.scope)?, challenge.user.id)? {
            return Ok(Err(SecondRefusal::Expired));
        }
        // Read again behind that: what was proved before a new password was set while this waited counts no more (P065, P074).
        let Some(challenge) = Self::of(directory, call, challenge.visit, cookie.old)? else {
            return Ok(Err(SecondRefusal::Expired));
        };
        Ok(Ok(Found::Held(Box::new(Held { challenge, key }))))
    }
}

impl Held {
    /// The person.
    pub const fn user(&self) -> &User {
        &self.challenge.user
    }

    /// The tenant they sign in to.
    pub const fn scope(&self) -> &TenantScope {
        &self.challenge.scope
    }

    /// Whether the person may set up a second factor now.
    pub fn may_enrol(&self) -> bool {
        self.challenge.may_enrol()
    }

    /// Whether this factor may be used now.
    pub fn offers(&self, factor: Factor) -> bool {
        self.challenge.ways.contains(&factor)
    }

    /// The factor was proved.
    ///
    /// # Errors
    /// The database fails.
    pub fn prove(
        self,
        directory: &mut Directory<'_>,
        call: &Call,
        rules: &SignInRules,
        (factor, cookie): (Factor, CookieChange<'_>),
    ) -> Result<Result<Proved, SecondRefusal>, Failure> {
        let Challenge { visit, scope, user, .. } = self.challenge;
        let who = Candidate { scope: &scope, user: &user, proof: Proof { factor, at: call.now } };
        Ok(match proved(directory, call, rules, (visit, who), cookie)? {
            Ok(proved) => Ok(proved),
            Err(NotEnough::Refused(rule) | NotEnough::NoSecondFactor(rule)) => {
                let event = call
                    .event(EventKind::SignIn, EventResult::Denied, Actor::User(user.id))
                    .with("reason", rule.as_str())
                    .with("factor", factor.as_str());
                directory.enter(&scope)?.record(event);
                Err(SecondRefusal::Expired)
            }
            Err(NotEnough::Expired) => Err(SecondRefusal::Expired),
        })
    }

    /// It was not: counts and records it, for this reason.
    ///
    /// # Errors
    /// The database fails.
    pub fn fail(
        self,
        directory: &mut Directory<'_>,
        call: &Call,
        rules: &SignInRules,
        (reason, problem): (&'static str, Problem),
    ) -> Result<SecondRefusal, Failure> {
        let Challenge { visit, scope, user, .. } = self.challenge;
        let mut failed = call
            .event(EventKind::SignIn, EventResult::Denied, Actor::Anonymous)
            .with("reason", reason)
            .with("account", self.key.as_str())
            .on("user", user.id);
        if let Some(client) = visit.client_id() {
            failed = failed.by_client(client);
        }
        let source = Source { tenant: Some(scope.id()), named: &self.key };
        failures::record(directory, call, &rules.records, source, failed)?;
        let trace = Trace { password: None, address: call.address };
        rules.stuffing.failed(directory, call, trace, &self.key)?;
        lockout::count_and_record(directory, call, rules, (Some(&scope), Some(user.id), &self.key))?;
        if let Some(mut interaction) = visit.interaction {
            interaction.progress.told = Some(Told::of(problem));
            interaction_store::save_progress(directory, &interaction)?;
        }
        Ok(SecondRefusal::Wrong)
    }
}

/// The form has been answered: whoever sent it goes where the first answer led.
fn before(
    directory: &mut Directory<'_>,
    call: &Call,
    visit: &Visit,
) -> Result<Result<Found, SecondRefusal>, Failure> {
    let Some(account) = visit.interaction.as_ref().and_then(|it| it.progress.proved) else {
        return Ok(Err(SecondRefusal::Expired));
    };
    let Some(live) = session::find_live(directory, call, account)? else {
        return Ok(Err(SecondRefusal::Expired));
    };
    let before = proved_before(directory, call, visit, (&live.scope, live.user.id))?;
    Ok(before.map(Found::Before).ok_or(SecondRefusal::Expired))
}

/// Whether what was proved still counts. The word of a guest's home is as old as what was proved there: whether the account has stood
/// since the sign-in began tells whether it still holds.
fn is_in_hand(pending: &Pending, user: &User, now: Timestamp) -> bool {
    let counts =
        |at: Timestamp| at.is_younger_than(IN_HAND, now) && user.proofs_since.is_none_or(|since| since <= at);
    pending.proofs.iter().all(|proof| proof.factor.is_home() || counts(proof.at))
}
