//! A place in the file with the path that leads to it, and how values of each type are read there.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use super::fault::{At, Log, Place, quoted, unknown};
use super::node::{Entry, Node, Value};
use crate::model::profile_rules::LABEL;
use crate::model::rate::{format_duration, parse_duration};
use crate::model::time::Timestamp;

/// The keys that name a list's items in paths, the first present one wins.
const NAMING_KEYS: [&str; 6] = ["slug", "email", "client_id", "identifier", "key", "name"];

/// A value, the path to it, and where faults go. Every reader notes its own fault and gives `None`.
#[derive(Clone)]
pub(super) struct Spot<'a> {
    pub(super) node: &'a Node,
    pub(super) path: String,
    pub(super) log: &'a Log,
}

impl<'a> Spot<'a> {
    /// Where the value stands.
    pub(super) const fn place(&self) -> Place {
        self.node.place
    }

    /// Notes a fault here.
    pub(super) fn fault(&self, message: impl Into<String>) {
        self.log.fault(self.place(), &self.path, message);
    }

    /// Notes a warning here.
    pub(super) fn warning(&self, message: impl Into<String>) {
        self.log.warning(self.place(), &self.path, message);
    }

    /// The value with this place.
    pub(super) const fn at<T>(&self, value: T) -> At<T> {
        At { value, place: self.node.place }
    }

    fn mismatch<T>(&self, wanted: &str) -> Option<T> {
        let quotes = wanted == "text"
            && matches!(self.node.value, Value::Integer(_) | Value::Fraction(_) | Value::Flag(_));
        let advice = if quotes { "; put it in quotes" } else { "" };
        self.fault(format!("must be {wanted}, and is {}{advice}", self.node.value.kind()));
        None
    }

    /// Text as it stands.
    pub(super) fn text(&self) -> Option<At<String>> {
        match self.node.text() {
            Some(text) => Some(self.at(text.to_owned())),
            None => self.mismatch("text"),
        }
    }

    /// A name for people ([`LABEL`]).
    pub(super) fn label(&self) -> Option<At<String>> {
        let text = self.text()?;
        if !(LABEL.holds)(&text.value) {
            self.fault(LABEL.words);
            return None;
        }
        Some(text)
    }

    /// A short machine-readable name: lower-case letters, digits, `-` and
    /// `_`, 1 to 40, beginning with a letter or digit.
    pub(super) fn key(&self) -> Option<At<String>> {
        let text = self.text()?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        let good = (1..=40).contains(&text.value.len())
            && text.value.chars().all(allowed)
            && text.value.starts_with(|c: char| c.is_ascii_alphanumeric());
        if good {
            return Some(text);
        }
        self.fault("must be 1 to 40 lower-case letters, digits, hyphens or underscores");
        None
    }

