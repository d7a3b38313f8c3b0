//! Where a person is a guest.

use std::collections::BTreeSet;

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::model::role::Role;
use crate::views::console::people::roles_in_words;
use crate::views::frame::Frame;
use crate::views::moment::Moment;

/// Lists the organisations in which somebody is a guest; to each they can go, and each they can leave.
#[derive(Debug, Template)]
#[template(path = "pages/account/organisations.html")]
pub struct OrganisationsPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// What is said of the last try.
    pub notice: Option<OrganisationsNotice>,
    /// The organisations.
    pub organisations: Vec<OrganisationRow>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct OrganisationRow {
    /// Its tenant, sent as `organisation`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The roles of the guest.
    pub roles: BTreeSet<Role>,
    /// When they came.
    pub since: Moment,
}

/// What is said of the last try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganisationsNotice {
    /// The person is no guest there any more.
    Left,
    /// The organisation does not let them in.
    Refused,
}

impl OrganisationsNotice {
    /// Every notice.
    pub const ALL: [Self; 2] = [Self::Left, Self::Refused];

    /// The value of the parameter `done` by which a redirect asks for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Refused => "refused",
        }
    }

    /// The notice with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Left => "organisations-left",
            Self::Refused => "guest-refused",
        }
    }
}

impl OrganisationsPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/organisations";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-organisations";

    /// The roles of a guest in words.
    pub fn roles(&self, row: &OrganisationRow) -> String {
        roles_in_words(&self.frame, &row.roles)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let row = |id: &str, name: &str, role| OrganisationRow {
            id: id.to_owned(),
            name: name.to_owned(),
            roles: BTreeSet::from([role]),
            since: Moment::sample(),
        };
        Self {
            frame,
            account: AccountFrame::sample(Section::Organisations),
            notice: None,
            organisations: vec![
                row("1", "Globex", Role::Member),
                row("2", "The International Society of Very Long Names", Role::Admin),
            ],
        }
    }
}
