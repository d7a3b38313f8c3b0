//! A new password for somebody who forgot theirs, by the link in a mail.

use askama::Template;

use crate::model::secret::Secret;
use crate::views::form::Form;
use crate::views::frame::Frame;
use crate::views::link::LocalPath;
use crate::views::setup::NewPasswordProblem;

/// Asks for a new password.
#[derive(Debug, Template)]
#[template(path = "pages/links/reset.html")]
pub struct ResetPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The token of the link, sent back as `token`.
    pub token: Secret<String>,
    /// Whose password it is; password managers read it from the page.
    pub username: String,
    /// The shortest password, in characters.
    pub shortest: u32,
    /// What was wrong with the last try.
    pub problem: Option<NewPasswordProblem>,
}

/// Says that it is set, and what ended with the old one.
#[derive(Debug, Template)]
#[template(path = "pages/links/reset_done.html")]
pub struct ResetDonePage {
    /// The frame.
    pub frame: Frame,
    /// The names of the personal access tokens that ended.
    pub tokens: Vec<String>,
    /// Where signing in goes on.
    pub onward: LocalPath,
}

impl ResetPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/reset";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-reset";

    fn problem_text(&self) -> Option<String> {
        self.problem.map(|problem| problem.words(&self.frame, self.shortest))
    }

    fn hint(&self) -> String {
        self.frame.text.count("setup-password-hint", "characters", self.shortest)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form { interaction: None, ..Form::sample() },
            token: Secret::new("sym_sample".to_owned()),
            username: "ada@acme.example".to_owned(),
            shortest: 12,
            problem: None,
        }
    }
}

impl ResetDonePage {
    /// Where it stands.
    pub const PATH: &'static str = "/reset";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-reset-done";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self { frame, tokens: Vec::new(), onward: LocalPath::page("/login") }
    }
}
