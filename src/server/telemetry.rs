//! The log: where it goes and in what form. It is set up once for the process.

use std::io::IsTerminal as _;
use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::log::LogConfig;

/// What libraries say of bytes that they cannot read: any stranger writes these lines, as many as they like, in words of
/// their own, and no id or address is in them. `log.level` comes after it, so an operator who names one of them hears it.
const STRANGERS_WORDS: &str = "actix_http=off,rustls=off,webauthn_rs=off";

/// Sends the log to standard error from now on. A second call changes nothing.
pub fn init(config: &LogConfig) {
    // Errors are told where nothing is asked for.
    let filter = format!("error,{STRANGERS_WORDS},{}", config.level).parse::<EnvFilter>().unwrap_or_default();
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    let _set_already = if config.json {
        log.json().flatten_event(true).with_current_span(false).with_span_list(false).finish().try_init()
    } else {
        log.with_target(false).finish().try_init()
    };
    // The default hook prints what the panic said, which may quote a request.
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
