//! `/console/policy`: the rules of the tenant for signing in, tried and saved. Everything goes through `flows::policy`, as at the
//! API.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde_json::{Map, Value, json};

use super::entry::{Console, Done, entered};
use crate::flows::access::{ChangePolicy, Conflict, ReadPolicy, Refused};
use crate::flows::policy::{self, Current, Simulation, Wanted};
use crate::flows::provision::declaration::read_policy;
use crate::model::policy::{Guests, Policy, Registration};
use crate::model::rate::format_duration;
use crate::model::role::{Permission, Role};
use crate::protocol::params::Params;
use crate::views::console::policy::{AffectedRow, PolicyField, PolicyForm, PolicyProblem, Tried};
use crate::views::console::{ConsolePolicyPage, ConsoleSection};
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// The parameter by which the page before says that it was saved.
const DONE: &str = "done";
const SAVED: &str = "saved";
/// The longest list that is taken, in characters.
const LONGEST: usize = 20_000;

/// `GET /console/policy`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /console/policy`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

/// What is shown beside the policy as it stands.
#[derive(Default)]
struct Said {
    saved: bool,
    problem: Option<PolicyProblem>,
    faults: BTreeSet<PolicyField>,
    typed: Option<(PolicyForm, String)>,
    tried: Option<Tried>,
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let console = entered(visitor, &params).await?;
    let saved = params.get(DONE) == Some(SAVED);
    page(visitor, &console, Said { saved, ..Said::default() }).await
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let console = entered(visitor, &params).await?;
    // Whoever may not hears nothing of what would be right.
    stands(visitor, &console).await?;
    let save = match params.get("action") {
        Some("save") => true,
        Some("try") => false,
        _ => return Err(visitor.detour(Trouble::Malformed)),
    };
    let form = typed(&params).ok_or_else(|| visitor.detour(Trouble::Malformed))?;
    let version = params.get("version").unwrap_or_default().to_owned();
    let draft = match read_policy("policy", &words(&form).to_string()) {
        Ok(draft) => draft,
        Err(faults) => {
            let faults = faults.list.iter().map(|fault| field(&fault.path)).collect();
            let typed = Some((form, version));
            let problem = Some(PolicyProblem::Faults);
            return page(visitor, &console, Said { problem, faults, typed, ..Said::default() }).await;
        }
    };
    let simulated = simulated(visitor, &console, draft.clone()).await?;
    if !save {
        let typed = Some((form, version));
        let tried = Some(shown(&simulated));
        return page(visitor, &console, Said { typed, tried, ..Said::default() }).await;
    }
    let wanted = Wanted {
        draft,
        expected: Some(format!("\"{version}\"")),
        locked_out: simulated.locked_out().collect(),
        accept_lock_out: params.has("accept"),
    };
    match set(visitor, &console, wanted).await? {
        Ok(_) => Ok(visitor.to(&console.to(ConsolePolicyPage::PATH).with(DONE, SAVED))),
        Err(refused) => {
            let problem = Some(problem(&refused).ok_or_else(|| visitor.detour(Trouble::Malformed))?);
            let tried = Some(shown(&simulated));
            // Whoever saves it again after looking means the version that is shown.
            let typed = Some((form, version));
            page(visitor, &console, Said { problem, typed, tried, ..Said::default() }).await
        }
    }
}

/// The policy as it stands, and whether whoever asks may change it.
async fn stands(visitor: &Visitor, console: &Console) -> Result<(Current, bool), Detour> {
    let here = console.to(ConsolePolicyPage::PATH);
    let read = console.read::<ReadPolicy, _>(visitor, &here, |tx, right| {
        let may_save = right.may(Permission::ManagePolicy);
        Ok(policy::read(tx, right)?.map(|current| (current, may_save)))
    });
    read.await?.map_err(|_| visitor.detour(Trouble::Malformed))
}

async fn simulated(visitor: &Visitor, console: &Console, draft: Policy) -> Result<Simulation, Detour> {
    let (here, call) = (console.to(ConsolePolicyPage::PATH), visitor.call.clone());
    let read = console
        .read::<ReadPolicy, _>(visitor, &here, move |tx, right| policy::try_draft(tx, &call, right, &draft));
    read.await?.map_err(|_| visitor.detour(Trouble::Malformed))
}

