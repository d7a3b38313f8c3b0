//! What a caller of the API brings, or whoever opens the console.

use crate::flows::bearer::Bearer;
use crate::model::ids::{TenantId, UserId};
use crate::model::session::SessionRef;
use crate::protocol::opaque::Presented;

/// Proof of who calls, verified as far as it goes without the database.
#[derive(Clone)]
pub enum Credential {
    /// An access token that we signed.
    Token(Box<Bearer>),
    /// A personal access token, by its hash (D34).
    PersonalToken(Presented),
    /// A session in a browser, for the console.
    Browser(Box<InBrowser>),
}

/// An account that is signed in in a browser.
#[derive(Debug, Clone)]
pub struct InBrowser {
    /// The hash of the browser's cookie, which alone opens the session.
    pub cookie_hash: String,
    /// The session.
    pub account: SessionRef,
    /// Whose it is, for the record.
    pub user: UserId,
}

impl Credential {
    /// The tenant that it names, unproved until the database was asked.
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::Token(bearer) => bearer.claims().tenant_id,
            Self::PersonalToken(presented) => presented.tenant,
            Self::Browser(browser) => browser.account.tenant_id,
        }
    }
}
