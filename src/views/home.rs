//! The page at `/`: what this is, for those who come without being sent, and who is signed in in this browser.

use askama::Template;

use super::frame::Frame;
use super::person::Person;

/// Says what this is, and nothing about who uses it but this browser's own people.
#[derive(Debug, Template)]
#[template(path = "pages/home/home.html")]
pub struct HomePage {
    /// The frame.
    pub frame: Frame,
    /// The accounts signed in in this browser.
    pub accounts: Vec<Person>,
    /// Whether one of them administers its tenant.
    pub console: bool,
}

impl HomePage {
    /// Where it stands.
    pub const PATH: &'static str = "/";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-home";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self { frame: Frame { tenant: None, ..frame }, accounts: vec![Person::sample()], console: true }
    }
}
