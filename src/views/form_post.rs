//! The answer of `response_mode=form_post` (OAuth 2.0 Form Post Response Mode §2): a form that sends itself, with a
//! button for browsers without script.

use askama::Template;

use super::frame::Frame;
use super::link::PostTarget;

/// Carries an authorization response to the client by POST.
#[derive(Debug, Template)]
#[template(path = "pages/oidc/form_post.html")]
pub struct FormPostPage {
    /// The frame.
    pub frame: Frame,
    /// The verified redirect URI.
    pub action: PostTarget,
    /// The client's name.
    pub client: String,
    /// The parameters of the response, in order: `code`, `state`, `iss`, or `error` and its companions.
    pub fields: Vec<(&'static str, String)>,
}

impl FormPostPage {
    /// The id of its `main` element. It stands at the path that ends the interaction.
    pub const MARKER: &'static str = "page-form-post";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            action: super::link::sample_target(),
            client: "Notes".to_owned(),
            fields: vec![
                ("code", "sym_code_sample".to_owned()),
                ("state", "\"><script>alert(1)</script>".to_owned()),
                ("iss", "https://id.example.com".to_owned()),
            ],
        }
    }
}
