//! The form of a request to an endpoint of clients (RFC 6749 §3.2, Appendix B).

use actix_web::HttpRequest;
use actix_web::web::Bytes;

use super::error::OAuthError;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::params::Params;
use crate::web::media_type::is_form;

/// Reads the form.
///
/// # Errors
/// Another media type, or parameters that cannot be read: `invalid_request`.
pub(super) fn form(request: &HttpRequest, body: &Bytes) -> Result<Params, OAuthError> {
    if is_form(request.headers()) {
        Ok(Params::parse(body)?)
    } else {
        Err(OAuthError::new(ErrorCode::InvalidRequest, "The request is not a form."))
    }
}
