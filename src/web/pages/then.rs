//! Where a sign-in leads on to: a request that waits, or a page of ours.

use super::visitor::{Detour, INTERACTION, Visitor, going_on};
use crate::model::ids::InteractionHandle;
use crate::protocol::params::Params;
use crate::views::console::ConsoleStartPage;
use crate::views::link::LocalPath;
use crate::views::{AccountsPage, IdentifierPage};

/// The parameter that says where a sign-in leads on to, its two words, and the request to whose chooser the second one leads back.
const THEN: &str = "then";
const CONSOLE: &str = "console";
const ACCOUNTS: &str = "accounts";
const FOR: &str = "for";

/// The page that a sign-in is for: one of ours, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The console.
    Console,
    /// The accounts that may answer a request that waits: whoever signs in goes on as a guest (D4).
    Accounts(InteractionHandle),
}

impl Then {
    /// What the parameters of a page or a form say of it.
    pub(super) fn read(params: &Params) -> Option<Self> {
        match params.get(THEN)? {
            CONSOLE => Some(Self::Console),
            ACCOUNTS => params.get(FOR)?.parse().ok().map(Self::Accounts),
            _ => None,
        }
    }

    /// The same, for the page that a sign-in was begun for.
    pub(super) fn of(page: &str) -> Option<Self> {
        if page == ConsoleStartPage::PATH {
            return Some(Self::Console);
        }
        let waits = page.strip_prefix(LocalPath::page(AccountsPage::PATH).with(INTERACTION, "").as_str())?;
        waits.parse().ok().map(Self::Accounts)
    }

    /// The page.
    pub(super) fn page(self) -> LocalPath {
        match self {
            Self::Console => LocalPath::page(ConsoleStartPage::PATH),
            Self::Accounts(handle) => going_on(AccountsPage::PATH, handle),
        }
    }

    /// The sign-in page, for whoever wants to go there.
    pub(super) fn sign_in(self) -> LocalPath {
        let page = LocalPath::page(IdentifierPage::PATH);
        self.fields().iter().fold(page, |page, (name, value)| page.with(name, value))
    }

    /// The fields by which a form says it.
    pub(super) fn fields(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Console => vec![(THEN, CONSOLE.to_owned())],
            Self::Accounts(handle) => vec![(THEN, ACCOUNTS.to_owned()), (FOR, handle.to_string())],
        }
    }
}

/// What goes on after a page that is shown between a sign-in and what it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Onward {
    /// The request that waits.
    pub(super) handle: Option<InteractionHandle>,
    /// The page of ours that it was for, where no request waits.
    pub(super) then: Option<Then>,
}

impl Onward {
    /// What the parameters of the page or its form say of it.
    pub(super) fn read(visitor: &Visitor, params: &Params) -> Result<Self, Detour> {
        Ok(Self { handle: visitor.handle(params)?, then: Then::read(params) })
    }

    /// The page between, which keeps it in mind.
    pub(super) fn after(self, page: LocalPath) -> LocalPath {
        let page = match self.handle {
            Some(handle) => page.with(INTERACTION, &handle.to_string()),
            None => page,
        };
        self.fields().iter().fold(page, |page, (name, value)| page.with(name, value))
    }

    /// The fields by which its form keeps it in mind, beside the request.
    pub(super) fn fields(self) -> Vec<(&'static str, String)> {
        self.then.map(Then::fields).unwrap_or_default()
    }

    /// Where it goes on, where it was for something.
    pub(super) fn place(self) -> Option<LocalPath> {
        match (self.handle, self.then) {
            (Some(handle), _) => Some(super::login::onward(Some(handle))),
            (None, then) => then.map(Then::page),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{InteractionId, TenantId};

    #[test]
    fn a_page_that_is_kept_is_known_again_and_no_other() {
        let handle = InteractionHandle {
            tenant: TenantId::from_bytes([7; 16]),
            id: InteractionId::from_bytes([9; 16]),
        };
        for then in [Then::Console, Then::Accounts(handle)] {
            assert_eq!(Then::of(then.page().as_str()), Some(then));
        }
        for other in ["/console/people", "/account", "/login/accounts", "/login/accounts?interaction=x", ""] {
            assert_eq!(Then::of(other), None, "{other}");
        }
    }
}
