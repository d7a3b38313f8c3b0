//! Setting an authenticator up, and taking it away.

use askama::Template;

use super::factors::{FactorsPage, Used};
use super::frame::{AccountFrame, Section};
use crate::model::secret::Secret;
use crate::views::frame::Frame;
use crate::views::moment::Moment;
use crate::views::qr::QrCode;

/// Sets an authenticator up, step by step.
#[derive(Debug, Template)]
#[template(path = "pages/account/totp.html")]
pub struct TotpPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// How far it is.
    pub stage: TotpStage,
    /// What was wrong with the last code.
    pub problem: Option<CodeProblem>,
}

/// How far setting up is.
#[derive(Debug, Clone)]
pub enum TotpStage {
    /// Nothing was begun.
    Begin,
    /// The key was just made: it is shown this once.
    Shown {
        /// For a camera.
        qr: Option<QrCode>,
        /// For typing, in groups.
        key: Secret<String>,
    },
    /// The key was shown before, and its first code is awaited.
    Waiting,
    /// It is set up.
    Active(Used),
}

/// What can be wrong with a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeProblem {
    /// Nothing was entered.
    Missing,
    /// It is not the right one.
    Wrong,
}

impl CodeProblem {
    pub(in crate::views) const fn message(self) -> &'static str {
        match self {
            Self::Missing => "code-missing",
            Self::Wrong => "totp-code-wrong",
        }
    }
}

/// Asks whether the authenticator is to be taken away.
#[derive(Debug, Template)]
#[template(path = "pages/account/totp_remove.html")]
pub struct TotpRemovePage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// Whether it stays, because the tenant asks for a second factor and there is no other.
    pub is_needed: bool,
}

impl TotpPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/factors/totp";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-totp-setup";

    const fn asks_code(&self) -> bool {
        matches!(self.stage, TotpStage::Shown { .. } | TotpStage::Waiting)
    }

    const fn is_active(&self) -> bool {
        matches!(self.stage, TotpStage::Active(_))
    }

    fn problem_text(&self) -> Option<String> {
        self.problem.map(|problem| self.frame.say(problem.message()))
    }

    const FACTORS: &'static str = FactorsPage::PATH;

    const REMOVE: &'static str = TotpRemovePage::PATH;

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let uri =
            "otpauth://totp/Acme:ada%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";
        Self {
            frame,
            account: AccountFrame::sample(Section::Factors),
            stage: TotpStage::Shown {
                qr: QrCode::of(uri),
                key: Secret::new("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned()),
            },
            problem: None,
        }
    }

    /// The stage of an authenticator that is set up, for tests and for the gallery of pages.
    pub fn sample_of_active() -> TotpStage {
        TotpStage::Active(Used { since: Moment::sample(), last: None })
    }
}

impl TotpRemovePage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/account/factors/totp/remove";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-totp-remove";

    const FACTORS: &'static str = FactorsPage::PATH;

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self { frame, account: AccountFrame::sample(Section::Factors), is_needed: false }
    }
}
