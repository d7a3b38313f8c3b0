//! `/console/people/person`: one person, and what is done to them. Every change goes through `flows::people`, as at the API.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Console, Done, entered};
use crate::flows::access::{
    ChangeRoles, Conflict, EndSessions, MailPeople, ManagePeople, ReadPeople, Refused, RemovePeople,
    ResetFactors, RevokeTokens, SeeFactors, SeeSessions, SeeTokens, UnlockPeople,
};
use crate::flows::factors::overview::Overview;
use crate::flows::links::by_admin::AdminLink;
use crate::flows::people::{self, FactorName, OpenSession, Person};
use crate::model::device;
use crate::model::ids::{PersonalTokenId, SessionId, UserId};
use crate::model::personal_token::PersonalToken;
use crate::model::role::{Permission, Role};
use crate::protocol::params::Params;
use crate::views::console::person::{
    Allowed, FactorRow, PersonNotice, PersonProblem, PersonShown, SessionRow, TokenRow,
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
    let rows = ["end", "reset", "revoke"].map(|name| params.get(name));
    let (notice, done) = match (params.get("action"), rows) {
        (Some(action), [None, None, None]) => act(visitor, &console, user, (action, &params)).await?,
        (None, [Some(sid), None, None]) => {
            let sid = sid.parse().map_err(|_| visitor.detour(Trouble::NotFound))?;
            (PersonNotice::SessionEnded, end_one(visitor, &console, (user, sid)).await?)
        }
        (None, [None, Some(factor), None]) => {
            (PersonNotice::FactorReset, reset(visitor, &console, (user, factor.parse().ok())).await?)
        }
        (None, [None, None, Some(token)]) => {
            (PersonNotice::TokenRevoked, revoke(visitor, &console, (user, token.parse().ok())).await?)
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
        "factor-link" => {
            let mailed = mail(visitor, console, (user, AdminLink::FirstFactor));
            (PersonNotice::FactorLinkSent, mailed.await?)
        }
        "reset-mail" => {
            (PersonNotice::ResetSent, mail(visitor, console, (user, AdminLink::PasswordReset)).await?)
        }
        _ => return Err(visitor.detour(Trouble::Malformed)),
    })
}

async fn mail(visitor: &Visitor, console: &Console, (user, wanted): (UserId, AdminLink)) -> Done<()> {
    let (back, call, terms) = (link(console, user), visitor.call.clone(), visitor.edge.links.clone());
    let change = console.change::<MailPeople, _>(visitor, &back, move |tx, right| {
        people::mail_link(tx, &call, right, &terms, (Some(user), wanted))
    });
    change.await
}

async fn reset(
    visitor: &Visitor,
    console: &Console,
    (user, factor): (UserId, Option<FactorName>),
) -> Done<()> {
    let (back, terms) = (link(console, user), visitor.edge.mail.clone());
    let (call, clock) = (visitor.call.clone(), Arc::clone(&visitor.edge.clock));
    let change = console.change::<ResetFactors, _>(visitor, &back, move |tx, right| {
        people::reset_factor_of(tx, (&call, &clock), right, &terms, (Some(user), factor))
    });
    change.await
}

