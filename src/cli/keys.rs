//! `symbolon keys`: lists, rotates and revokes the signing keys of a deployment, beside running servers.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, say};
use super::settings::SettingsArgs;
use crate::flows::keys::{self, FreshKey};
use crate::model::audit::Actor;
use crate::model::signing_key::{KeyPurpose, KeyRecord, KeyState};
use crate::model::time::Timestamp;
use crate::server::master_key;

/// What to do with the signing keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List every key that ever was, the oldest first
    #[command(after_help = LIST)]
    List(List),
    /// Let the next key sign from now on, and publish another next key
    #[command(after_help = ROTATE)]
    Rotate(Rotate),
    /// Emergency: refuse everything that a key has signed
    #[command(after_help = REVOKE)]
    Revoke(Revoke),
}

const LIST: &str = "\
next     stands in the key set and does not sign yet
active   signs
retired  signs no more; what it signed is good until it expires
revoked  nothing that it signed is good

Examples:
  symbolon keys list
  symbolon keys list --json

Exit codes: 0 done, 69 the database does not answer, 78 there is no deployment yet.";

const ROTATE: &str = "\
The next key has stood in the key set before, so services know it. What the old key signed stays good. Servers go on with the \
new key within a second. Keys rotate by themselves too: see keys.rotation_interval.

Examples:
  symbolon keys rotate
  symbolon keys rotate --purpose revocations --json

Exit codes: 0 done, 69 the database does not answer, 78 the master key is missing or another.";

const REVOKE: &str = "\
For a key that may be in wrong hands. It leaves the key set, its tokens are refused within seconds by every server and every \
service that reads the revocation list, and the next key signs at once. People get new tokens without signing in again.

Examples:
  symbolon keys list
  symbolon keys revoke NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs

Exit codes: 0 done, 1 there is no such key or it was revoked before.";

/// The arguments of `keys list`.
#[derive(Debug, Args)]
pub struct List {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// The arguments of `keys rotate`.
#[derive(Debug, Args)]
pub struct Rotate {
    /// Which keys
    #[arg(long, value_enum, default_value = "tokens")]
    purpose: PurposeArg,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The arguments of `keys revoke`.
#[derive(Debug, Args)]
pub struct Revoke {
    /// The name of the key
    // A name may begin with a hyphen: it is base64url.
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PurposeArg {
    /// The keys of tokens
    Tokens,
    /// The keys of the revocation list
    Revocations,
}

impl KeysCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        match self {
            Self::List(arguments) => list(&deployment, arguments.json),
            Self::Rotate(arguments) => rotate(&deployment, arguments),
            Self::Revoke(arguments) => revoke(&deployment, arguments),
        }
    }
}

fn list(deployment: &Deployment, json: bool) -> Outcome {
    let found = read(deployment)?;
    if json {
        say(found.iter().map(describe).collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("{:<43}  {:<11}  {:<7}  {:<20}  SINCE", "KID", "PURPOSE", "STATE", "CREATED"))?;
    for key in &found {
        say(format_args!(
            "{:<43}  {:<11}  {:<7}  {:<20}  {}",
            key.kid,
            key.purpose.as_str(),
            key.state().as_str(),
            seconds(key.created_at),
            seconds(since(key)),
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rotate(deployment: &Deployment, arguments: &Rotate) -> Outcome {
    let purpose = match arguments.purpose {
        PurposeArg::Tokens => KeyPurpose::Tokens,
        PurposeArg::Revocations => KeyPurpose::Revocations,
    };
    let (fresh, call) = (fresh(deployment, purpose)?, deployment.call());
    let work = deployment
        .database
        .write_platform(&deployment.right, move |tx| keys::rotate(tx, &call, &Actor::Operator, fresh));
    let rotated = deployment.wait(work)?;
    if arguments.json {
        say(json!({
            "purpose": rotated.purpose.as_str(),
            "active": rotated.active,
            "retired": rotated.retired,
            "next": rotated.next,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("active   {}", rotated.active))?;
    if let Some(retired) = &rotated.retired {
        say(format_args!("retired  {retired}"))?;
    }
    if let Some(next) = &rotated.next {
        say(format_args!("next     {next}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn revoke(deployment: &Deployment, arguments: &Revoke) -> Outcome {
    let kid = arguments.kid.clone();
    let key = read(deployment)?.into_iter().find(|key| key.kid == kid);
    let key = key.ok_or_else(|| {
        Stop::failed(format_args!(
            "there is no signing key `{}`; `symbolon keys list` names them",
            arguments.kid
        ))
    })?;
    let (fresh, call) = (fresh(deployment, key.purpose)?, deployment.call());
    let work = deployment
        .database
        .write_platform(&deployment.right, move |tx| keys::revoke(tx, &call, &Actor::Operator, &kid, fresh));
    let revoked = deployment.wait(work)?.map_err(Stop::failed)?;
    if arguments.json {
        say(json!({
            "purpose": revoked.purpose.as_str(),
            "revoked": arguments.kid,
            "active": revoked.active,
            "next": revoked.next,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("revoked  {}", arguments.kid))?;
    if let Some(active) = &revoked.active {
        say(format_args!("active   {active}"))?;
    }
    if let Some(next) = &revoked.next {
        say(format_args!("next     {next}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(deployment: &Deployment) -> Result<Vec<KeyRecord>, Stop> {
    deployment.wait(deployment.database.read_platform(&deployment.right, |tx| keys::list(tx)))
}

/// A new key, sealed under the master key that the servers open keys with: under another one they would stand still.
fn fresh(deployment: &Deployment, purpose: KeyPurpose) -> Result<FreshKey, Stop> {
    let sealer = deployment.sealer()?;
    master_key::check_opens(&read(deployment)?, &sealer).map_err(Stop::configuration)?;
    Ok(FreshKey::make(purpose, &sealer, &deployment.call())?)
}

fn describe(key: &KeyRecord) -> Value {
    json!({
        "kid": key.kid,
        "purpose": key.purpose.as_str(),
        "state": key.state().as_str(),
        "created_at": key.created_at,
        "activated_at": key.state().activated_at(),
        "since": since(key),
    })
}

fn since(key: &KeyRecord) -> Timestamp {
    match key.state() {
        KeyState::Next => key.created_at,
        KeyState::Active { since } | KeyState::Retired { since, .. } | KeyState::Revoked { since, .. } => {
            since
        }
    }
}

/// To the second: enough for people.
fn seconds(at: Timestamp) -> String {
    at.to_naive().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
