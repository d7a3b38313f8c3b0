//! Passkeys on the sign-in pages: the question to the browser, and the page for somebody whom one more factor is asked of.

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;

/// A question to the browser's authenticators, as a page carries it.
#[derive(Debug, Clone)]
pub struct PasskeyPrompt {
    /// The options for `navigator.credentials`, as JSON.
    pub options: String,
    /// What comes back with the answer, sealed.
    pub sealed: String,
    /// The fields that say where whoever signs in by it goes on to, where nothing else keeps that.
    pub then: Vec<(&'static str, String)>,
}

/// Asks somebody who proved one factor for a passkey of theirs.
#[derive(Debug, Template)]
#[template(path = "pages/login/passkey.html")]
pub struct PasskeyPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks.
    pub client: Option<ClientCard>,
    /// The address of the person.
    pub username: String,
    /// The question; none where this deployment has no passkeys.
    pub passkey: Option<PasskeyPrompt>,
    /// The other ways to go on.
    pub other: LocalPath,
    /// Whether the last answer proved nothing.
    pub refused: bool,
}

impl PasskeyPrompt {
    /// A question for tests and for the gallery of pages.
    pub fn sample() -> Self {
        Self {
            options: r#"{"challenge":"c2FtcGxl","rpId":"id.example.com","allowCredentials":[],"userVerification":"required"}"#
                .to_owned(),
            sealed: "sealed1.sample".to_owned(),
            then: Vec::new(),
        }
    }
}

impl PasskeyPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/login/passkey";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-passkey";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            username: "ada@acme.example".to_owned(),
            passkey: Some(PasskeyPrompt::sample()),
            other: LocalPath::page("/login/factor"),
            refused: false,
        }
    }
}
