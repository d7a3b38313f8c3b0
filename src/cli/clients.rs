//! `symbolon clients`: gives clients new secrets, beside running servers (D9).

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, warn};
use super::settings::SettingsArgs;
use crate::config::fault::in_words;
use crate::flows::provision::{self, Overlap, Rotated};
use crate::model::audit::Actor;
use crate::model::ids::ClientId;
use crate::model::nearest::did_you_mean;

/// What to do with clients.
#[derive(Debug, Subcommand)]
pub enum ClientsCommand {
    /// Make a new secret for a client and print it once
    #[command(after_help = ROTATE_SECRET)]
    RotateSecret(RotateSecret),
}

const ROTATE_SECRET: &str = "\
The new secret goes to standard output, alone, this one time; only its hash is kept. Without --overlap the old secret ends at \
once, as it must when it may be in wrong hands. With it, the old one stays good that long beside the new one, so that the \
client can be given the new one without a gap; a third, older one ends at once. Servers follow within five seconds. Access \
tokens that were given out stay good until they expire: suspend the client to end them too.

Examples:
  symbolon clients rotate-secret acme.nightly-export
  symbolon clients rotate-secret acme.nightly-export --overlap 24h
  symbolon clients rotate-secret notes --json | vault kv put secret/notes -

Exit codes: 0 done, 1 there is no such client or it has no secret.";

/// The arguments of `clients rotate-secret`.
#[derive(Debug, Args)]
pub struct RotateSecret {
    /// The client id
    #[arg(value_name = "CLIENT")]
    client: ClientId,
    /// How long the old secret stays good, like 30m, 24h or 7d [default: not at all]
    #[arg(long, value_name = "DURATION")]
    overlap: Option<Overlap>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl ClientsCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        match self {
            Self::RotateSecret(arguments) => rotate_secret(&deployment, arguments),
        }
    }
}

fn rotate_secret(deployment: &Deployment, arguments: &RotateSecret) -> Outcome {
    let (call, id) = (deployment.call(), arguments.client.clone());
    let overlap = arguments.overlap.unwrap_or_default();
    let work = deployment.database.write_platform(&deployment.right, move |tx| {
        let Some((owner, client)) = provision::named_client(tx, &id)? else { return Ok(None) };
        let mut tx = tx.enter(&owner)?;
        provision::rotate_secret(&mut tx, &call, &Actor::Operator, (&client.client_id, overlap)).map(Some)
    });
    let rotated = deployment.wait(work)?.ok_or_else(|| nobody(deployment, &arguments.client))?;
    let rotated =
        rotated.map_err(|refusal| Stop::failed(format_args!("`{}`: {refusal}", arguments.client)))?;
    print(arguments, &rotated)
}

/// The secret on standard output and nothing else there; a secret that could not be printed is lost, and said to be.
fn print(arguments: &RotateSecret, rotated: &Rotated) -> Outcome {
    let secret = rotated.secret.expose();
    let line = if arguments.json {
        let ends_at = rotated.previous_ends_at;
        json!({"client_id": arguments.client, "client_secret": secret, "previous_ends_at": ends_at})
            .to_string()
    } else {
        secret.clone()
    };
    writeln!(std::io::stdout().lock(), "{line}").map_err(|error| {
        let why = in_words(&error);
        Stop::failed(format_args!("the secret was changed and cannot be shown ({why}): rotate it again"))
    })?;
    match rotated.previous_ends_at {
        Some(end) => warn(format_args!("The old secret of `{}` ends at {end}.", arguments.client)),
        None => warn(format_args!("The old secret of `{}` has ended.", arguments.client)),
    }
    Ok(ExitCode::SUCCESS)
}

fn nobody(deployment: &Deployment, id: &ClientId) -> Stop {
    let read = deployment.database.read_platform(&deployment.right, provision::client_names);
    let names = deployment.wait(read).unwrap_or_default();
    let hint = did_you_mean(id.as_str(), names.iter().map(String::as_str));
    Stop::failed(format_args!("there is no client `{id}`{hint}"))
}
