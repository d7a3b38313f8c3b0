//! `symbolon policy`: says which rule of a tenant's sign-in policy decides, and tries a draft on what happened.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, say};
use super::person::PersonArgs;
use super::settings::SettingsArgs;
use crate::config::bounded;
use crate::config::fault::in_words;
use crate::flows::policy::{Affected, Door, Ground, Rule, Simulation, Verdict, ground, simulate};
use crate::flows::provision::declaration::read_policy;
use crate::model::ids::Slug;
use crate::model::session::Factor;
use crate::model::user::User;

/// The most bytes of a draft.
const LARGEST: u64 = 1 << 20;

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Say what the policy makes of a person, at each door, and which rule decides
    #[command(after_help = EXPLAIN)]
    Explain(Explain),
    /// Replay the sign-ins of the last 30 days against a draft, and list whom it would lock out
    #[command(after_help = SIMULATE)]
    Simulate(Simulate),
}

const EXPLAIN: &str = "\
Judges as the server does: by the tenant's policy and the person's roles and factors of this moment. Without --with it asks what \
a password alone comes to. Nothing is changed and nothing is recorded against the person.

Examples:
  symbolon policy explain --tenant acme ada@acme.example
  symbolon policy explain --tenant acme ada@acme.example --with password,totp --from 203.0.113.7
  symbolon policy explain --tenant acme ada@acme.example --with passkey --json

Exit codes: 0 said, 1 there is no such tenant or account.";

const SIMULATE: &str = "\
FILE holds a policy in the words of a declaration's `policy` (docs/declaration.md), as YAML or JSON. Roles and factors are those of \
now, factors and addresses of the sign-ins those of the audit trail. Somebody is locked out when none of their sign-ins would \
have led in.

Examples:
  symbolon policy simulate --tenant acme draft.yaml
  symbolon policy simulate --tenant acme draft.yaml --json

Exit codes: 0 nobody would be locked out, 1 there is no such tenant, 2 somebody would be, 65 the draft has faults.";

