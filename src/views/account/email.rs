//! The address of one's own account, and the page to which the links about it lead.

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::model::secret::Secret;
use crate::views::form::Form;
use crate::views::frame::Frame;

/// Shows the address, and takes another one.
#[derive(Debug, Template)]
#[template(path = "pages/account/email.html")]
pub struct EmailPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// Whether somebody confirmed the address, or we trust whoever gave it.
    pub is_verified: bool,
    /// The address that waits to be confirmed as the new one.
    pub pending: Option<String>,
    /// What was done just now.
    pub notice: Option<EmailNotice>,
    /// What was wrong with the new address.
    pub problem: Option<EmailChangeProblem>,
    /// The new address as it was typed.
    pub typed: String,
    /// For how many minutes a link works.
    pub minutes: u32,
}

/// What was done just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailNotice {
    /// A link to the address is on its way.
    Sent,
    /// A link to the new address is on its way.
    Asked,
    /// The new address is not wanted any more.
    Withdrawn,
    /// The address is confirmed.
    Verified,
    /// The account has the new address.
    Changed,
}

/// What was wrong with the new address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailChangeProblem {
    /// It is none.
    Invalid,
    /// The account has it.
    Same,
    /// It is of no domain of the tenant.
    Outside,
    /// The account for emergencies keeps its address.
    BreakGlass,
}

/// Asks whether the address is to be confirmed; where its person is not signed in, it says that first.
#[derive(Debug, Template)]
#[template(path = "pages/account/email_confirm.html")]
pub struct EmailConfirmPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The token of the link, sent back as `token`.
    pub token: Secret<String>,
    /// The address; none where its person is not signed in in this browser.
    pub address: Option<String>,
}

impl EmailNotice {
    /// Every notice.
    pub const ALL: [Self; 5] = [Self::Sent, Self::Asked, Self::Withdrawn, Self::Verified, Self::Changed];

    /// The value of the parameter by which a redirect asks for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Asked => "asked",
            Self::Withdrawn => "withdrawn",
            Self::Verified => "verified",
            Self::Changed => "changed",
        }
    }

    /// The notice with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Sent => "email-notice-sent",
            Self::Asked => "email-notice-asked",
            Self::Withdrawn => "email-notice-withdrawn",
            Self::Verified => "email-notice-verified",
            Self::Changed => "email-notice-changed",
        }
    }
}

impl EmailChangeProblem {
    /// Every problem.
    pub const ALL: [Self; 4] = [Self::Invalid, Self::Same, Self::Outside, Self::BreakGlass];

    const fn message(self) -> &'static str {
        match self {
            Self::Invalid => "setup-email-problem",
            Self::Same => "email-problem-same",
            Self::Outside => "email-problem-outside",
            Self::BreakGlass => "email-problem-break-glass",
        }
    }
}

impl EmailPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/email";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-email";

    fn told(&self) -> Option<String> {
        self.notice.map(|notice| self.frame.text.count(notice.message(), "minutes", self.minutes))
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            account: AccountFrame::sample(Section::Email),
            is_verified: true,
            pending: None,
            notice: None,
            problem: None,
            typed: String::new(),
            minutes: 60,
        }
    }
}

impl EmailConfirmPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/email";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-email-confirm";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form { interaction: None, ..Form::sample() },
            token: Secret::new("sym_sample".to_owned()),
            address: Some("ada@new.example".to_owned()),
        }
    }
}
