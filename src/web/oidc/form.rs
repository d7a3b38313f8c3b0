//! The form of a request to an endpoint of clients (RFC 6749 §3.2, Appendix B).

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;

use super::error::OAuthError;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::params::Params;

/// Reads the form.
///
/// # Errors
/// Another media type, or parameters that cannot be read: `invalid_request`.
pub(super) fn form(request: &HttpRequest, body: &Bytes) -> Result<Params, OAuthError> {
    if is_form(request) {
        Ok(Params::parse(body)?)
    } else {
        Err(OAuthError::new(ErrorCode::InvalidRequest, "The request is not a form."))
    }
}

/// Whether the body says that it is a form.
pub(super) fn is_form(request: &HttpRequest) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM)
}
