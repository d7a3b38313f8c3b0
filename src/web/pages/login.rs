//! `/login`: who are you? And the way out of every sign-in page: cancel.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::then::Then;
use super::visitor::{Detour, Outcome, Visitor, answered, going_on};
use super::{card, passkey};
use crate::flows::authorize;
use crate::flows::interaction::{Interaction, Problem};
use crate::flows::invitations;
use crate::flows::login::identify::{IdentifyRefusal, Typed, identify};
use crate::flows::login::proved::Proved;
use crate::flows::login::visit::Visit;
use crate::model::ids::InteractionHandle;
use crate::protocol::params::Params;
use crate::views::identifier::IdentifierProblem;
use crate::views::link::LocalPath;
use crate::views::passkey::PasskeyPrompt;
use crate::views::{FactorPage, Frame, IdentifierPage, PasswordPage, SignUpPage};
use crate::web::guard::browser::Browser;
use crate::web::oidc;

/// `GET /login`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /login`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let handle = visitor.handle(&params)?;
    let opened = open(visitor, handle, Then::read(&params)).await?;
    let told = opened.visit.told();
    let problem = told.and_then(|told| problem(told.problem));
    let typed = told.filter(|_| problem.is_some());
    let username = typed.and_then(|typed| typed.username.clone()).unwrap_or_else(|| opened.username.clone());
    let organisation = typed.and_then(|typed| typed.organisation.clone());
    let page = page(visitor, &opened, (username, organisation), problem).await?;
    Ok(visitor.show(StatusCode::OK, &page))
}

/// What this page says of a problem; those of other pages are not its own.
const fn problem(problem: Problem) -> Option<IdentifierProblem> {
    match problem {
        Problem::Username => Some(IdentifierProblem::Username),
        Problem::Organisation => Some(IdentifierProblem::Organisation),
        Problem::PasskeyWrong => Some(IdentifierProblem::Passkey),
        Problem::PasswordWrong | Problem::CodeWrong | Problem::NoSecondFactor | Problem::OtherAccount => None,
    }
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.handle(&params)?;
    if is_cancel(&params) {
        return cancel(visitor, handle).await;
    }
    let typed = Typed {
        username: params.get("username").unwrap_or_default().to_owned(),
        organisation: params.get("organisation").map(str::to_owned),
        then: Then::read(&params).map(|then| then.page().as_str().to_owned()),
    };
    let leave = if handle.is_none() { visitor.may_begin().await? } else { None };
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let life = visitor.edge.authorize.interaction;
    let asked = typed.clone();
    let identified = visitor
        .edge
        .database
        .write_directory(move |directory| identify(directory, &call, (handle, &cookie), &asked, life))
        .await;
    if let Some(leave) = leave {
        leave.end(matches!(identified, Ok(Ok(_))));
    }
    match visitor.sound(identified)? {
        Ok(begun) => Ok(visitor.to(&going_on(PasswordPage::PATH, begun))),
        Err(IdentifyRefusal::Expired) => Ok(visitor.expired()),
        Err(IdentifyRefusal::Form(wrong)) => match handle.filter(|_| typed.is_whole()) {
            Some(handle) => Ok(visitor.to(&going_on(IdentifierPage::PATH, handle))),
            None => again(visitor, (handle, Then::read(&params)), typed, problem(wrong)).await,
        },
    }
}

