//! Accepting an invitation: who invites to what, and the first way in.

use std::collections::BTreeSet;

use askama::Template;

use super::accounts::AccountChoice;
use super::console::people::roles_in_words;
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;
use super::passkey::PasskeyPrompt;
use super::person::Person;
use super::setup::NewPasswordProblem;
use crate::model::role::Role;
use crate::model::secret::Secret;

/// Shows what is offered, and asks for a name and the first way in.
#[derive(Debug, Template)]
#[template(path = "pages/invitation/invitation.html")]
pub struct InvitationPage {
    /// The frame, of the tenant that invites.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The single-use secret of the link, sent back as `token`.
    pub token: Secret<String>,
    /// Who invites; nobody where it was the operator, or the person signed up.
    pub inviter: Option<String>,
    /// The address that it went to.
    pub email: String,
    /// What the account will be.
    pub roles: BTreeSet<Role>,
    /// The name as entered so far.
    pub name: String,
    /// Whether there is none, or one that cannot be taken.
    pub name_problem: bool,
    /// The shortest password in characters; none where the tenant has no passwords.
    pub shortest: Option<u32>,
    /// What was wrong with the password.
    pub password_problem: Option<NewPasswordProblem>,
    /// The question for a passkey; none where the tenant has none.
    pub passkey: Option<PasskeyPrompt>,
    /// Whether the last passkey proved nothing.
    pub passkey_problem: bool,
    /// The accounts of other organisations, signed in here, that may accept as guests.
    pub homes: Vec<AccountChoice>,
    /// Whether there could be some: whoever has an account elsewhere is told so.
    pub guests: bool,
}

/// Says that there is an account, where nobody is signed in with it yet.
#[derive(Debug, Template)]
#[template(path = "pages/invitation/done.html")]
pub struct InvitationDonePage {
    /// The frame.
    pub frame: Frame,
    /// The address of the account.
    pub email: String,
    /// The recovery codes that came with a passkey, shown this once.
    pub codes: Vec<Secret<String>>,
    /// Where people sign in.
    pub onward: LocalPath,
}

impl InvitationPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/invitation";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-invitation";

    fn lead(&self) -> String {
        match &self.inviter {
            Some(inviter) => self.frame.say_with("invitation-lead", "inviter", inviter),
            None => self.frame.say("invitation-lead-nobody"),
        }
    }

    fn role_names(&self) -> String {
        roles_in_words(&self.frame, &self.roles)
    }

    fn password_problem_text(&self) -> Option<String> {
        Some(match self.password_problem? {
            NewPasswordProblem::TooShort => {
                let shortest = self.shortest.unwrap_or_default();
                self.frame.text.count("setup-password-short", "characters", shortest)
            }
            NewPasswordProblem::TooLong => self.frame.say("setup-password-long"),
            NewPasswordProblem::TooWeak => self.frame.say("setup-password-weak"),
        })
    }

    fn hint(&self) -> String {
        let shortest = self.shortest.unwrap_or_default();
        self.frame.text.count("setup-password-hint", "characters", shortest)
    }

    const fn is_faulty(&self) -> bool {
        self.name_problem || self.password_problem.is_some()
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form { interaction: None, ..Form::sample() },
            token: Secret::new("sample-invitation-token".to_owned()),
            inviter: Some("Ada Lovelace".to_owned()),
            email: "grace@acme.example".to_owned(),
            roles: BTreeSet::from([Role::Member]),
            name: String::new(),
            name_problem: false,
            shortest: Some(12),
            password_problem: None,
            passkey: Some(PasskeyPrompt::sample()),
            passkey_problem: false,
            homes: vec![AccountChoice { value: "1".to_owned(), person: Person::sample() }],
            guests: true,
        }
    }
}

impl InvitationDonePage {
    /// Where it stands.
    pub const PATH: &'static str = InvitationPage::PATH;
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-invitation-done";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            email: "grace@acme.example".to_owned(),
            codes: Vec::new(),
            onward: LocalPath::page("/login"),
        }
    }
}
