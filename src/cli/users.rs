//! `symbolon users`: imports people, suspends, resumes and unlocks their accounts, beside running servers.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use super::deployment::Deployment;
use super::import::ImportArgs;
use super::outcome::{Outcome, Stop, say, warn};
use super::person::PersonArgs;
use super::privacy;
use super::settings::SettingsArgs;
use crate::effects::{Clock, SystemClock};
use crate::flows::links::LinkTerms;
use crate::flows::links::by_admin::{self, AdminLink, NotMailed};
use crate::flows::provision;
use crate::model::audit::Actor;
use crate::model::user::User;
use crate::server::build::link_lives;

/// What to do with people's accounts.
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Bring people from another system, with the passwords they have
    #[command(after_help = super::import::HELP)]
    Import(ImportArgs),
    /// Switch an account off: nobody signs in with it, and what it holds ends
    #[command(after_help = SUSPEND)]
    Suspend(Named),
    /// Switch a suspended account on again
    #[command(after_help = RESUME)]
    Resume(Named),
    /// Delete an account, for 30 days so that it can be brought back
    #[command(after_help = privacy::DELETE)]
    Delete(Named),
    /// Bring a deleted account back
    #[command(after_help = privacy::RESTORE)]
    Restore(Named),
    /// Print what is held of a person, for that person
    #[command(after_help = privacy::EXPORT)]
    Export(Exported),
    /// Erase a person for good
    #[command(after_help = privacy::ERASE)]
    Erase(Erased),
    /// Mail somebody a link to set up their first second factor
    #[command(after_help = FACTOR_LINK)]
    FactorLink(Named),
    /// Forget the failed sign-ins of an account, and the lock they led to
    #[command(after_help = UNLOCK)]
    Unlock(Named),
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
The person signs in again: sessions and tokens that ended stay ended. Failed sign-ins are forgotten, as by `users unlock`.

Examples:
  symbolon users resume --tenant acme ada@acme.example

Exit codes: 0 the account is active, 1 there is no such tenant or account.";

const UNLOCK: &str = "\
Wrong passwords lock an account name for a while, up to thirty days, whoever sends them (`limits.sign_in_account`). This ends the lock \
on every server at once and begins the count anew; the password stays what it is. Guesses that go on lock the account \
again: the audit record says where they come from.

Examples:
  symbolon users unlock --tenant acme ada@acme.example

Exit codes: 0 nothing is counted against the account, 1 there is no such tenant or account.";

const FACTOR_LINK: &str = "\
For somebody who has no second factor and may not sign in without one. The link goes to the mailbox of the account and is printed \
nowhere. It works once, for as long as `links.first_factor` says, and proves nothing: the person signs in with their first factor in \
the browser that opened it, and then sets up an authenticator or a passkey. A newer link ends it, and so do a second factor, another \
password and another address. A running server sends the mail within ten seconds.

Examples:
  symbolon users factor-link --tenant acme ada@acme.example

Exit codes: 0 it is sent, 1 there is no such tenant or account, it is not in use, it has a second factor, or its address got too many \
mails of late.";

/// The arguments of the commands that name one account.
#[derive(Debug, Args)]
pub struct Named {
    #[command(flatten)]
    person: PersonArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The arguments of `users export`.
#[derive(Debug, Args)]
pub struct Exported {
    #[command(flatten)]
    person: PersonArgs,
}

/// The arguments of `users erase`.
#[derive(Debug, Args)]
pub struct Erased {
    #[command(flatten)]
    person: PersonArgs,
    /// Erase the person; nothing brings them back
    #[arg(long)]
    yes: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl UsersCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        match self {
            Self::Import(import) => import.run(&deployment),
            Self::Suspend(named) => suspend(&deployment, named),
            Self::Resume(named) => resume(&deployment, named),
            Self::Delete(named) => privacy::delete(&deployment, (&named.person, named.json)),
            Self::Restore(named) => privacy::restore(&deployment, (&named.person, named.json)),
            Self::Export(exported) => privacy::export(&deployment, &exported.person),
            Self::Erase(erased) => privacy::erase(&deployment, (&erased.person, erased.json, erased.yes)),
            Self::FactorLink(named) => factor_link(&deployment, named),
            Self::Unlock(named) => unlock(&deployment, named),
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
    if changed {
        forget_failures(deployment, named)?;
    }
    if named.json {
        say(json!({"user": user.id, "email": user.email, "status": "active", "changed": changed}))?;
    } else if changed {
        say(format_args!("resumed {} ({})", user.email, user.id))?;
    } else {
        say(format_args!("{} ({}) is active already", user.email, user.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// In a transaction of its own: a sign-in takes the counter of a name before the person.
fn forget_failures(deployment: &Deployment, named: &Named) -> Result<(User, bool), Stop> {
    let (call, key) = (deployment.call(), deployment.account_names()?);
    named
        .person
        .change(deployment, move |tx, user| provision::unlock(tx, &call, &Actor::Operator, &key, user))
}

fn unlock(deployment: &Deployment, named: &Named) -> Outcome {
    let (user, changed) = forget_failures(deployment, named)?;
    if named.json {
        say(json!({"user": user.id, "email": user.email, "changed": changed}))?;
    } else if changed {
        say(format_args!("unlocked {} ({}): its failed sign-ins are forgotten", user.email, user.id))?;
    } else {
        say(format_args!("no failed sign-ins are counted against {} ({})", user.email, user.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn factor_link(deployment: &Deployment, named: &Named) -> Outcome {
    let call = deployment.call();
    let terms = LinkTerms { lives: link_lives(&deployment.config), mail: deployment.mail_terms()? };
    let (user, sent) = named.person.change(deployment, move |tx, user| {
        by_admin::send(tx, &call, &terms, (Actor::Operator, user), AdminLink::FirstFactor)
    })?;
    match sent {
        Ok(()) if named.json => say(json!({"user": user.id, "email": user.email, "sent": true}))?,
        Ok(()) => say(format_args!("a link is on its way to {} ({})", user.email, user.id))?,
        Err(NotMailed::NotActive) => return Err(Stop::failed("the account is not in use")),
        Err(NotMailed::HasFactor) => return Err(Stop::failed("the account has a second factor")),
        Err(NotMailed::NoPassword) => return Err(Stop::failed("the tenant has no passwords")),
        Err(NotMailed::Enough) => {
            return Err(Stop::failed("so many mails went to this address of late that it gets none now"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
