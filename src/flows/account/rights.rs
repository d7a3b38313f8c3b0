//! Whose account it is, and whether they have just proved it.

use std::time::Duration;

use crate::flows::call::Call;
use crate::flows::session::{self, LiveAccount};
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::model::policy::Policy;
use crate::model::session::Session;
use crate::model::user::User;
use crate::storage::{Directory, TenantScope};

/// How long after a proof a sensitive change may be made without another one.
const FRESH: Duration = Duration::from_mins(10);

/// A person who is signed in in this browser, at this moment.
#[derive(Debug, Clone)]
pub struct SignedIn(LiveAccount);

/// The same, who proved a factor a moment ago.
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
        Ok(match (accounts.len(), accounts.pop()) {
            (1, Some(only)) => Ok(Self(only)),
            (_, None) => Err(NotSignedIn::Nobody),
            (_, Some(last)) => {
                accounts.push(last);
                Err(NotSignedIn::Several(accounts))
            }
        })
    }

    /// Notes that the session is in use.
    ///
    /// # Errors
    /// The database fails.
    pub fn touch(&self, directory: &mut Directory<'_>, call: &Call) -> Result<(), Failure> {
        session::touch(&mut directory.enter(&self.0.scope)?, call, &self.0)
    }

    /// The person.
    pub const fn user(&self) -> &User {
        &self.0.user
    }

    /// Their tenant.
    pub const fn scope(&self) -> &TenantScope {
        &self.0.scope
    }

    /// The session in this browser.
    pub const fn session(&self) -> &Session {
        &self.0.session
    }

    /// Their tenant's policy.
    pub const fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// The right to sensitive changes, where a factor was proved a moment ago. A proof of the future, after a clock was set
    /// back, is none.
    pub fn fresh(&self, call: &Call) -> Option<Fresh> {
        let is_fresh = self.0.session.auth_time().is_younger_across_nodes(FRESH, call.now);
        is_fresh.then(|| Fresh(self.clone()))
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
