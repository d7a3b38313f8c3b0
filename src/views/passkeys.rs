//! A person's own passkeys: the list, and the page on which one more is made.

use askama::Template;

use super::account::recovery_codes::RecoveryCodesPage;
use super::account::{AccountFrame, FactorsPage, Section};
use super::frame::Frame;
use super::link::LocalPath;
use super::passkey::PasskeyPrompt;
use crate::model::secret::Secret;
use crate::model::time::Timestamp;

/// Lists a person's passkeys; each can be named anew and removed.
#[derive(Debug, Template)]
#[template(path = "pages/account/passkeys.html")]
pub struct PasskeysPage {
    /// The frame.
    pub frame: Frame,
    /// Whose they are.
    pub account: AccountFrame,
    /// What is said of the last change.
    pub notice: Option<PasskeysNotice>,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<PasskeyRow>,
}

/// One passkey of the list.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    /// Its id, sent as `passkey`.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// What is said of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeysNotice {
    /// One was named.
    Renamed,
    /// One was removed.
    Removed,
    /// It stays: there would be no way in without it.
    LastWayIn,
    /// It stays: the tenant asks for a second factor, and there would be none without it.
    Needed,
    /// The name is too long, or none.
    Name,
}

/// Makes one more passkey.
#[derive(Debug, Template)]
#[template(path = "pages/account/passkey_new.html")]
pub struct PasskeyNewPage {
    /// The frame.
    pub frame: Frame,
    /// Whose it will be.
    pub account: AccountFrame,
    /// The request that waits meanwhile, sent as `interaction`.
    pub interaction: Option<String>,
    /// The question; none where the person has enough of them, or this deployment has none.
    pub passkey: Option<PasskeyPrompt>,
    /// What it will be called.
    pub name: String,
    /// What was wrong with the last try.
    pub problem: Option<PasskeyNewProblem>,
}

/// What can be wrong with a new passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyNewProblem {
    /// It has no name, or one that is too long.
    Name,
    /// It is on the list already.
    Known,
    /// What the browser sent proves nothing, or came too late.
    Wrong,
}

/// Says that a passkey was added, and shows the recovery codes of somebody who had none.
#[derive(Debug, Template)]
#[template(path = "pages/account/passkey_added.html")]
pub struct PasskeyAddedPage {
    /// The frame.
    pub frame: Frame,
    /// Whose it is.
    pub account: AccountFrame,
    /// What it is called.
    pub name: String,
    /// The codes, shown this once.
    pub codes: Vec<Secret<String>>,
    /// Whether the form came twice, and this answers the second: the codes stood in the other answer.
    pub is_again: bool,
    /// Where the sign-in goes on in which it was offered.
    pub onward: Option<LocalPath>,
}

impl PasskeysNotice {
    /// Every notice.
    pub const ALL: [Self; 5] = [Self::Renamed, Self::Removed, Self::LastWayIn, Self::Needed, Self::Name];

    /// The value of the parameter `done` by which a redirect asks for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Removed => "removed",
            Self::LastWayIn => "last",
            Self::Needed => "needed",
            Self::Name => "name",
        }
    }

    /// The notice with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Renamed => "passkeys-renamed",
            Self::Removed => "passkeys-removed",
            Self::LastWayIn => "passkeys-last",
            Self::Needed => "passkeys-needed",
            Self::Name => "passkey-name-problem",
        }
    }
}

impl PasskeyRow {
    fn day(at: Timestamp) -> String {
        at.to_naive().format("%Y-%m-%d").to_string()
    }

    fn added_on(&self) -> String {
        Self::day(self.added)
    }

    fn used_on(&self) -> Option<String> {
        self.used.map(Self::day)
    }
}

impl PasskeysPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/passkeys";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-passkeys";

    const NEW: &'static str = PasskeyNewPage::PATH;

    const FACTORS: &'static str = FactorsPage::PATH;

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let row = |id: &str, name: &str, used| PasskeyRow {
            id: id.to_owned(),
            name: name.to_owned(),
            added: Timestamp::from_unix(1_790_000_000),
            used,
        };
        Self {
            frame,
            account: AccountFrame::sample(Section::Factors),
            notice: None,
            passkeys: vec![
                row(
                    "01920000-0000-7000-8000-000000000001",
                    "Chrome on Linux",
                    Some(Timestamp::from_unix(1_795_000_000)),
                ),
                row("01920000-0000-7000-8000-000000000002", "Safari on iPhone", None),
            ],
        }
    }
}

impl PasskeyNewPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/account/passkeys/new";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-passkey-new";

    const LIST: &'static str = PasskeysPage::PATH;

    fn name_problem(&self) -> Option<String> {
        match self.problem? {
            PasskeyNewProblem::Name => Some(self.frame.say("passkey-name-problem")),
            PasskeyNewProblem::Known | PasskeyNewProblem::Wrong => None,
        }
    }

    fn other_problem(&self) -> Option<String> {
        match self.problem? {
            PasskeyNewProblem::Name => None,
            PasskeyNewProblem::Known => Some(self.frame.say("passkey-known")),
            PasskeyNewProblem::Wrong => Some(self.frame.say("passkey-not-made")),
        }
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            account: AccountFrame::sample(Section::Factors),
            interaction: None,
            passkey: Some(PasskeyPrompt::sample()),
            name: "Chrome on Linux".to_owned(),
            problem: None,
        }
    }
}

impl PasskeyAddedPage {
    /// Where it stands.
    pub const PATH: &'static str = PasskeyNewPage::PATH;
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-passkey-added";

    const LIST: &'static str = PasskeysPage::PATH;

    const CODES: &'static str = RecoveryCodesPage::PATH;

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let codes = (2..8).map(|at| Secret::new(format!("ABCD-EFGH-IJKL-MNO{at}")));
        Self {
            frame,
            account: AccountFrame::sample(Section::Factors),
            name: "Chrome on Linux".to_owned(),
            codes: codes.collect(),
            is_again: false,
            onward: None,
        }
    }
}