/// The arguments of `policy explain`.
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    person: PersonArgs,
    /// What is proved, with commas
    #[arg(long, value_name = "FACTORS", value_delimiter = ',', default_value = "password")]
    with: Vec<FactorWord>,
    /// Where the person is
    #[arg(long, value_name = "ADDRESS")]
    from: Option<IpAddr>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The arguments of `policy simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// The draft
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A factor, as it is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum FactorWord {
    Password,
    Passkey,
    Totp,
    RecoveryCode,
    MagicLink,
    EmailCode,
    Connection,
    Home,
    HomeTwo,
}

impl FactorWord {
    const fn factor(self) -> Factor {
        match self {
            Self::Password => Factor::Password,
            Self::Passkey => Factor::Passkey,
            Self::Totp => Factor::Totp,
            Self::RecoveryCode => Factor::RecoveryCode,
            Self::MagicLink => Factor::MagicLink,
            Self::EmailCode => Factor::EmailCode,
            Self::Connection => Factor::Connection,
            Self::Home => Factor::Home,
            Self::HomeTwo => Factor::HomeTwo,
        }
    }
}

impl PolicyCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        match self {
            Self::Explain(arguments) => explain(&deployment, arguments),
            Self::Simulate(arguments) => try_draft(&deployment, arguments),
        }
    }
}

fn explain(deployment: &Deployment, arguments: &Explain) -> Outcome {
    let (user, ground) = arguments.person.change(deployment, |tx, user| ground(tx, user, None))?;
    let factors: Vec<Factor> = arguments.with.iter().map(|word| word.factor()).collect();
    let verdicts = ground.verdicts(&factors, arguments.from, deployment.call().now);
    if arguments.json {
        let doors: Vec<Value> = verdicts.iter().map(|(door, verdict)| in_json(*door, *verdict)).collect();
        say(
            json!({"user": user.id, "email": user.email, "with": factors, "from": arguments.from, "doors": doors}),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    say(who(&user, &ground, &factors, arguments.from))?;
    for (door, verdict) in verdicts {
        say(format_args!("  {:<15} {}", door.as_str(), in_words_of(verdict)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn who(user: &User, ground: &Ground, factors: &[Factor], from: Option<IpAddr>) -> String {
    let words: Vec<&str> = factors.iter().map(|factor| factor.as_str()).collect();
    let roles: Vec<&str> = ground.roles.iter().map(|role| role.as_str()).collect();
    let from = from.map_or_else(|| "from nowhere known".to_owned(), |from| format!("from {from}"));
    let roles = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
    format!("{} ({roles}) with {}, {from}:", user.email, words.join(" and "))
}

fn in_json(door: Door, verdict: Verdict) -> Value {
    let (word, rule) = match verdict {
        Verdict::Pass { in_grace, .. } => ("pass", in_grace),
        Verdict::Second(rule) => ("second_factor", Some(rule)),
        Verdict::Refused(rule) => ("refused", Some(rule)),
    };
    let by_break_glass = matches!(verdict, Verdict::Pass { by_break_glass: true, .. });
    json!({"door": door.as_str(), "verdict": word, "rule": rule.map(Rule::as_str), "break_glass": by_break_glass})
}

fn in_words_of(verdict: Verdict) -> String {
    match verdict {
        Verdict::Pass { by_break_glass: true, .. } => "comes in, as the break-glass owner only".to_owned(),
        Verdict::Pass { in_grace: Some(rule), .. } => {
            format!("comes in during the grace period; then `{}` asks for a second factor", rule.as_str())
        }
        Verdict::Pass { .. } => "comes in".to_owned(),
        Verdict::Second(rule) => format!("must prove a second factor: `{}`", rule.as_str()),
        Verdict::Refused(rule) => format!("is refused: `{}`", rule.as_str()),
    }
}

fn try_draft(deployment: &Deployment, arguments: &Simulate) -> Outcome {
    let name = arguments.file.display().to_string();
    let text = bounded::text(&arguments.file, LARGEST)
        .map_err(|error| Stop::data(format_args!("cannot read {name}: {}", in_words(&error))))?;
    let draft = read_policy(&name, &text).map_err(Stop::data)?;
    let scope = deployment.tenant(&arguments.tenant)?;
    let call = deployment.call();
    let simulated = deployment.wait(
        deployment
            .database
            .read_platform(&deployment.right, move |tx| simulate(&mut tx.enter(&scope)?, &call, &draft)),
    )?;
    let locked_out = simulated.affected.iter().filter(|person| person.locked_out).count();
    if arguments.json {
        say(simulation_in_json(&simulated, locked_out))?;
    } else {
        tell(&simulated, locked_out)?;
    }
    Ok(if locked_out == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn simulation_in_json(simulated: &Simulation, locked_out: usize) -> Value {
    let person = |it: &Affected| {
        json!({"user": it.user, "email": it.email, "locked_out": it.locked_out, "refused": it.refused,
            "second_factor": it.stepped_up, "rules": rules_of(it)})
    };
    let affected: Vec<Value> = simulated.affected.iter().map(person).collect();
    json!({"sign_ins": simulated.sign_ins, "locked_out": locked_out, "affected": affected})
}

fn tell(simulated: &Simulation, locked_out: usize) -> Result<(), Stop> {
    say(format_args!("sign-ins of the last 30 days: {}", simulated.sign_ins))?;
    if simulated.affected.is_empty() {
        return say("the draft changes none of them");
    }
    for person in &simulated.affected {
        let what = if person.locked_out { "LOCKED OUT" } else { "affected" };
        say(format_args!(
            "  {what:<10} {}: {} refused, {} with one factor more; by {}",
            person.email,
            person.refused,
            person.stepped_up,
            rules_of(person).join(", ")
        ))?;
    }
    say(format_args!("locked out: {locked_out}; affected: {}", simulated.affected.len()))
}

fn rules_of(person: &Affected) -> Vec<&'static str> {
    person.rules.iter().map(|rule| rule.as_str()).collect()
}
