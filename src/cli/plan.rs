//! `symbolon plan`: what would change so that the deployment holds what a file says.

use std::process::ExitCode;

use clap::Args;

use super::declared::{DeclaredArgs, as_json, show};
use super::deployment::Deployment;
use super::outcome::{Outcome, say};
use super::settings::SettingsArgs;
use crate::flows::provision;

/// The arguments of `plan`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Plan {
    #[command(flatten)]
    declared: DeclaredArgs,
}

const EXAMPLES: &str = "\
Writes nothing. The file is described in docs/declaration.md.

Examples:
  symbolon plan acme.yaml
  symbolon plan acme.yaml --prune --json

Exit codes: 0 no change, 2 there are changes, 65 the file has faults, which --json prints too.";

impl Plan {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        let declared = self.declared.read(&deployment)?;
        let (request, now) = (declared.request(), deployment.call().now);
        let planned =
            deployment.wait(provision::plan(&deployment.database, &deployment.right, &request, now))?;
        let planned = planned.map_err(|faults| declared.refused(&faults))?;
        if self.declared.json {
            say(as_json(&planned.changes, &planned.warnings))?;
        } else {
            declared.warn(&planned.warnings);
            show(&planned.changes)?;
        }
        Ok(if planned.changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
    }
}
