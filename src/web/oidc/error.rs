//! The errors of the protocol's endpoints: every refusal of every flow, mapped in one exhaustive match each, without a
//! wildcard arm. Descriptions are fixed texts; nothing of the request enters them.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, PRAGMA, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::flows::client_auth::ClientAuthRefusal;
use crate::flows::token::TokenRefusal;
use crate::flows::userinfo::UserinfoRefusal;
use crate::model::failure::Failure;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::params::ParamsError;
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::meter::TooMany;
use crate::web::trouble::Trouble;

/// How a client may prove itself, said to one that did not (RFC 9110 §11.6.1).
pub const BASIC: &str = "Basic realm=\"symbolon\", charset=\"UTF-8\"";

/// An error of the token, introspection and revocation endpoints (RFC 6749 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OAuthError {
    code: ErrorCode,
    description: &'static str,
}

impl OAuthError {
    /// An error with this fixed description.
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    /// Its code.
    pub const fn code(self) -> ErrorCode {
        self.code
    }

    /// Its words.
    pub const fn description(self) -> &'static str {
        self.description
    }

    /// 400, or 401 where the client did not authenticate.
    pub fn status(self) -> StatusCode {
        if self.code == ErrorCode::InvalidClient { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST }
    }

    /// The answer, with a challenge where the client did not authenticate.
    pub fn response(self) -> HttpResponse {
        let status = self.status();
        let mut response = HttpResponse::build(status).json(body(self.code, self.description));
        if status == StatusCode::UNAUTHORIZED {
            challenge(&mut response, BASIC);
        }
        no_store(response)
    }
}

impl From<ParamsError> for OAuthError {
    fn from(error: ParamsError) -> Self {
        let description = match error {
            ParamsError::Repeated => "A parameter is repeated.",
            ParamsError::NotUtf8 => "A parameter is not valid UTF-8.",
            ParamsError::Malformed => "A parameter is malformed.",
            ParamsError::TooLarge => "The request is too large.",
        };
        Self::new(ErrorCode::InvalidRequest, description)
    }
}

impl From<ClientAuthRefusal> for OAuthError {
    fn from(refusal: ClientAuthRefusal) -> Self {
        match refusal {
            ClientAuthRefusal::SeveralMethods => {
                Self::new(ErrorCode::InvalidRequest, "The client authenticates in more than one way.")
            }
            ClientAuthRefusal::SeveralClients => {
                Self::new(ErrorCode::InvalidRequest, "The request names more than one client.")
            }
            ClientAuthRefusal::Unproved => {
                Self::new(ErrorCode::InvalidClient, "The client did not authenticate.")
            }
        }
    }
}

impl From<TokenRefusal> for OAuthError {
    fn from(refusal: TokenRefusal) -> Self {
        match refusal {
            TokenRefusal::Params(error) => error.into(),
            TokenRefusal::Missing(parameter) => Self::new(ErrorCode::InvalidRequest, missing(parameter)),
            TokenRefusal::UnsupportedGrantType => {
                Self::new(ErrorCode::UnsupportedGrantType, "This grant_type is not supported.")
            }
            TokenRefusal::Client(refusal) => refusal.into(),
            TokenRefusal::UnauthorizedClient => {
                Self::new(ErrorCode::UnauthorizedClient, "The client may not use this grant.")
            }
            // One text for every fault: whoever tries codes and tokens learns nothing.
            TokenRefusal::Grant(_) => Self::new(
                ErrorCode::InvalidGrant,
                "The code or token is invalid, expired, used, or was issued to another client.",
            ),
            TokenRefusal::Unsupported => Self::new(
                ErrorCode::InvalidRequest,
                "Only a personal access token is exchanged, for an access token and for nobody else.",
            ),
            TokenRefusal::Scope => Self::new(
                ErrorCode::InvalidScope,
                "The scope is unknown, malformed, or more than was granted.",
            ),
            TokenRefusal::Target => {
                Self::new(ErrorCode::InvalidTarget, "The resource is unknown or not open to this client.")
            }
        }
    }
}

