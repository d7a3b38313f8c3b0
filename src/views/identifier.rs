//! The first page of a sign-in: who are you?

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;
use super::passkey::PasskeyPrompt;

/// Asks for the e-mail address, and for the organisation where nothing else names it (D1).
#[derive(Debug, Template)]
#[template(path = "pages/login/identifier.html")]
pub struct IdentifierPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks; a sign-in without a relying party has nobody to cancel to.
    pub client: Option<ClientCard>,
    /// Whether somebody has just signed in whom the request did not ask for. The page says so, and never whom it asks for:
    /// that is shown only as an account that is signed in in this browser.
    pub asked_for_another: bool,
    /// What stands in the field: a `login_hint`, or what was entered before. Never a sign that it exists.
    pub username: String,
    /// The organisation as entered so far, where it is asked for.
    pub organisation: Option<String>,
    /// What a passkey is asked; none where this deployment has none.
    pub passkey: Option<PasskeyPrompt>,
    /// What was wrong with the last try.
    pub problem: Option<IdentifierProblem>,
    /// Where people of the tenant, which the request has settled, sign up; none where it does not let them.
    pub sign_up: Option<LocalPath>,
    /// The fields that say where whoever signs in wants to go on to.
    pub then: Vec<(&'static str, String)>,
    /// Where whoever comes as a guest signs in at home first; none where no guests come in.
    pub from_home: Option<LocalPath>,
}

/// What can be wrong with the identifier, seen from its form alone: no account has been looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierProblem {
    /// There is no e-mail address, or it is not one.
    Username,
    /// The organisation is needed, or is not a name that one could have.
    Organisation,
    /// A passkey proved nothing.
    Passkey,
}

impl IdentifierPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/login";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-login";

    fn username_problem(&self) -> Option<String> {
        match self.problem? {
            IdentifierProblem::Username => Some(self.frame.say("username-problem")),
            IdentifierProblem::Organisation | IdentifierProblem::Passkey => None,
        }
    }

    fn organisation_problem(&self) -> Option<String> {
        match self.problem? {
            IdentifierProblem::Username | IdentifierProblem::Passkey => None,
            IdentifierProblem::Organisation => Some(self.frame.say("organisation-problem")),
        }
    }

    fn passkey_problem(&self) -> bool {
        self.problem == Some(IdentifierProblem::Passkey)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            asked_for_another: false,
            username: String::new(),
            organisation: None,
            passkey: Some(PasskeyPrompt::sample()),
            problem: None,
            sign_up: Some(LocalPath::page("/signup").with("organisation", "acme")),
            then: Vec::new(),
            from_home: Some(LocalPath::page(Self::PATH).with("then", "accounts")),
        }
    }
}
