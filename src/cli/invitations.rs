//! `symbolon invitations`: the operator invites to a tenant, beside running servers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::import::{LARGEST, by_name};
use super::outcome::{Outcome, Stop, say};
use super::settings::SettingsArgs;
use crate::config::bounded;
use crate::config::fault::in_words;
use crate::flows::Call;
use crate::flows::invitations::{
    self, DAYS, Filter, InvitationRefusal, Inviter, MOST_DAYS, Newcomer, RefusedNewcomer,
};
use crate::flows::mail::MailTerms;
use crate::model::failure::Failure;
use crate::model::ids::{InvitationId, Slug};
use crate::model::invitation::{Invitation, Standing};
use crate::storage::TenantTx;

/// What to do with invitations.
#[derive(Debug, Subcommand)]
pub enum InvitationsCommand {
    /// Invite somebody by mail
    #[command(after_help = SEND)]
    Send(Send),
    /// Invite everybody of a file
    #[command(after_help = IMPORT)]
    Import(Import),
    /// List invitations
    #[command(after_help = LIST)]
    List(List),
    /// Send an invitation again, with a new link
    #[command(after_help = RESEND)]
    Resend(Resend),
    /// Take an invitation back: its link is dead
    #[command(after_help = WITHDRAW)]
    Withdraw(Withdraw),
}

const SEND: &str = "\
Whoever opens the link and chooses a name and a password or a passkey has an account with these roles. The link works once; an \
open invitation to the same address is withdrawn. A running server sends the mail within ten seconds. The role is `member` where none \
is named.

Examples:
  symbolon invitations send --tenant acme ada@acme.example
  symbolon invitations send --tenant acme ada@acme.example --role owner --locale de --days 2

Exit codes: 0 it is sent, 1 there is no such tenant, role or group, or the address has an account.";

const IMPORT: &str = "\
Without --yes nothing is sent: every line is judged, and every one that cannot be taken is named. With --yes the same happens, and \
where no line is refused everybody is invited; nothing is ever half done. At most 500 people a file.

The fields, in the header of CSV or as members in JSON Lines, of which only email is needed: email, roles, groups, locale. Several \
roles or groups in one cell are separated by `;`. The role is `member` where none is named.

Examples:
  symbolon invitations import --tenant acme people.csv
  symbolon invitations import --tenant acme people.csv --yes

Exit codes: 0 everybody can be, or was, invited, 1 there is no such tenant, 65 lines are refused and nothing was sent.";

const LIST: &str = "\
Links are never shown. Invitations are forgotten 30 days after their time was over.

Examples:
  symbolon invitations list --tenant acme
  symbolon invitations list --tenant acme --status open --json

Exit codes: 0 done, 1 there is no such tenant.";

const RESEND: &str = "\
The link before is dead, and the new one works for seven days. An invitation that has expired is sent again just as well.

Examples:
  symbolon invitations resend --tenant acme 0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f

Exit codes: 0 it is sent, 1 there is no such tenant or invitation, or it is not open any more.";

const WITHDRAW: &str = "\
Examples:
  symbolon invitations withdraw --tenant acme 0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f

Exit codes: 0 its link is dead, 1 there is no such tenant or invitation, or it is not open any more.";

