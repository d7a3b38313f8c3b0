//! `[outbound]`: requests that we make ourselves, such as fetching the keys of a client (P126).

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::reader::Reader;
use super::registry::{Key, Kind, Section};

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "outbound",
    doc: "Requests that the server makes itself, for instance to fetch a client's keys. Private, loopback and link-local addresses are refused unless listed.",
    keys: &[
        Key::optional(
            "outbound.root_ca_file",
            Kind::Path,
            "PEM file with further root certificates that are trusted for these requests.",
        ),
        Key::new(
            "outbound.allow_private",
            Kind::Networks,
            "",
            "Private networks that may be reached all the same. Plain http is accepted on a loopback issuer only.",
        ),
        Key::new(
            "outbound.timeout",
            Kind::Duration { least: 1, most: 60 },
            "5s",
            "The longest that such a request may take, from name look-up to the last byte.",
        ),
        Key::new(
            "outbound.key_refetch_delay",
            Kind::Duration { least: 0, most: 3600 },
            "60s",
            "How long a key set is left alone before it is fetched again for a key id that is not in it.",
        ),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundConfig {
    /// Further roots.
    pub root_ca_file: Option<PathBuf>,
    /// Private networks that may be reached.
    pub allow_private: Vec<IpNet>,
    /// Longest request.
    pub timeout: Duration,
    /// Least time between two fetches of one key set.
    pub key_refetch_delay: Duration,
}

impl OutboundConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            root_ca_file: reader.path("outbound.root_ca_file"),
            allow_private: reader.networks("outbound.allow_private"),
            timeout: reader.duration("outbound.timeout"),
            key_refetch_delay: reader.duration("outbound.key_refetch_delay"),
        }
    }
}
