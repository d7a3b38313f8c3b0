//! Offers a passkey to somebody who signed in without one, on a device that could make it.

use askama::Template;

use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;

/// Offers a passkey.
#[derive(Debug, Template)]
#[template(path = "pages/login/offer.html")]
pub struct OfferPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The session of the account that it is offered to, where it has to be named.
    pub account: Option<String>,
    /// The fields that say where the sign-in leads on to, beside the request.
    pub then: Vec<(&'static str, String)>,
    /// Where it is made.
    pub add: LocalPath,
}

impl OfferPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/login/offer";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-offer";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            account: None,
            then: Vec::new(),
            add: LocalPath::page("/account/passkeys/new"),
        }
    }
}
