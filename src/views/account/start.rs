//! The beginning of the account area where several accounts are signed in in one browser: whose is meant?

use askama::Template;

use super::factors::FactorsPage;
use super::frame::ACCOUNT;
use crate::views::frame::Frame;
use crate::views::link::LocalPath;
use crate::views::person::Person;

/// Asks which account is meant.
#[derive(Debug, Template)]
#[template(path = "pages/account/start.html")]
pub struct AccountStartPage {
    /// The frame.
    pub frame: Frame,
    /// The accounts signed in in this browser, each with its session.
    pub accounts: Vec<(String, Person)>,
}

impl AccountStartPage {
    /// Where it stands.
    pub const PATH: &'static str = "/account";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-account";

    fn to(account: &str) -> LocalPath {
        LocalPath::page(FactorsPage::PATH).with(ACCOUNT, account)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let other = Person {
            name: None,
            email: "ada@globex.example".to_owned(),
            tenant: "Globex".to_owned(),
            guest: false,
        };
        let sid = |last: u8| format!("01920000-0000-7000-8000-00000000000{last}");
        Self {
            frame: Frame { tenant: None, ..frame },
            accounts: vec![(sid(2), Person::sample()), (sid(3), other)],
        }
    }
}
