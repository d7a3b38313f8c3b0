//! `/login/passkey`: takes what the browser's authenticator signed, on whichever page it was asked; and the page of somebody whom
//! one more factor is asked of.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::card;
use super::factor::{OTHER, challenge};
use super::login;
use super::then::Then;
use super::visitor::{Detour, Outcome, Visitor, answered, going_on};
use crate::flows::factors::passkey::{Answer, Question};
use crate::flows::interaction::Problem;
use crate::flows::login::passkey::{PasskeyLoginRefusal, ask, ask_again, finish, is_signed};
use crate::flows::login::proved::{Proved, SignedIn};
use crate::flows::login::visit::Visit;
use crate::flows::session::CookieChange;
use crate::model::ids::InteractionHandle;
use crate::protocol::params::Params;
use crate::views::passkey::PasskeyPrompt;
use crate::views::{FactorPage, IdentifierPage, PasskeyPage};
use crate::web::limits::Door;
use crate::web::trouble::Trouble;

/// `GET /login/passkey`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /login/passkey`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let handle = visitor.needed_handle(&visitor.query()?)?;
    page(visitor, handle, StatusCode::OK).await
}

/// The page of somebody whom one more factor is asked of; with another status it says at once that the answer was wrong.
async fn page(visitor: &Visitor, handle: InteractionHandle, status: StatusCode) -> Outcome {
    let challenge = challenge(visitor, handle).await?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (rules, scope, user) = (visitor.edge.passkeys.clone(), challenge.scope.clone(), challenge.user.id);
    let question = visitor.edge.database.read_directory(move |directory| {
        ask_again(directory, &call, &rules, (&scope, user), (handle, &cookie))
    });
    let question = visitor.sound(question.await)?;
    let page = PasskeyPage {
        frame: login::frame(visitor, &challenge.visit),
        form: visitor.hidden(Some(handle.to_string())),
        client: card::asker(visitor, &challenge.visit).await,
        refused: status != StatusCode::OK
            || challenge.visit.told().is_some_and(|told| told.problem == Problem::PasskeyWrong),
        username: challenge.user.email,
        passkey: question.map(prompt),
        other: going_on(FactorPage::PATH, handle).with(OTHER, "1"),
    };
    Ok(visitor.show(status, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.handle(&params)?;
    if login::is_cancel(&params) {
        return login::cancel(visitor, handle).await;
    }
    let answer = answer(&params);
    if !may_try(visitor, handle, &answer).await? {
        visitor.note_failure();
        return Err(visitor.detour(Trouble::Malformed));
    }
    let renewed = visitor.renewed(&params, handle);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (rules, passkeys) = (visitor.edge.sign_in.clone(), visitor.edge.passkeys.clone());
    let finished = visitor.edge.database.write_directory(move |directory| {
        let cookie = CookieChange { old: &old, new: &new };
        finish(directory, &call, (&rules, &passkeys), (handle, &answer), cookie)
    });
    match visitor.sound(finished.await)? {
        Ok(Proved::SignedIn(signed_in)) if handle.is_none() => {
            // Nothing is kept of a sign-in by a passkey alone: the form says where it leads.
            let then = Then::read(&params).map(|then| then.page().as_str().to_owned());
            let proved = Proved::SignedIn(SignedIn { then, ..signed_in });
            Ok(login::after_proof(visitor, &proved, &renewed))
        }
        Ok(proved) => Ok(login::after_proof(visitor, &proved, &renewed)),
        Err(PasskeyLoginRefusal::Expired) => {
            Ok(handle.map_or_else(|| visitor.expired(), |handle| login::look_again(visitor, handle)))
        }
        Err(PasskeyLoginRefusal::Wrong) => {
            visitor.note_failure();
            refused(visitor, (handle, Then::read(&params))).await
        }
        Err(PasskeyLoginRefusal::Malformed) => {
            visitor.note_failure();
            refused_at_once(visitor, (handle, Then::read(&params))).await
        }
    }
}

/// Whether the answer is worth a transaction that writes. From where too many were wrong, only one that is right.
async fn may_try(
    visitor: &Visitor,
    handle: Option<InteractionHandle>,
    answer: &Answer,
) -> Result<bool, Detour> {
    if visitor.is_let_in(Door::Passkey) {
        return Ok(true);
    }
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (rules, answer) = (visitor.edge.passkeys.clone(), answer.clone());
    let signed = visitor
        .edge
        .database
        .read_directory(move |directory| is_signed(directory, &call, &rules, (handle, &answer), &cookie));
    visitor.sound(signed.await)
}

/// What the form brought.
pub(super) fn answer(params: &Params) -> Answer {
    let text = |name| params.get(name).unwrap_or_default().to_owned();
    Answer { sealed: text("question"), said: text("answer") }
}

/// Back to the page that asked; where nothing is stored that could tell it, the page says so at once.
async fn refused(visitor: &Visitor, (handle, then): (Option<InteractionHandle>, Option<Then>)) -> Outcome {
    let Some(handle) = handle else { return login::passkey_refused(visitor, (None, then)).await };
    let path = if is_one_more(visitor, handle).await? { PasskeyPage::PATH } else { IdentifierPage::PATH };
    Ok(visitor.to(&going_on(path, handle)))
}

/// The page that asked, for an answer that cannot be read (P041).
async fn refused_at_once(
    visitor: &Visitor,
    (handle, then): (Option<InteractionHandle>, Option<Then>),
) -> Outcome {
    match handle {
        Some(handle) if is_one_more(visitor, handle).await? => {
            page(visitor, handle, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Some(_) | None => login::passkey_refused(visitor, (handle, then)).await,
    }
}

/// Whether somebody waits here who proved one factor.
async fn is_one_more(visitor: &Visitor, handle: InteractionHandle) -> Result<bool, Detour> {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let opened = visitor
        .edge
        .database
        .read_directory(move |directory| Visit::open(directory, &call, Some(handle), &cookie));
    let visit = visitor.sound(opened.await)?.ok_or_else(|| Detour::from(visitor.expired()))?;
    Ok(visit.pending().is_some())
}

/// The question that a sign-in page carries for whoever has a passkey of ours.
pub(super) fn prompt_of(
    visitor: &Visitor,
    handle: Option<InteractionHandle>,
) -> Result<Option<PasskeyPrompt>, Detour> {
    let asked = ask(&visitor.call, &visitor.edge.passkeys, (handle, visitor.browser.hash()));
    Ok(visitor.sound(asked)?.map(prompt))
}

pub(super) fn prompt(question: Question) -> PasskeyPrompt {
    PasskeyPrompt { options: question.options.to_string(), sealed: question.sealed, then: Vec::new() }
}
