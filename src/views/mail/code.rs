//! The mail with a code that a person types in.

use super::{MailFrame, mail_view};

/// A mail with a code.
#[derive(Debug, Clone)]
pub struct CodeMail {
    /// The code.
    pub code: String,
    /// How long it works.
    pub minutes: u32,
}

mail_view!(CodeMail, "mail/code/text.txt", "mail/code/html.html");

impl CodeMail {
    /// A mail for tests and for the gallery.
    pub fn sample() -> Self {
        Self { code: "402917".to_owned(), minutes: 10 }
    }

    /// The subject, which is the heading too. The code is not in it: subjects show on locked screens.
    pub fn title(&self, frame: &MailFrame) -> String {
        frame.say("mail-code-title")
    }
    /// How long it works.
    pub fn life(&self, frame: &MailFrame) -> String {
        frame.life(self.minutes)
    }
}
