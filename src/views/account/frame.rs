//! What stands around every page of the account area besides the frame: whose account it is, and the way through the area.

use crate::model::secret::Secret;
use crate::views::form::Form;
use crate::views::link::LocalPath;
use crate::views::person::Person;

/// The parameter and the field that name the account, by its session, where several are signed in in this browser.
pub const ACCOUNT: &str = "account";

/// A part of the account area, with a place in its navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What the person says of themselves.
    Profile,
    /// The address, by which they sign in and get their mails.
    Email,
    /// The ways to sign in.
    Factors,
    /// Where they are signed in.
    Sessions,
    /// The applications that they let in.
    Applications,
    /// Where they are guests.
    Organisations,
    /// Their tokens for programs.
    Tokens,
    /// What happened to the account.
    History,
    /// Their data, and the end of the account.
    Data,
}

/// What every page of somebody's account knows of it.
#[derive(Debug, Clone)]
pub struct AccountFrame {
    /// Whose account it is.
    pub person: Person,
    /// The session of the account, where it has to be named.
    pub account: Option<String>,
    /// The part of the area that the page belongs to.
    pub here: Section,
    /// The anti-forgery token of its forms.
    pub csrf: Secret<String>,
}

impl Section {
    /// Every part, in the order of the navigation.
    pub const ALL: [Self; 9] = [
        Self::Profile,
        Self::Email,
        Self::Factors,
        Self::Sessions,
        Self::Applications,
        Self::Organisations,
        Self::Tokens,
        Self::History,
        Self::Data,
    ];

    /// The page that it begins with.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account/profile",
            Self::Email => "/account/email",
            Self::Factors => "/account/factors",
            Self::Sessions => "/account/sessions",
            Self::Applications => "/account/applications",
            Self::Organisations => "/account/organisations",
            Self::Tokens => "/account/tokens",
            Self::History => "/account/history",
            Self::Data => "/account/data",
        }
    }

    /// The message with its name.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Profile => "account-profile",
            Self::Email => "account-email",
            Self::Factors => "account-factors",
            Self::Sessions => "account-sessions",
            Self::Applications => "account-applications",
            Self::Organisations => "account-organisations",
            Self::Tokens => "account-tokens",
            Self::History => "account-history",
            Self::Data => "account-data",
        }
    }

    /// The id of the link to it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Profile => "nav-profile",
            Self::Email => "nav-email",
            Self::Factors => "nav-factors",
            Self::Sessions => "nav-sessions",
            Self::Applications => "nav-applications",
            Self::Organisations => "nav-organisations",
            Self::Tokens => "nav-tokens",
            Self::History => "nav-history",
            Self::Data => "nav-data",
        }
    }
}

impl AccountFrame {
    /// Whether they are a guest here: their password and passkeys are kept at home too.
    pub fn is_guest(&self) -> bool {
        self.person.guest
    }

    /// The parts of the area. Name and address of a guest are kept at home, and so is where they are guests.
    pub fn sections(&self) -> impl Iterator<Item = &'static Section> {
        let at_home = |section: &&Section| {
            matches!(section, Section::Profile | Section::Email | Section::Organisations)
        };
        Section::ALL.iter().filter(move |section| !(self.person.guest && at_home(section)))
    }

    /// The page of a part, for this account.
    pub fn to_section(&self, section: &Section) -> LocalPath {
        self.to(section.path())
    }

    /// Whether the page belongs to this part.
    pub fn is_here(&self, section: &Section) -> bool {
        self.here == *section
    }

    /// A page of the area, for this account.
    pub fn to(&self, path: &'static str) -> LocalPath {
        match &self.account {
            Some(account) => LocalPath::page(path).with(ACCOUNT, account),
            None => LocalPath::page(path),
        }
    }

    /// A frame for tests and for the gallery of pages.
    pub fn sample(here: Section) -> Self {
        Self {
            person: Person::sample(),
            account: Some("01920000-0000-7000-8000-000000000002".to_owned()),
            here,
            csrf: Form::sample().csrf,
        }
    }
}
