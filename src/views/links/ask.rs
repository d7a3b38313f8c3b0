//! Asks for a mail to the address that was entered. The page is the same whether there is an account or not (P036).

use askama::Template;

use crate::views::client_card::ClientCard;
use crate::views::form::Form;
use crate::views::frame::Frame;
use crate::views::link::LocalPath;

/// What is put into such a page.
#[derive(Debug)]
pub struct LinkAsked {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// Who asks.
    pub client: Option<ClientCard>,
    /// The address as entered.
    pub username: String,
    /// The way back to the password.
    pub back: LocalPath,
    /// For how many minutes the link will work.
    pub minutes: u32,
    /// Whether a mail was asked for, from here.
    pub sent: bool,
}

impl LinkAsked {
    /// The parts of a page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            username: "ada@acme.example".to_owned(),
            back: LocalPath::page("/login/password"),
            minutes: 15,
            sent: false,
        }
    }
}

macro_rules! ask_pages {
    ($($(#[$doc:meta])* $name:ident {
        path: $path:literal, marker: $marker:literal, title: $title:literal, lead: $lead:literal, sent: $sent:literal
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Template)]
        #[template(path = "pages/links/ask.html")]
        pub struct $name {
            frame: Frame,
            form: Form,
            client: Option<ClientCard>,
            username: String,
            back: LocalPath,
            minutes: u32,
            sent: bool,
        }

        impl $name {
            /// Where it stands and where its form goes.
            pub const PATH: &'static str = $path;
            /// The id of its `main` element.
            pub const MARKER: &'static str = $marker;

            fn title(&self) -> String {
                self.frame.say(if self.sent { "link-sent-title" } else { $title })
            }

            fn lead(&self) -> String {
                if self.sent {
                    self.frame.text.count($sent, "minutes", self.minutes)
                } else {
                    self.frame.say($lead)
                }
            }
        }

        impl From<LinkAsked> for $name {
            fn from(asked: LinkAsked) -> Self {
                let LinkAsked { frame, form, client, username, back, minutes, sent } = asked;
                Self { frame, form, client, username, back, minutes, sent }
            }
        }
    )+};
}

ask_pages! {
    /// Asks for a link that signs in.
    LinkAskPage {
        path: "/login/link", marker: "page-link-ask",
        title: "link-ask-title", lead: "link-ask-lead", sent: "link-sent"
    }
    /// Asks for a link to set a new password.
    ResetAskPage {
        path: "/login/reset", marker: "page-reset-ask",
        title: "reset-ask-title", lead: "reset-ask-lead", sent: "reset-sent"
    }
}
