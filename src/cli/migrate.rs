//! `symbolon migrate`: brings the schema up to date, or says whether it is.

use std::process::ExitCode;

use clap::Args;

use super::outcome::{Outcome, say, warn};
use super::settings::SettingsArgs;
use crate::server::build::database_url;
use crate::storage::{DatabaseUrl, migrate};

/// The arguments of `migrate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Migrate {
    /// Change nothing; exit 2 where something is to be applied
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
On SQLite `symbolon serve` does this by itself. On PostgreSQL it runs as the owner of the tables, and \
database.serving_role names the plain role that `symbolon serve` signs in as.

Examples:
  symbolon migrate --check
  DATABASE_URL=postgres://owner@db/symbolon symbolon migrate --set database.serving_role=symbolon

Exit codes: 0 done or nothing to do, 2 with --check: something is to be applied, 69 the database does not answer, \
78 the database role may not do it, or database.serving_role names none.";

const UP_TO_DATE: &str = "the schema is up to date";

impl Migrate {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let config = settings.load()?;
        let url = database_url(&config)?;
        if self.check {
            if matches!(&url, DatabaseUrl::Sqlite(path) if !std::path::Path::new(path).exists()) {
                say("there is no database yet")?;
                return Ok(ExitCode::from(2));
            }
            let pending = migrate::pending(&url)?;
            for name in &pending {
                say(format_args!("to apply: {name}"))?;
            }
            if pending.is_empty() {
                say(UP_TO_DATE)?;
                return Ok(ExitCode::SUCCESS);
            }
            return Ok(ExitCode::from(2));
        }
        let applied = migrate::run(&url, config.database.serving_role.as_deref())?;
        if matches!(url, DatabaseUrl::Postgres(_)) && config.database.serving_role.is_none() {
            warn(
                "no role was given rights: name the one that `symbolon serve` signs in as in database.serving_role \
                 and run this again",
            );
        }
        for name in &applied {
            say(format_args!("applied: {name}"))?;
        }
        if applied.is_empty() {
            say(UP_TO_DATE)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
