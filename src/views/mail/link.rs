//! Mails with a link that does one thing, once.

use super::{MailFrame, mail_view};

/// What the link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// To sign in.
    SignIn,
    /// To confirm the address of the account.
    VerifyEmail,
    /// To confirm the address that the account is to change to.
    ChangeEmail,
    /// To set a new password.
    ResetPassword,
    /// To set up a second factor.
    FirstFactor,
}

/// A mail with a link.
#[derive(Debug, Clone)]
pub struct LinkMail {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Where it leads.
    pub link: String,
    /// How long it works.
    pub minutes: u32,
}

mail_view!(LinkMail, "mail/link/text.txt", "mail/link/html.html");

impl LinkMail {
    /// A mail for tests and for the gallery.
    pub fn sample(purpose: LinkPurpose) -> Self {
        Self { purpose, link: "https://id.example.com/link/sym_sample?a=1&b=2".to_owned(), minutes: 30 }
    }

    /// The subject, which is the heading too.
    pub fn title(&self, frame: &MailFrame) -> String {
        frame.say(match self.purpose {
            LinkPurpose::SignIn => "mail-sign-in-title",
            LinkPurpose::VerifyEmail => "mail-verify-title",
            LinkPurpose::ChangeEmail => "mail-change-title",
            LinkPurpose::ResetPassword => "mail-reset-title",
            LinkPurpose::FirstFactor => "mail-factor-link-title",
        })
    }

    /// What it is about.
    pub fn lead(&self, frame: &MailFrame) -> String {
        frame.say(match self.purpose {
            LinkPurpose::SignIn => "mail-sign-in-lead",
            LinkPurpose::VerifyEmail => "mail-verify-lead",
            LinkPurpose::ChangeEmail => "mail-change-lead",
            LinkPurpose::ResetPassword => "mail-reset-lead",
            LinkPurpose::FirstFactor => "mail-factor-link-lead",
        })
    }

    /// The words of the button.
    pub fn button(&self, frame: &MailFrame) -> String {
        frame.say(match self.purpose {
            LinkPurpose::SignIn => "mail-sign-in-button",
            LinkPurpose::VerifyEmail => "mail-verify-button",
            LinkPurpose::ChangeEmail => "mail-change-button",
            LinkPurpose::ResetPassword => "mail-reset-button",
            LinkPurpose::FirstFactor => "mail-factor-link-button",
        })
    }
    /// How long it works.
    pub fn life(&self, frame: &MailFrame) -> String {
        frame.life(self.minutes)
    }
}
