//! What a request says that its body is.

use actix_web::http::header::{CONTENT_TYPE, HeaderMap};

/// Whether the body says that it is a form (RFC 6749 Appendix B).
pub fn is_form(headers: &HeaderMap) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM)
}
