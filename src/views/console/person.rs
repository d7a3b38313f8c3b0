//! One person, as those who administer them see them.

use std::collections::BTreeSet;

use askama::Template;

use super::frame::{ConsoleFrame, ConsoleSection};
use super::people::{AccountState, ConsolePeoplePage, role_message, roles_in_words};
use crate::model::role::Role;
use crate::views::frame::Frame;
use crate::views::moment::Moment;

/// Shows a person, and takes what is done to them.
#[derive(Debug, Template)]
#[template(path = "pages/console/person.html")]
pub struct ConsolePersonPage {
    /// The frame.
    pub frame: Frame,
    /// Who administers.
    pub account: ConsoleFrame,
    /// What is said of the last change.
    pub notice: Option<PersonNotice>,
    /// Why the last change was not made.
    pub problem: Option<PersonProblem>,
    /// Who it is.
    pub person: PersonShown,
    /// How they can sign in.
    pub factors: Vec<FactorRow>,
    /// Where they are signed in.
    pub sessions: Vec<SessionRow>,
    /// Their personal access tokens.
    pub tokens: Vec<TokenRow>,
    /// What is offered.
    pub may: Allowed,
}

/// A person.
#[derive(Debug, Clone)]
pub struct PersonShown {
    /// The id of the account.
    pub id: String,
    /// The version of it that is shown.
    pub version: String,
    /// The name, where one is known.
    pub name: Option<String>,
    /// The address.
    pub email: String,
    /// Whether somebody we trust vouched for it.
    pub email_verified: bool,
    /// Whether the account may be used.
    pub state: AccountState,
    /// Whether it is a guest's, whose home is another tenant.
    pub guest: bool,
    /// When it was made.
    pub created: Moment,
    /// Its own roles.
    pub roles: BTreeSet<Role>,
    /// Those of its groups too.
    pub effective: BTreeSet<Role>,
    /// Its groups.
    pub groups: Vec<String>,
}

/// A personal access token, without itself.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: String,
    /// When it was used last.
    pub last: Option<Moment>,
    /// When it ends.
    pub ends: Moment,
}

/// A way to sign in.
#[derive(Debug, Clone)]
pub struct FactorRow {
    /// What names it.
    pub id: String,
    /// The message with its name.
    pub name: &'static str,
    /// What tells it from others of its kind.
    pub detail: Option<String>,
    /// When it was set up.
    pub since: Moment,
    /// When it was used last.
    pub last: Option<Moment>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// The session.
    pub id: String,
    /// When it began.
    pub began: Moment,
    /// When it was used last.
    pub last: Moment,
    /// Where from.
    pub address: Option<String>,
    /// The device in words of ours, where its browser told.
    pub device: Option<String>,
}

/// What is offered to whoever looks at the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one button of the page")]
pub struct Allowed {
    /// To switch the account off.
    pub suspend: bool,
    /// To switch it on again.
    pub resume: bool,
    /// To forget failed sign-ins.
    pub unlock: bool,
    /// To sign them out.
    pub end_sessions: bool,
    /// To give and take roles.
    pub roles: bool,
    /// To take factors away.
    pub factors: bool,
    /// To have a link mailed for a new password.
    pub reset_mail: bool,
    /// To have a link mailed for a first second factor.
    pub factor_link: bool,
}

/// What is said of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonNotice {
    /// The account was switched off.
    Suspended,
    /// The account was switched on.
    Resumed,
    /// Failed sign-ins were forgotten.
    Unlocked,
    /// One session ended.
    SessionEnded,
    /// Every session ended.
    SessionsEnded,
    /// The roles are others.
    RolesChanged,
    /// A factor was taken away.
    FactorReset,
    /// A token was revoked.
    TokenRevoked,
    /// A link for a first second factor is on its way.
    FactorLinkSent,
    /// A link for a new password is on its way.
    ResetSent,
}

impl PersonNotice {
    /// Every notice.
    pub const ALL: [Self; 10] = [
        Self::Suspended,
        Self::Resumed,
        Self::Unlocked,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::RolesChanged,
        Self::FactorReset,
        Self::TokenRevoked,
        Self::FactorLinkSent,
        Self::ResetSent,
    ];

