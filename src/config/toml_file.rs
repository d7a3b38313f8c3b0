//! Reads the configuration file into flat keys, each with its line.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{ConfigFault, Origin};
use super::values::Raw;

/// One leaf of the file.
pub(super) struct Leaf {
    /// `section.key`
    pub(super) key: String,
    /// Its value, unread.
    pub(super) value: Raw,
    /// Where it stands.
    pub(super) origin: Origin,
}

/// Reads the text of the file at `path`. What can be read is returned beside the faults of the rest.
pub(super) fn read(path: &Path, text: &str) -> (Vec<Leaf>, Vec<ConfigFault>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let file = File { path, text };
    let mut faults: Vec<ConfigFault> = errors
        .iter()
        .map(|error| {
            let at = error.span().map_or(0, |span| span.start);
            ConfigFault::new(file.origin(at), "", error.message().trim().to_owned())
        })
        .collect();
    let mut leaves = Vec::new();
    file.flatten("", document.get_ref(), &mut leaves, &mut faults);
    (leaves, faults)
}

struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    fn origin(&self, offset: usize) -> Origin {
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        Origin::File { path: self.path.to_owned(), line }
    }

    fn flatten(
        &self,
        prefix: &str,
        table: &DeTable<'_>,
        leaves: &mut Vec<Leaf>,
        faults: &mut Vec<ConfigFault>,
    ) {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{prefix}.{}", name.get_ref())
            };
            let origin = self.origin(name.span().start);
            if let DeValue::Table(inner) = value.get_ref() {
                self.flatten(&key, inner, leaves, faults);
            } else if let Some(value) = raw(value) {
                leaves.push(Leaf { key, value, origin });
            } else {
                faults.push(ConfigFault::new(
                    origin,
                    key,
                    "a value is text, a number, true or false, or a list of these",
                ));
            }
        }
    }
}

fn raw(value: &Spanned<DeValue<'_>>) -> Option<Raw> {
    if let DeValue::Array(items) = value.get_ref() {
        items.iter().map(scalar).collect::<Option<Vec<_>>>().map(Raw::Many)
    } else {
        scalar(value).map(Raw::One)
    }
}

fn scalar(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(switch) => Some(switch.to_string()),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
