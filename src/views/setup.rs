//! The first set-up: the operator's first owner account, once (docs/pages.md).

use askama::Template;

use super::form::Form;
use super::frame::Frame;
use crate::model::secret::Secret;

/// Asks for the first owner's address and password.
#[derive(Debug, Template)]
#[template(path = "pages/setup/setup.html")]
pub struct SetupPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The single-use token of the set-up link, sent back as `token`.
    pub token: Secret<String>,
    /// The address as entered so far.
    pub email: String,
    /// The shortest password, in characters.
    pub shortest: u32,
    /// What was wrong with the address.
    pub email_problem: Option<EmailProblem>,
    /// What was wrong with the password.
    pub password_problem: Option<NewPasswordProblem>,
}

/// What can be wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailProblem {
    /// It is missing, or not an address.
    Invalid,
}

/// What can be wrong with a password that somebody chooses (P040).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewPasswordProblem {
    /// It has fewer characters than the policy asks for.
    TooShort,
    /// It is longer than we take.
    TooLong,
    /// It is easy to guess, or known from leaks, or made of the address or the product's name.
    TooWeak,
}

impl NewPasswordProblem {
    /// What is said of it, where the shortest password has so many characters.
    pub fn words(self, frame: &Frame, shortest: u32) -> String {
        match self {
            Self::TooShort => frame.text.count("setup-password-short", "characters", shortest),
            Self::TooLong => frame.say("setup-password-long"),
            Self::TooWeak => frame.say("setup-password-weak"),
        }
    }
}

/// Says that the set-up is done.
#[derive(Debug, Template)]
#[template(path = "pages/setup/done.html")]
pub struct SetupDonePage {
    /// The frame.
    pub frame: Frame,
    /// The new owner's address.
    pub email: String,
}

impl SetupPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/setup";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-setup";

    fn email_problem_text(&self) -> Option<String> {
        Some(match self.email_problem? {
            EmailProblem::Invalid => self.frame.say("setup-email-problem"),
        })
    }

    fn password_problem_text(&self) -> Option<String> {
        self.password_problem.map(|problem| problem.words(&self.frame, self.shortest))
    }

    fn hint(&self) -> String {
        self.frame.text.count("setup-password-hint", "characters", self.shortest)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame: Frame { tenant: None, ..frame },
            form: Form { interaction: None, ..Form::sample() },
            token: Secret::new("sample-setup-token".to_owned()),
            email: String::new(),
            shortest: 12,
            email_problem: None,
            password_problem: None,
        }
    }
}

impl SetupDonePage {
    /// Where it stands.
    pub const PATH: &'static str = "/setup";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-setup-done";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self { frame: Frame { tenant: None, ..frame }, email: "ada@acme.example".to_owned() }
    }
}
