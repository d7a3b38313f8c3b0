//! Every key there is: name, kind, default, meaning. The reference in `docs/`
//! and the check for unknown keys come from here.

use super::{audit, cors, database, keys, limits, links, log, mail, outbound, server, tokens};
use crate::model::nearest::{self, distance};

/// One key of the configuration.
#[derive(Debug)]
pub struct Key {
    /// `section.key`, as in the file.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// The value where none is given, in the spelling of the file; `None` where there is none.
    pub default: Option<&'static str>,
    /// What it does, one paragraph.
    pub doc: &'static str,
    /// Whether the value must not be shown.
    pub secret: bool,
}

impl Key {
    /// A key with a default.
    pub const fn new(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Self {
        Self { name, kind, default: Some(default), doc, secret: false }
    }

    /// A key that may be left out.
    pub const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, kind, default: None, doc, secret: false }
    }

    /// A key whose value is masked wherever it is shown, and which no flag may give.
    pub const fn secret(name: &'static str, doc: &'static str) -> Self {
        Self { name, kind: Kind::Text, default: None, doc, secret: true }
    }

    /// The name of the environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("SYMBOLON_{}", self.name.replace('.', "__").to_ascii_uppercase())
    }

    /// The part before the dot.
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }

    /// The part behind the dot.
    pub fn short_name(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, name)| name)
    }
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free text.
    Text,
    /// A path; a relative one counts from the working directory.
    Path,
    /// An IP address and a port.
    Address,
    /// The issuer: a URL of scheme, host and port.
    Issuer,
    /// A length of time within these bounds, in seconds.
    Duration {
        /// The shortest.
        least: u64,
        /// The longest.
        most: u64,
    },
    /// A number of bytes.
    Size,
    /// A whole number within these bounds.
    Count {
        /// The smallest.
        least: u64,
        /// The greatest.
        most: u64,
    },
    /// So many in so long a time.
    Rate,
    /// True or false.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of networks in CIDR form.
    Networks,
    /// A list of web origins.
    Origins,
}

impl Kind {
    /// Whether several values are taken.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Networks | Self::Origins)
    }

    /// Whether the file writes the value without quotes.
    pub const fn is_bare(self) -> bool {
        matches!(self, Self::Count { .. } | Self::Switch)
    }

    /// The kind in words, for the reference and for faults.
    pub fn describe(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Path => "path".to_owned(),
            Self::Address => "address and port".to_owned(),
            Self::Issuer => "URL of scheme, host and port".to_owned(),
            Self::Duration { least, most } => format!("time, {} to {}", spell(least), spell(most)),
            Self::Size => "size".to_owned(),
            Self::Count { least, most } => format!("whole number, {least} to {most}"),
            Self::Rate => "rate".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::Choice(words) => words.join(", "),
            Self::Networks => "list of networks".to_owned(),
            Self::Origins => "list of origins".to_owned(),
        }
    }
}

/// A number of seconds in the largest unit that holds it exactly.
pub fn spell(seconds: u64) -> String {
    for (unit, length) in [("d", 86400), ("h", 3600), ("m", 60)] {
        if seconds >= length && seconds.is_multiple_of(length) {
            return format!("{}{unit}", seconds / length);
        }
    }
    format!("{seconds}s")
}

/// A table of the file.
#[derive(Debug)]
pub struct Section {
    /// Its name in brackets.
    pub name: &'static str,
    /// What it is about.
    pub doc: &'static str,
    /// Its keys, in the order of the reference.
    pub keys: &'static [Key],
}

/// All sections, in the order of the reference.
pub const SECTIONS: [Section; 11] = [
    server::SECTION,
    cors::SECTION,
    database::SECTION,
    keys::SECTION,
    tokens::SECTION,
    limits::SECTION,
    links::SECTION,
    outbound::SECTION,
    mail::SECTION,
    audit::SECTION,
    log::SECTION,
];

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    keys().find(|key| key.name == name)
}

/// Every key of every section.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    const ALL: &[Section] = &SECTIONS;
    ALL.iter().flat_map(|section| section.keys)
}

/// What is said of an unknown key: the known one that it is most like, where one is near enough to be meant; else the keys
/// of its section, or the sections. A right name in a wrong section counts as near.
pub fn unknown(name: &str) -> String {
    let (section, tail) = name.rsplit_once('.').unwrap_or(("", name));
    let meant = nearest::nearest(section, SECTIONS.iter().map(|section| section.name));
    let is_near = |key: &&Key| {
        let inside = meant == Some(key.section()) && nearest::is_near(tail, key.short_name());
        inside || distance(tail, key.short_name()) == 0
    };
    if let Some(key) = keys().filter(is_near).min_by_key(|key| distance(name, key.name)) {
        return format!("unknown key; the nearest known one is {}", key.name);
    }
    match SECTIONS.iter().find(|section| Some(section.name) == meant) {
        Some(section) => {
            let known: Vec<&str> = section.keys.iter().map(Key::short_name).collect();
            format!("unknown key; known in [{}] are {}", section.name, known.join(", "))
        }
        None => format!("unknown key; the sections are {}", SECTIONS.map(|section| section.name).join(", ")),
    }
}
