//! A person's data: taken along, and the account deleted.

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::views::frame::Frame;

/// Offers the data, and asks whether the account is to be deleted.
#[derive(Debug, Template)]
#[template(path = "pages/account/data.html")]
pub struct DataPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// For how many days a deleted account can be brought back.
    pub days: u32,
    /// Why the account stays, where it does.
    pub stays: Option<DataStays>,
    /// Whether what was typed is not the address of the account.
    pub is_unconfirmed: bool,
}

/// Why an account cannot be deleted by its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataStays {
    /// Its tenant would have no owner.
    LastOwner,
    /// It is the one for emergencies.
    BreakGlass,
    /// It is a guest's, who leaves at home.
    Guest,
}

/// Says that the account is deleted.
#[derive(Debug, Template)]
#[template(path = "pages/account/deleted.html")]
pub struct AccountDeletedPage {
    /// The frame.
    pub frame: Frame,
    /// For how many days it can be brought back.
    pub days: u32,
}

impl DataStays {
    const fn message(self) -> &'static str {
        match self {
            Self::LastOwner => "data-last-owner",
            Self::BreakGlass => "data-break-glass",
            Self::Guest => "data-guest",
        }
    }
}

impl DataPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/data";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-data";

    fn window(&self) -> String {
        self.frame.text.count("data-delete-lead", "days", self.days)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let account = AccountFrame::sample(Section::Data);
        Self { frame, account, days: 30, stays: None, is_unconfirmed: false }
    }
}

impl AccountDeletedPage {
    /// Where it stands.
    pub const PATH: &'static str = DataPage::PATH;
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-account-deleted";

    fn window(&self) -> String {
        self.frame.text.count("data-deleted-lead", "days", self.days)
    }

    /// A page for tests and for the gallery of pages.
    pub const fn sample(frame: Frame) -> Self {
        Self { frame, days: 30 }
    }
}
