//! The two forms of a file: CSV with a header (RFC 4180), and JSON Lines. Both give the same fields by the same names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{MOST_PEOPLE, RefusedLine};
use crate::model::nearest::did_you_mean;
use crate::model::strict_json;

/// The fields of a person. Those of the address stand in an object of that name in JSON.
pub(in crate::flows) const FIELDS: [&str; 28] = [
    "email",
    "email_verified",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address.formatted",
    "address.street_address",
    "address.locality",
    "address.region",
    "address.postal_code",
    "address.country",
    "roles",
    "groups",
    "status",
    "password_hash",
    "created_at",
];

/// What separates several roles or groups in one cell.
const SEPARATOR: char = ';';

/// How people stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and records, separated by commas.
    Csv,
    /// One object in each line.
    JsonLines,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::flows) enum Cell {
    Text(String),
    Flag(bool),
    List(Vec<String>),
}

/// One person's fields, and where they begin.
#[derive(Debug)]
pub(in crate::flows) struct Record {
    pub(in crate::flows) line: u64,
    pub(in crate::flows) cells: BTreeMap<&'static str, Cell>,
}

/// Reads every record. What cannot be read is refused with its place, and the rest is read all the same.
pub(in crate::flows) fn read(text: &str, format: Format, refused: &mut Vec<RefusedLine>) -> Vec<Record> {
    // Spreadsheets begin their files with a mark that is no character of the first name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let records = match format {
        Format::Csv => csv(text, refused),
        Format::JsonLines => json_lines(text, refused),
    };
    if records.len() >= MOST_PEOPLE {
        let reason = format!("the file has more than {MOST_PEOPLE} people: split it");
        refused.push(RefusedLine { line: 0, field: String::new(), reason });
    } else if records.is_empty() && refused.is_empty() {
        refused.push(RefusedLine {
            line: 1,
            field: String::new(),
            reason: "the file names nobody".to_owned(),
        });
    }
    records
}

fn refuse(line: u64, field: &str, reason: impl Into<String>) -> RefusedLine {
    RefusedLine { line, field: field.to_owned(), reason: reason.into() }
}

/// The field with this name.
fn known(name: &str) -> Option<&'static str> {
    FIELDS.into_iter().find(|field| *field == name)
}

fn csv(text: &str, refused: &mut Vec<RefusedLine>) -> Vec<Record> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect::<Vec<_>>(),
        Err(_) => Vec::new(),
    };
    let Some(columns) = header(&columns, refused) else { return Vec::new() };
    let mut records = Vec::new();
    for record in reader.records().take(MOST_PEOPLE) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                refused.push(refuse(line, "", "cannot be read as CSV"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != columns.len() {
            let reason = format!("has {} fields, and the header has {}", record.len(), columns.len());
            refused.push(refuse(line, "", reason));
            continue;
        }
        let cells = columns.iter().zip(record.iter()).filter(|(_, text)| !text.is_empty());
        let cells = cells.map(|(field, text)| (*field, cell(field, text))).collect();
        records.push(Record { line, cells });
    }
    records
}

/// The columns, when each is known and none stands there twice.
fn header(names: &[String], refused: &mut Vec<RefusedLine>) -> Option<Vec<&'static str>> {
    let before = refused.len();
    let mut columns = Vec::new();
    for name in names {
        match known(name) {
            Some(field) if columns.contains(&field) => {
                refused.push(refuse(1, field, "the column stands in the header twice"));
            }
            Some(field) => columns.push(field),
            None => refused.push(refuse(1, "", unknown(name))),
        }
    }
    if !columns.contains(&"email") {
        refused.push(refuse(1, "email", "the header names no such column"));
    }
    (refused.len() == before).then_some(columns)
}

fn unknown(name: &str) -> String {
    let name: String = name.chars().take(60).collect();
    format!("there is no field `{name}`{}", did_you_mean(&name, FIELDS))
}

/// A cell of CSV says by its column what it is.
fn cell(field: &str, text: &str) -> Cell {
    match (field, text) {
        ("roles" | "groups", _) => {
            let items = text.split(SEPARATOR).map(str::trim).filter(|item| !item.is_empty());
            Cell::List(items.map(str::to_owned).collect())
        }
        ("email_verified" | "phone_number_verified", "true" | "TRUE" | "1") => Cell::Flag(true),
        ("email_verified" | "phone_number_verified", "false" | "FALSE" | "0") => Cell::Flag(false),
        _ => Cell::Text(text.to_owned()),
    }
}

fn json_lines(text: &str, refused: &mut Vec<RefusedLine>) -> Vec<Record> {
    let lines = text.lines().zip(1_u64..).filter(|(text, _)| !text.trim().is_empty());
    lines.take(MOST_PEOPLE).filter_map(|(text, line)| object(text, line, refused)).collect()
}

fn object(text: &str, line: u64, refused: &mut Vec<RefusedLine>) -> Option<Record> {
    let before = refused.len();
    let Ok(Value::Object(members)) = strict_json::read(text.as_bytes()) else {
        refused.push(refuse(line, "", "is no JSON object, or names a member twice"));
        return None;
    };
    let mut cells = BTreeMap::new();
    for (name, value) in members {
        let inner = match (name.as_str(), value) {
            ("address", Value::Object(parts)) => {
                parts.into_iter().map(|(part, value)| (format!("address.{part}"), value)).collect()
            }
            (_, value) => vec![(name, value)],
        };
        for (name, value) in inner {
            match (known(&name), json_cell(value)) {
                (Some(field), Ok(Some(cell))) => {
                    if cells.insert(field, cell).is_some() {
                        refused.push(refuse(line, field, "stands there twice"));
                    }
                }
                (Some(_), Ok(None)) => {}
                (Some(field), Err(())) => {
                    refused.push(refuse(line, field, "must be text, true, false, or a list of texts"));
                }
                (None, _) => refused.push(refuse(line, "", unknown(&name))),
            }
        }
    }
    (refused.len() == before).then_some(Record { line, cells })
}

/// A member; null counts as absent.
fn json_cell(value: Value) -> Result<Option<Cell>, ()> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::String(text) => Cell::Text(text),
        Value::Bool(flag) => Cell::Flag(flag),
        Value::Array(items) => {
            let texts = items.into_iter().map(|item| match item {
                Value::String(text) => Ok(text),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    Err(())
                }
            });
            Cell::List(texts.collect::<Result<_, ()>>()?)
        }
        Value::Number(_) | Value::Object(_) => return Err(()),
    }))
}
