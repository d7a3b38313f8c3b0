//! Faults of a configuration: each names the key, where it was set and what to do. All are reported together.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The registry.
    Default,
    /// The configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// This environment variable.
    Variable(String),
    /// This flag of the command.
    Flag(String),
    /// The program itself: the demo, a test.
    Program,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
            Self::Program => f.write_str("program"),
        }
    }
}

/// What an error of the operating system means to whoever can mend it.
pub fn in_words(error: &io::Error) -> String {
    const WORDS: [(ErrorKind, &str); 6] = [
        (ErrorKind::NotFound, "there is no such file or folder"),
        (ErrorKind::PermissionDenied, "this user may not"),
        (ErrorKind::IsADirectory, "it is a folder"),
        (ErrorKind::InvalidData, "it is not UTF-8 text"),
        (ErrorKind::AddrInUse, "another program listens there"),
        (ErrorKind::AddrNotAvailable, "this machine has no such address"),
    ];
    let known = WORDS.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or_else(
        // Without the number that the standard library adds.
        || error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
        |(_, words)| (*words).to_owned(),
    )
}

/// One fault. The message never repeats the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where it stands, where it stands anywhere.
    pub origin: Option<Origin>,
    /// The key, as it was written.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl ConfigFault {
    /// A fault of a value that was given somewhere.
    pub fn new(origin: Origin, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { origin: Some(origin), key: key.into(), message: message.into() }
    }

    /// A fault of the whole, shown with the key that would mend it.
    pub fn of_key(key: &str, message: impl Into<String>) -> Self {
        Self { origin: None, key: key.to_owned(), message: message.into() }
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        if self.key.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.key, self.message)
        }
    }
}

/// Every fault found; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFaults(Vec<ConfigFault>);

impl ConfigFaults {
    /// `Ok` with the value where nothing is wrong.
    pub fn or<T>(faults: Vec<ConfigFault>, value: T) -> Result<T, Self> {
        if faults.is_empty() { Ok(value) } else { Err(Self(faults)) }
    }

    /// The faults, in the order of the sections.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigFault> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}
