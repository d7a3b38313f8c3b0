//! `[links]`: how long what is mailed to people works.

use std::time::Duration;

use super::reader::Reader;
use super::registry::{Key, Kind, Section};

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "links",
    doc: "How long links and codes work that are mailed to people. Each works once, and a newer one of the same kind ends the one before; a change of the password or of the address ends all of them.",
    keys: &[
        Key::new(
            "links.magic_link",
            Kind::Duration { least: 60, most: 3600 },
            "15m",
            "A link that signs in, in the browser that asked for it.",
        ),
        Key::new(
            "links.email_code",
            Kind::Duration { least: 60, most: 1800 },
            "10m",
            "A code that is typed in as a second factor, in the browser that asked for it.",
        ),
        Key::new(
            "links.password_reset",
            Kind::Duration { least: 300, most: 7200 },
            "30m",
            "A link to set a new password.",
        ),
        Key::new(
            "links.verify_email",
            Kind::Duration { least: 300, most: 604_800 },
            "24h",
            "A link by which people confirm their address, or the one that they change to.",
        ),
        Key::new(
            "links.first_factor",
            Kind::Duration { least: 300, most: 604_800 },
            "24h",
            "A link that an administrator sends to somebody who has to set up a first second factor.",
        ),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinksConfig {
    /// Links that sign in.
    pub magic_link: Duration,
    /// Codes.
    pub email_code: Duration,
    /// Links to set a password.
    pub password_reset: Duration,
    /// Links to confirm an address.
    pub verify_email: Duration,
    /// Links to set up a first factor.
    pub first_factor: Duration,
}

impl LinksConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            magic_link: reader.duration("links.magic_link"),
            email_code: reader.duration("links.email_code"),
            password_reset: reader.duration("links.password_reset"),
            verify_email: reader.duration("links.verify_email"),
            first_factor: reader.duration("links.first_factor"),
        }
    }
}
