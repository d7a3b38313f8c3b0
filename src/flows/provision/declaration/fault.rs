//! What is wrong with a declaration, where, and what to do about it; all of it at once.

use std::cell::RefCell;
use std::fmt;

use crate::model::nearest::nearest;

/// A line and a column of a file, both counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column, in characters.
    pub column: u64,
}

impl Place {
    /// The first character of the file.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// A value with the place where the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

impl<T> At<T> {
    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> At<U> {
        At { value: change(self.value), place: self.place }
    }
}

/// One fault, or one warning, of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclarationFault {
    /// Where it is.
    pub place: Place,
    /// The path of keys that leads there, such as `tenants[acme].plan`.
    pub path: String,
    /// What is wrong and what to do. Never holds a secret.
    pub message: String,
}

/// Every fault of one file, in its order. A file with a fault is refused whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarationFaults {
    /// The file's name as it was given.
    pub file: String,
    /// The faults, sorted by place; never empty.
    pub list: Vec<DeclarationFault>,
}

impl DeclarationFaults {
    /// Brings the faults of a file into its order.
    pub fn of(file: &str, mut list: Vec<DeclarationFault>) -> Self {
        list.sort();
        list.dedup();
        Self { file: file.to_owned(), list }
    }
}

impl fmt::Display for DeclarationFaults {
    /// One line a fault: `file:line:column: path: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.list {
            let Place { line, column } = fault.place;
            writeln!(f, "{}:{line}:{column}: {}: {}", self.file, fault.path, fault.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for DeclarationFaults {}

/// Collects faults and warnings while a file is read.
#[derive(Debug, Default)]
pub(super) struct Log {
    faults: RefCell<Vec<DeclarationFault>>,
    warnings: RefCell<Vec<DeclarationFault>>,
}

impl Log {
    /// Notes a fault: the file will be refused.
    pub(super) fn fault(&self, place: Place, path: &str, message: impl Into<String>) {
        let fault = DeclarationFault { place, path: path.to_owned(), message: message.into() };
        self.faults.borrow_mut().push(fault);
    }

    /// Notes something to look at that does not stop the file.
    pub(super) fn warning(&self, place: Place, path: &str, message: impl Into<String>) {
        let warning = DeclarationFault { place, path: path.to_owned(), message: message.into() };
        self.warnings.borrow_mut().push(warning);
    }

    /// What was noted: faults, then warnings.
    pub(super) fn into_parts(self) -> (Vec<DeclarationFault>, Vec<DeclarationFault>) {
        (self.faults.into_inner(), self.warnings.into_inner())
    }
}

/// Says that a name is unknown, with the nearest known one, or with all when they are few.
pub(super) fn unknown<'a>(what: &str, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    if let Some(meant) = nearest(word, known.iter().copied()) {
        return format!("unknown {what} `{word}`; did you mean `{meant}`?");
    }
    match known.len() {
        0 => format!("unknown {what} `{word}`; none is declared"),
        1..=12 => format!("unknown {what} `{word}`; known are {}", quoted(&known)),
        _ => format!("unknown {what} `{word}`"),
    }
}

/// Words in backticks, separated by commas.
pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
