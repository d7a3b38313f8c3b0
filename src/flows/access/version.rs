//! Which version of a thing somebody means to change (RFC 9110 §13.1.1).

/// Whether a caller who names versions means this one. Tags are compared as they are, and any version is meant by `*` or by
/// none.
pub fn is_version(version: &str, expected: Option<&str>) -> bool {
    let tag = format!("\"{version}\"");
    expected.is_none_or(|tags| tags.split(',').map(str::trim).any(|own| own == "*" || own == tag))
}
