//! `/console/invitations`: who was invited, and inviting one or many. Everything goes through `flows::invitations`, as at the
//! API.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Console, entered};
use crate::flows::access::{Conflict, Invite, ManageInvitations, ReadInvitations, Refused};
use crate::flows::invitations::{self, DAYS, Filter, InvitationRefusal, Inviter, Newcomer, RefusedNewcomer};
use crate::flows::provision::import::Format;
use crate::model::ids::InvitationId;
use crate::model::invitation::{Invitation, Standing};
use crate::model::role::Role;
use crate::protocol::params::Params;
use crate::views::console::invitations::{InvitationRow, InvitationsNotice, InviteProblem};
use crate::views::console::{ConsoleInvitationsPage, ConsoleSection};
use crate::views::link::LocalPath;
use crate::web::api::invitations::refused;
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// How many stand on a page.
const ON_A_PAGE: u16 = 50;
/// The parameters of the address.
const CURSOR: &str = "cursor";
const DONE: &str = "done";
/// The longest list that is shown again, in characters.
const LONGEST: usize = 100_000;

/// What is shown beside the list.
#[derive(Default)]
struct Said {
    notice: Option<InvitationsNotice>,
    problems: Vec<(Option<u64>, InviteProblem)>,
    email: String,
    role: Option<Role>,
    many: String,
}

/// `GET /console/invitations`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /console/invitations`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let console = entered(visitor, &params).await?;
    let after = match params.get(CURSOR).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| visitor.detour(Trouble::Malformed))?),
    };
    let notice = params.get(DONE).and_then(InvitationsNotice::parse);
    page(visitor, &console, after, Said { notice, ..Said::default() }).await
}

async fn page(visitor: &Visitor, console: &Console, after: Option<InvitationId>, said: Said) -> Outcome {
    let (call, now) = (visitor.call.clone(), visitor.call.now);
    let here = console.to(ConsoleInvitationsPage::PATH);
    let read = console.read::<ReadInvitations, _>(visitor, &here, move |tx, right| {
        right.check(tx)?;
        let inviter = Inviter::of_api(right);
        let roles: Vec<Role> = Role::ALL.into_iter().filter(|role| inviter.may_offer_role(*role)).collect();
        Ok(Ok((roles, invitations::list(tx, &call, &Filter::default(), (after, ON_A_PAGE))?)))
    });
    let Ok((roles, found)) = read.await? else { return Err(visitor.detour(Trouble::Malformed)) };
    let (frame, account) = console.frames(visitor, ConsoleSection::Invitations);
    let status = if said.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ConsoleInvitationsPage {
        frame,
        account,
        notice: said.notice,
        problems: said.problems,
        email: said.email,
        role: said.role.unwrap_or(Role::Member),
        many: said.many,
        roles,
        invitations: found.items.iter().map(|it| row(it, Standing::of(it, now))).collect(),
        first: after.map(|_| here.clone()),
        next: found.next.map(|last| here.with(CURSOR, &last.to_string())),
    };
    Ok(visitor.show(status, &page))
}

fn row(it: &Invitation, standing: Standing) -> InvitationRow {
    InvitationRow {
        id: it.id.to_string(),
        email: it.email.clone(),
        roles: it.roles.clone(),
        standing,
        until: it.expires_at.into(),
    }
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let console = entered(visitor, &params).await?;
    let here = console.to(ConsoleInvitationsPage::PATH);
    // Whoever may not hears nothing of what would be right.
    let may = console.read::<ManageInvitations, _>(visitor, &here, |tx, right| right.check(tx).map(Ok));
    may.await?.map_err(|_| visitor.detour(Trouble::Malformed))?;
    match (params.get("action"), params.get("resend"), params.get("withdraw")) {
        (Some("invite"), None, None) => invite(visitor, &console, &params).await,
        (Some("many"), None, None) => invite_many(visitor, &console, &params).await,
        (None, Some(id), None) => resend(visitor, &console, id.parse().ok()).await,
        (None, None, Some(id)) => withdraw(visitor, &console, id.parse().ok()).await,
        _ => Err(visitor.detour(Trouble::Malformed)),
    }
}

async fn invite(visitor: &Visitor, console: &Console, params: &Params) -> Outcome {
    let role: Option<Role> = params.get("role").and_then(|word| word.parse().ok());
    let role = role.ok_or_else(|| visitor.detour(Trouble::Malformed))?;
    let email: String = params.get("email").unwrap_or_default().chars().take(LONGEST_ADDRESS).collect();
    let newcomer =
        Newcomer { email: email.clone(), roles: vec![role.as_str().to_owned()], ..Newcomer::default() };
    match send(visitor, console, vec![newcomer]).await? {
        Ok(()) => Ok(done(visitor, console, InvitationsNotice::Sent)),
        Err(faults) => {
            let problems = faults.into_iter().map(|(_, problem)| (None, problem)).collect();
            page(visitor, console, None, Said { problems, email, role: Some(role), ..Said::default() }).await
        }
    }
}

/// What the field of the address takes, in characters.
const LONGEST_ADDRESS: usize = 320;

