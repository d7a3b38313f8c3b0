//! What the browser says of the page that asked (WebAuthn Level 3 §5.8.1): stricter than the library, which takes any URL
//! of the origin for the origin, and knows nothing of an embedding page.

use serde_json::Value;

use super::PasskeyRefusal;
use crate::model::strict_json;

/// Whether a page of ours asked, for this ceremony: the origin in the one spelling that browsers write, and no page of
/// another origin around it (P051, P052).
pub(super) fn judge(client_data: &[u8], ceremony: &str, origin: &str) -> Result<(), PasskeyRefusal> {
    let said = strict_json::read(client_data).map_err(|_| PasskeyRefusal::Malformed)?;
    if said.get("type").and_then(Value::as_str) != Some(ceremony) {
        return Err(PasskeyRefusal::Wrong);
    }
    let is_embedded = said.get("topOrigin").is_some()
        || said.get("crossOrigin").is_some_and(|embedded| *embedded != Value::Bool(false));
    if is_embedded || said.get("origin").and_then(Value::as_str) != Some(origin) {
        return Err(PasskeyRefusal::Elsewhere);
    }
    Ok(())
}
