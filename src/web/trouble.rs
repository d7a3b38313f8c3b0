//! What the edge itself refuses, before or instead of a handler: one closed set, shaped for each family of callers.
//! Texts are fixed; nothing of the request enters them (P105).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use askama::Template as _;

use super::family::Family;
use super::meter::TooMany;
use super::problem::Problem;
use crate::model::failure::{Failure, FailureKind};
use crate::model::ids::RequestId;
use crate::protocol::oauth_error::ErrorCode;
use crate::views::error::ErrorKind;
use crate::views::{ErrorPage, Frame};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The request cannot be understood.
    Malformed,
    /// The request comes from another site, or its form was made for another browser (P070).
    CrossSite,
    /// Nothing stands there.
    NotFound,
    /// Something stands there, but not for this method.
    WrongMethod,
    /// The body did not arrive in time.
    TooSlow,
    /// The body is too large.
    TooLarge,
    /// The body is compressed or in another media type.
    WrongEncoding,
    /// The head of the request is too large.
    HeadTooLarge,
    /// Too many requests or failures.
    TooMany(TooMany),
    /// Not now.
    Unavailable,
    /// Our fault.
    Internal,
}

/// A trouble in the words of each family.
struct Words {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    page: ErrorKind,
    code: ErrorCode,
}

impl Trouble {
    /// The trouble that a status without a body of ours stands for.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::NotFound,
            405 => Self::WrongMethod,
            408 => Self::TooSlow,
            413 => Self::TooLarge,
            415 => Self::WrongEncoding,
            431 => Self::HeadTooLarge,
            503 => Self::Unavailable,
            400..=499 => Self::Malformed,
            _ => Self::Internal,
        }
    }

    /// The trouble that a failure of ours is for the caller. The failure itself goes to the log, here and only here.
    pub fn of_failure(failure: &Failure, request: RequestId) -> Self {
        let source = failure.source.as_deref().map(ToString::to_string).unwrap_or_default();
        match failure.kind {
            FailureKind::Unavailable => {
                tracing::warn!(%request, context = failure.context, source, "unavailable");
                Self::Unavailable
            }
            FailureKind::Internal => {
                tracing::error!(%request, context = failure.context, source, "failure");
                Self::Internal
            }
        }
    }

    /// The answer in the shape of this family.
    pub fn answer(self, family: Family, frame: Frame, request: RequestId) -> HttpResponse {
        let words = self.words();
        let mut response = match family {
            Family::Page => page(&words, frame, request),
            Family::OAuth => oauth(&words),
            Family::Api => Problem::new(words.status, words.kind, words.title, request).response(),
            Family::Asset => HttpResponse::build(words.status).finish(),
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response
    }

    fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooMany(too_many) => Some(too_many.seconds),
            Self::Unavailable => Some(1),
            Self::Malformed
            | Self::CrossSite
            | Self::NotFound
            | Self::WrongMethod
            | Self::TooSlow
            | Self::TooLarge
            | Self::WrongEncoding
            | Self::HeadTooLarge
            | Self::Internal => None,
        }
    }

    fn words(self) -> Words {
        let (status, kind, title) = match self {
            Self::Malformed => {
                (StatusCode::BAD_REQUEST, "malformed-request", "The request cannot be understood.")
            }
            Self::CrossSite => (
                StatusCode::FORBIDDEN,
                "cross-site-request",
                "The request does not come from a page of ours in this browser.",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is nothing at this address."),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This address does not take this method.",
            ),
            Self::TooSlow => {
                (StatusCode::REQUEST_TIMEOUT, "request-timeout", "The request did not arrive in time.")
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "request-too-large", "The body of the request is too large.")
            }
            Self::WrongEncoding => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body of the request is in a form that is not accepted here.",
            ),
            Self::HeadTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "header-fields-too-large",
                "The head of the request is too large.",
            ),
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests; try again after the time in Retry-After.",
            ),
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available just now; try again.")
            }
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal-error", "Something went wrong on our side.")
            }
        };
        let (page, code) = self.readings();
        Words { status, kind, title, page, code }
    }

    /// What it means for a person, and which code it is for an OAuth client.
    const fn readings(self) -> (ErrorKind, ErrorCode) {
        match self {
            Self::Malformed
            | Self::WrongMethod
            | Self::TooSlow
            | Self::TooLarge
            | Self::WrongEncoding
            | Self::HeadTooLarge => (ErrorKind::BadRequest, ErrorCode::InvalidRequest),
            Self::CrossSite => (ErrorKind::Forgery, ErrorCode::InvalidRequest),
            Self::NotFound => (ErrorKind::NotFound, ErrorCode::InvalidRequest),
            Self::TooMany(_) => (ErrorKind::TooMany, ErrorCode::TemporarilyUnavailable),
            Self::Unavailable => (ErrorKind::Unavailable, ErrorCode::TemporarilyUnavailable),
            Self::Internal => (ErrorKind::Internal, ErrorCode::ServerError),
        }
    }
}

fn page(words: &Words, frame: Frame, request: RequestId) -> HttpResponse {
    let page = ErrorPage {
        frame,
        kind: words.page,
        code: words.code.as_str(),
        description: words.title,
        request_id: request.to_string(),
    };
    // A page that cannot be written is answered by its status alone, never by a second error.
    let body = page.render().unwrap_or_default();
    HttpResponse::build(words.status).content_type("text/html; charset=utf-8").body(body)
}

/// RFC 6749 §5.2, for all that happens before an endpoint reads its parameters.
fn oauth(words: &Words) -> HttpResponse {
    HttpResponse::build(words.status)
        .json(serde_json::json!({"error": words.code.as_str(), "error_description": words.title}))
}
