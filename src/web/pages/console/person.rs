//! `/console/people/person`: one person, and what is done to them. Every change goes through `flows::people`, as at the API.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Console, Done, entered};
use crate::flows::access::{
    ChangeRoles, Conflict, EndSessions, ManagePeople, ReadPeople, Refused, RemovePeople, SeeFactors,
    SeeSessions, UnlockPeople,
};
use crate::flows::factors::overview::Overview;
use crate::flows::people::{self, OpenSession, Person};
use crate::model::ids::{SessionId, UserId};
use crate::model::role::{Permission, Role};
use crate::protocol::params::Params;
use crate::views::console::person::{
    Allowed, FactorRow, PersonNotice, PersonProblem, PersonShown, SessionRow,
};
use crate::views::console::{ConsolePersonPage, ConsoleSection};
use crate::views::link::LocalPath;
use crate::views::moment::Moment;
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// The parameter and the field that name the person.
const USER: &str = "user";
/// The parameter by which a page before says what was done.
const DONE: &str = "done";

/// The page of this person.
pub(super) fn link(console: &Console, user: UserId) -> LocalPath {
    console.to(ConsolePersonPage::PATH).with(USER, &user.to_string())
}

/// `GET /console/people/person`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /console/people/person`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let console = entered(visitor, &params).await?;
    let user = named(visitor, &params)?;
    let notice = params.get(DONE).and_then(PersonNotice::parse);
    page(visitor, &console, user, (notice, None)).await
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let console = entered(visitor, &params).await?;
    let user = named(visitor, &params)?;
    let (notice, done) = match (params.get("action"), params.get("end")) {
        (Some(action), None) => act(visitor, &console, user, (action, &params)).await?,
        (None, Some(sid)) => {
            let sid = sid.parse().map_err(|_| visitor.detour(Trouble::NotFound))?;
            (PersonNotice::SessionEnded, end_one(visitor, &console, (user, sid)).await?)
        }
        _ => return Err(visitor.detour(Trouble::Malformed)),
    };
    match done {
        Ok(()) => Ok(visitor.to(&link(&console, user).with(DONE, notice.as_str()))),
        Err(refused) => {
            let problem = problem(&refused).ok_or_else(|| visitor.detour(Trouble::Malformed))?;
            page(visitor, &console, user, (None, Some(problem))).await
        }
    }
}

/// Whom the request is about. What is no id is one that nobody has.
fn named(visitor: &Visitor, params: &Params) -> Result<UserId, Detour> {
    let id = params.get(USER).and_then(|id| id.parse().ok());
    id.ok_or_else(|| visitor.detour(Trouble::NotFound))
}

type Acted = (PersonNotice, Result<(), Refused>);

async fn act(
    visitor: &Visitor,
    console: &Console,
    user: UserId,
    (action, params): (&str, &Params),
) -> Result<Acted, Detour> {
    let (back, id) = (link(console, user), Some(user));
    let (call, clock) = (visitor.call.clone(), Arc::clone(&visitor.edge.clock));
    Ok(match action {
        "suspend" => (
            PersonNotice::Suspended,
            plain(
                console
                    .change::<RemovePeople, _>(visitor, &back, move |tx, right| {
                        people::suspend(tx, (&call, &clock), right, id)
                    })
                    .await?,
            ),
        ),
        "resume" => {
            let change = console.change::<ManagePeople, _>(visitor, &back, move |tx, right| {
                people::resume(tx, &call, right, id)
            });
            (PersonNotice::Resumed, plain(change.await?))
        }
        "unlock" => {
            let names = visitor.edge.sign_in.records.names.clone();
            let change = console.change::<UnlockPeople, _>(visitor, &back, move |tx, right| {
                people::unlock(tx, &call, right, (id, &names))
            });
            (PersonNotice::Unlocked, plain(change.await?))
        }
        "end-sessions" => {
            let change = console.change::<EndSessions, _>(visitor, &back, move |tx, right| {
                people::end_sessions_of(tx, (&call, &clock), right, id)
            });
            (PersonNotice::SessionsEnded, plain(change.await?))
        }
        "roles" => {
            let (roles, version) = (chosen(params), params.get("version").map(|tag| format!("\"{tag}\"")));
            let change = console.change::<ChangeRoles, _>(visitor, &back, move |tx, right| {
                people::set_roles(tx, (&call, &clock), right, (id, version.as_deref()), roles)
            });
            (PersonNotice::RolesChanged, plain(change.await?))
        }
        _ => return Err(visitor.detour(Trouble::Malformed)),
    })
}

fn plain<T>(done: Result<T, Refused>) -> Result<(), Refused> {
    done.map(drop)
}

async fn end_one(visitor: &Visitor, console: &Console, (user, sid): (UserId, SessionId)) -> Done<()> {
    let (back, call) = (link(console, user), visitor.call.clone());
    let change = console.change::<EndSessions, _>(visitor, &back, move |tx, right| {
        people::end_session_of(tx, &call, right, (Some(user), Some(sid)))
    });
    change.await
}

/// The roles whose boxes are ticked: each is a field of its own, since none may come twice.
fn chosen(params: &Params) -> BTreeSet<Role> {
    Role::ALL.into_iter().filter(|role| params.has(&format!("role-{}", role.as_str()))).collect()
}

