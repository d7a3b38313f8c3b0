//! `[tokens]`: how long what we issue lives. A client may have times of its own up to the same ceilings.

use std::time::Duration;

use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use crate::model::lifetime;

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "tokens",
    doc: "Lifetimes for the whole deployment. A client may be given its own; how long a person stays signed in is the tenant's policy.",
    keys: &[
        Key::new(
            "tokens.code_lifetime",
            Kind::Duration { least: 5, most: lifetime::CODE },
            "60s",
            "An authorization code (RFC 6749 §4.1.2).",
        ),
        Key::new(
            "tokens.access_lifetime",
            Kind::Duration { least: 30, most: lifetime::ACCESS_TOKEN },
            "10m",
            "An access token. One hour at most: revocation entries are kept that long.",
        ),
        Key::new(
            "tokens.id_token_lifetime",
            Kind::Duration { least: 30, most: lifetime::ID_TOKEN },
            "10m",
            "An ID token.",
        ),
        Key::new(
            "tokens.refresh_idle",
            Kind::Duration { least: 60, most: lifetime::REFRESH_IDLE },
            "14d",
            "A refresh token that nobody uses.",
        ),
        Key::new(
            "tokens.refresh_absolute",
            Kind::Duration { least: 60, most: lifetime::REFRESH_ABSOLUTE },
            "90d",
            "The whole chain of refresh tokens from one sign-in.",
        ),
        Key::new(
            "tokens.interaction_lifetime",
            Kind::Duration { least: 60, most: 86400 },
            "30m",
            "An authorization request that waits for a person to sign in.",
        ),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokensConfig {
    /// Authorization codes.
    pub code: Duration,
    /// Access tokens.
    pub access: Duration,
    /// ID tokens.
    pub id_token: Duration,
    /// Refresh tokens, unused.
    pub refresh_idle: Duration,
    /// Refresh tokens, in all.
    pub refresh_absolute: Duration,
    /// Waiting authorization requests.
    pub interaction: Duration,
}

impl TokensConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let config = Self {
            code: reader.duration("tokens.code_lifetime"),
            access: reader.duration("tokens.access_lifetime"),
            id_token: reader.duration("tokens.id_token_lifetime"),
            refresh_idle: reader.duration("tokens.refresh_idle"),
            refresh_absolute: reader.duration("tokens.refresh_absolute"),
            interaction: reader.duration("tokens.interaction_lifetime"),
        };
        if config.refresh_idle > config.refresh_absolute {
            reader.fault("tokens.refresh_idle", "must not be longer than tokens.refresh_absolute");
        }
        config
    }
}
