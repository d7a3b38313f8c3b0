//! The password page. It is the same for accounts that exist and for those that do not (D1).

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;
use super::passkey::PasskeyPrompt;

/// Asks for the password of the address that was entered.
#[derive(Debug, Template)]
#[template(path = "pages/login/password.html")]
pub struct PasswordPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks.
    pub client: Option<ClientCard>,
    /// The address as entered; password managers read it from the page.
    pub username: String,
    /// The way back to another address.
    pub back: LocalPath,
    /// The way to a link by mail, where that is offered.
    pub link: Option<LocalPath>,
    /// The way to a new password.
    pub reset: Option<LocalPath>,
    /// What a passkey is asked; none where this deployment has none.
    pub passkey: Option<PasskeyPrompt>,
    /// What was wrong with the last try.
    pub problem: Option<PasswordProblem>,
}

/// What can be wrong with a password try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Nothing was entered.
    Missing,
    /// Address and password do not belong together, for whatever reason (R71, P036).
    Wrong,
    /// They do, but a second factor is asked for, and the person has none.
    NoSecondFactor,
    /// Too many tries; the same for accounts that do not exist (D31).
    TooManyTries {
        /// After how many minutes another try counts, rounded up.
        minutes: u32,
    },
}

impl PasswordPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/login/password";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-password";

    fn problem_text(&self) -> Option<String> {
        Some(match self.problem? {
            PasswordProblem::Missing => self.frame.say("password-missing"),
            PasswordProblem::Wrong => self.frame.say("password-wrong"),
            PasswordProblem::NoSecondFactor => self.frame.say("password-no-second-factor"),
            PasswordProblem::TooManyTries { minutes } => {
                self.frame.text.count("password-too-many", "minutes", minutes)
            }
        })
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            username: "ada@acme.example".to_owned(),
            back: LocalPath::page(Self::PATH),
            link: Some(LocalPath::page("/login/link")),
            reset: Some(LocalPath::page("/login/reset")),
            passkey: Some(PasskeyPrompt::sample()),
            problem: None,
        }
    }
}