/// What the page says of a refusal; `None` for what none of its forms asks for.
const fn problem(refused: &Refused) -> Option<PersonProblem> {
    match refused {
        Refused::Above => Some(PersonProblem::Above),
        Refused::OwnAccount => Some(PersonProblem::OwnAccount),
        Refused::LastOwner => Some(PersonProblem::LastOwner),
        Refused::Conflict(Conflict::BreakGlass) => Some(PersonProblem::BreakGlass),
        Refused::Conflict(Conflict::AddressTaken | Conflict::Status | Conflict::TooMany)
        | Refused::Changed => Some(PersonProblem::Changed),
        Refused::InvalidToken
        | Refused::LacksScope(_)
        | Refused::NotAPerson
        | Refused::LacksPermission
        | Refused::PersonalToken
        | Refused::Policy
        | Refused::StepUp(_)
        | Refused::NotFound(_)
        | Refused::MediaType
        | Refused::Conflict(
            Conflict::Closed
            | Conflict::Answered
            | Conflict::MailedEnough
            | Conflict::NameTaken
            | Conflict::LocksOutOwners
            | Conflict::LocksOutCaller,
        )
        | Refused::Invalid(_) => None,
    }
}

async fn page(
    visitor: &Visitor,
    console: &Console,
    user: UserId,
    (notice, problem): (Option<PersonNotice>, Option<PersonProblem>),
) -> Outcome {
    let (back, call) = (link(console, user), visitor.call.clone());
    let refused = |_| visitor.detour(Trouble::NotFound);
    let seen = console.read::<ReadPeople, _>(visitor, &back, move |tx, right| {
        let owns = right.may(Permission::ManageOwners);
        Ok(people::get(tx, right, Some(user))?.map(|person| (person, owns)))
    });
    let (person, owns) = seen.await?.map_err(refused)?;
    let there = call.clone();
    let factors = console.read::<SeeFactors, _>(visitor, &back, move |tx, right| {
        people::factors_of(tx, &there, right, Some(user))
    });
    let factors = factors.await?.map_err(refused)?;
    let sessions = console.read::<SeeSessions, _>(visitor, &back, move |tx, right| {
        people::sessions_of(tx, &call, right, Some(user))
    });
    let sessions = sessions.await?.map_err(refused)?;
    let (frame, account) = console.frames(visitor, ConsoleSection::People);
    let page = ConsolePersonPage {
        frame,
        notice,
        problem,
        may: allowed(&person, owns, console.who().user().id == user),
        factors: listed(&factors),
        sessions: sessions.into_iter().map(session).collect(),
        person: shown(person),
        account,
    };
    let status = problem.map_or(StatusCode::OK, |problem| match problem {
        PersonProblem::Above | PersonProblem::OwnAccount => StatusCode::FORBIDDEN,
        PersonProblem::LastOwner | PersonProblem::BreakGlass | PersonProblem::Changed => StatusCode::CONFLICT,
    });
    Ok(visitor.show(status, &page))
}

/// What is offered. It is asked again when it is done.
fn allowed(person: &Person, owns: bool, own: bool) -> Allowed {
    let reach = owns || !person.effective_roles().contains(&Role::Owner);
    let state = person.user.status;
    let here = reach && !matches!(state, crate::model::status::Status::Deleted { .. });
    Allowed {
        suspend: here && !own && state.is_active(),
        resume: here && !state.is_active(),
        unlock: here,
        end_sessions: here,
        roles: here && owns && !own,
    }
}

fn shown(person: Person) -> PersonShown {
    PersonShown {
        version: person.version(),
        effective: person.effective_roles(),
        groups: person.groups.into_iter().map(|group| group.name).collect(),
        id: person.user.id.to_string(),
        name: person.user.profile.display_name(),
        email_verified: person.user.email_verified,
        state: person.user.status.into(),
        created: person.user.created_at.into(),
        roles: person.user.roles,
        email: person.user.email,
    }
}

fn listed(own: &Overview) -> Vec<FactorRow> {
    let mut rows = Vec::new();
    let row = |name, detail, since, last| FactorRow { name, detail, since, last };
    if let Some(set) = own.password {
        rows.push(row("factor-password", None, Moment::from(set), None));
    }
    for passkey in &own.passkeys {
        let last = passkey.last_used_at.map(Moment::from);
        rows.push(row("factor-passkey", Some(passkey.name.to_string()), passkey.created_at.into(), last));
    }
    if let Some(totp) = &own.totp
        && let Some(since) = totp.confirmed_at
    {
        rows.push(row("totp-name", None, since.into(), totp.last_used_at.map(Moment::from)));
    }
    if let Some(codes) = own.codes {
        rows.push(row("codes-name", Some(codes.count.to_string()), codes.made_at.into(), None));
    }
    rows
}

fn session(OpenSession { session, whereabouts }: OpenSession) -> SessionRow {
    SessionRow {
        id: session.id.to_string(),
        began: session.created_at.into(),
        last: session.last_seen_at.into(),
        address: whereabouts.address,
        device: whereabouts.user_agent,
    }
}