async fn revoke(
    visitor: &Visitor,
    console: &Console,
    (user, token): (UserId, Option<PersonalTokenId>),
) -> Done<()> {
    let (back, call) = (link(console, user), visitor.call.clone());
    let change = console.change::<RevokeTokens, _>(visitor, &back, move |tx, right| {
        people::revoke_token_of(tx, &call, right, (Some(user), token))
    });
    change.await
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
        Refused::Conflict(Conflict::HasFactor) => Some(PersonProblem::HasFactor),
        Refused::Conflict(Conflict::NoPassword) => Some(PersonProblem::NoPassword),
        Refused::Conflict(Conflict::MailedEnough) => Some(PersonProblem::MailedEnough),
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
    let then = call.clone();
    let sessions = console.read::<SeeSessions, _>(visitor, &back, move |tx, right| {
        people::sessions_of(tx, &then, right, Some(user))
    });
    let sessions = sessions.await?.map_err(refused)?;
    let tokens = console.read::<SeeTokens, _>(visitor, &back, move |tx, right| {
        people::tokens_of(tx, &call, right, Some(user))
    });
    let tokens = tokens.await?.map_err(refused)?;
    let (frame, account) = console.frames(visitor, ConsoleSection::People);
    let page = ConsolePersonPage {
        frame,
        notice,
        problem,
        may: allowed(&person, &factors, owns, console.who().user().id == user),
        factors: listed(&factors),
        sessions: sessions.into_iter().map(session).collect(),
        tokens: tokens.into_iter().map(token).collect(),
        person: shown(person),
        account,
    };
    let status = problem.map_or(StatusCode::OK, |problem| match problem {
        PersonProblem::Above | PersonProblem::OwnAccount => StatusCode::FORBIDDEN,
        PersonProblem::LastOwner
        | PersonProblem::BreakGlass
        | PersonProblem::Changed
        | PersonProblem::HasFactor
        | PersonProblem::NoPassword
        | PersonProblem::MailedEnough => StatusCode::CONFLICT,
    });
    Ok(visitor.show(status, &page))
}

/// What is offered. It is asked again when it is done.
fn allowed(person: &Person, factors: &Overview, owns: bool, own: bool) -> Allowed {
    let reach = owns || !person.effective_roles().contains(&Role::Owner);
    let state = person.user.status;
    let here = reach && !matches!(state, crate::model::status::Status::Deleted { .. });
    Allowed {
        suspend: here && !own && state.is_active(),
        resume: here && !state.is_active(),
        unlock: here,
        end_sessions: here,
        roles: here && owns && !own,
        factors: here && !own,
        reset_mail: here && !own && !person.user.is_guest(),
        factor_link: here
            && !own
            && state.is_active()
            && factors.totp.is_none()
            && factors.passkeys.is_empty(),
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
        guest: person.user.is_guest(),
        created: person.user.created_at.into(),
        roles: person.user.roles,
        email: person.user.email,
    }
}

fn listed(own: &Overview) -> Vec<FactorRow> {
    let mut rows = Vec::new();
    let row = |of: FactorName, name, detail, (since, last)| FactorRow {
        id: of.to_string(),
        name,
        detail,
        since,
        last,
    };
    if let Some(set) = own.password {
        rows.push(row(FactorName::Password, "factor-password", None, (Moment::from(set), None)));
    }
    for passkey in &own.passkeys {
        let last = passkey.last_used_at.map(Moment::from);
        let name = Some(passkey.name.to_string());
        let of = FactorName::Passkey(passkey.id);
        rows.push(row(of, "factor-passkey", name, (passkey.created_at.into(), last)));
    }
    if let Some(totp) = &own.totp
        && let Some(since) = totp.confirmed_at
    {
        let when = (since.into(), totp.last_used_at.map(Moment::from));
        rows.push(row(FactorName::Totp, "totp-name", None, when));
    }
    if let Some(codes) = own.codes {
        let left = Some(codes.count.to_string());
        rows.push(row(FactorName::RecoveryCodes, "codes-name", left, (codes.made_at.into(), None)));
    }
    rows
}

fn session(OpenSession { session, whereabouts }: OpenSession) -> SessionRow {
    SessionRow {
        id: session.id.to_string(),
        began: session.created_at.into(),
        last: session.last_seen_at.into(),
        address: whereabouts.address,
        device: whereabouts.user_agent.as_deref().and_then(device::describe),
    }
}

fn token(it: PersonalToken) -> TokenRow {
    TokenRow {
        id: it.id.to_string(),
        name: it.name,
        scopes: it.scopes.into_iter().collect::<Vec<_>>().join(", "),
        last: it.last_used_at.map(Moment::from),
        ends: it.expires_at.into(),
    }
}
