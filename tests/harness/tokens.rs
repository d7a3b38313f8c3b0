//! What a client has in its hands: the members of an answer, the claims of a token, what it proves itself by, and what it is
//! told.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// A member that is text.
pub(crate) fn text(json: &Value, member: &str) -> String {
    json[member].as_str().unwrap_or_else(|| panic!("no {member} in {json}")).to_owned()
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}

/// The header of a client that authenticates by its secret.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// Descriptions of errors are whole sentences, at every endpoint.
pub(crate) fn assert_sentence(description: &str) {
    assert!(description.starts_with(char::is_uppercase) && description.ends_with('.'), "{description}");
}
