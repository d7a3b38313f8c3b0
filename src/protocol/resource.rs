//! Resource indicators (RFC 8707 §2).

use std::str::FromStr;

use url::Url;

/// The longest identifier of a resource server, in bytes.
pub const MAX_LENGTH: usize = 512;

/// The identifier of a resource server, as it stands in `resource` and `aud`: an absolute URI without
/// fragment, compared as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceIndicator(String);

impl ResourceIndicator {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceIndicator {
    type Err = InvalidResource;

    fn from_str(text: &str) -> Result<Self, InvalidResource> {
        let printable =
            !text.is_empty() && text.len() <= MAX_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic());
        if printable && !text.contains(['#', '\\', '"']) && Url::parse(text).is_ok() {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidResource)
        }
    }
}

/// RFC 8707 §2 `invalid_target`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a resource is an absolute URI of at most 512 printable characters without a fragment")]
pub struct InvalidResource;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_absolute_and_has_no_fragment() {
        for good in ["https://notes.example", "https://api.example/v1?x=1", "urn:example:api"] {
            assert_eq!(good.parse::<ResourceIndicator>().unwrap().as_str(), good);
        }
        for bad in ["", "notes", "/v1", "https://a.example/#x", "https://a.example/ x", "https://é.example"]
        {
            assert!(bad.parse::<ResourceIndicator>().is_err(), "{bad}");
        }
    }
}
