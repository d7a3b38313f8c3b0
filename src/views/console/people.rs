//! The people of a tenant, as those who administer them see them.

use std::collections::BTreeSet;

use askama::Template;

use super::frame::{ConsoleFrame, ConsoleSection};
use crate::model::role::Role;
use crate::model::status::Status;
use crate::views::frame::Frame;
use crate::views::link::LocalPath;

/// Lists people.
#[derive(Debug, Template)]
#[template(path = "pages/console/people.html")]
pub struct ConsolePeoplePage {
    /// The frame.
    pub frame: Frame,
    /// Who administers.
    pub account: ConsoleFrame,
    /// What the addresses begin with that are looked for.
    pub search: String,
    /// The state of the accounts that are looked for; all but the deleted where none is.
    pub status: Option<AccountState>,
    /// The role of the people who are looked for.
    pub role: Option<Role>,
    /// The people of this page.
    pub people: Vec<PersonRow>,
    /// The first page, where this is a later one.
    pub first: Option<LocalPath>,
    /// The next page, where there is one.
    pub next: Option<LocalPath>,
}

/// A person in the list.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Their page.
    pub link: LocalPath,
    /// Their name, where one is known.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
    /// Their roles, those of their groups among them.
    pub roles: BTreeSet<Role>,
    /// Whether the account may be used.
    pub state: AccountState,
    /// Whether it is a guest's, whose home is another tenant.
    pub guest: bool,
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// In use.
    Active,
    /// Switched off.
    Suspended,
    /// Gone; for a while it can be restored.
    Deleted,
}

impl AccountState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Deleted];

    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The message with its name.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Active => "state-active",
            Self::Suspended => "state-suspended",
            Self::Deleted => "state-deleted",
        }
    }
}

impl From<Status> for AccountState {
    fn from(status: Status) -> Self {
        match status {
            Status::Active | Status::Resumed { .. } => Self::Active,
            Status::Suspended { .. } => Self::Suspended,
            Status::Deleted { .. } => Self::Deleted,
        }
    }
}

/// The message with the name of a role.
pub const fn role_message(role: Role) -> &'static str {
    match role {
        Role::Owner => "role-owner",
        Role::Admin => "role-admin",
        Role::Security => "role-security",
        Role::Auditor => "role-auditor",
        Role::Member => "role-member",
        Role::ReadOnly => "role-readonly",
    }
}

/// The names of these roles, in the language of the page.
pub(in crate::views) fn roles_in_words(frame: &Frame, roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| frame.say(role_message(*role))).collect::<Vec<_>>().join(", ")
}

impl PersonRow {
    /// The name, or the address of an account without one.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }

    fn roles_in(&self, frame: &Frame) -> String {
        roles_in_words(frame, &self.roles)
    }
}

impl ConsolePeoplePage {
    /// Where it stands.
    pub const PATH: &'static str = "/console/people";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-console-people";

    fn is_filtered(&self) -> bool {
        !self.search.is_empty() || self.status.is_some() || self.role.is_some()
    }

    /// Whether accounts in this state are looked for.
    pub fn is_state(&self, state: &AccountState) -> bool {
        self.status == Some(*state)
    }

    /// Whether people with this role are looked for.
    pub fn is_role(&self, role: &Role) -> bool {
        self.role == Some(*role)
    }

    /// The name of a role.
    pub fn role_name(&self, role: &Role) -> String {
        self.frame.say(role_message(*role))
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let row = |name: Option<&str>, email: &str, roles: &[Role], state| PersonRow {
            link: LocalPath::page("/console/people/person?user=01920000-0000-7000-8000-000000000009"),
            name: name.map(str::to_owned),
            email: email.to_owned(),
            roles: roles.iter().copied().collect(),
            state,
            guest: name.is_none(),
        };
        Self {
            frame,
            account: ConsoleFrame::sample(ConsoleSection::People),
            search: String::new(),
            status: None,
            role: None,
            people: vec![
                row(Some("Ada Lovelace"), "ada@acme.example", &[Role::Owner], AccountState::Active),
                row(
                    Some("Grace Hopper"),
                    "grace@acme.example",
                    &[Role::Admin, Role::Member],
                    AccountState::Active,
                ),
                row(
                    None,
                    "charles.babbage@analytical-engines.acme.example",
                    &[Role::Member],
                    AccountState::Suspended,
                ),
            ],
            first: None,
            next: LocalPath::parse("/console/people?cursor=01920000-0000-7000-8000-000000000009"),
        }
    }
}
