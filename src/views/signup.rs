//! Signing up, where the organisation lets people of its domains do so (P042).

use askama::Template;

use super::form::Form;
use super::frame::Frame;

/// Asks for the organisation and the address.
#[derive(Debug, Template)]
#[template(path = "pages/invitation/signup.html")]
pub struct SignUpPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The organisation as entered so far.
    pub organisation: String,
    /// The address as entered so far.
    pub email: String,
    /// Whether the organisation is missing, or no name that one could have.
    pub organisation_problem: bool,
    /// Whether the address is missing, or none.
    pub email_problem: bool,
}

/// Says where to look now. The same for every address (P036).
#[derive(Debug, Template)]
#[template(path = "pages/invitation/signup_sent.html")]
pub struct SignUpSentPage {
    /// The frame.
    pub frame: Frame,
    /// The address as entered.
    pub email: String,
    /// For how many minutes the link works.
    pub minutes: u32,
}

impl SignUpPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/signup";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-signup";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame: Frame { tenant: None, ..frame },
            form: Form { interaction: None, ..Form::sample() },
            organisation: String::new(),
            email: String::new(),
            organisation_problem: false,
            email_problem: false,
        }
    }
}

impl SignUpSentPage {
    /// Where it stands.
    pub const PATH: &'static str = SignUpPage::PATH;
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-signup-sent";

    fn life(&self) -> String {
        self.frame.text.count("signup-sent-life", "minutes", self.minutes)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self { frame: Frame { tenant: None, ..frame }, email: "grace@acme.example".to_owned(), minutes: 60 }
    }
}
