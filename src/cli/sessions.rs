//! `symbolon sessions`: ends people's sessions, beside running servers.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use super::deployment::Deployment;
use super::outcome::{Outcome, say};
use super::person::PersonArgs;
use super::settings::SettingsArgs;
use crate::effects::{Clock, SystemClock};
use crate::flows::provision;
use crate::model::audit::Actor;

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub enum SessionsCommand {
    /// End every session of a person and every token that they hold
    #[command(after_help = REVOKE)]
    Revoke(Revoke),
}

const REVOKE: &str = "\
For a lost device or a stolen cookie. Sessions, refresh tokens (those with offline_access too) and access tokens end on every \
server and at every service that reads the revocation list, within five seconds. The account stays active: the person signs \
in again. Change the password as well where it may be known, or suspend the account.

Examples:
  symbolon sessions revoke --tenant acme ada@acme.example
  symbolon sessions revoke --tenant acme 0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f --json

Exit codes: 0 done, 1 there is no such tenant or account.";

/// The arguments of `sessions revoke`.
#[derive(Debug, Args)]
pub struct Revoke {
    #[command(flatten)]
    person: PersonArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl SessionsCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        let Self::Revoke(arguments) = self;
        let (call, clock): (_, Arc<dyn Clock>) = (deployment.call(), Arc::new(SystemClock));
        let (user, ended) = arguments.person.change(&deployment, move |tx, user| {
            provision::revoke_sessions(tx, (&call, &clock), &Actor::Operator, user)
        })?;
        if arguments.json {
            say(json!({"user": user.id, "email": user.email, "sessions_ended": ended}))?;
        } else {
            say(format_args!(
                "ended the sessions and tokens of {} ({}); sessions: {ended}",
                user.email, user.id
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