/// Shows the page on the spot with what was typed: to a form that is not whole (P041), and where nothing is stored yet
/// that could keep it, for a stranger who types nonsense costs no row (P132).
async fn again(
    visitor: &Visitor,
    (handle, then): (Option<InteractionHandle>, Option<Then>),
    typed: Typed,
    problem: Option<IdentifierProblem>,
) -> Outcome {
    let opened = open(visitor, handle, then).await?;
    let page = page(visitor, &opened, (typed.username, typed.organisation), problem).await?;
    Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// The same after a passkey proved nothing, where nothing is kept of it.
pub(super) async fn passkey_refused(
    visitor: &Visitor,
    (handle, then): (Option<InteractionHandle>, Option<Then>),
) -> Outcome {
    let opened = open(visitor, handle, then).await?;
    let typed = (opened.username.clone(), None);
    let page = page(visitor, &opened, typed, Some(IdentifierProblem::Passkey)).await?;
    Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// What the page is made of.
struct Opened {
    visit: Visit,
    username: String,
    asks_organisation: bool,
    sign_up: Option<LocalPath>,
    then: Option<Then>,
    offers_guests: bool,
}

async fn open(
    visitor: &Visitor,
    handle: Option<InteractionHandle>,
    then: Option<Then>,
) -> Result<Opened, Detour> {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let opened = visitor.edge.database.read_directory(move |directory| {
        let Some(visit) = Visit::open(directory, &call, handle, &cookie)? else { return Ok(None) };
        let username = visit.likely_username(directory, &call, &cookie)?;
        let asks_organisation = visit.asks_organisation(directory, &cookie, &username)?;
        let sign_up = match visit.shown_tenant().map(|scope| scope.tenant().slug.clone()) {
            Some(slug) => invitations::is_open(directory, &slug)?,
            None => None,
        };
        let sign_up = sign_up.map(|scope| {
            LocalPath::page(SignUpPage::PATH).with("organisation", scope.tenant().slug.as_str())
        });
        let then = then.filter(|_| visit.interaction.is_none());
        let offers_guests = visit.offers_guests(directory)?;
        Ok(Some(Opened { visit, username, asks_organisation, sign_up, then, offers_guests }))
    });
    visitor.sound(opened.await)?.ok_or_else(|| Detour::from(visitor.expired()))
}

async fn page(
    visitor: &Visitor,
    opened: &Opened,
    (username, organisation): (String, Option<String>),
    problem: Option<IdentifierProblem>,
) -> Result<IdentifierPage, Detour> {
    let handle = opened.visit.interaction.as_ref().map(Interaction::handle);
    let asks = opened.asks_organisation || problem == Some(IdentifierProblem::Organisation);
    let organisation = asks.then(|| organisation.unwrap_or_default());
    let then = opened.then.map(Then::fields).unwrap_or_default();
    let passkey = passkey::prompt_of(visitor, handle)?;
    Ok(IdentifierPage {
        frame: frame(visitor, &opened.visit),
        form: visitor.hidden(handle.map(|handle| handle.to_string())),
        client: card::asker(visitor, &opened.visit).await,
        asked_for_another: opened.visit.asked_for_another(),
        username,
        organisation,
        passkey: passkey.map(|passkey| PasskeyPrompt { then: then.clone(), ..passkey }),
        problem,
        sign_up: opened.sign_up.clone(),
        then,
        from_home: handle.filter(|_| opened.offers_guests).map(|handle| Then::Accounts(handle).sign_in()),
    })
}

/// The frame of a sign-in page: the wishes of the request, the tenant that it settles, the place it leads back to.
pub(super) fn frame(visitor: &Visitor, visit: &Visit) -> Frame {
    let request = visit.request();
    if let Some(request) = request {
        visitor.may_lead_to(&request.redirect_uri);
    }
    visitor.frame_of(visit.shown_tenant(), request.and_then(|request| request.ui_locales.as_deref()))
}

/// Where the browser goes after a step that settled the account.
pub(super) fn onward(goes_on: Option<InteractionHandle>) -> LocalPath {
    match goes_on {
        Some(handle) => going_on("/oauth2/authorize/resume", handle),
        None => LocalPath::page("/"),
    }
}

/// Where it goes after a proof: on, to the page that the sign-in was for, or to the next factor. Whoever it was is noted.
pub(super) fn after_proof(visitor: &Visitor, proved: &Proved, renewed: &Browser) -> HttpResponse {
    visitor.to_with(&place_after(visitor, proved), renewed)
}

/// The same place, for a page that shows something before.
pub(super) fn place_after(visitor: &Visitor, proved: &Proved) -> LocalPath {
    match proved {
        Proved::More(handle) => going_on(FactorPage::PATH, *handle),
        Proved::SignedIn(signed_in) => {
            visitor.note_user(signed_in.admitted.account.tenant_id, signed_in.user);
            let then = signed_in.then.as_deref().and_then(LocalPath::parse);
            then.filter(|_| signed_in.goes_on.is_none()).unwrap_or_else(|| onward(signed_in.goes_on))
        }
    }
}

/// After a form whose interaction is not this browser's, or no longer: the request is looked at once more, by GET and with the
/// cookie that the browser has by then. Of a form that was sent twice at once, the answer that came too late leads where the
/// other one did. It brings no cookie, since the browser's is newer than the one that came with the form (P069).
pub(super) fn look_again(visitor: &Visitor, handle: InteractionHandle) -> HttpResponse {
    visitor.to_without_cookie(&onward(Some(handle)))
}

/// Whether the form's cancel button was pressed.
pub(super) fn is_cancel(params: &Params) -> bool {
    params.get("action") == Some("cancel")
}

/// Ends the interaction: the relying party gets `access_denied`. A plain sign-in goes home.
pub(super) async fn cancel(visitor: &Visitor, handle: Option<InteractionHandle>) -> Outcome {
    let Some(handle) = handle else { return Ok(visitor.to(&onward(None))) };
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let rules = visitor.edge.sign_in.records.clone();
    let cancelled = visitor
        .edge
        .database
        .write_directory(move |directory| authorize::cancel(directory, &call, &rules, handle, &cookie));
    Ok(oidc::authorize::answer(visitor, cancelled.await))
}