async fn set(visitor: &Visitor, console: &Console, wanted: Wanted) -> Done<Current> {
    let here = console.to(ConsolePolicyPage::PATH);
    let (call, clock) = (visitor.call.clone(), Arc::clone(&visitor.edge.clock));
    let change = console.change::<ChangePolicy, _>(visitor, &here, move |tx, right| {
        policy::set(tx, (&call, &clock), right, &wanted)
    });
    change.await
}

async fn page(visitor: &Visitor, console: &Console, said: Said) -> Outcome {
    let (current, may_save) = stands(visitor, console).await?;
    let (frame, account) = console.frames(visitor, ConsoleSection::Policy);
    let (form, version) = said.typed.unwrap_or_else(|| (form(&current.policy), current.version.to_string()));
    let status = match said.problem {
        None => StatusCode::OK,
        Some(PolicyProblem::Faults) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(PolicyProblem::Changed | PolicyProblem::LocksOutOwners | PolicyProblem::LocksOutCaller) => {
            StatusCode::CONFLICT
        }
    };
    let page = ConsolePolicyPage {
        frame,
        account,
        saved: said.saved,
        problem: said.problem,
        faults: said.faults,
        form,
        version,
        may_save,
        tried: said.tried,
    };
    Ok(visitor.show(status, &page))
}

/// What the page says of a refusal; `None` for what its form does not ask for.
const fn problem(refused: &Refused) -> Option<PolicyProblem> {
    match refused {
        Refused::Changed => Some(PolicyProblem::Changed),
        Refused::Conflict(Conflict::LocksOutOwners) => Some(PolicyProblem::LocksOutOwners),
        Refused::Conflict(Conflict::LocksOutCaller) => Some(PolicyProblem::LocksOutCaller),
        Refused::InvalidToken
        | Refused::LacksScope(_)
        | Refused::NotAPerson
        | Refused::LacksPermission
        | Refused::PersonalToken
        | Refused::Policy
        | Refused::StepUp(_)
        | Refused::NotFound(_)
        | Refused::Above
        | Refused::OwnAccount
        | Refused::LastOwner
        | Refused::Conflict(
            Conflict::AddressTaken
            | Conflict::Status
            | Conflict::BreakGlass
            | Conflict::TooMany
            | Conflict::Closed
            | Conflict::Answered
            | Conflict::MailedEnough
            | Conflict::HasFactor
            | Conflict::NoPassword
            | Conflict::NameTaken,
        )
        | Refused::MediaType
        | Refused::Invalid(_) => None,
    }
}

fn shown(simulation: &Simulation) -> Tried {
    let affected = simulation.affected.iter().map(|it| AffectedRow {
        email: it.email.clone(),
        locked_out: it.locked_out,
        refused: it.refused,
        stepped_up: it.stepped_up,
        rules: it.rules.iter().map(|rule| rule.as_str()).collect(),
    });
    Tried { sign_ins: simulation.sign_ins, affected: affected.collect() }
}

/// The policy as it stands in the fields.
fn form(policy: &Policy) -> PolicyForm {
    let lines =
        |networks: &[ipnet::IpNet]| networks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let access = policy.tokens.access_seconds.map(std::time::Duration::from_secs);
    PolicyForm {
        registration: policy.registration,
        email_domains: policy.email_domains.iter().cloned().collect::<Vec<_>>().join("\n"),
        methods: policy.methods.clone(),
        everybody: policy.mfa.everybody,
        roles: policy.mfa.roles.clone(),
        outside_trusted: policy.mfa.outside_trusted,
        grace_until: policy.mfa.grace_until.map(|end| end.to_string()).unwrap_or_default(),
        sign_in: lines(&policy.networks.sign_in),
        administration: lines(&policy.networks.administration),
        trusted: lines(&policy.networks.trusted),
        min_length: policy.password.min_length.to_string(),
        idle: format_duration(policy.session.idle()),
        absolute: format_duration(policy.session.absolute()),
        access: access.map(format_duration).unwrap_or_default(),
        remember_days: match policy.remembered_devices.days {
            0 => String::new(),
            days => days.to_string(),
        },
        guests: policy.guests.clone(),
    }
}

