//! The invitations of the tenant: sent one by one or many at once, sent again, and withdrawn.

use std::collections::BTreeSet;

use askama::Template;

use super::frame::{ConsoleFrame, ConsoleSection};
use super::people::{role_message, roles_in_words};
use crate::model::invitation::Standing;
use crate::model::role::Role;
use crate::views::frame::Frame;
use crate::views::link::LocalPath;
use crate::views::moment::Moment;

/// Lists invitations, and sends new ones.
#[derive(Debug, Template)]
#[template(path = "pages/console/invitations.html")]
pub struct ConsoleInvitationsPage {
    /// The frame.
    pub frame: Frame,
    /// Who administers.
    pub account: ConsoleFrame,
    /// What was done before.
    pub notice: Option<InvitationsNotice>,
    /// What was wrong with the last form, with the line where it is about one of many.
    pub problems: Vec<(Option<u64>, InviteProblem)>,
    /// The address as entered so far.
    pub email: String,
    /// The role that is chosen.
    pub role: Role,
    /// The lines as entered so far.
    pub many: String,
    /// The roles that whoever looks may offer.
    pub roles: Vec<Role>,
    /// The invitations, the oldest first.
    pub invitations: Vec<InvitationRow>,
    /// Back to the beginning of the list.
    pub first: Option<LocalPath>,
    /// The next page of it.
    pub next: Option<LocalPath>,
}

/// One invitation.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    /// Its id.
    pub id: String,
    /// Where it went.
    pub email: String,
    /// What it offers.
    pub roles: BTreeSet<Role>,
    /// How it stands.
    pub standing: Standing,
    /// Until when.
    pub until: Moment,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationsNotice {
    /// One or many were sent.
    Sent,
    /// One was sent again.
    Resent,
    /// One was withdrawn.
    Withdrawn,
}

/// What can be wrong with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteProblem {
    /// It is no address.
    Address,
    /// It offers more than the inviter may give.
    Above,
    /// An account has the address.
    Taken,
    /// The tenant's policy lets nobody in who is new.
    Closed,
    /// It was accepted or withdrawn.
    Answered,
    /// The address had many mails of late.
    MailedEnough,
    /// The address stands there twice.
    Twice,
    /// A role, a group or a language that there is not.
    Unknown,
    /// The lines cannot be read.
    Unreadable,
}

impl InvitationsNotice {
    /// Every notice.
    pub const ALL: [Self; 3] = [Self::Sent, Self::Resent, Self::Withdrawn];

    /// The value of the parameter `done` by which a redirect asks for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Resent => "resent",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The notice with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Sent => "invitations-sent",
            Self::Resent => "invitations-resent",
            Self::Withdrawn => "invitations-withdrawn",
        }
    }
}

impl InviteProblem {
    /// Every problem.
    pub const ALL: [Self; 9] = [
        Self::Address,
        Self::Above,
        Self::Taken,
        Self::Closed,
        Self::Answered,
        Self::MailedEnough,
        Self::Twice,
        Self::Unknown,
        Self::Unreadable,
    ];

    const fn message(self) -> &'static str {
        match self {
            Self::Address => "signup-email-problem",
            Self::Above => "person-above",
            Self::Taken => "invite-taken",
            Self::Closed => "invite-closed",
            Self::Answered => "invite-answered",
            Self::MailedEnough => "invite-mailed-enough",
            Self::Twice => "invite-twice",
            Self::Unknown => "invite-unknown",
            Self::Unreadable => "invite-unreadable",
        }
    }
}

impl InvitationRow {
    const fn standing_message(&self) -> &'static str {
        match self.standing {
            Standing::Open => "invitation-open",
            Standing::Expired => "invitation-expired",
            Standing::Accepted => "invitation-accepted",
            Standing::Withdrawn => "invitation-withdrawn",
        }
    }

    const fn is_unanswered(&self) -> bool {
        matches!(self.standing, Standing::Open | Standing::Expired)
    }

    fn roles_in(&self, frame: &Frame) -> String {
        roles_in_words(frame, &self.roles)
    }
}

impl ConsoleInvitationsPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/console/invitations";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-console-invitations";

    /// Whether this role is chosen.
    pub fn is_role(&self, role: &Role) -> bool {
        self.role == *role
    }

    /// The name of a role.
    pub fn role_name(&self, role: &Role) -> String {
        self.frame.say(role_message(*role))
    }

    /// What is wrong, with the line before it.
    fn problem_texts(&self) -> Vec<String> {
        let text = |(line, problem): &(Option<u64>, InviteProblem)| {
            let words = self.frame.say(problem.message());
            match line {
                Some(line) => {
                    let line = u32::try_from(*line).unwrap_or(u32::MAX);
                    format!("{} {words}", self.frame.text.count("invite-line", "line", line))
                }
                None => words,
            }
        };
        self.problems.iter().map(text).collect()
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let row = |n: u32, email: &str, standing| InvitationRow {
            id: format!("01920000-0000-7000-8000-00000000000{n}"),
            email: email.to_owned(),
            roles: [Role::Member].into(),
            standing,
            until: Moment::sample(),
        };
        Self {
            frame,
            account: ConsoleFrame::sample(ConsoleSection::Invitations),
            notice: None,
            problems: Vec::new(),
            email: String::new(),
            role: Role::Member,
            many: String::new(),
            roles: Role::ALL.to_vec(),
            invitations: vec![
                row(1, "grace@acme.example", Standing::Open),
                row(2, "ida@acme.example", Standing::Expired),
                row(3, "ada@acme.example", Standing::Accepted),
                row(4, "eve@acme.example", Standing::Withdrawn),
            ],
            first: None,
            next: None,
        }
    }
}
