//! `[cors]`: origins whose scripts may call us (R73). Clients bring their own list; this one is for the deployment.

use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use super::values;

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "cors",
    doc: "Which scripts in a browser may call the token, userinfo and key endpoints. The authorization endpoint, the pages and the administration API are never open to other origins.",
    keys: &[Key::new(
        "cors.allowed_origins",
        Kind::Origins,
        "",
        "Origins allowed beside those that a client lists itself (`allowed_origins`). `*` allows every origin, without credentials, and only on a loopback issuer.",
    )],
};

/// See [`SECTION`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsConfig {
    /// The origins, in the spelling of browsers.
    pub allowed_origins: Vec<String>,
    /// Whether `*` was among them.
    pub any_origin: bool,
}

impl CorsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let read = |text: &str| if text == "*" { Ok(text.to_owned()) } else { values::origin(text) };
        let (wild, listed): (Vec<String>, Vec<String>) =
            reader.list("cors.allowed_origins", read).into_iter().partition(|origin| origin == "*");
        Self { allowed_origins: listed, any_origin: !wild.is_empty() }
    }
}
