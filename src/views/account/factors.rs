//! The ways to sign in that a person has, with their dates.

use askama::Template;

use super::frame::{AccountFrame, Section};
use super::password::OwnPasswordPage;
use super::recovery_codes::{CodesLeft, RecoveryCodesPage};
use super::totp::TotpPage;
use crate::views::frame::Frame;
use crate::views::moment::Moment;
use crate::views::passkeys::PasskeysPage;

/// Lists the factors of an account.
#[derive(Debug, Template)]
#[template(path = "pages/account/factors.html")]
pub struct FactorsPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// What is said of the last change.
    pub notice: Option<FactorsNotice>,
    /// When the password was set, where there is one.
    pub password: Option<Moment>,
    /// Whether the tenant takes passwords.
    pub takes_passwords: bool,
    /// The passkeys, by what their owner calls them.
    pub passkeys: Vec<(String, Used)>,
    /// The authenticator, where one is set up.
    pub totp: Option<Used>,
    /// What is left of the recovery codes.
    pub codes: Option<CodesLeft>,
}

/// When a factor was set up and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// When it was set up.
    pub since: Moment,
    /// When it was used last.
    pub last: Option<Moment>,
}

/// What is said of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorsNotice {
    /// The authenticator was set up.
    TotpAdded,
    /// The authenticator was removed.
    TotpRemoved,
    /// A recovery code was used to sign in: a new factor is due.
    Recovered,
    /// The password was changed.
    PasswordChanged,
}

impl FactorsNotice {
    /// Every notice.
    pub const ALL: [Self; 4] = [Self::TotpAdded, Self::TotpRemoved, Self::Recovered, Self::PasswordChanged];

    /// The value of the parameter `done` by which a redirect asks for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TotpAdded => "totp_added",
            Self::TotpRemoved => "totp_removed",
            Self::Recovered => "recovered",
            Self::PasswordChanged => "password_changed",
        }
    }

    /// The notice with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    const fn message(self) -> &'static str {
        match self {
            Self::TotpAdded => "factors-totp-added",
            Self::TotpRemoved => "factors-totp-removed",
            Self::Recovered => "factors-recovered",
            Self::PasswordChanged => "own-password-changed",
        }
    }
}

impl FactorsPage {
    /// Where it stands.
    pub const PATH: &'static str = "/account/factors";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-factors";

    const PASSWORD: &'static str = OwnPasswordPage::PATH;

    const TOTP: &'static str = TotpPage::PATH;

    const PASSKEYS: &'static str = PasskeysPage::PATH;

    const CODES: &'static str = RecoveryCodesPage::PATH;

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let moment = Moment::sample();
        Self {
            frame,
            account: AccountFrame::sample(Section::Factors),
            notice: None,
            password: Some(moment),
            takes_passwords: true,
            passkeys: vec![("Blue key".to_owned(), Used { since: moment, last: None })],
            totp: Some(Used { since: moment, last: Some(moment) }),
            codes: Some(CodesLeft { count: 9, made_at: moment }),
        }
    }
}
