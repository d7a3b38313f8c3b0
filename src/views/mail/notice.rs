//! Mails that tell what happened to an account, so that its owner notices when it was somebody else.

use super::{MailFrame, mail_view};
use crate::model::session::Factor;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Somebody wants to sign up with the address of an account.
    AccountExists,
    /// The account is to have another address.
    EmailChangeAsked,
    /// The account has another address.
    EmailChanged,
    /// A browser that was not seen before.
    NewDevice,
    /// One factor more; its name where it has one, as plain words.
    FactorAdded(Factor, Option<String>),
    /// One factor less.
    FactorRemoved(Factor, Option<String>),
    /// Another password.
    PasswordChanged,
    /// A personal access token, with its name as plain words.
    TokenMade(String),
    /// A recovery code was used; so many are left.
    RecoveryUsed(u32),
    /// Locked for so many minutes.
    AccountLocked(u32),
    /// Deleted; it can be brought back for so many days.
    AccountDeleted(u32),
    /// The account for emergencies was used; whose it is, as plain words.
    BreakGlass(String),
}

/// A notice.
#[derive(Debug, Clone)]
pub struct NoticeMail {
    /// What happened.
    pub notice: Notice,
}

mail_view!(NoticeMail, "mail/notice/text.txt", "mail/notice/html.html");

impl NoticeMail {
    /// A mail for each notice, for tests and for the gallery.
    pub fn samples() -> Vec<Self> {
        let notices = vec![
            Notice::AccountExists,
            Notice::EmailChangeAsked,
            Notice::EmailChanged,
            Notice::NewDevice,
            Notice::FactorAdded(Factor::Passkey, Some("Ada's phone".to_owned())),
            Notice::FactorAdded(Factor::Totp, None),
            Notice::FactorRemoved(Factor::RecoveryCode, None),
            Notice::PasswordChanged,
            Notice::TokenMade("nightly export".to_owned()),
            Notice::RecoveryUsed(1),
            Notice::AccountLocked(15),
            Notice::AccountDeleted(30),
            Notice::BreakGlass("Ada Lovelace".to_owned()),
        ];
        notices.into_iter().map(|notice| Self { notice }).collect()
    }

    /// The subject, which is the heading too.
    pub fn title(&self, frame: &MailFrame) -> String {
        frame.say(match self.notice {
            Notice::AccountExists => "mail-account-exists-title",
            Notice::EmailChangeAsked => "mail-email-change-asked-title",
            Notice::EmailChanged => "mail-email-changed-title",
            Notice::NewDevice => "mail-new-device-title",
            Notice::FactorAdded(..) => "mail-factor-added-title",
            Notice::FactorRemoved(..) => "mail-factor-removed-title",
            Notice::PasswordChanged => "mail-password-changed-title",
            Notice::TokenMade(_) => "mail-token-made-title",
            Notice::RecoveryUsed(_) => "mail-recovery-used-title",
            Notice::AccountLocked(_) => "mail-account-locked-title",
            Notice::AccountDeleted(_) => "mail-account-deleted-title",
            Notice::BreakGlass(_) => "mail-break-glass-title",
        })
    }

    /// What happened.
    pub fn lead(&self, frame: &MailFrame) -> String {
        match &self.notice {
            Notice::AccountExists => frame.say("mail-account-exists-lead"),
            Notice::EmailChangeAsked => frame.say("mail-email-change-asked-lead"),
            Notice::EmailChanged => frame.say("mail-email-changed-lead"),
            Notice::NewDevice => frame.say("mail-new-device-lead"),
            Notice::FactorAdded(factor, name) => {
                frame.say_with("mail-factor-added-lead", "factor", &what(frame, *factor, name.as_deref()))
            }
            Notice::FactorRemoved(factor, name) => {
                frame.say_with("mail-factor-removed-lead", "factor", &what(frame, *factor, name.as_deref()))
            }
            Notice::PasswordChanged => frame.say("mail-password-changed-lead"),
            Notice::TokenMade(name) => frame.say_with("mail-token-made-lead", "name", name),
            Notice::RecoveryUsed(left) => frame.count("mail-recovery-used-lead", *left),
            Notice::AccountLocked(minutes) => frame.count("mail-account-locked-lead", *minutes),
            Notice::AccountDeleted(days) => frame.count("mail-account-deleted-lead", *days),
            Notice::BreakGlass(person) => frame.say_with("mail-break-glass-lead", "person", person),
        }
    }

    /// What to do about it.
    pub fn advice(&self, frame: &MailFrame) -> String {
        frame.say(match self.notice {
            Notice::EmailChangeAsked
            | Notice::EmailChanged
            | Notice::NewDevice
            | Notice::FactorAdded(..)
            | Notice::FactorRemoved(..)
            | Notice::PasswordChanged
            | Notice::TokenMade(_)
            | Notice::RecoveryUsed(_) => "mail-not-you",
            Notice::AccountExists => "mail-account-exists-advice",
            Notice::AccountLocked(_) => "mail-account-locked-advice",
            Notice::AccountDeleted(_) => "mail-account-deleted-advice",
            Notice::BreakGlass(_) => "mail-break-glass-advice",
        })
    }
}

/// A factor in words, with its name behind where it has one.
fn what(frame: &MailFrame, factor: Factor, name: Option<&str>) -> String {
    let factor = frame.say(match factor {
        Factor::Password => "mail-factor-password",
        Factor::Passkey => "mail-factor-passkey",
        Factor::Totp => "mail-factor-totp",
        Factor::RecoveryCode => "mail-factor-recovery-code",
        Factor::MagicLink => "mail-factor-magic-link",
        Factor::EmailCode => "mail-factor-email-code",
        Factor::Connection => "mail-factor-connection",
        Factor::Home | Factor::HomeTwo => "mail-factor-home",
    });
    match name {
        Some(name) => format!("{factor} ({name})"),
        None => factor,
    }
}
