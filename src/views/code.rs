//! The pages that ask for a code as one factor more. Shown only to somebody who has proved one.

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;

/// What can be wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeProblem {
    /// Nothing was entered.
    Missing,
    /// It is not the right one, or was used before.
    Wrong,
    /// No more codes are mailed for now.
    MailedEnough,
    /// Too many tries, at whatever factor (D31).
    TooManyTries {
        /// After how many minutes another try counts, rounded up.
        minutes: u32,
    },
}

impl CodeProblem {
    pub(super) fn words(self, frame: &Frame, wrong: &str) -> String {
        match self {
            Self::Missing => frame.say("code-missing"),
            Self::Wrong => frame.say(wrong),
            Self::MailedEnough => frame.say("code-mailed-enough"),
            Self::TooManyTries { minutes } => frame.text.count("password-too-many", "minutes", minutes),
        }
    }
}

/// What is put into a page that asks for a code.
#[derive(Debug)]
pub struct CodeAsked {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks.
    pub client: Option<ClientCard>,
    /// The address of the person.
    pub username: String,
    /// Whether the form says what this device could make: somebody who signs in by it may be offered a passkey.
    pub asks_device: bool,
    /// The way to the other factors.
    pub others: LocalPath,
    /// For how many days this device can be remembered, where it can.
    pub remember_days: Option<u32>,
    /// What was wrong with the last try.
    pub problem: Option<CodeProblem>,
}

impl CodeAsked {
    /// The parts of a page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            username: "ada@acme.example".to_owned(),
            asks_device: true,
            others: LocalPath::page("/login/factor").with("other", "1"),
            remember_days: None,
            problem: None,
        }
    }
}

/// Asks whether the device is to be remembered, where it can be.
pub(super) fn remember_text(frame: &Frame, days: Option<u32>) -> Option<String> {
    days.map(|days| frame.text.count("code-remember", "days", days))
}

macro_rules! code_pages {
    ($($(#[$doc:meta])* $name:ident {
        path: $path:literal, marker: $marker:literal, digits: $digits:literal,
        title: $title:literal, lead: $lead:literal, label: $label:literal, wrong: $wrong:literal
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Template)]
        #[template(path = "pages/login/code.html")]
        pub struct $name {
            frame: Frame,
            form: Form,
            client: Option<ClientCard>,
            username: String,
            asks_device: bool,
            others: LocalPath,
            remember_days: Option<u32>,
            problem: Option<CodeProblem>,
        }

        impl $name {
            /// Where it stands and where its form goes.
            pub const PATH: &'static str = $path;
            /// The id of its `main` element.
            pub const MARKER: &'static str = $marker;
            /// Whether the code is made of digits alone.
            const DIGITS: bool = $digits;

            fn title(&self) -> String {
                self.frame.say($title)
            }

            fn lead(&self) -> String {
                self.frame.say($lead)
            }

            fn label(&self) -> String {
                self.frame.say($label)
            }

            fn remember_text(&self) -> Option<String> {
                remember_text(&self.frame, self.remember_days)
            }

            fn problem_text(&self) -> Option<String> {
                self.problem.map(|problem| problem.words(&self.frame, $wrong))
            }
        }

        impl From<CodeAsked> for $name {
            fn from(asked: CodeAsked) -> Self {
                let CodeAsked { frame, form, client, username, asks_device, others, remember_days, problem } = asked;
                Self { frame, form, client, username, asks_device, others, remember_days, problem }
            }
        }
    )+};
}

code_pages! {
    /// Asks for the code that an authenticator shows.
    TotpCodePage {
        path: "/login/totp", marker: "page-totp", digits: true,
        title: "totp-code-title", lead: "totp-code-lead", label: "totp-code-label", wrong: "totp-code-wrong"
    }
    /// Asks for a code from the sheet.
    RecoveryCodePage {
        path: "/login/recovery-code", marker: "page-recovery-code", digits: false,
        title: "recovery-code-title", lead: "recovery-code-lead", label: "recovery-code-label",
        wrong: "recovery-code-wrong"
    }
}
