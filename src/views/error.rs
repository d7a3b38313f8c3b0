//! The error page: plain words, the code and the request's number, no internals.

use askama::Template;

use super::frame::Frame;

/// Says what went wrong and what to do. Code and description are fixed texts by their type: no request value can
/// enter them.
#[derive(Debug, Template)]
#[template(path = "pages/error/error.html")]
pub struct ErrorPage {
    /// The frame.
    pub frame: Frame,
    /// What it means for the person.
    pub kind: ErrorKind,
    /// The code for those who help, such as `invalid_request`.
    pub code: &'static str,
    /// The fixed description of the code.
    pub description: &'static str,
    /// The number under which the log has the request.
    pub request_id: String,
}

/// What an error means for the person who meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// An application sent a request that cannot be answered.
    BadRequest,
    /// The sign-in took too long, or was finished before.
    Expired,
    /// The form does not belong to this browser.
    Forgery,
    /// The link is used up, too old or not one of ours.
    DeadLink,
    /// There is no such page.
    NotFound,
    /// This person may not have this.
    Forbidden,
    /// Too many requests.
    TooMany,
    /// Not now: overloaded, or starting, or cut off from something it needs.
    Unavailable,
    /// Our fault.
    Internal,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::BadRequest,
        Self::Expired,
        Self::Forgery,
        Self::DeadLink,
        Self::NotFound,
        Self::Forbidden,
        Self::TooMany,
        Self::Unavailable,
        Self::Internal,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "error-bad-request",
            Self::Expired => "error-expired",
            Self::Forgery => "error-forgery",
            Self::DeadLink => "error-dead-link",
            Self::NotFound => "error-not-found",
            Self::Forbidden => "error-forbidden",
            Self::TooMany => "error-too-many",
            Self::Unavailable => "error-unavailable",
            Self::Internal => "error-internal",
        }
    }

    /// Whether the page shows the way to our first page, which says who is signed in: a sign-in that is over may have
    /// succeeded in another window, and whoever followed a link that is no more has nowhere else to go.
    const fn leads_home(self) -> bool {
        matches!(self, Self::Expired | Self::DeadLink | Self::NotFound)
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::BadRequest => "error-bad-request-advice",
            Self::Expired => "error-expired-advice",
            Self::Forgery => "error-forgery-advice",
            Self::DeadLink => "error-dead-link-advice",
            Self::NotFound => "error-not-found-advice",
            Self::Forbidden => "error-forbidden-advice",
            Self::TooMany => "error-too-many-advice",
            Self::Unavailable => "error-unavailable-advice",
            Self::Internal => "error-internal-advice",
        }
    }
}

impl ErrorPage {
    /// The id of its `main` element. It stands at any path.
    pub const MARKER: &'static str = "page-error";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            kind: ErrorKind::BadRequest,
            code: "invalid_request",
            description: "The redirect_uri is not one of those that the client registered.",
            request_id: "01920000-0000-7000-8000-0000000000ff".to_owned(),
        }
    }
}
