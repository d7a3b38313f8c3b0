//! Whose account it is, and whether they have just proved it.

use crate::flows::call::Call;
use crate::flows::factors::{self, devices};
use crate::flows::session::{self, LiveAccount};
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::model::policy::Policy;
use crate::model::session::Session;
use crate::model::user::User;
use crate::protocol::acr::{Acr, acr};
use crate::storage::records::{tenants, users};
use crate::storage::{Directory, TenantScope};

/// A person who is signed in in this browser, at this moment.
#[derive(Debug, Clone)]
pub struct SignedIn {
    account: LiveAccount,
    /// What their factors have to reach together before a sensitive change, where one alone is not enough.
    reach: Option<Acr>,
}

/// The same, who proved a moment ago that it is them: by as much as they have. One factor never takes the other one away.
#[derive(Debug, Clone)]
pub struct Fresh(SignedIn);

/// Why nobody's account is shown.
#[derive(Debug, Clone)]
pub enum NotSignedIn {
    /// Nobody is signed in here, or not with the session that was named.
    Nobody,
    /// Several are, and none was named.
    Several(Vec<LiveAccount>),
}

impl SignedIn {
    /// The account of this browser with this session; where none is named, the only one there is.
    ///
    /// # Errors
    /// The database fails.
    pub fn of_browser(
        directory: &mut Directory<'_>,
        call: &Call,
        cookie_hash: &str,
        named: Option<SessionId>,
    ) -> Result<Result<Self, NotSignedIn>, Failure> {
        let mut accounts = session::live_accounts(directory, call, cookie_hash)?;
        if let Some(sid) = named {
            accounts.retain(|account| account.session.id == sid);
        }
        let account = match (accounts.len(), accounts.pop()) {
            (1, Some(only)) => only,
            (_, None) => return Ok(Err(NotSignedIn::Nobody)),
            (_, Some(last)) => {
                accounts.push(last);
                return Ok(Err(NotSignedIn::Several(accounts)));
            }
        };
        let mut tx = directory.enter(&account.scope)?;
        // What was set up a moment ago was set up by as much as there was to prove then.
        let had = (account.user.id, call.now - Session::FRESH);
        let reach = factors::reach_since(&mut tx, &account.policy, had)?;
        // No device stands in for what a sensitive change asks for, a mailed code among it (D33).
        let reach = reach.or(devices::stands_in(&account.session).then_some(Acr::Two));
        Ok(Ok(Self { account, reach }))
    }

    /// The same for whoever is about to change something: the person is held until the transaction ends, and read behind that.
    /// A session that was ended while this waited is not there any more.
    ///
    /// # Errors
    /// The database fails.
    pub fn held_of_browser(
        directory: &mut Directory<'_>,
        call: &Call,
        cookie_hash: &str,
        named: Option<SessionId>,
    ) -> Result<Result<Self, NotSignedIn>, Failure> {
        let who = match Self::of_browser(directory, call, cookie_hash, named)? {
            Ok(who) => who,
            Err(not) => return Ok(Err(not)),
        };
        users::hold_active(&mut directory.enter(who.scope())?, who.user().id)?;
        Self::of_browser(directory, call, cookie_hash, named)
    }

    /// For changes that others make too while they hold the tenants: first of all, or the two wait for each other.
    ///
    /// # Errors
    /// The database fails.
    pub fn hold_tenants(directory: &mut Directory<'_>) -> Result<(), Failure> {
        tenants::hold(directory)
    }

    /// Notes that the session is in use.
    ///
    /// # Errors
    /// The database fails.
    pub fn touch(&self, directory: &mut Directory<'_>, call: &Call) -> Result<(), Failure> {
        session::touch(&mut directory.enter(&self.account.scope)?, call, &self.account)
    }

    /// The person.
    pub const fn user(&self) -> &User {
        &self.account.user
    }

    /// Their tenant.
    pub const fn scope(&self) -> &TenantScope {
        &self.account.scope
    }

    /// The session in this browser.
    pub const fn session(&self) -> &Session {
        &self.account.session
    }

    /// Their tenant's policy.
    pub const fn policy(&self) -> &Policy {
        &self.account.policy
    }

    /// What their factors have to reach together before a sensitive change, where one alone is not enough.
    pub const fn reach(&self) -> Option<Acr> {
        self.reach
    }

    /// The right to sensitive changes, where enough was proved a moment ago.
    pub fn fresh(&self, call: &Call) -> Option<Fresh> {
        let proved = acr(self.account.session.fresh(call.now));
        proved.is_some_and(|proved| proved >= self.reach.unwrap_or(proved)).then(|| Fresh(self.clone()))
    }
}

impl Fresh {
    /// Who it is.
    pub const fn signed_in(&self) -> &SignedIn {
        &self.0
    }

    /// The person.
    pub const fn user(&self) -> &User {
        self.0.user()
    }

    /// Their tenant.
    pub const fn scope(&self) -> &TenantScope {
        self.0.scope()
    }
}
