//! Reads the JSON of a request strictly: no member twice, none that is unknown (P063). What is wrong is said by its place and
//! in words of ours; what was sent is never repeated (P105).

use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::objects::Objects;
use crate::flows::access::Refused;
use crate::model::strict_json;
use crate::protocol::opaque;

/// Whether the body says that it is JSON (RFC 8259 §11), or a patch of it (RFC 7396 §4).
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    ["application/json", "application/merge-patch+json"].iter().any(|json| is(headers, json))
}

/// Whether the body says that it is of this media type, whatever its parameters.
pub(super) fn is(headers: &HeaderMap, wanted: &str) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

/// Reads a body of this shape.
///
/// # Errors
/// See [`Refused::Invalid`].
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    let value = document(body)?;
    if let Some(at) = secret_in(&value, "") {
        return Err(Refused::invalid(
            at,
            "A secret does not belong here; whoever it is of should revoke it.",
        ));
    }
    shaped(value)
}

/// The document, of whatever shape.
///
/// # Errors
/// It is none, or has a member twice.
pub(super) fn document(body: &Bytes) -> Result<Value, Refused> {
    strict_json::read(body).map_err(|_| no_document())
}

/// What is said where there is no document.
pub(super) fn no_document() -> Refused {
    Refused::invalid("", "The body must be one JSON document with no member twice in an object.")
}

/// A document of this shape, which may hold secrets: for the one place that takes them.
///
/// # Errors
/// See [`Refused::Invalid`].
pub(super) fn shaped<T: DeserializeOwned>(value: Value) -> Result<T, Refused> {
    serde_path_to_error::deserialize(Objects(value)).map_err(|error| {
        let words = error.inner().to_string();
        let unknown = words.starts_with("unknown field");
        let detail = if unknown {
            "This object has a member that is not known here."
        } else if words.starts_with("missing field") {
            "This object lacks a member that is needed."
        } else {
            "This value is of another type, or none of those that are taken here."
        };
        Refused::invalid(pointer(error.path(), unknown), detail)
    })
}

/// Where a secret of ours stands that somebody put into the wrong place (P116): it would be stored and shown. Nothing that the
/// API takes is one.
fn secret_in(value: &Value, at: &str) -> Option<String> {
    match value {
        Value::String(text) => opaque::is_any(text.trim()).then(|| at.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| secret_in(item, &format!("{at}/{index}")))
        }
        // The name of a member is the caller's, and stays out: the place is that of the object.
        Value::Object(members) => members.iter().find_map(|(name, inside)| {
            let named = opaque::is_any(name) || secret_in(inside, at).is_some();
            named.then(|| at.to_owned())
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The place as a JSON pointer. The name of an unknown member is the caller's, and stays out.
fn pointer(path: &serde_path_to_error::Path, unknown: bool) -> String {
    let segments: Vec<&Segment> = path.iter().collect();
    let kept = segments.len().saturating_sub(usize::from(unknown && ends_in_member(&segments)));
    let mut pointer = String::new();
    for segment in segments.into_iter().take(kept) {
        match segment {
            Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
            Segment::Map { key } => pointer = format!("{pointer}/{key}"),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn ends_in_member(segments: &[&Segment]) -> bool {
    matches!(segments.last(), Some(Segment::Map { .. } | Segment::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        inner: Inner,
        #[serde(default)]
        list: Vec<u8>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        name: String,
    }

    fn place(text: &str) -> String {
        match read::<Outer>(&Bytes::copy_from_slice(text.as_bytes())) {
            Err(Refused::Invalid(faults)) => faults[0].at.clone(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn p063_what_is_wrong_is_told_by_its_place_and_never_by_what_was_sent() {
        for (text, pointer) in [
            ("", ""),
            ("[]", ""),
            (r#"[{"name": "x"}]"#, ""),
            (r#"{"inner": ["x"]}"#, "/inner"),
            (r#"{"inner": {"name": "x"}, "is_admin": true}"#, ""),
            (r#"{"inner": {"name": "x", "is_admin": true}}"#, "/inner"),
            (r#"{"inner": {"name": 1}}"#, "/inner/name"),
            (r#"{"inner": {}}"#, "/inner"),
            (r#"{"inner": {"name": "x"}, "list": [1, 2, "secret"]}"#, "/list/2"),
            (r#"{"inner": {"name": "x"}, "inner": {"name": "y"}}"#, ""),
        ] {
            assert_eq!(place(text), pointer, "{text}");
        }
    }
}
