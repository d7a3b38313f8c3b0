//! The account chooser: accounts proved in this browser, where they are guests, and nothing else (D1, D4).

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::person::Person;

/// Asks which of several accounts to go on with.
#[derive(Debug, Template)]
#[template(path = "pages/login/accounts.html")]
pub struct AccountsPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks.
    pub client: Option<ClientCard>,
    /// Whether somebody has just signed in whom the request did not ask for. The page says so, and never whom it asks for:
    /// that is shown only as an account that is signed in in this browser.
    pub asked_for_another: bool,
    /// Whether the tenant of the last choice does not let that guest in.
    pub not_admitted: bool,
    /// The accounts, in the order they are shown: `account-1` first.
    pub accounts: Vec<AccountChoice>,
}

/// One account to choose.
#[derive(Debug, Clone)]
pub struct AccountChoice {
    /// What the button sends as `account`; it must mean nothing outside this browser session.
    pub value: String,
    /// Whose it is.
    pub person: Person,
}

impl AccountsPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/login/accounts";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-accounts";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let hank = Person {
            name: None,
            email: "a.very.long.address.of.hank.scorpio@globex.example".to_owned(),
            tenant: "Globex".to_owned(),
            guest: false,
        };
        let guest = Person { tenant: "Initech".to_owned(), guest: true, ..Person::sample() };
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            asked_for_another: false,
            not_admitted: false,
            accounts: vec![
                AccountChoice { value: "1".to_owned(), person: Person::sample() },
                AccountChoice { value: "2".to_owned(), person: hank },
                AccountChoice { value: "1.3".to_owned(), person: guest },
            ],
        }
    }
}
