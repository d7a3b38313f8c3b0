//! `symbolon export`: the deployment as a declaration.

use std::process::ExitCode;

use clap::Args;

use super::deployment::Deployment;
use super::outcome::{Outcome, say};
use super::settings::SettingsArgs;
use crate::flows::provision;

/// The arguments of `export`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {}

const EXAMPLES: &str = "\
`symbolon plan` calls what this prints no change. Secrets and passwords are not in it: `{keep: true}` stands for them. People's \
addresses are: the audit record of each tenant says that they were read.

Examples:
  symbolon export > deployment.yaml

Exit codes: 0 printed.";

impl Export {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        let text = deployment.wait(provision::export(
            &deployment.database,
            &deployment.right,
            &deployment.call(),
        ))?;
        say(text.trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}
