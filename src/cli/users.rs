//! `symbolon users`: suspends and resumes people's accounts, beside running servers.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use super::deployment::Deployment;
use super::outcome::{Outcome, say, warn};
use super::person::PersonArgs;
use super::settings::SettingsArgs;
use crate::effects::{Clock, SystemClock};
use crate::flows::provision;
use crate::model::audit::Actor;

/// What to do with people's accounts.
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Switch an account off: nobody signs in with it, and what it holds ends
    #[command(after_help = SUSPEND)]
    Suspend(Named),
    /// Switch a suspended account on again
    #[command(after_help = RESUME)]
    Resume(Named),
}

const SUSPEND: &str = "\
Sessions, refresh tokens and access tokens of the person end on every server and at every service that reads the revocation \
list, within five seconds. The account keeps its data. Suspending it twice is harmless. The last active owner of a tenant is \
suspended too, with a warning: until it is resumed or `apply` names another owner, nobody administers the tenant from \
inside. A declaration that says nothing of its status leaves it suspended.

Examples:
  symbolon users suspend --tenant acme ada@acme.example
  symbolon users suspend --tenant acme 0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f --json

Exit codes: 0 the account is suspended, 1 there is no such tenant or account.";

const RESUME: &str = "\
The person signs in again: sessions and tokens that ended stay ended.

Examples:
  symbolon users resume --tenant acme ada@acme.example

Exit codes: 0 the account is active, 1 there is no such tenant or account.";

/// The arguments of `users suspend` and `users resume`.
#[derive(Debug, Args)]
pub struct Named {
    #[command(flatten)]
    person: PersonArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl UsersCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        match self {
            Self::Suspend(named) => suspend(&deployment, named),
            Self::Resume(named) => resume(&deployment, named),
        }
    }
}

fn suspend(deployment: &Deployment, named: &Named) -> Outcome {
    let (call, clock): (_, Arc<dyn Clock>) = (deployment.call(), Arc::new(SystemClock));
    let (user, done) = named.person.change(deployment, move |tx, user| {
        provision::suspend(tx, (&call, &clock), &Actor::Operator, user.id)
    })?;
    if done.is_some_and(|done| done.last_owner) {
        warn(format_args!(
            "{} was the last active owner: nobody administers this tenant until the account is resumed, or `symbolon \
             apply` names another owner",
            user.email
        ));
    }
    if named.json {
        say(json!({"user": user.id, "email": user.email, "status": "suspended", "changed": done.is_some(),
            "sessions_ended": done.map_or(0, |done| done.sessions),
            "last_owner": done.is_some_and(|done| done.last_owner)}))?;
    } else {
        match done {
            Some(done) => {
                say(format_args!(
                    "suspended {} ({}); sessions ended: {}",
                    user.email, user.id, done.sessions
                ))?;
            }
            None => say(format_args!("{} ({}) is suspended already", user.email, user.id))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn resume(deployment: &Deployment, named: &Named) -> Outcome {
    let call = deployment.call();
    let (user, changed) = named
        .person
        .change(deployment, move |tx, user| provision::resume(tx, &call, &Actor::Operator, user.id))?;
    if named.json {
        say(json!({"user": user.id, "email": user.email, "status": "active", "changed": changed}))?;
    } else if changed {
        say(format_args!("resumed {} ({})", user.email, user.id))?;
    } else {
        say(format_args!("{} ({}) is active already", user.email, user.id))?;
    }
    Ok(ExitCode::SUCCESS)
}
