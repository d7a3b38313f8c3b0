//! `symbolon apply`: makes the deployment hold what a file says.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::declared::{DeclaredArgs, as_json, show};
use super::deployment::Deployment;
use super::outcome::{Outcome, say};
use super::settings::SettingsArgs;
use crate::crypto::password::{PasswordPool, PoolLimits};
use crate::effects::{Clock, SystemClock};
use crate::flows::provision;

/// The arguments of `apply`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Apply {
    #[command(flatten)]
    declared: DeclaredArgs,
}

const EXAMPLES: &str = "\
All changes are one transaction; running servers follow within seconds. Applied twice, the second time changes nothing. \
Secrets that were made are printed once and can never be read again. The file is described in docs/declaration.md.

Examples:
  symbolon apply acme.yaml
  symbolon apply acme.yaml --prune

Exit codes: 0 the deployment holds what the file says, 65 the file has faults, which --json prints too, \
and nothing was changed.";

impl Apply {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        let declared = self.declared.read(&deployment)?;
        let (request, call) = (declared.request(), deployment.call());
        let pool = PasswordPool::new(PoolLimits::default(), call.random.clone());
        let (database, right) = (&deployment.database, &deployment.right);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let work = provision::apply(database, right, &pool, &clock, (&call, &request));
        let applied = deployment.wait(work)?.map_err(|faults| declared.refused(&faults))?;
        if self.declared.json {
            let mut answer = as_json(&applied.changes, &applied.warnings);
            let made = applied.made.iter().map(|made| {
                json!({"kind": made.kind, "tenant": made.tenant, "name": made.name, "secret": made.secret.expose()})
            });
            if let Some(fields) = answer.as_object_mut() {
                fields.insert("secrets".to_owned(), made.collect());
            }
            say(answer)?;
            return Ok(ExitCode::SUCCESS);
        }
        declared.warn(&applied.warnings);
        show(&applied.changes)?;
        for made in &applied.made {
            say(format_args!("{} of {} in {}: {}", made.kind, made.name, made.tenant, made.secret.expose()))?;
        }
        if !applied.made.is_empty() {
            say("These secrets are shown this once.")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
