//! The sheet of recovery codes: how many are left, and a new one, shown once.

use askama::Template;

use super::factors::FactorsPage;
use super::frame::{AccountFrame, Section};
use crate::model::secret::Secret;
use crate::views::frame::Frame;
use crate::views::moment::Moment;

/// Shows the sheet, or what is left of it.
#[derive(Debug, Template)]
#[template(path = "pages/account/recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// Codes that were just made: they are shown this once.
    pub fresh: Option<Vec<Secret<String>>>,
    /// Whether they came with an authenticator that was just set up.
    pub with_totp: bool,
    /// What is left of the sheet.
    pub left: Option<CodesLeft>,
}

/// What is left of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodesLeft {
    /// How many codes were not used.
    pub count: u32,
    /// When the sheet was made.
    pub made_at: Moment,
}

impl CodesLeft {
    /// How many are left, in words.
    pub fn words(&self, frame: &Frame) -> String {
        frame.text.count("codes-left", "count", self.count)
    }
}

impl RecoveryCodesPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/factors/recovery-codes";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-recovery-codes";

    const FACTORS: &'static str = FactorsPage::PATH;

    /// The codes as one field of the form that writes them into a file.
    fn joined(codes: &[Secret<String>]) -> String {
        codes.iter().map(|code| code.expose().as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The sheet as a text file: whose it is, where it is for, and the codes.
    pub fn file(frame: &Frame, (person, issuer): (&str, &str), codes: &[Secret<String>]) -> Secret<String> {
        let title = frame.say_with("codes-file-title", "account", person);
        Secret::new(format!("{title}\n{issuer}\n\n{}\n", Self::joined(codes).replace(' ', "\n")))
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let codes =
            (0..10).map(|at| Secret::new(format!("ABCD-EFGH-IJKL-MN{}{}", at % 6 + 2, (at + 3) % 6 + 2)));
        Self {
            frame,
            account: AccountFrame::sample(Section::Factors),
            fresh: Some(codes.collect()),
            with_totp: false,
            left: None,
        }
    }
}
