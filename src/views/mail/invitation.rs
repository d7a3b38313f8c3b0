//! The mail that invites to a tenant.

use super::{MailFrame, mail_view};

/// An invitation.
#[derive(Debug, Clone)]
pub struct InvitationMail {
    /// Where it leads.
    pub link: String,
    /// Who invites, as plain words.
    pub inviter: Option<String>,
    /// How long it stands.
    pub days: u32,
}

mail_view!(InvitationMail, "mail/invitation/text.txt", "mail/invitation/html.html");

impl InvitationMail {
    /// A mail for tests and for the gallery.
    pub fn sample() -> Self {
        Self {
            link: "https://id.example.com/invitation?token=syi_sample".to_owned(),
            inviter: Some("Ada Lovelace".to_owned()),
            days: 7,
        }
    }

    /// The subject, which is the heading too.
    pub fn title(&self, frame: &MailFrame) -> String {
        frame.say("mail-invitation-title")
    }

    /// Who invites, and whereto.
    pub fn lead(&self, frame: &MailFrame) -> String {
        match &self.inviter {
            Some(inviter) => frame.say_with("mail-invitation-lead", "inviter", inviter),
            None => frame.say("mail-invitation-lead-nobody"),
        }
    }
    /// How long it works.
    pub fn life(&self, frame: &MailFrame) -> String {
        frame.life(self.days.saturating_mul(24 * 60))
    }
}