    /// Text that a type accepts; the fault is what the type says.
    pub(super) fn parsed<T>(&self) -> Option<At<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.text()?;
        match text.value.parse() {
            Ok(value) => Some(self.at(value)),
            Err(reason) => {
                self.fault(format!("`{}` cannot stand here: {reason}", text.value));
                None
            }
        }
    }

    /// One word of a closed set.
    pub(super) fn word<T: Copy>(&self, what: &str, words: &[(&str, T)]) -> Option<At<T>> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            self.fault(unknown(what, &text.value, words.iter().map(|(word, _)| *word)));
        }
        found.map(|(_, value)| self.at(*value))
    }

    /// `true` or `false`.
    pub(super) fn flag(&self) -> Option<At<bool>> {
        if let Value::Flag(flag) = self.node.value {
            Some(self.at(flag))
        } else {
            self.mismatch("true or false")
        }
    }

    /// A whole number, within bounds.
    pub(super) fn count(&self, least: u32, most: u32) -> Option<At<u32>> {
        let Value::Integer(number) = self.node.value else { return self.mismatch("a whole number") };
        match u32::try_from(number) {
            Ok(number) if (least..=most).contains(&number) => Some(self.at(number)),
            Ok(_) | Err(_) => {
                self.fault(format!("must be {least} to {most}"));
                None
            }
        }
    }

    /// A length of time such as `8h`, within bounds.
    pub(super) fn duration(&self, least: Duration, most: Duration) -> Option<At<Duration>> {
        let text = self.text()?;
        let Some(length) = parse_duration(&text.value) else {
            self.fault("must be a length of time such as `90s`, `10m`, `8h` or `7d`");
            return None;
        };
        if (least..=most).contains(&length) {
            return Some(self.at(length));
        }
        self.fault(format!("must be {} to {}", format_duration(least), format_duration(most)));
        None
    }

    /// A moment in RFC 3339.
    pub(super) fn time(&self) -> Option<At<Timestamp>> {
        let text = self.text()?;
        let time = Timestamp::parse_rfc3339(&text.value);
        if time.is_none() {
            self.fault("must be a time in RFC 3339, such as `2030-01-01T00:00:00Z`");
        }
        time.map(|time| self.at(time))
    }

    /// The items of a list. Each path names its item by slug, e-mail or the like, else by number.
    pub(super) fn items(&self) -> Option<Vec<Self>> {
        let Value::List(items) = &self.node.value else { return self.mismatch("a list") };
        let spot = |(index, node): (usize, &'a Node)| {
            let name = NAMING_KEYS.iter().find_map(|key| node.get(key).and_then(Node::text));
            let name = name.map_or_else(|| index.to_string(), ToOwned::to_owned);
            Self { node, path: format!("{}[{name}]", self.path), log: self.log }
        };
        Some(items.iter().enumerate().map(spot).collect())
    }

    /// A list of different texts, each as its reader takes it; repeats are faults.
    pub(super) fn set<T: PartialEq>(&self, read: impl Fn(&Self) -> Option<At<T>>) -> Option<Vec<At<T>>> {
        let mut set: Vec<At<T>> = Vec::new();
        for item in self.items()? {
            let Some(value) = read(&item) else { continue };
            match set.iter().find(|known| known.value == value.value) {
                Some(first) => {
                    item.fault(format!("stands here twice; it is already in line {}", first.place.line));
                }
                None => set.push(value),
            }
        }
        Some(set)
    }

    /// The keys of a map; unknown and repeated ones are faults.
    pub(super) fn fields(&self, known: &[&'static str]) -> Option<Fields<'a>> {
        let Value::Map(entries) = &self.node.value else {
            self.fault(format!("must have keys ({}), and is {}", quoted(known), self.node.value.kind()));
            return None;
        };
        self.report_repeats(entries);
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let path = self.path_of(&entry.key);
            self.log.fault(entry.place, &path, unknown("key", &entry.key, known.iter().copied()));
        }
        Some(Fields { spot: self.clone(), entries })
    }

    /// The entries of a map whose keys are names of something; repeated ones are faults.
    pub(super) fn named(&self) -> Option<Vec<(At<String>, Self)>> {
        let Value::Map(entries) = &self.node.value else { return self.mismatch("a group of keys") };
        self.report_repeats(entries);
        let pair = |entry: &'a Entry| {
            let name = At { value: entry.key.clone(), place: entry.place };
            (name, Self { node: &entry.value, path: self.path_of(&entry.key), log: self.log })
        };
        Some(entries.iter().map(pair).collect())
    }

    fn report_repeats(&self, entries: &[Entry]) {
        let mut first = HashMap::new();
        for entry in entries {
            if let Some(line) = first.get(entry.key.as_str()) {
                let message = format!("the key stands here twice; it is already in line {line}");
                self.log.fault(entry.place, &self.path_of(&entry.key), message);
            } else {
                first.insert(entry.key.as_str(), entry.place.line);
            }
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// The keys of one object of the file.
pub(super) struct Fields<'a> {
    pub(super) spot: Spot<'a>,
    entries: &'a [Entry],
}

impl<'a> Fields<'a> {
    /// The value of a key; a key with nothing behind it counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<Spot<'a>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        if matches!(entry.value.value, Value::Null) {
            return None;
        }
        Some(Spot { node: &entry.value, path: self.spot.path_of(key), log: self.spot.log })
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, key: &str) -> Option<Spot<'a>> {
        let found = self.get(key);
        if found.is_none() {
            self.spot.fault(format!("`{key}` is missing"));
        }
        found
    }

    /// The value of a key as its reader takes it; `None` also when the reader noted a fault.
    pub(super) fn read<T>(&self, key: &str, read: impl FnOnce(&Spot<'a>) -> Option<T>) -> Option<T> {
        self.get(key).and_then(|spot| read(&spot))
    }

    /// Notes a fault at each of these keys that is present.
    pub(super) fn refuse(&self, keys: &[&str], message: &str) {
        for spot in keys.iter().filter_map(|key| self.get(key)) {
            spot.fault(message);
        }
    }
}
