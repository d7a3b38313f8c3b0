//! What `plan` and `apply` share: the file, where its secrets come from, and how changes are shown.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::outcome::{Stop, say};
use crate::config::bounded;
use crate::config::fault::in_words;
use crate::config::sources::process_variable;
use crate::effects::http::AddressRules;
use crate::flows::provision::DeclaredFile;
use crate::flows::provision::declaration::{DeclarationFault, DeclarationFaults, Place, Sources};
use crate::flows::provision::difference::{Action, Change};
use crate::model::issuer::Issuer;

/// The most bytes of a secret, a key set or a logo.
const MOST: u64 = 1 << 20;
/// The most bytes of a declaration.
const LARGEST: u64 = 64 << 20;

/// The declaration, and how it is taken.
#[derive(Debug, Args)]
pub(super) struct DeclaredArgs {
    /// The declaration
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Take the file for the whole truth: what its lists do not name goes
    #[arg(long)]
    prune: bool,

    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// The file's text, and what it may point at.
pub(super) struct Declared {
    name: String,
    text: String,
    prune: bool,
    json: bool,
    sources: FileSources,
}

/// The environment, files beside the declaration, and what the settings say.
struct FileSources {
    folder: PathBuf,
    rules: AddressRules,
    issuer: Issuer,
}

impl Sources for FileSources {
    fn variable(&self, name: &str) -> Option<String> {
        process_variable(name)
    }

    fn file(&self, path: &str) -> io::Result<Vec<u8>> {
        let read = bounded::regular(&self.folder.join(path), MOST);
        read.map_err(|error| io::Error::new(error.kind(), in_words(&error)))
    }

    fn rules(&self) -> &AddressRules {
        &self.rules
    }

    fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}

impl DeclaredArgs {
    /// Reads the file; a file that is not there or not text is a bad file.
    pub(super) fn read(&self, deployment: &Deployment) -> Result<Declared, Stop> {
        let name = self.file.display().to_string();
        let text = bounded::text(&self.file, LARGEST).map_err(|error| {
            let message = format!("cannot read {name}: {}", in_words(&error));
            let fault = DeclarationFault { place: Place::START, path: "(file)".to_owned(), message };
            bad_file(self.json, std::slice::from_ref(&fault), &fault.message)
        })?;
        let folder = self.file.parent().unwrap_or_else(|| Path::new("")).to_owned();
        let rules = AddressRules::new(deployment.config.outbound.allow_private.clone());
        let sources = FileSources { folder, rules, issuer: deployment.config.server.issuer.clone() };
        Ok(Declared { name, text, prune: self.prune, json: self.json, sources })
    }
}

impl Declared {
    /// What the flows are asked.
    pub(super) fn request(&self) -> DeclaredFile<'_> {
        DeclaredFile { file: &self.name, text: &self.text, sources: &self.sources, prune: self.prune }
    }

    /// Every fault, and the exit code of a bad file.
    pub(super) fn refused(&self, faults: &DeclarationFaults) -> Stop {
        let text = faults.to_string();
        let prose = format!("{} has faults; nothing was changed:\n{}", self.name, text.trim_end());
        bad_file(self.json, &faults.list, prose)
    }

    /// Warnings, each with its place.
    pub(super) fn warn(&self, warnings: &[DeclarationFault]) {
        for warning in warnings {
            let (line, column) = (warning.place.line, warning.place.column);
            let text =
                format!("{}:{line}:{column}: {}: warning: {}", self.name, warning.path, warning.message);
            super::outcome::warn(text);
        }
    }
}

/// The faults of a file in words, and where it is wanted, on standard output as JSON.
fn bad_file(json: bool, faults: &[DeclarationFault], prose: impl Display) -> Stop {
    let said = if json { say(json!({"faults": placed(faults)})) } else { Ok(()) };
    said.err().unwrap_or_else(|| Stop::data(prose))
}

/// The changes and how many there are of each sort.
pub(super) fn show(changes: &[Change]) -> Result<(), Stop> {
    for change in changes {
        say(change)?;
    }
    let count = |action: Action| changes.iter().filter(|change| change.action == action).count();
    if changes.is_empty() {
        say("no changes")
    } else {
        let (new, altered, gone) = (count(Action::Create), count(Action::Change), count(Action::Remove));
        say(format_args!("{new} to create, {altered} to change, {gone} to remove"))
    }
}

/// The changes and warnings as JSON.
pub(super) fn as_json(changes: &[Change], warnings: &[DeclarationFault]) -> Value {
    json!({"changes": changes, "warnings": placed(warnings)})
}

/// Faults or warnings with their places.
fn placed(faults: &[DeclarationFault]) -> Value {
    let one = |fault: &DeclarationFault| json!({"line": fault.place.line, "column": fault.place.column, "path": fault.path, "message": fault.message});
    faults.iter().map(one).collect()
}
