//! `[log]`: what is logged, and how.

use tracing_subscriber::EnvFilter;

use super::reader::Reader;
use super::registry::{Key, Kind, Section};

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "log",
    doc: "The log goes to standard error. It never holds secrets, tokens, cookies or the values of parameters.",
    keys: &[
        Key::new("log.format", Kind::Choice(&["text", "json"]), "text", "`json` writes one object a line."),
        Key::new(
            "log.level",
            Kind::Text,
            "info,actix_server=warn",
            "`error`, `warn`, `info`, `debug` or `trace`, also for single parts: `info,symbolon::flows=debug`. The default leaves out what the HTTP library says of its workers. Every line of `actix_http` and `rustls` is left out, since any stranger can fill the log with them, unless they are named here: `info,actix_http=error,rustls=warn`.",
        ),
        Key::new("log.requests", Kind::Switch, "true", "Whether every request is logged with its caller."),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// One JSON object a line instead of text.
    pub json: bool,
    /// The filter, in the notation of `tracing`.
    pub level: String,
    /// Whether each request is logged.
    pub requests: bool,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let readable = |text: &str| match text.parse::<EnvFilter>() {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => {
                Err("write error, warn, info, debug or trace, or a list like info,symbolon=debug".to_owned())
            }
        };
        Self {
            json: reader.choice("log.format") == "json",
            level: reader.parse("log.level", readable).unwrap_or_default(),
            requests: reader.switch("log.requests"),
        }
    }
}
