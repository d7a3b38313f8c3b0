//! Where a link that signs in leads: a question, since mail scanners open links too (P059).

use askama::Template;

use crate::model::secret::Secret;
use crate::views::client_card::ClientCard;
use crate::views::form::Form;
use crate::views::frame::Frame;

/// Asks whether to sign in; in another browser than the one that asked for the link, it says where it works.
#[derive(Debug, Template)]
#[template(path = "pages/links/sign_in.html")]
pub struct LinkPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks.
    pub client: Option<ClientCard>,
    /// The token of the link, sent back as `token`.
    pub token: Secret<String>,
    /// Whose link it is.
    pub username: String,
    /// Whether the form says what this device could make: somebody who signs in by it may be offered a passkey.
    pub asks_device: bool,
    /// Whether it was asked for in this browser.
    pub is_here: bool,
}

impl LinkPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/link";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-link";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            token: Secret::new("sym_sample".to_owned()),
            username: "ada@acme.example".to_owned(),
            asks_device: true,
            is_here: true,
        }
    }
}
