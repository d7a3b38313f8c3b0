//! Where the people of this browser are guests (D4): an account that lives here may go on as a guest of another tenant, by the word of
//! its home. Nobody types anything anew but what the host asks of them.

use super::SignInRules;
use super::proved::{Candidate, NotEnough, Proved, proved};
use super::visit::Visit;
use crate::flows::call::Call;
use crate::flows::interaction::Pending;
use crate::flows::session::{self, CookieChange, LiveAccount, live_accounts};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::session::{Factor, Proof};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::acr::{Acr, acr};
use crate::storage::records::{memberships, policies, users};
use crate::storage::{Directory, TenantScope};

/// An account of this browser, and a tenant that it may go on in as a guest.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The account at home, which lives in this browser.
    pub home: LiveAccount,
    /// The host.
    pub scope: TenantScope,
    /// The guest.
    pub user: User,
    /// Whether the host counts two factors of the home.
    counts_two: bool,
}

impl Guest {
    /// The word of the home: one factor, dated as what was proved there last; a session that somebody goes on with is no proof of
    /// today. Where the host counts two, and they were proved, it is as old as the older one: a fresh first factor says nothing of a
    /// second one of last week.
    pub fn proof(&self) -> Proof {
        match two_since(&self.home.session.proofs) {
            Some(at) if self.counts_two => Proof { factor: Factor::HomeTwo, at },
            _ => Proof { factor: Factor::Home, at: self.home.session.auth_time() },
        }
    }
}

/// The newest moment since when two factors were proved, where they were.
fn two_since(proofs: &[Proof]) -> Option<Timestamp> {
    let are_two = |since: &Timestamp| {
        let factors = proofs.iter().filter(|proof| proof.at >= *since).map(|proof| proof.factor);
        acr(factors).is_some_and(|strength| strength.satisfies(Acr::Two))
    };
    proofs.iter().map(|proof| proof.at).filter(are_two).max()
}

/// Whether the word of the home that somebody goes on by still holds: a session there gives it, in this browser.
///
/// # Errors
/// The database fails.
pub(super) fn still_say(
    directory: &mut Directory<'_>,
    call: &Call,
    cookie_hash: &str,
    (host, pending): (&TenantScope, &Pending),
) -> Result<bool, Failure> {
    let Some(word) = pending.proofs.iter().find(|proof| proof.factor.is_home()) else { return Ok(true) };
    let said = |guest: &Guest| {
        guest.user.id == pending.user && guest.scope.id() == host.id() && guest.proof().at >= word.at
    };
    Ok(of_browser(directory, call, cookie_hash)?.iter().any(said))
}

/// Where the accounts of this browser are guests, and are not in by the same word of their home: read from the database each time.
///
/// # Errors
/// The database fails.
pub fn of_browser(
    directory: &mut Directory<'_>,
    call: &Call,
    cookie_hash: &str,
) -> Result<Vec<Guest>, Failure> {
    let accounts = live_accounts(directory, call, cookie_hash)?;
    let mut guests = Vec::new();
    for home in accounts.iter().filter(|account| !account.user.is_guest()) {
        for host in memberships::hosts(directory, home.scope.id(), home.user.id)? {
            let Some(scope) = directory.tenant(host)? else { continue };
            let mut tx = directory.enter(&scope)?;
            let user = users::find(&mut tx, home.user.id)?;
            let is_theirs =
                |user: &User| user.status.is_active() && user.home_tenant_id == Some(home.scope.id());
            let Some(user) = user.filter(is_theirs) else { continue };
            let rules = policies::find(&mut tx)?.guests;
            if !rules.allowed {
                continue;
            }
            let guest = Guest { home: home.clone(), scope, user, counts_two: rules.home_factors };
            if !accounts.iter().any(|account| is_in_by(account, &guest)) {
                guests.push(guest);
            }
        }
    }
    Ok(guests)
}

/// Whether this is the guest's session at the host, and stands on what the home says now.
fn is_in_by(account: &LiveAccount, guest: &Guest) -> bool {
    let is_theirs = account.scope.id() == guest.scope.id() && account.user.id == guest.user.id;
    let word = guest.proof();
    is_theirs && account.session.proofs.iter().any(|proof| proof.factor.is_home() && proof.at >= word.at)
}

/// Goes on as a guest: by the host's policy, as after any proof. Home and guest are held, so that whoever takes back what stands on
/// the home finds what comes of it, or is found here. A refusal is recorded.
///
/// # Errors
/// The database fails.
pub fn go_on(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (visit, home, host): (Visit, &LiveAccount, &TenantScope),
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, NotEnough>, Failure> {
    let user = home.user.id;
    session::hold_people(directory, vec![(home.scope.clone(), user), (host.clone(), user)])?;
    let is_same = |it: &Guest| it.home.session.id == home.session.id && it.scope.id() == host.id();
    let Some(guest) = of_browser(directory, call, cookie.old)?.into_iter().find(is_same) else {
        return Ok(Err(NotEnough::Expired));
    };
    let proof = guest.proof();
    let client = visit.client_id().cloned();
    let who = Candidate { scope: &guest.scope, user: &guest.user, proof };
    let came_to = proved(directory, call, rules, (visit, who), cookie)?;
    if let Err(NotEnough::Refused(rule) | NotEnough::NoSecondFactor(rule)) = &came_to {
        let mut denied = call
            .event(EventKind::SignIn, EventResult::Denied, Actor::User(guest.user.id))
            .with("reason", rule.as_str())
            .with("factor", proof.factor.as_str());
        if let Some(client) = &client {
            denied = denied.by_client(client);
        }
        directory.enter(&guest.scope)?.record(denied);
    }
    Ok(came_to)
}