    /// The value of the parameter `done` by which a redirect asks for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Unlocked => "unlocked",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
            Self::RolesChanged => "roles_changed",
            Self::FactorReset => "factor_reset",
            Self::TokenRevoked => "token_revoked",
            Self::FactorLinkSent => "factor_link_sent",
            Self::ResetSent => "reset_sent",
        }
    }

    /// The notice with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Suspended => "person-suspended",
            Self::Resumed => "person-resumed",
            Self::Unlocked => "person-unlocked",
            Self::SessionEnded => "person-session-ended",
            Self::SessionsEnded => "person-sessions-ended",
            Self::RolesChanged => "person-roles-changed",
            Self::FactorReset => "person-factor-reset",
            Self::TokenRevoked => "person-token-revoked",
            Self::FactorLinkSent => "person-factor-link-sent",
            Self::ResetSent => "person-reset-sent",
        }
    }
}

/// Why a change was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonProblem {
    /// It would touch or give more than the roles of whoever asks allow.
    Above,
    /// Nobody does this to their own account.
    OwnAccount,
    /// The tenant would be left without an active owner.
    LastOwner,
    /// It is the account for emergencies.
    BreakGlass,
    /// The account is another than it was on the page.
    Changed,
    /// There is a second factor already.
    HasFactor,
    /// The tenant has no passwords for this person.
    NoPassword,
    /// So many mails went to the address of late that it gets none now.
    MailedEnough,
}

impl PersonProblem {
    /// Every problem.
    pub const ALL: [Self; 8] = [
        Self::Above,
        Self::OwnAccount,
        Self::LastOwner,
        Self::BreakGlass,
        Self::Changed,
        Self::HasFactor,
        Self::NoPassword,
        Self::MailedEnough,
    ];

    const fn message(self) -> &'static str {
        match self {
            Self::Above => "person-above",
            Self::OwnAccount => "person-own-account",
            Self::LastOwner => "person-last-owner",
            Self::BreakGlass => "person-break-glass",
            Self::Changed => "person-changed",
            Self::HasFactor => "person-has-factor",
            Self::NoPassword => "person-no-password",
            Self::MailedEnough => "person-mailed-enough",
        }
    }
}

impl PersonShown {
    /// The name, or the address of an account without one.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

impl ConsolePersonPage {
    /// Where it stands.
    pub const PATH: &'static str = "/console/people/person";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-console-person";

    const PEOPLE: &'static str = ConsolePeoplePage::PATH;

    const fn roles() -> [Role; 6] {
        Role::ALL
    }

    /// Whether the account itself has this role.
    pub fn has_role(&self, role: &Role) -> bool {
        self.person.roles.contains(role)
    }

    /// The name of a role.
    pub fn role_name(&self, role: &Role) -> String {
        self.frame.say(role_message(*role))
    }

    fn effective_roles(&self) -> String {
        roles_in_words(&self.frame, &self.person.effective)
    }

    const fn acts_on_account(&self) -> bool {
        self.may.suspend || self.may.resume || self.may.unlock
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let moment = Moment::sample();
        let factor = |id: &str, name, detail: Option<&str>, last| FactorRow {
            id: id.to_owned(),
            name,
            detail: detail.map(str::to_owned),
            since: moment,
            last,
        };
        Self {
            frame,
            account: ConsoleFrame::sample(ConsoleSection::People),
            notice: None,
            problem: None,
            person: PersonShown {
                id: "01920000-0000-7000-8000-000000000009".to_owned(),
                version: "0123456789abcdef0123456789abcdef".to_owned(),
                name: Some("Grace Hopper".to_owned()),
                email: "grace@acme.example".to_owned(),
                email_verified: true,
                state: AccountState::Active,
                guest: true,
                created: moment,
                roles: [Role::Admin].into(),
                effective: [Role::Admin, Role::Member].into(),
                groups: vec!["Engineering".to_owned()],
            },
            factors: vec![
                factor("password", "factor-password", None, None),
                factor(
                    "01920000-0000-7000-8000-00000000000b",
                    "factor-passkey",
                    Some("Blue key"),
                    Some(moment),
                ),
            ],
            sessions: vec![SessionRow {
                id: "01920000-0000-7000-8000-00000000000a".to_owned(),
                began: moment,
                last: moment,
                address: Some("192.0.2.7".to_owned()),
                device: Some("Firefox, Linux".to_owned()),
            }],
            tokens: vec![TokenRow {
                id: "01920000-0000-7000-8000-00000000000c".to_owned(),
                name: "backup of the notes".to_owned(),
                scopes: "account:read, people:read".to_owned(),
                last: Some(moment),
                ends: moment,
            }],
            may: Allowed {
                suspend: true,
                resume: false,
                unlock: true,
                end_sessions: true,
                roles: true,
                reset_mail: true,
                factors: true,
                factor_link: true,
            },
        }
    }
}