fn missing(parameter: &'static str) -> &'static str {
    match parameter {
        "grant_type" => "The parameter grant_type is missing.",
        "code" => "The parameter code is missing.",
        "refresh_token" => "The parameter refresh_token is missing.",
        "token" => "The parameter token is missing.",
        "subject_token" => "The parameter subject_token is missing.",
        "subject_token_type" => "The parameter subject_token_type is missing.",
        _ => "A parameter is missing.",
    }
}

/// An error at a resource behind a bearer token (RFC 6750 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BearerError {
    /// No token at all: a challenge without a code (RFC 6750 §3.1).
    Missing,
    /// Tokens in several places, or in the URL: 400.
    InvalidRequest,
    /// Not a token of ours, expired or revoked: 401.
    InvalidToken,
    /// The token lacks this scope: 403.
    InsufficientScope(&'static str),
}

impl BearerError {
    /// The answer with its challenge.
    pub fn response(self) -> HttpResponse {
        let body = match self.words() {
            // An empty object: an error without a media type would be taken for one of the framework's.
            None => json!({}),
            Some((code, description)) => body(code, description),
        };
        let mut response = HttpResponse::build(self.status()).json(body);
        self.challenge(&mut response);
        no_store(response)
    }

    /// The status of RFC 6750 §3.1.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::InsufficientScope(_) => StatusCode::FORBIDDEN,
        }
    }

    /// The code and its description; none where nothing was presented.
    pub const fn words(self) -> Option<(ErrorCode, &'static str)> {
        match self {
            Self::Missing => None,
            Self::InvalidRequest => Some((
                ErrorCode::InvalidRequest,
                "The request carries its token in the URL, in several places, or malformed.",
            )),
            Self::InvalidToken => {
                Some((ErrorCode::InvalidToken, "The access token is invalid, expired or revoked."))
            }
            Self::InsufficientScope(_) => {
                Some((ErrorCode::InsufficientScope, "The access token lacks a scope."))
            }
        }
    }

    /// Puts the challenge on an answer (RFC 6750 §3).
    pub fn challenge(self, response: &mut HttpResponse) {
        let mut words = "Bearer realm=\"symbolon\"".to_owned();
        if let Some((code, description)) = self.words() {
            words = format!("{words}, error=\"{code}\", error_description=\"{description}\"");
        }
        if let Self::InsufficientScope(scope) = self {
            words = format!("{words}, scope=\"{scope}\"");
        }
        challenge(response, &words);
    }
}

impl From<UserinfoRefusal> for BearerError {
    fn from(refusal: UserinfoRefusal) -> Self {
        match refusal {
            UserinfoRefusal::InvalidToken | UserinfoRefusal::NotAPerson => Self::InvalidToken,
            UserinfoRefusal::LacksOpenid => Self::InsufficientScope("openid"),
        }
    }
}

/// Why a request ends early.
#[derive(Debug)]
pub enum Halt {
    /// It is refused.
    Refused(OAuthError),
    /// Its bearer token is refused.
    Bearer(BearerError),
    /// The client asks too often.
    TooMany(TooMany),
    /// Our fault.
    Failed(Failure),
}

impl Halt {
    /// The answer. A failure is logged here, once.
    pub fn answer(&self, request: &HttpRequest, edge: &Edge) -> HttpResponse {
        let trouble = match self {
            Self::Refused(error) => return error.response(),
            Self::Bearer(error) => return error.response(),
            Self::TooMany(too_many) => Trouble::TooMany(*too_many),
            Self::Failed(failure) => Trouble::of_failure(failure, edge.notes(request).request_id()),
        };
        trouble.answer(Family::OAuth, edge.frame(request, None), edge.notes(request).request_id())
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<BearerError> for Halt {
    fn from(error: BearerError) -> Self {
        Self::Bearer(error)
    }
}

impl<E: Into<OAuthError>> From<E> for Halt {
    fn from(refusal: E) -> Self {
        Self::Refused(refusal.into())
    }
}

/// What must not stay in any cache (RFC 6749 §5.1).
pub fn no_store(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn body(code: ErrorCode, description: &'static str) -> serde_json::Value {
    json!({"error": code.as_str(), "error_description": description})
}

/// Puts a challenge of these words on an answer (RFC 9110 §11.6.1).
pub fn challenge(response: &mut HttpResponse, words: &str) {
    if let Ok(value) = HeaderValue::from_str(words) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
}
