//! A new password for one's own account.

use askama::Template;

use super::factors::FactorsPage;
use super::frame::{AccountFrame, Section};
use crate::views::frame::Frame;
use crate::views::setup::NewPasswordProblem;

/// Asks for a new password.
#[derive(Debug, Template)]
#[template(path = "pages/account/password.html")]
pub struct OwnPasswordPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// The shortest password, in characters; none where the tenant takes no passwords.
    pub shortest: Option<u32>,
    /// What was wrong with the last one.
    pub problem: Option<NewPasswordProblem>,
}

impl OwnPasswordPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/account/password";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-own-password";

    const FACTORS: &'static str = FactorsPage::PATH;

    fn problem_text(&self) -> Option<String> {
        let shortest = self.shortest.unwrap_or_default();
        self.problem.map(|problem| problem.words(&self.frame, shortest))
    }

    fn hint(&self) -> String {
        self.frame.text.count("setup-password-hint", "characters", self.shortest.unwrap_or_default())
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self { frame, account: AccountFrame::sample(Section::Factors), shortest: Some(12), problem: None }
    }
}