/// What was typed; `None` where the form is none of ours.
fn typed(params: &Params) -> Option<PolicyForm> {
    let text = |name: &str| -> Option<String> {
        let text = params.get(name).unwrap_or_default();
        (text.chars().count() <= LONGEST).then(|| text.replace('\r', ""))
    };
    let registration = match params.get("registration") {
        Some("0") => Registration::InviteOnly,
        Some("1") => Registration::Domain,
        Some("2") => Registration::Closed,
        _ => return None,
    };
    let ticked = |name: String| params.has(&name);
    Some(PolicyForm {
        registration,
        email_domains: text("email_domains")?,
        methods: Policy::METHODS.into_iter().filter(|it| ticked(format!("method-{}", it.as_str()))).collect(),
        everybody: params.has("everybody"),
        roles: Role::ALL.into_iter().filter(|role| ticked(format!("role-{}", role.as_str()))).collect(),
        outside_trusted: params.has("outside_trusted"),
        grace_until: text("grace_until")?,
        sign_in: text("sign_in")?,
        administration: text("administration")?,
        trusted: text("trusted")?,
        min_length: text("min_length")?,
        idle: text("idle")?,
        absolute: text("absolute")?,
        access: text("access")?,
        remember_days: text("remember_days")?,
        guests: Guests { allowed: params.has("guests"), home_factors: params.has("home_factors") },
    })
}

/// The same in the words of a declaration. A field that is left empty has its default.
fn words(form: &PolicyForm) -> Value {
    let list = |text: &str| {
        let items = text.split(|letter: char| letter.is_whitespace() || letter == ',');
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let group = |pairs: Vec<(&str, Value)>| {
        let filled = pairs.into_iter().filter(|(_, value)| value.as_str() != Some(""));
        Value::Object(filled.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
    };
    let text = |text: &str| json!(text.trim());
    // What is no number is left to the reader of the words, which says so.
    let number = |text: &str| text.trim().parse::<u32>().map_or_else(|_| json!(text.trim()), |it| json!(it));
    json!({
        "registration": form.registration,
        "email_domains": list(&form.email_domains),
        "methods": form.methods,
        "mfa": group(vec![
            ("required", json!(if form.everybody { "everybody" } else { "none" })),
            ("roles", json!(form.roles)),
            ("outside_trusted", json!(form.outside_trusted)),
            ("grace_until", text(&form.grace_until)),
        ]),
        "networks": {
            "sign_in": list(&form.sign_in),
            "administration": list(&form.administration),
            "trusted": list(&form.trusted),
        },
        "password": group(vec![("min_length", number(&form.min_length))]),
        "session": group(vec![("idle", text(&form.idle)), ("absolute", text(&form.absolute))]),
        "tokens": group(vec![("access", text(&form.access))]),
        "remembered_devices": group(vec![("days", number(&form.remember_days))]),
        "guests": {"allowed": form.guests.allowed, "home_factors": form.guests.home_factors},
    })
}

/// The field that a fault of the declaration's reader is about.
fn field(path: &str) -> PolicyField {
    let starts = |key: &str| path.starts_with(&format!("policy.{key}"));
    if starts("email_domains") {
        PolicyField::EmailDomains
    } else if starts("methods") {
        PolicyField::Methods
    } else if starts("mfa") {
        PolicyField::GraceUntil
    } else if starts("networks.sign_in") {
        PolicyField::SignIn
    } else if starts("networks.administration") {
        PolicyField::Administration
    } else if starts("networks") {
        PolicyField::Trusted
    } else if starts("password") {
        PolicyField::MinLength
    } else if starts("session") {
        PolicyField::Session
    } else if starts("tokens") {
        PolicyField::Access
    } else if starts("remembered_devices") {
        PolicyField::RememberedDevices
    } else {
        PolicyField::Registration
    }
}
