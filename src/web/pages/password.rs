//! `/login/password`: the same page, the same answers and the same time for accounts that exist and those that do not.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Detour, Outcome, Visitor, answered, going_on, later};
use super::{card, login, offer, passkey};
use crate::crypto::password::Password;
use crate::flows::interaction::Problem;
use crate::flows::login::password::{Compared, PasswordRefusal, begin, compare, finish, refuse_unread};
use crate::flows::login::proved::Proved;
use crate::flows::login::visit::Visit;
use crate::flows::session::CookieChange;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::views::link::LocalPath;
use crate::views::password::PasswordProblem;
use crate::views::{IdentifierPage, LinkAskPage, PasswordPage, ResetAskPage};

/// `GET /login/password`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /login/password`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let handle = visitor.needed_handle(&visitor.query()?)?;
    page(visitor, handle, None).await
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.needed_handle(&params)?;
    if login::is_cancel(&params) {
        return login::cancel(visitor, Some(handle)).await;
    }
    let Some(typed) = params.secret("password") else {
        return refused(visitor, handle, StatusCode::UNPROCESSABLE_ENTITY, PasswordProblem::Missing).await;
    };
    let Ok(password) = Password::new(&typed) else {
        let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
        let database = &visitor.edge.database;
        let unread = database.write_directory(move |tx| refuse_unread(tx, &call, (handle, &cookie))).await;
        return refuse(visitor, handle, visitor.sound(unread)?).await;
    };
    // Before anything is read, and for whomever the sign-in is: what a flood is refused must cost nobody else anything (P039).
    let place = visitor.sound(visitor.edge.passwords.admit().map_err(Failure::from))?;
    let renewed = visitor.renewed(&params, handle);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let rules = visitor.edge.sign_in.clone();
    let begun = visitor.edge.database.read_directory(move |directory| {
        begin(directory, &call, &rules, handle, CookieChange { old: &old, new: &new })
    });
    let attempt = match visitor.sound(begun.await)? {
        Ok(attempt) => attempt,
        Err(refusal) => return refuse(visitor, handle, refusal).await,
    };
    let goes_on = attempt.goes_on;
    let compared = visitor.sound(compare(place, password, (attempt, &visitor.edge.sign_in)).await)?;
    let finished = conclude(visitor, compared, renewed.hash().to_owned()).await;
    match visitor.sound(finished)? {
        Ok(proved) => offer::after_proof(visitor, &proved, &renewed, &params).await,
        // It was open a moment ago: the same form came twice, and the other one is ahead.
        Err(PasswordRefusal::Expired) => Ok(visitor.to_without_cookie(&login::onward(goes_on))),
        Err(refusal) => refuse(visitor, handle, refusal).await,
    }
}

async fn conclude(
    visitor: &Visitor,
    compared: Compared,
    renewed: String,
) -> Result<Result<Proved, PasswordRefusal>, Failure> {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let rules = visitor.edge.sign_in.clone();
    visitor
        .edge
        .database
        .write_directory(move |directory| {
            finish(directory, &call, &rules, compared, CookieChange { old: &cookie, new: &renewed })
        })
        .await
}

async fn refuse(visitor: &Visitor, handle: InteractionHandle, refusal: PasswordRefusal) -> Outcome {
    match refusal {
        PasswordRefusal::Expired => Ok(login::look_again(visitor, handle)),
        PasswordRefusal::NoIdentifier => Ok(visitor.to(&back(handle))),
        PasswordRefusal::NoSecondFactor => Ok(visitor.to(&own(handle))),
        PasswordRefusal::Wrong => {
            visitor.note_failure();
            Ok(visitor.to(&own(handle)))
        }
        PasswordRefusal::TooMany { until } => {
            visitor.note_failure();
            let (seconds, minutes) = wait(until, visitor.call.now);
            let problem = PasswordProblem::TooManyTries { minutes };
            Ok(later(refused(visitor, handle, StatusCode::TOO_MANY_REQUESTS, problem).await?, seconds))
        }
    }
}

/// How long it is, in seconds and in minutes begun.
pub(super) fn wait(until: Timestamp, now: Timestamp) -> (u64, u32) {
    let seconds = until.since(now).as_millis().div_ceil(1000).max(1);
    let minutes = u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX);
    (u64::try_from(seconds).unwrap_or(u64::MAX), minutes)
}

/// Shows the page on the spot: to a form that is not whole (P041), and where the answer is to
/// come again later.
async fn refused(
    visitor: &Visitor,
    handle: InteractionHandle,
    status: StatusCode,
    problem: PasswordProblem,
) -> Outcome {
    let mut page = page(visitor, handle, Some(problem)).await?;
    if page.status() == StatusCode::OK {
        *page.status_mut() = status;
    }
    Ok(page)
}

/// What this page says of a problem; those of other pages are not its own.
const fn of_password(problem: Problem) -> Option<PasswordProblem> {
    match problem {
        Problem::PasswordWrong => Some(PasswordProblem::Wrong),
        Problem::NoSecondFactor => Some(PasswordProblem::NoSecondFactor),
        Problem::Username
        | Problem::Organisation
        | Problem::CodeWrong
        | Problem::PasskeyWrong
        | Problem::OtherAccount => None,
    }
}

fn own(handle: InteractionHandle) -> LocalPath {
    going_on(PasswordPage::PATH, handle)
}

fn back(handle: InteractionHandle) -> LocalPath {
    going_on(IdentifierPage::PATH, handle)
}

async fn page(visitor: &Visitor, handle: InteractionHandle, problem: Option<PasswordProblem>) -> Outcome {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let opened = visitor.edge.database.read_directory(move |directory| {
        let Some(visit) = Visit::open(directory, &call, Some(handle), &cookie)? else { return Ok(None) };
        let link = visit.offers(directory, Factor::MagicLink)?;
        let reset = visit.offers(directory, Factor::Password)?;
        Ok(Some((visit, link, reset)))
    });
    let opened = visitor.sound(opened.await)?;
    let (visit, link, reset) = opened.ok_or_else(|| Detour::from(visitor.expired()))?;
    let typed = visit.interaction.as_ref().and_then(|it| it.progress.identifier.clone());
    let Some(username) = typed else { return Ok(visitor.to(&back(handle))) };
    let problem = problem.or_else(|| visit.told().and_then(|told| of_password(told.problem)));
    let page = PasswordPage {
        frame: login::frame(visitor, &visit),
        form: visitor.hidden(Some(handle.to_string())),
        client: card::asker(visitor, &visit).await,
        username,
        back: back(handle),
        link: link.then(|| going_on(LinkAskPage::PATH, handle)),
        reset: reset.then(|| going_on(ResetAskPage::PATH, handle)),
        passkey: passkey::prompt_of(visitor, Some(handle))?,
        problem,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}
