//! `symbolon users import`: people from another system, all of a file or none of it.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, say, warn};
use crate::config::bounded;
use crate::config::fault::in_words;
use crate::flows::provision::import::{
    Format, ImportRules, ImportSummary, MOST_PEOPLE, RefusedLine, judge, write,
};
use crate::model::digest::sha256_hex;
use crate::model::ids::Slug;

/// The most bytes of a file.
pub(super) const LARGEST: u64 = 256 << 20;

/// How long the one transaction may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// People between two words of progress.
const PROGRESS: usize = 10_000;

/// The arguments of `users import`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct ImportArgs {
    /// The people, as CSV with a header or as JSON Lines
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// How the people stand in the file; by its name where this is not said
    #[arg(long)]
    format: Option<FileFormat>,
    /// Only report what would be done; so it is without --yes
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Bring the people in
    #[arg(long)]
    yes: bool,
    /// Let the file make owners of the tenant
    #[arg(long)]
    allow_owners: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    /// A header and records, separated by commas
    Csv,
    /// One JSON object in each line
    Jsonl,
}

pub(super) const HELP: &str = "\
Without --yes nothing is written: every line is judged, and every one that cannot be taken is named with its field and the \
reason. With --yes the same happens, and where no line is refused everybody is brought in by one transaction: nothing is ever \
half done. Nobody who is there already is changed; a line with their address is refused.

The fields, in the header of CSV or as members in JSON Lines, of which only email is needed: email, email_verified, name, \
given_name, family_name, middle_name, nickname, preferred_username, profile, picture, website, gender, birthdate, zoneinfo, \
locale, phone_number, phone_number_verified, address.formatted, address.street_address, address.locality, address.region, \
address.postal_code, address.country, roles, groups, status, password_hash, created_at. Several roles or groups in one cell are \
separated by `;`. A password_hash is Argon2, bcrypt, scrypt or PBKDF2 in the forms of docs/import.md; it is made anew when its \
person signs in for the first time.

Examples:
  symbolon users import --tenant acme people.csv
  symbolon users import --tenant acme people.csv --yes
  symbolon users import --tenant acme --format jsonl export.json --json

Exit codes: 0 everybody can be, or was, brought in, 1 there is no such tenant, 65 lines are refused and nothing was changed.";

/// How people stand in a file of this name.
pub(super) fn by_name(file: &Path) -> Option<Format> {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Some(Format::Csv),
        Some("jsonl" | "ndjson") => Some(Format::JsonLines),
        _ => None,
    }
}

impl ImportArgs {
    pub(super) fn run(&self, deployment: &Deployment) -> Outcome {
        let scope = deployment.tenant(&self.tenant)?;
        let format = self.format()?;
        let name = self.file.display();
        let text = bounded::text(&self.file, LARGEST)
            .map_err(|error| Stop::data(format_args!("cannot read {name}: {}", in_words(&error))))?;
        let digest = sha256_hex(text.as_bytes());
        let (call, rules) = (deployment.call(), ImportRules { owners: self.allow_owners });
        let patient = deployment.database.with_patience(PATIENCE);
        let (judging, within) = (call.clone(), scope.clone());
        let judged = patient
            .read_platform(&deployment.right, move |tx| judge(tx, &judging, &within, (&text, format), rules));
        let judged = match deployment.wait(judged)? {
            Ok(judged) => judged,
            Err(refused) => return Err(self.refused(&refused)),
        };
        let summary = judged.summary.clone();
        if self.yes {
            let shown = std::io::stderr().is_terminal();
            let (total, judged) = (summary.people, Arc::new(judged));
            let written = patient.write_platform(&deployment.right, move |tx| {
                write(tx, &call, &scope, (&judged, &digest), &|done| {
                    if shown && done % PROGRESS == 0 {
                        warn(format_args!("{done} of {total} people"));
                    }
                })
            });
            deployment.wait(written)?;
        }
        self.report(&summary)?;
        Ok(ExitCode::SUCCESS)
    }

    fn format(&self) -> Result<Format, Stop> {
        match self.format {
            Some(FileFormat::Csv) => Ok(Format::Csv),
            Some(FileFormat::Jsonl) => Ok(Format::JsonLines),
            None => by_name(&self.file).ok_or_else(|| {
                Stop::usage(
                    "the name of the file does not say how the people stand in it: say --format csv or --format jsonl",
                )
            }),
        }
    }

    /// Every refused line: in prose on standard error, as JSON on standard output.
    fn refused(&self, refused: &[RefusedLine]) -> Stop {
        if self.json {
            let lines = refused
                .iter()
                .map(|it| json!({"line": it.line, "field": it.field, "reason": it.reason}))
                .collect::<Vec<_>>();
            if let Err(stop) = say(json!({"written": false, "refused": lines})) {
                return stop;
            }
        }
        let name = self.file.display();
        let lines: Vec<String> = refused
            .iter()
            .map(|it| {
                let field = if it.field.is_empty() { String::new() } else { format!("{}: ", it.field) };
                format!("  {name}:{}: {field}{}", it.line, it.reason)
            })
            .collect();
        let lot = if refused.len() == 1 { "one fault" } else { "faults" };
        let limit = if refused.iter().any(|it| it.line == 0) {
            format!(" (at most {MOST_PEOPLE} people a file)")
        } else {
            String::new()
        };
        Stop::data(format_args!("{name} has {lot}{limit}; nothing was changed:\n{}", lines.join("\n")))
    }

    fn report(&self, summary: &ImportSummary) -> Result<(), Stop> {
        let ImportSummary { people, passwords, without_password, suspended, owners } = summary;
        if self.json {
            let passwords: BTreeMap<_, _> = passwords.iter().collect();
            return say(json!({"written": self.yes, "people": people, "passwords": passwords,
                "without_password": without_password, "suspended": suspended, "owners": owners, "refused": []}));
        }
        let brought = if self.yes { "brought in" } else { "can be brought in" };
        say(format_args!("{people} people {brought} to {}", self.tenant))?;
        for (family, count) in passwords {
            say(format_args!("  {count} with a password hashed by {family}"))?;
        }
        for (count, what) in [
            (without_password, "without a password"),
            (suspended, "suspended from the beginning"),
            (owners, "owners of the tenant"),
        ] {
            if *count > 0 {
                say(format_args!("  {count} {what}"))?;
            }
        }
        if self.yes { Ok(()) } else { say("Nothing was changed. Say --yes to bring them in.") }
    }
}
