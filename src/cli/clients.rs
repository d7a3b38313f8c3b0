//! `symbolon clients`: gives clients new secrets, beside running servers (D9).

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, warn};
use super::settings::SettingsArgs;
use crate::flows::provision::{self, Rotated};
use crate::model::audit::Actor;
use crate::model::ids::ClientId;
use crate::model::nearest::did_you_mean;
use crate::model::rate::{format_duration, parse_duration};
use crate::model::status::Status;
use crate::storage::records::clients;

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
    #[arg(long, value_name = "DURATION", value_parser = overlap)]
    overlap: Option<Duration>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn overlap(text: &str) -> Result<Duration, String> {
    let length = parse_duration(text).ok_or("write a time like 30m, 24h or 7d")?;
    if length > provision::LONGEST_OVERLAP {
        return Err(format!("at most {}", format_duration(provision::LONGEST_OVERLAP)));
    }
    Ok(length)
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
        let Some(owner) = tx.client_owner(&id)? else { return Ok(None) };
        let mut tx = tx.enter(&owner)?;
        let found = clients::find(&mut tx, &id)?;
        let Some(client) = found.filter(|client| !matches!(client.status, Status::Deleted { .. })) else {
            return Ok(None);
        };
        provision::rotate_secret(&mut tx, &call, &Actor::Operator, (&client, overlap)).map(Some)
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
        Stop::failed(format_args!("the secret was changed and cannot be shown ({error}): rotate it again"))
    })?;
    match rotated.previous_ends_at {
        Some(end) => warn(format_args!("The old secret of `{}` ends at {end}.", arguments.client)),
        None => warn(format_args!("The old secret of `{}` has ended.", arguments.client)),
    }
    Ok(ExitCode::SUCCESS)
}

fn nobody(deployment: &Deployment, id: &ClientId) -> Stop {
    let read = deployment.database.read_platform(&deployment.right, |tx| {
        let mut ids = Vec::new();
        for scope in tx.tenants()? {
            let clients = clients::all(&mut tx.enter(&scope)?)?;
            ids.extend(clients.into_iter().map(|client| client.client_id));
        }
        Ok(ids)
    });
    let ids = deployment.wait(read).unwrap_or_default();
    let hint = did_you_mean(id.as_str(), ids.iter().map(ClientId::as_str));
    Stop::failed(format_args!("there is no client `{id}`{hint}"))
}
