//! The question before a sign-out that nobody vouched for, and the page after one (OIDC RP-Initiated Logout §2, §3).

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::person::Person;

/// Asks whether to sign out. Its form posts to the same path with `csrf`, which tells it from a client's request.
#[derive(Debug, Template)]
#[template(path = "pages/logout/confirm.html")]
pub struct LogoutConfirmPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// What the answer goes on with, sealed for this browser, sent back as `pending`.
    pub pending: String,
    /// Who asks, where the request proves it.
    pub client: Option<ClientCard>,
    /// Who would be signed out.
    pub people: Vec<Person>,
}

/// Says that the person is signed out, or stays signed in.
#[derive(Debug, Template)]
#[template(path = "pages/logout/done.html")]
pub struct LoggedOutPage {
    /// The frame.
    pub frame: Frame,
    /// Accounts that are still signed in in this browser (D12).
    pub others: Vec<Person>,
}

impl LogoutConfirmPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/oauth2/logout";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-logout-confirm";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form { interaction: None, ..Form::sample() },
            pending: "sample-pending-logout".to_owned(),
            client: Some(ClientCard::named("Notes")),
            people: vec![Person::sample()],
        }
    }
}

impl LoggedOutPage {
    /// Where it stands.
    pub const PATH: &'static str = "/oauth2/logout";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-logged-out";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self { frame, others: Vec::new() }
    }
}
