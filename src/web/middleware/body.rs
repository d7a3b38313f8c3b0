//! Reads the body of a request within limits of size and time before the handler sees it (P130). Compressed bodies are
//! refused: nobody compresses a form, and a small one could become a large one.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use actix_web::web::{Bytes, Payload};

use crate::web::edge::Rules;
use crate::web::trouble::Trouble;

/// The whole body, which is put back for the handler, too.
///
/// # Errors
/// 415 for a compressed body, 413 for a large one, 408 for a slow one, 400 for a broken one.
pub(super) async fn collect(request: &mut ServiceRequest, rules: &Rules) -> Result<Bytes, Trouble> {
    let encodings = request.headers().get_all(CONTENT_ENCODING);
    if encodings.into_iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Trouble::WrongEncoding);
    }
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > rules.max_body) {
        return Err(Trouble::TooLarge);
    }
    let payload = request.extract::<Payload>().await.map_err(|_| Trouble::Malformed)?;
    let reading = tokio::time::timeout(rules.body_timeout, payload.to_bytes_limited(rules.max_body));
    let body = match reading.await {
        Err(_) => return Err(Trouble::TooSlow),
        Ok(Err(_)) => return Err(Trouble::TooLarge),
        Ok(Ok(Err(_))) => return Err(Trouble::Malformed),
        Ok(Ok(Ok(body))) => body,
    };
    request.set_payload(body.clone().into());
    Ok(body)
}
