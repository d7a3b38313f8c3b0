//! `symbolon mail`: the mails that wait or were given up, and a test of the way out.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, say};
use super::settings::SettingsArgs;
use crate::config::mail::MailTransport;
use crate::effects::mail::{Message, SendError};
use crate::effects::{SystemClock, SystemRandom};
use crate::model::email::Email;
use crate::model::ids::{MailId, Slug};
use crate::model::mail::MailState;
use crate::server::initialise::operator_call;
use crate::server::mail::mailer;
use crate::storage::TenantScope;
use crate::storage::records::mails::{self, StoredMail};

/// What to do with mails.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// List the mails that wait and those that were given up
    #[command(after_help = LIST)]
    List(List),
    /// Queue mails again that were given up
    #[command(after_help = RETRY)]
    Retry(Retry),
    /// Send a mail now, and say what goes wrong
    #[command(after_help = TEST)]
    Test(Test),
}

const LIST: &str = "\
A mail is given up when the mail server refuses it for good, when it could not be sent for about a day, or when its link no longer \
works. What a mail says is never shown. Those given up are forgotten after thirty days.

Reasons: address, busy, expired, no_transport, odd_answer, refused, sign_in, tenant_inactive, timed_out, tls, unreachable, \
unreadable.

Examples:
  symbolon mail list
  symbolon mail list --dead --tenant acme
  symbolon mail list --dead --json

Exit codes: 0 done, 1 there is no such tenant.";

const RETRY: &str = "\
A running server tries them within ten seconds. A mail whose link no longer works is given up again: let the person ask for \
another.

Examples:
  symbolon mail retry 0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f
  symbolon mail retry --all-dead

Exit codes: 0 done, 1 there is no such mail among those given up.";

const TEST: &str = "\
Uses the settings of the section `mail`, not the queue.

Examples:
  symbolon mail test ada@acme.example

Exit codes: 0 the mail server took the mail, 1 it refused it, 69 it cannot be reached or takes nothing now, 78 the settings are \
wrong.";

/// The arguments of `mail list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only those that were given up
    #[arg(long)]
    dead: bool,
    /// Only those of this tenant
    #[arg(long, value_name = "SLUG")]
    tenant: Option<Slug>,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// The arguments of `mail retry`.
#[derive(Debug, Args)]
pub struct Retry {
    /// The id of the mail
    #[arg(value_name = "ID", required_unless_present = "all_dead", conflicts_with = "all_dead")]
    id: Option<MailId>,
    /// Every mail that was given up
    #[arg(long)]
    all_dead: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The arguments of `mail test`.
#[derive(Debug, Args)]
pub struct Test {
    /// Where to send it
    #[arg(value_name = "ADDRESS")]
    address: Email,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl MailCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        match self {
            Self::List(arguments) => list(&Deployment::open(settings)?, arguments),
            Self::Retry(arguments) => retry(&Deployment::open(settings)?, arguments),
            Self::Test(arguments) => test(settings, arguments),
        }
    }
}

fn list(deployment: &Deployment, arguments: &List) -> Outcome {
    let scopes = match &arguments.tenant {
        Some(slug) => vec![deployment.tenant(slug)?],
        None => deployment.tenants()?,
    };
    let mut found: Vec<(TenantScope, StoredMail)> = Vec::new();
    for scope in scopes {
        let (inside, dead_only) = (scope.clone(), arguments.dead);
        let read = deployment.database.read_platform(&deployment.right, move |tx| {
            let mut tx = tx.enter(&inside)?;
            let mut all = mails::all(&mut tx, MailState::Dead)?;
            if !dead_only {
                all.extend(mails::all(&mut tx, MailState::Queued)?);
            }
            Ok(all)
        });
        found.extend(deployment.wait(read)?.into_iter().map(|mail| (scope.clone(), mail)));
    }
    found.sort_by_key(|(_, mail)| mail.created_at);
    if arguments.json {
        say(found.iter().map(|(scope, mail)| describe(scope, mail)).collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!(
        "{:<36}  {:<20}  {:<6}  {:>5}  {:<15}  {:<20}  {:<20}  TO",
        "ID", "QUEUED", "STATE", "TRIES", "REASON", "TENANT", "KIND"
    ))?;
    for (scope, mail) in &found {
        say(format_args!(
            "{:<36}  {:<20}  {:<6}  {:>5}  {:<15}  {:<20}  {:<20}  {}",
            mail.id.to_string(),
            mail.created_at.to_naive().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            mail.state.as_str(),
            mail.attempts,
            mail.last_error.as_deref().unwrap_or("-"),
            scope.slug().as_str(),
            mail.kind,
            mail.recipient,
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(scope: &TenantScope, mail: &StoredMail) -> Value {
    json!({"id": mail.id, "tenant": scope.slug().as_str(), "kind": mail.kind, "to": mail.recipient,
        "state": mail.state.as_str(), "tries": mail.attempts, "reason": mail.last_error,
        "queued_at": mail.created_at, "ended_at": mail.ended_at})
}

fn retry(deployment: &Deployment, arguments: &Retry) -> Outcome {
    let mut queued = 0;
    for scope in deployment.tenants()? {
        let (wanted, now) = (arguments.id, deployment.call().now);
        let work = deployment.database.write_platform(&deployment.right, move |tx| {
            let mut tx = tx.enter(&scope)?;
            let ids = match wanted {
                Some(id) => vec![id],
                None => mails::all(&mut tx, MailState::Dead)?.into_iter().map(|mail| mail.id).collect(),
            };
            let mut revived = 0_u64;
            for id in ids {
                revived += u64::from(mails::revive(&mut tx, id, now)?);
            }
            Ok(revived)
        });
        queued += deployment.wait(work)?;
    }
    if let (Some(id), 0) = (arguments.id, queued) {
        return Err(Stop::failed(format_args!("there is no mail {id} among those given up")));
    }
    if arguments.json {
        say(json!({"queued": queued}))?;
    } else {
        say(format_args!("queued again: {queued}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn test(settings: &SettingsArgs, arguments: &Test) -> Outcome {
    let config = settings.load()?;
    if matches!(config.mail.transport, MailTransport::None) {
        return Err(Stop::configuration(SendError::NoTransport));
    }
    let call = operator_call(&SystemClock, Arc::new(SystemRandom), &config.server.issuer);
    let words = "This is the mail that `symbolon mail test` sends. Mail leaves as it should.";
    let message = Message {
        id: call.id(),
        at: call.now,
        to: arguments.address.spelling().to_owned(),
        subject: format!("Test mail of {}", config.server.name),
        text: format!("{words}\n"),
        html: format!("<!doctype html>\n<html lang=\"en\"><title>Test mail</title><p>{words}</p></html>\n"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Stop::failed)?;
    let sent = runtime.block_on(async {
        let mailer = mailer(&config).map_err(Stop::configuration)?;
        mailer.send(&message).await.map_err(explained)
    });
    sent?;
    if arguments.json {
        say(json!({"to": message.to, "sent": true}))?;
    } else {
        say(format_args!("the mail server took the mail to {}", message.to))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn explained(error: SendError) -> Stop {
    match error {
        SendError::NoTransport | SendError::Tls | SendError::SignIn => Stop::configuration(error),
        SendError::Unreachable | SendError::TimedOut | SendError::Busy => Stop::unavailable(error),
        SendError::Refused | SendError::Odd | SendError::Address => Stop::failed(error),
    }
}
