//! How a command ends: exit codes as in `sysexits.h`, and the words that go with them.

use std::fmt::{Display, Write as _};
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use crate::config::fault::{ConfigFault, ConfigFaults, in_words};

/// Wrong arguments.
pub(super) const USAGE: u8 = 64;
/// A bad input file.
const DATA: u8 = 65;
/// A database or another part that we need does not answer.
const UNAVAILABLE: u8 = 69;
/// Wrong configuration.
const CONFIGURATION: u8 = 78;

/// What a command returns: an exit code, or why it stopped.
pub type Outcome = Result<ExitCode, Stop>;

/// Why a command stopped: a text for people and an exit code for scripts.
#[derive(Debug)]
pub struct Stop {
    code: u8,
    message: String,
}

impl Stop {
    /// It was tried, and failed.
    pub fn failed(message: impl Display) -> Self {
        Self { code: 1, message: message.to_string() }
    }

    /// The arguments do not fit together.
    pub fn usage(message: impl Display) -> Self {
        Self { code: USAGE, message: message.to_string() }
    }

    /// A file that was given has faults.
    pub fn data(message: impl Display) -> Self {
        Self { code: DATA, message: message.to_string() }
    }

    /// Something needed does not answer.
    pub fn unavailable(message: impl Display) -> Self {
        Self { code: UNAVAILABLE, message: message.to_string() }
    }

    /// The configuration is wrong.
    pub fn configuration(message: impl Display) -> Self {
        Self { code: CONFIGURATION, message: message.to_string() }
    }

    /// The configuration may not run: all reasons at once.
    pub fn refused(reasons: &[ConfigFault]) -> Self {
        let lines: Vec<String> = reasons.iter().map(|fault| format!("  {fault}")).collect();
        Self::configuration(format!("refusing to start in production:\n{}", lines.join("\n")))
    }

    /// Says why on standard error.
    pub(super) fn report(&self) -> ExitCode {
        warn(format_args!("symbolon: {}", self.message));
        ExitCode::from(self.code)
    }
}

impl From<ConfigFaults> for Stop {
    fn from(faults: ConfigFaults) -> Self {
        let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        Self::configuration(format!("the configuration has faults:\n{}", lines.join("\n")))
    }
}

/// Writes a line to standard output. A reader that went away is no failure of ours; a full disk is one.
///
/// # Errors
/// Nothing could be written.
pub fn say(text: impl Display) -> Result<(), Stop> {
    match writeln!(std::io::stdout().lock(), "{}", harmless(text)) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Stop::failed(format_args!("cannot write to standard output: {}", in_words(&error))))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a line to standard error: something to look at that stops nothing.
pub(super) fn warn(text: impl Display) {
    let _closed = writeln!(std::io::stderr().lock(), "{}", harmless(text));
}

/// The text without what a terminal would obey: names from files, arguments and the database may hold an escape sequence. In
/// JSON and YAML the escape stands for the same character.
pub(super) fn harmless(text: impl Display) -> String {
    let mut harmless = String::new();
    for c in text.to_string().chars() {
        if c.is_control() && !matches!(c, '\n' | '\t') {
            let _infallible = write!(harmless, "\\u{:04x}", u32::from(c));
        } else {
            harmless.push(c);
        }
    }
    harmless
}
