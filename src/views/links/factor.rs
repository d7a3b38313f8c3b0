//! Where an administrator's link leads by which somebody sets up their first second factor: a question, since mail scanners open
//! links too (P059).

use askama::Template;

use crate::model::secret::Secret;
use crate::views::form::Form;
use crate::views::frame::Frame;

/// Asks whether to go on to the sign-in.
#[derive(Debug, Template)]
#[template(path = "pages/links/factor.html")]
pub struct FactorLinkPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The token of the link, sent back as `token`.
    pub token: Secret<String>,
    /// Whose link it is.
    pub username: String,
}

impl FactorLinkPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/factor-link";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-factor-link";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            token: Secret::new("sym_sample".to_owned()),
            username: "ada@acme.example".to_owned(),
        }
    }
}
