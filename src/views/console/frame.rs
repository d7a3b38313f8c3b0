//! What stands around every page of the console besides the frame: who administers, and the way through the console.

use crate::model::secret::Secret;
use crate::views::account::frame::ACCOUNT;
use crate::views::form::Form;
use crate::views::link::LocalPath;
use crate::views::person::Person;

/// A part of the console, with a place in its navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleSection {
    /// The people of the tenant.
    People,
    /// Who was invited.
    Invitations,
    /// The rules for signing in.
    Policy,
}

/// What every page of the console knows of whoever looks at it.
#[derive(Debug, Clone)]
pub struct ConsoleFrame {
    /// Who administers.
    pub person: Person,
    /// The session of the account, where it has to be named.
    pub account: Option<String>,
    /// The part of the console that the page belongs to.
    pub here: ConsoleSection,
    /// The anti-forgery token of its forms.
    pub csrf: Secret<String>,
}

impl ConsoleSection {
    /// Every part, in the order of the navigation.
    pub const ALL: [Self; 3] = [Self::People, Self::Invitations, Self::Policy];

    /// The page that it begins with.
    pub const fn path(self) -> &'static str {
        match self {
            Self::People => "/console/people",
            Self::Invitations => "/console/invitations",
            Self::Policy => "/console/policy",
        }
    }

    /// The message with its name.
    pub const fn message(self) -> &'static str {
        match self {
            Self::People => "console-people",
            Self::Invitations => "console-invitations",
            Self::Policy => "console-policy",
        }
    }

    /// The id of the link to it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::People => "nav-people",
            Self::Invitations => "nav-invitations",
            Self::Policy => "nav-policy",
        }
    }
}

impl ConsoleFrame {
    /// The parts of the console.
    pub const fn sections(&self) -> &'static [ConsoleSection] {
        &ConsoleSection::ALL
    }

    /// The page of a part, for this account.
    pub fn to_section(&self, section: &ConsoleSection) -> LocalPath {
        self.to(section.path())
    }

    /// Whether the page belongs to this part.
    pub fn is_here(&self, section: &ConsoleSection) -> bool {
        self.here == *section
    }

    /// A page of the console, for this account.
    pub fn to(&self, path: &'static str) -> LocalPath {
        match &self.account {
            Some(account) => LocalPath::page(path).with(ACCOUNT, account),
            None => LocalPath::page(path),
        }
    }

    /// A frame for tests and for the gallery of pages.
    pub fn sample(here: ConsoleSection) -> Self {
        Self { person: Person::sample(), account: None, here, csrf: Form::sample().csrf }
    }
}