/// The arguments of `invitations send`.
#[derive(Debug, Args)]
pub struct Send {
    /// Where it goes
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// A role of the account, again for each
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// A group of the account, by name or id, again for each
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// The language of the mail, a tag
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    locale: String,
    /// For how many days it stands
    #[arg(long, value_name = "DAYS", default_value_t = DAYS, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DAYS)))]
    days: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The arguments of `invitations import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The people, as CSV with a header or as JSON Lines, by the name of the file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// Only report what would be done; so it is without --yes
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Invite them
    #[arg(long)]
    yes: bool,
    /// For how many days they stand
    #[arg(long, value_name = "DAYS", default_value_t = DAYS, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DAYS)))]
    days: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The arguments of `invitations list`.
#[derive(Debug, Args)]
pub struct List {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// Only those that stand so: open, expired, accepted or withdrawn
    #[arg(long, value_name = "STATUS")]
    status: Option<Standing>,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// The arguments of `invitations resend`.
#[derive(Debug, Args)]
pub struct Resend {
    #[command(flatten)]
    which: Which,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The arguments of `invitations withdraw`.
#[derive(Debug, Args)]
pub struct Withdraw {
    #[command(flatten)]
    which: Which,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Which {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// The id of the invitation
    #[arg(value_name = "ID")]
    id: InvitationId,
}

impl InvitationsCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        match self {
            Self::Send(arguments) => send(&deployment, arguments),
            Self::Import(arguments) => import(&deployment, arguments),
            Self::List(arguments) => list(&deployment, arguments),
            Self::Resend(arguments) => {
                let done = change(&deployment, &arguments.which, |tx, call, terms, id| {
                    invitations::resend(tx, call, terms, &Inviter::operator(), (Some(id), DAYS))
                })?;
                told(&deployment, &done, ("sent again", arguments.json))
            }
            Self::Withdraw(arguments) => {
                let done = change(&deployment, &arguments.which, |tx, call, _, id| {
                    invitations::withdraw(tx, call, &Inviter::operator(), Some(id))
                })?;
                told(&deployment, &done, ("withdrawn", arguments.json))
            }
        }
    }
}

fn send(deployment: &Deployment, arguments: &Send) -> Outcome {
    let newcomer = Newcomer {
        line: 1,
        email: arguments.address.clone(),
        roles: or_member(arguments.roles.clone()),
        groups: arguments.groups.clone(),
        locale: arguments.locale.clone(),
    };
    let days = arguments.days;
    let sent = within(deployment, &arguments.tenant, move |tx, call, terms| {
        invitations::invite_many(tx, call, terms, &Inviter::operator(), (&[newcomer], days))
    })?;
    match sent {
        Ok(sent) => match sent.first() {
            Some(only) => told(deployment, only, ("sent", arguments.json)),
            None => Ok(ExitCode::SUCCESS),
        },
        Err(refused) => {
            let why = refused.first().map_or(InvitationRefusal::NotFound, |it| it.why);
            Err(Stop::failed(format_args!("{}: {}", why.field(), why.words())))
        }
    }
}

fn or_member(roles: Vec<String>) -> Vec<String> {
    if roles.is_empty() { vec!["member".to_owned()] } else { roles }
}

fn import(deployment: &Deployment, arguments: &Import) -> Outcome {
    let name = arguments.file.display();
    let format = by_name(&arguments.file).ok_or_else(|| {
        Stop::usage(
            "the name of the file does not say how the people stand in it: it must end in .csv or .jsonl",
        )
    })?;
    let text = bounded::text(&arguments.file, LARGEST)
        .map_err(|error| Stop::data(format_args!("cannot read {name}: {}", in_words(&error))))?;
    let newcomers = match invitations::read(&text, format) {
        Ok(newcomers) => newcomers,
        Err(lines) => {
            let lines = lines.iter().map(|it| (it.line, it.field.as_str(), it.reason.as_str()));
            return Err(refused(arguments, lines.collect()));
        }
    };
    let newcomers: Vec<Newcomer> =
        newcomers.into_iter().map(|it| Newcomer { roles: or_member(it.roles), ..it }).collect();
    let (yes, days, people) = (arguments.yes, arguments.days, newcomers.len());
    let done = within(deployment, &arguments.tenant, move |tx, call, terms| {
        let (operator, many) = (Inviter::operator(), (newcomers.as_slice(), days));
        if yes {
            Ok(invitations::invite_many(tx, call, terms, &operator, many)?.map(|_| ()))
        } else {
            Ok(invitations::judge_many(tx, &operator, many)?.map(|_| ()))
        }
    })?;
    if let Err(lines) = done {
        let lines = lines.iter().map(|RefusedNewcomer { line, field, why }| (*line, *field, why.words()));
        return Err(refused(arguments, lines.collect()));
    }
    if arguments.json {
        say(json!({"sent": yes, "people": people, "refused": []}))?;
    } else if yes {
        say(format_args!("{people} people invited to {}", arguments.tenant))?;
    } else {
        say(format_args!("{people} people can be invited to {}", arguments.tenant))?;
        say("Nothing was sent. Say --yes to invite them.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Every refused line: in prose on standard error, as JSON on standard output.
fn refused(arguments: &Import, lines: Vec<(u64, &str, &str)>) -> Stop {
    if arguments.json {
        let lines: Vec<Value> = lines
            .iter()
            .map(|(line, field, reason)| json!({"line": line, "field": field, "reason": reason}))
            .collect();
        if let Err(stop) = say(json!({"sent": false, "refused": lines})) {
            return stop;
        }
    }
    let name = arguments.file.display();
    let lines: Vec<String> = lines
        .into_iter()
        .map(|(line, field, reason)| {
            let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
            format!("  {name}:{line}: {field}{reason}")
        })
        .collect();
    Stop::data(format_args!("{name} has faults; nothing was sent:\n{}", lines.join("\n")))
}

fn list(deployment: &Deployment, arguments: &List) -> Outcome {
    let filter = Filter { standing: arguments.status, email: None };
    let (scope, call) = (deployment.tenant(&arguments.tenant)?, deployment.call());
    let now = call.now;
    let read = deployment.database.read_platform(&deployment.right, move |tx| {
        let mut tx = tx.enter(&scope)?;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = invitations::list(&mut tx, &call, &filter, (after, 1000))?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    });
    let all = deployment.wait(read)?;
    if arguments.json {
        say(all.iter().map(|it| describe(it, Standing::of(it, now))).collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("{:<36}  {:<9}  {:<20}  {:<24}  TO", "ID", "STATUS", "UNTIL", "ROLES"))?;
    for it in &all {
        let roles: Vec<&str> = it.roles.iter().map(|role| role.as_str()).collect();
        say(format_args!(
            "{:<36}  {:<9}  {:<20}  {:<24}  {}",
            it.id.to_string(),
            Standing::of(it, now).as_str(),
            it.expires_at.to_naive().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            roles.join(","),
            it.email,
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Does something in the tenant by the operator's right.
fn within<T: std::marker::Send + 'static>(
    deployment: &Deployment,
    tenant: &Slug,
    work: impl FnOnce(&mut TenantTx<'_>, &Call, &MailTerms) -> Result<T, Failure> + std::marker::Send + 'static,
) -> Result<T, Stop> {
    let (scope, call, terms) = (deployment.tenant(tenant)?, deployment.call(), deployment.mail_terms()?);
    let done = deployment
        .database
        .write_platform(&deployment.right, move |tx| work(&mut tx.enter(&scope)?, &call, &terms));
    deployment.wait(done)
}

fn change(
    deployment: &Deployment,
    which: &Which,
    work: impl FnOnce(
        &mut TenantTx<'_>,
        &Call,
        &MailTerms,
        InvitationId,
    ) -> Result<Result<Invitation, InvitationRefusal>, Failure>
    + std::marker::Send
    + 'static,
) -> Result<Invitation, Stop> {
    let id = which.id;
    let done = within(deployment, &which.tenant, move |tx, call, terms| work(tx, call, terms, id))?;
    done.map_err(|refusal| Stop::failed(refusal.words()))
}

fn told(deployment: &Deployment, it: &Invitation, (done, json): (&str, bool)) -> Outcome {
    if json {
        say(describe(it, Standing::of(it, deployment.call().now)))?;
    } else {
        say(format_args!("{done}: {} ({})", it.email, it.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(it: &Invitation, standing: Standing) -> Value {
    json!({"id": it.id, "email": it.email, "status": standing.as_str(), "roles": it.roles, "groups": it.groups,
        "locale": it.language, "invited_by": it.invited_by, "sent": it.sent, "created_at": it.created_at,
        "expires_at": it.expires_at})
}
