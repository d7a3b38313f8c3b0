//! What happened to an account.

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::views::frame::Frame;
use crate::views::link::LocalPath;
use crate::views::moment::Moment;

/// Lists what happened, the latest first.
#[derive(Debug, Template)]
#[template(path = "pages/account/history.html")]
pub struct HistoryPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// What happened.
    pub rows: Vec<HistoryRow>,
    /// Whether it is the latest page.
    pub is_first: bool,
    /// The page before, where there is one.
    pub older: Option<LocalPath>,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The person.
    You,
    /// Somebody who proved nothing.
    Nobody,
    /// Somebody else, or the product.
    Others,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    /// When.
    pub at: Moment,
    /// The word of the record.
    pub what: String,
    /// What was done, where the record has a word for it.
    pub action: Option<String>,
    /// Whether it was refused.
    pub is_refused: bool,
    /// Who did it.
    pub who: Who,
    /// The factor that it was about, in the word of the record.
    pub factor: Option<String>,
    /// The device in words of ours.
    pub device: Option<String>,
    /// The address that it came from.
    pub address: Option<String>,
}

impl HistoryRow {
    /// The message that says it.
    fn message(&self) -> &'static str {
        match (self.what.as_str(), self.is_refused, self.action.as_deref()) {
            ("session.sign_in", false, _) => "history-sign-in",
            ("session.sign_in", true, _) => "history-sign-in-refused",
            ("session.factor_proved", ..) => "history-factor-proved",
            ("session.sign_out", ..) => "history-sign-out",
            ("session.revoked", ..) => "history-session-ended",
            ("account.locked", ..) => "history-locked",
            ("oauth.consent", _, Some("withdraw")) => "history-consent-withdrawn",
            ("oauth.consent", true, _) => "history-consent-refused",
            ("oauth.consent", ..) => "history-consent",
            ("personal_token.changed", _, Some("make")) => "history-token-made",
            ("personal_token.changed", ..) => "history-token-revoked",
            ("password.changed", ..) => "history-password",
            ("factor.added", ..) => "history-factor-added",
            ("factor.removed", ..) => "history-factor-removed",
            ("factor.recovery_codes_made", ..) => "history-codes",
            ("factor.device_remembered", ..) => "history-device-remembered",
            ("factor.devices_forgotten", ..) => "history-devices-forgotten",
            ("user.exported", ..) => "history-exported",
            (_, _, Some("email_changed")) => "history-email-changed",
            (_, _, Some("email_verified")) => "history-email-verified",
            (_, _, Some("change")) => "history-profile",
            _ => "history-account",
        }
    }

    fn factor_message(&self) -> Option<&'static str> {
        match self.factor.as_deref()? {
            "password" => Some("factor-password"),
            "passkey" => Some("factor-passkey"),
            "totp" => Some("factor-totp"),
            "recovery_code" => Some("factor-recovery-code"),
            "magic_link" => Some("factor-magic-link"),
            "email_code" => Some("factor-email-code"),
            "connection" => Some("factor-connection"),
            _ => None,
        }
    }
}

impl HistoryPage {
    /// Where it stands.
    pub const PATH: &'static str = "/account/history";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-history";

    fn who(&self, row: &HistoryRow) -> String {
        match row.who {
            Who::You => row.device.clone().unwrap_or_else(|| self.frame.say("device-unknown")),
            Who::Nobody => self.frame.say("history-nobody"),
            Who::Others => self.frame.say("history-others"),
        }
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let row = |what: &str, action: Option<&str>, who| HistoryRow {
            at: Moment::sample(),
            what: what.to_owned(),
            action: action.map(str::to_owned),
            is_refused: who == Who::Nobody,
            who,
            factor: (what == "session.sign_in").then(|| "password".to_owned()),
            device: (who == Who::You).then(|| "Firefox, Linux".to_owned()),
            address: (who != Who::Others).then(|| "203.0.113.7".to_owned()),
        };
        Self {
            frame,
            account: AccountFrame::sample(Section::History),
            rows: vec![
                row("session.sign_in", None, Who::You),
                row("session.sign_in", None, Who::Nobody),
                row("account.locked", None, Who::Others),
                row("personal_token.changed", Some("make"), Who::You),
                row("user.changed", Some("change"), Who::Others),
            ],
            is_first: true,
            older: None,
        }
    }
}
