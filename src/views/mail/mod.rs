//! Mails: each kind in two forms, plain and HTML, that say the same. Nothing in them is fetched from anywhere, and what
//! people have chosen themselves stands in them as plain words that no program makes a link of.

mod code;
mod frame;
mod invitation;
mod link;
mod notice;
mod plain;

pub use code::CodeMail;
pub use frame::{MailFrame, Occasion};
pub use invitation::InvitationMail;
pub use link::{LinkMail, LinkPurpose};
pub use notice::{Notice, NoticeMail};

use self::plain::plain_name;
use crate::model::mail::{MailKind, MailedLink};

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject, one line.
    pub subject: String,
    /// The plain form.
    pub text: String,
    /// The other one.
    pub html: String,
}

/// A kind of mail that can be shown.
pub trait MailView {
    /// Its subject.
    fn subject(&self, frame: &MailFrame) -> String;

    /// Its plain form.
    fn text(&self, frame: &MailFrame) -> Result<String, askama::Error>;

    /// Its other form.
    fn html(&self, frame: &MailFrame) -> Result<String, askama::Error>;

    /// All of it.
    fn render(&self, frame: &MailFrame) -> Result<RenderedMail, askama::Error> {
        Ok(RenderedMail { subject: self.subject(frame), text: self.text(frame)?, html: self.html(frame)? })
    }
}

/// Renders a mail of any kind.
///
/// # Errors
/// A template could not be filled.
pub fn render(frame: &MailFrame, about: &MailKind) -> Result<RenderedMail, askama::Error> {
    let link = |purpose, link: &MailedLink, minutes: &u32| {
        LinkMail { purpose, link: link.expose().to_owned(), minutes: *minutes }.render(frame)
    };
    let notice = |notice| NoticeMail { notice }.render(frame);
    let named = |name: &Option<String>| name.as_deref().map(plain_name).filter(|name| !name.is_empty());
    match about {
        MailKind::MagicLink { link: to, minutes } => link(LinkPurpose::SignIn, to, minutes),
        MailKind::VerifyEmail { link: to, minutes } => link(LinkPurpose::VerifyEmail, to, minutes),
        MailKind::EmailChangeConfirm { link: to, minutes } => link(LinkPurpose::ChangeEmail, to, minutes),
        MailKind::PasswordReset { link: to, minutes } => link(LinkPurpose::ResetPassword, to, minutes),
        MailKind::FirstFactor { link: to, minutes } => link(LinkPurpose::FirstFactor, to, minutes),
        MailKind::EmailCode { code, minutes } => {
            CodeMail { code: code.expose().to_owned(), minutes: *minutes }.render(frame)
        }
        MailKind::Invitation { link, inviter, days } => {
            let link = link.expose().to_owned();
            InvitationMail { link, inviter: named(inviter), days: *days }.render(frame)
        }
        MailKind::AccountExists => notice(Notice::AccountExists),
        MailKind::EmailChangeAsked => notice(Notice::EmailChangeAsked),
        MailKind::EmailChanged => notice(Notice::EmailChanged),
        MailKind::NewDevice => notice(Notice::NewDevice),
        MailKind::FactorAdded { factor, name } => notice(Notice::FactorAdded(*factor, named(name))),
        MailKind::FactorRemoved { factor, name } => notice(Notice::FactorRemoved(*factor, named(name))),
        MailKind::PasswordChanged => notice(Notice::PasswordChanged),
        MailKind::TokenMade { name } => notice(Notice::TokenMade(plain_name(name))),
        MailKind::RecoveryUsed { left } => notice(Notice::RecoveryUsed(*left)),
        MailKind::AccountLocked { minutes } => notice(Notice::AccountLocked(*minutes)),
        MailKind::AccountDeleted { days } => notice(Notice::AccountDeleted(*days)),
        MailKind::BreakGlass { person } => notice(Notice::BreakGlass(plain_name(person))),
    }
}

/// The two templates of a kind of mail.
macro_rules! mail_view {
    ($view:ident, $text:literal, $html:literal) => {
        const _: () = {
            #[derive(askama::Template)]
            #[template(path = $text)]
            struct AsText<'a> {
                frame: &'a crate::views::mail::MailFrame,
                mail: &'a $view,
            }

            #[derive(askama::Template)]
            #[template(path = $html)]
            struct AsHtml<'a> {
                frame: &'a crate::views::mail::MailFrame,
                mail: &'a $view,
            }

            impl crate::views::mail::MailView for $view {
                fn subject(&self, frame: &crate::views::mail::MailFrame) -> String {
                    self.title(frame)
                }

                fn text(&self, frame: &crate::views::mail::MailFrame) -> Result<String, askama::Error> {
                    askama::Template::render(&AsText { frame, mail: self })
                }

                fn html(&self, frame: &crate::views::mail::MailFrame) -> Result<String, askama::Error> {
                    askama::Template::render(&AsHtml { frame, mail: self })
                }
            }
        };
    };
}
use mail_view;
