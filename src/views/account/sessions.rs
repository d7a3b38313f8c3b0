//! Where a person is signed in.

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::views::frame::Frame;
use crate::views::moment::Moment;

/// Lists the sessions of an account; each can be ended.
#[derive(Debug, Template)]
#[template(path = "pages/account/sessions.html")]
pub struct SessionsPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// What is said of the last change.
    pub notice: Option<SessionsNotice>,
    /// The sessions, the newest first.
    pub sessions: Vec<SessionRow>,
    /// How many devices stand in for the second factor.
    pub devices: u32,
}

/// One session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id, sent as `session`.
    pub id: String,
    /// The device in words of ours, where its browser told.
    pub device: Option<String>,
    /// The address from which it was used last.
    pub address: Option<String>,
    /// When it began.
    pub since: Moment,
    /// When it was used last.
    pub seen: Moment,
    /// Whether it is that of this browser.
    pub is_here: bool,
}

/// What is said of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionsNotice {
    /// One was ended.
    Ended,
    /// All others were ended.
    OthersEnded,
    /// No device is remembered any more.
    DevicesForgotten,
}

impl SessionsNotice {
    /// Every notice.
    pub const ALL: [Self; 3] = [Self::Ended, Self::OthersEnded, Self::DevicesForgotten];

    /// The value of the parameter `done` by which a redirect asks for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::OthersEnded => "others_ended",
            Self::DevicesForgotten => "devices_forgotten",
        }
    }

    /// The notice with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Ended => "sessions-ended",
            Self::OthersEnded => "sessions-others-ended",
            Self::DevicesForgotten => "sessions-devices-forgotten",
        }
    }
}

impl SessionsPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/sessions";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-sessions";

    fn device(&self, session: &SessionRow) -> String {
        session.device.clone().unwrap_or_else(|| self.frame.say("device-unknown"))
    }

    fn devices_text(&self) -> Option<String> {
        (self.devices > 0).then(|| self.frame.text.count("sessions-devices", "count", self.devices))
    }

    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.is_here)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let row = |last: u8, device: Option<&str>, address: Option<&str>| SessionRow {
            id: format!("01920000-0000-7000-8000-00000000000{last}"),
            device: device.map(str::to_owned),
            address: address.map(str::to_owned),
            since: Moment::sample(),
            seen: Moment::sample(),
            is_here: last == 1,
        };
        Self {
            frame,
            account: AccountFrame::sample(Section::Sessions),
            notice: None,
            sessions: vec![
                row(1, Some("Firefox, Linux"), Some("203.0.113.7")),
                row(2, Some("Safari, iPhone"), Some("2001:db8:85a3::8a2e:370:7334")),
                row(3, None, None),
            ],
            devices: 2,
        }
    }
}
