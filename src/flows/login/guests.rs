//! Where the people of this browser are guests (D4): an account that lives here may go on as a guest of another tenant, by the word of
//! its home. Nobody types anything anew but what the host asks of them.

use super::SignInRules;
use super::proved::{Candidate, NotEnough, Proved, proved};
use super::visit::Visit;
use crate::flows::call::Call;
use crate::flows::session::{CookieChange, LiveAccount, live_accounts};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::session::{Factor, Proof};
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
}

impl Guest {
    /// The word of the home: what was proved there, and when it was proved last. A session that somebody goes on with is no proof
    /// of today.
    pub fn proof(&self) -> Proof {
        let proofs = &self.home.session.proofs;
        let strength = acr(proofs.iter().map(|proof| proof.factor));
        let is_strong = strength.is_some_and(|strength| strength.satisfies(Acr::Two));
        let factor = if is_strong { Factor::HomeTwo } else { Factor::Home };
        Proof { factor, at: self.home.session.auth_time() }
    }
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
            if !policies::find(&mut tx)?.guests.allowed {
                continue;
            }
            let guest = Guest { home: home.clone(), scope, user };
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

/// Goes on as a guest: by the host's policy, as after any proof. A refusal is recorded.
///
/// # Errors
/// The database fails.
pub fn go_on(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (visit, guest): (Visit, &Guest),
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, NotEnough>, Failure> {
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
