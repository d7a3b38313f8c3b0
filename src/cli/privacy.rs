//! `symbolon users delete`, `restore`, `export` and `erase`: the end of an account, and what we hold of it.

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, say};
use super::person::PersonArgs;
use crate::effects::{Clock, SystemClock};
use crate::flows::provision::{self, StaysDeleted};
use crate::model::audit::Actor;

pub(super) const DELETE: &str = "\
Nobody signs in with the account any more; sessions, tokens, password, groups and workspaces are gone, and its address is \
free. For 30 days `users restore` brings it back. The last active owner of a tenant is not deleted.

Examples:
  symbolon users delete --tenant acme ada@acme.example

Exit codes: 0 the account is deleted, 1 there is no such tenant or account, or it is the last owner's.";

pub(super) const RESTORE: &str = "\
The account is named by its id, since its address was freed. It comes back with its own roles, and without password, \
sessions, groups and workspaces: the person proves themselves anew by their address.

Examples:
  symbolon users restore --tenant acme 0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f

Exit codes: 0 the account is back, 1 there is no such account, it is too late, or its address is another account's now.";

pub(super) const EXPORT: &str = "\
One JSON object with what is held of the person: account, claims, factors without their secrets, open sessions, consents, and \
what the audit trail has of them. It holds no hash, no secret, and nothing of anybody else.

Examples:
  symbolon users export --tenant acme ada@acme.example > ada.json

Exit codes: 0 it was printed, 1 there is no such tenant or account.";

pub(super) const ERASE: &str = "\
For good: nothing brings the account back. What is theirs goes from every table, mails that wait for them too, and what names \
them goes from the audit trail, whose chains verify as before. An account that is deleted is named by its id. Requests of \
theirs that wait for a sign-in are gone within the hour; backups hold what they held.

Examples:
  symbolon users erase --tenant acme ada@acme.example --yes

Exit codes: 0 the person is erased, 1 there is no such tenant or account, or it is the last owner's, 64 --yes is missing.";

pub(super) fn delete(deployment: &Deployment, (person, json): (&PersonArgs, bool)) -> Outcome {
    let (call, clock): (_, Arc<dyn Clock>) = (deployment.call(), Arc::new(SystemClock));
    let (user, done) = person.change(deployment, move |tx, user| {
        provision::delete_user_but_last_owner(tx, (&call, &clock), &Actor::Operator, user)
    })?;
    if done.is_err() {
        return Err(last_owner());
    }
    if json {
        say(json!({"user": user.id, "email": user.email, "status": "deleted"}))?;
    } else {
        say(format_args!("deleted {} ({}); `symbolon users restore` takes the id", user.email, user.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(deployment: &Deployment, (person, json): (&PersonArgs, bool)) -> Outcome {
    let call = deployment.call();
    let (user, done) = person
        .change_any(deployment, move |tx, user| provision::restore_user(tx, &call, &Actor::Operator, user))?;
    match done {
        Ok(()) if json => say(json!({"user": user.id, "email": user.email, "status": "active"}))?,
        Ok(()) => say(format_args!("restored {} ({})", user.email, user.id))?,
        Err(StaysDeleted::NotRecoverable) => {
            return Err(Stop::failed("the account is not deleted, or was deleted more than 30 days ago"));
        }
        Err(StaysDeleted::AddressTaken) => {
            return Err(Stop::failed("another account of the tenant has its address now"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn export(deployment: &Deployment, person: &PersonArgs) -> Outcome {
    let call = deployment.call();
    let (_, exported) = person
        .change_any(deployment, move |tx, user| provision::export_user(tx, &call, &Actor::Operator, user))?;
    say(exported)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn erase(deployment: &Deployment, (person, json, yes): (&PersonArgs, bool, bool)) -> Outcome {
    if !yes {
        return Err(Stop::usage("nothing brings an erased person back: say --yes"));
    }
    let (call, key) = (deployment.call(), deployment.account_names()?);
    person
        .change_any(deployment, move |tx, user| provision::unlock(tx, &call, &Actor::Operator, &key, user))?;
    let (call, clock): (_, Arc<dyn Clock>) = (deployment.call(), Arc::new(SystemClock));
    let (user, done) = person.change_any(deployment, move |tx, user| {
        provision::erase_user(tx, (&call, &clock), &Actor::Operator, user)
    })?;
    let Ok(events) = done else { return Err(last_owner()) };
    if json {
        say(json!({"user": user.id, "erased": true, "events": events}))?;
    } else {
        say(format_args!("erased {}; events that name nobody any more: {events}", user.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn last_owner() -> Stop {
    Stop::failed("this is the last active owner of the tenant: name another one first")
}
