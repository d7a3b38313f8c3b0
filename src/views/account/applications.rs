//! The applications that a person let in.

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::protocol::api_scope::ApiScope;
use crate::views::consent::{ScopeLine, StandardScope};
use crate::views::frame::Frame;
use crate::views::moment::Moment;

/// Lists them; from each everything can be taken back.
#[derive(Debug, Template)]
#[template(path = "pages/account/applications.html")]
pub struct ApplicationsPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// Whether everything was taken back from one a moment ago.
    pub is_withdrawn: bool,
    /// The applications.
    pub applications: Vec<ApplicationCard>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct ApplicationCard {
    /// Its client, sent as `application`.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// What it may.
    pub scopes: Vec<ScopeLine>,
    /// When the person allowed it last; nobody asks for those of the organisation.
    pub allowed: Option<Moment>,
    /// When it asked last for tokens.
    pub used: Option<Moment>,
}

impl ApplicationsPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/applications";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-applications";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let moment = Moment::sample();
        let own = ApplicationCard {
            id: "notes".to_owned(),
            name: "Notes".to_owned(),
            scopes: vec![ScopeLine::Standard(StandardScope::OpenId)],
            allowed: None,
            used: Some(moment),
        };
        let allowed = ApplicationCard {
            id: "acme.calendar".to_owned(),
            name: "Calendar of a partner with a long name".to_owned(),
            scopes: vec![
                ScopeLine::Standard(StandardScope::Profile),
                ScopeLine::Standard(StandardScope::Email),
                ScopeLine::OfApi(ApiScope::AccountRead),
                ScopeLine::Use { api: "Files".to_owned() },
                ScopeLine::Api { api: "Notes API".to_owned(), description: "Read your notes".to_owned() },
            ],
            allowed: Some(moment),
            used: None,
        };
        Self {
            frame,
            account: AccountFrame::sample(Section::Applications),
            is_withdrawn: false,
            applications: vec![own, allowed],
        }
    }
}
