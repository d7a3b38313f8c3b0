//! The public keys of a client that proves itself by `private_key_jwt` (RFC 7517, RFC 7523).

use serde_json::Value;

use super::Reader;
use super::spot::Spot;
use crate::crypto::jwk::{InvalidJwk, parse_set};
use crate::model::strict_json;

impl Reader<'_> {
    /// Reads `{file: path}` or a key set that stands in the file itself.
    pub(super) fn key_set(&self, spot: &Spot<'_>) -> Option<Value> {
        let fields = spot.fields(&["file", "keys"])?;
        let set = match (fields.get("file"), fields.get("keys")) {
            (Some(path), None) => self.key_file(&path)?,
            (None, Some(keys)) => {
                if let Some(entry) = keys.node.repeated() {
                    let message = format!("the key `{}` stands twice in one object", entry.key);
                    spot.log.fault(entry.place, &keys.path, message);
                    return None;
                }
                spot.node.to_json()
            }
            (Some(_), Some(_)) | (None, None) => {
                spot.fault("must be `{file: path}` or a JWK set with `keys`");
                return None;
            }
        };
        match parse_set(&set) {
            Ok(_) => return Some(set),
            Err(InvalidJwk::Private) => spot.fault(
                "this key set holds private members; give the public half only, and replace the key: it is no secret \
                 any more",
            ),
            Err(reason @ (InvalidJwk::Weak | InvalidJwk::Malformed | InvalidJwk::Unsupported)) => {
                spot.fault(format!("this is no set of public signature keys: {reason}"));
            }
        }
        None
    }

    fn key_file(&self, path: &Spot<'_>) -> Option<Value> {
        let name = path.text()?.value;
        let fault = match self.sources.file(&name).map(|bytes| strict_json::read(&bytes)) {
            Ok(Ok(set)) => return Some(set),
            Ok(Err(_)) => format!("the file `{name}` is not JSON, or says something twice"),
            Err(error) => format!("the file `{name}` cannot be read: {error}"),
        };
        path.fault(fault);
        None
    }
}