async fn invite_many(visitor: &Visitor, console: &Console, params: &Params) -> Outcome {
    let many = params.get("many").unwrap_or_default();
    let problems = match newcomers(many) {
        Ok(newcomers) => match send(visitor, console, newcomers).await? {
            Ok(()) => return Ok(done(visitor, console, InvitationsNotice::Sent)),
            Err(faults) => faults.into_iter().map(|(line, problem)| (Some(line), problem)).collect(),
        },
        Err(lines) => lines.into_iter().map(|line| (Some(line), InviteProblem::Unreadable)).collect(),
    };
    let many = many.chars().take(LONGEST).collect();
    page(visitor, console, None, Said { problems, many, ..Said::default() }).await
}

/// Whoever the lines name: addresses one by one, or CSV with a header.
fn newcomers(many: &str) -> Result<Vec<Newcomer>, Vec<u64>> {
    let many = many.trim_start();
    let has_header = many.lines().next().is_some_and(|line| !line.contains('@'));
    let text = if has_header { many.to_owned() } else { format!("email\n{many}") };
    let shift = u64::from(!has_header);
    let read = invitations::read(&text, Format::Csv);
    let read =
        read.map_err(|lines| lines.iter().map(|it| it.line.saturating_sub(shift)).collect::<Vec<_>>())?;
    let newcomers = read.into_iter().map(|it| Newcomer {
        line: it.line.saturating_sub(shift),
        roles: if it.roles.is_empty() { vec![Role::Member.as_str().to_owned()] } else { it.roles },
        ..it
    });
    Ok(newcomers.collect())
}

type Sent = Result<(), Vec<(u64, InviteProblem)>>;

async fn send(visitor: &Visitor, console: &Console, newcomers: Vec<Newcomer>) -> Result<Sent, Detour> {
    let (call, terms) = (visitor.call.clone(), visitor.edge.mail.clone());
    let here = console.to(ConsoleInvitationsPage::PATH);
    let sent = console.change::<Invite, _>(visitor, &here, move |tx, right| {
        right.check(tx)?;
        let inviter = Inviter::of_api(right);
        let sent = invitations::invite_many(tx, &call, &terms, &inviter, (&newcomers, DAYS))?;
        Ok(match sent {
            Err(faults) if faults.iter().any(|fault| fault.why == InvitationRefusal::Above) => {
                Err(Refused::Above)
            }
            other => Ok(other.map(drop)),
        })
    });
    Ok(match sent.await? {
        Ok(Ok(())) => Ok(()),
        Ok(Err(faults)) => {
            Err(faults.iter().map(|it: &RefusedNewcomer| (it.line, problem(it.why))).collect())
        }
        Err(_) => Err(vec![(0, InviteProblem::Above)]),
    })
}

async fn resend(visitor: &Visitor, console: &Console, id: Option<InvitationId>) -> Outcome {
    let (call, terms) = (visitor.call.clone(), visitor.edge.mail.clone());
    let here = console.to(ConsoleInvitationsPage::PATH);
    let change = console.change::<Invite, _>(visitor, &here, move |tx, right| {
        right.check(tx)?;
        let inviter = Inviter::of_api(right);
        Ok(invitations::resend(tx, &call, &terms, &inviter, (id, DAYS))?.map_err(refused))
    });
    handled(visitor, console, change.await?, InvitationsNotice::Resent).await
}

async fn withdraw(visitor: &Visitor, console: &Console, id: Option<InvitationId>) -> Outcome {
    let call = visitor.call.clone();
    let here = console.to(ConsoleInvitationsPage::PATH);
    let change = console.change::<ManageInvitations, _>(visitor, &here, move |tx, right| {
        right.check(tx)?;
        Ok(invitations::withdraw(tx, &call, &Inviter::of_api(right), id)?.map_err(refused))
    });
    handled(visitor, console, change.await?, InvitationsNotice::Withdrawn).await
}

async fn handled(
    visitor: &Visitor,
    console: &Console,
    done_so: Result<Invitation, Refused>,
    notice: InvitationsNotice,
) -> Outcome {
    let problem = match done_so {
        Ok(_) => return Ok(done(visitor, console, notice)),
        Err(Refused::Above) => InviteProblem::Above,
        Err(Refused::Conflict(Conflict::AddressTaken)) => InviteProblem::Taken,
        Err(Refused::Conflict(Conflict::Closed)) => InviteProblem::Closed,
        Err(Refused::Conflict(Conflict::MailedEnough)) => InviteProblem::MailedEnough,
        Err(_) => InviteProblem::Answered,
    };
    page(visitor, console, None, Said { problems: vec![(None, problem)], ..Said::default() }).await
}

fn done(visitor: &Visitor, console: &Console, notice: InvitationsNotice) -> HttpResponse {
    let place: LocalPath = console.to(ConsoleInvitationsPage::PATH);
    visitor.to(&place.with(DONE, notice.as_str()))
}

const fn problem(refusal: InvitationRefusal) -> InviteProblem {
    match refusal {
        InvitationRefusal::Above => InviteProblem::Above,
        InvitationRefusal::AddressTaken => InviteProblem::Taken,
        InvitationRefusal::Closed => InviteProblem::Closed,
        InvitationRefusal::Answered | InvitationRefusal::NotFound => InviteProblem::Answered,
        InvitationRefusal::MailedEnough => InviteProblem::MailedEnough,
        InvitationRefusal::Twice => InviteProblem::Twice,
        InvitationRefusal::Address => InviteProblem::Address,
        InvitationRefusal::Group | InvitationRefusal::Role | InvitationRefusal::Locale => {
            InviteProblem::Unknown
        }
    }
}
