//! `symbolon config`: what is in force, and what there is to set.

use std::process::ExitCode;

use clap::Subcommand;

use super::outcome::{Outcome, say};
use super::settings::{SettingsArgs, check_boot};
use crate::config::{Config, boot, effective, reference};

/// The commands below `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting in force and where it came from, and judge them
    #[command(after_help = CHECK)]
    Check,
    /// Print the reference of all settings, the text of docs/configuration.md
    #[command(after_help = REFERENCE)]
    Reference,
}

const CHECK: &str = "\
Secrets are masked. Every fault is reported at once, with its file and line or the name of its variable. In production \
(any issuer but this machine) the reasons for which the server would refuse to start are listed too. The database, the certificate, and outside \
production the master key, are looked at by `symbolon serve` alone.

Examples:
  symbolon config check
  SYMBOLON_SERVER__ISSUER=https://id.example.com symbolon config check
  symbolon --set server.listen=0.0.0.0:8080 config check

Exit codes: 0 the settings are sound, 78 they are not.";

const REFERENCE: &str = "\
Examples:
  symbolon config reference | less

Exit codes: 0 done.";

impl ConfigCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        match self {
            Self::Check => check(settings),
            Self::Reference => {
                say(reference::markdown().trim_end())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn check(arguments: &SettingsArgs) -> Outcome {
    let settings = arguments.collect()?;
    say(effective::render(&settings).trim_end())?;
    let config = Config::read(&settings)?;
    check_boot(&config)?;
    for warning in boot::warnings(&config) {
        say(format_args!("\n# {warning}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
