//! `/account/passkeys`: a person's own passkeys, and `/account/passkeys/new`, where one more is made.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::login;
use super::passkey::{answer, prompt};
use super::visitor::{Detour, Outcome, Visitor, answered, going_on};
use crate::flows::account::passkeys::{Browser, Gate, add, ask_to_add, mine, remove, rename};
use crate::flows::account::{Fresh, SignedIn};
use crate::flows::factors::passkey::{AddRefusal, Question, RemoveRefusal, likely_name};
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, PasskeyId};
use crate::model::passkey::PasskeyName;
use crate::protocol::params::Params;
use crate::views::link::LocalPath;
use crate::views::passkeys::{PasskeyNewProblem, PasskeyRow, PasskeysNotice};
use crate::views::person::Person;
use crate::views::{FactorPage, IdentifierPage, PasskeyAddedPage, PasskeyNewPage, PasskeysPage};

/// The parameter by which a redirect tells what was done.
const DONE: &str = "done";

/// `GET /account/passkeys`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/passkeys`: names one, or takes one away.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(change(&visitor, &body).await)
}

/// `GET /account/passkeys/new`.
pub async fn get_new(visitor: Visitor) -> HttpResponse {
    answered(show_new(&visitor).await)
}

/// `POST /account/passkeys/new`.
pub async fn post_new(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(make(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let notice = visitor.query()?.get(DONE).and_then(PasskeysNotice::parse);
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let read = visitor.edge.database.read_directory(move |directory| mine(directory, &call, &cookie));
    let Some(mine) = visitor.sound(read.await)? else { return Ok(elsewhere(visitor, Gate::Nobody)) };
    visitor.note_user(mine.me.scope().id(), mine.me.user().id);
    let rows = mine.passkeys.into_iter().map(|passkey| PasskeyRow {
        id: passkey.id.to_string(),
        name: passkey.name.to_string(),
        added: passkey.created_at,
        used: passkey.last_used_at,
    });
    let page = PasskeysPage {
        frame: visitor.frame_of(Some(mine.me.scope()), None),
        form: visitor.hidden(None),
        person: person(&mine.me),
        notice,
        passkeys: rows.collect(),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn change(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let id = params.get("passkey").and_then(|text| text.parse::<PasskeyId>().ok());
    let notice = match (id, params.get("action")) {
        (Some(id), Some("remove")) => take_away(visitor, id).await?,
        (Some(id), _) => name(visitor, id, &params).await?,
        (None, _) => Ok(None),
    };
    match notice {
        Ok(notice) => Ok(visitor.to(&list(notice))),
        Err(gate) => Ok(elsewhere(visitor, gate)),
    }
}

/// What a change comes to: what is said of it, or why it is not made here and now.
type Change = Result<Option<PasskeysNotice>, Gate>;

async fn name(visitor: &Visitor, id: PasskeyId, params: &Params) -> Result<Change, Detour> {
    let Ok(name) = params.get("name").unwrap_or_default().parse::<PasskeyName>() else {
        return Ok(Ok(Some(PasskeysNotice::Name)));
    };
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let renamed =
        visitor.edge.database.write_directory(move |tx| rename(tx, &call, &cookie, (id, &name))).await;
    Ok(visitor.sound(renamed)?.map(|is_there| is_there.then_some(PasskeysNotice::Renamed)))
}

async fn take_away(visitor: &Visitor, id: PasskeyId) -> Result<Change, Detour> {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (rules, life) = (visitor.edge.passkeys.clone(), visitor.edge.authorize.interaction);
    let removed = visitor.edge.database.write_directory(move |tx| {
        let browser = Browser { cookie_hash: &cookie, then: PasskeysPage::PATH, life };
        remove(tx, &call, &rules, browser, id)
    });
    Ok(visitor.sound(removed.await)?.map(|removed| match removed {
        Ok(()) => Some(PasskeysNotice::Removed),
        Err(RemoveRefusal::LastWayIn) => Some(PasskeysNotice::LastWayIn),
        Err(RemoveRefusal::NotThere) => None,
    }))
}

async fn show_new(visitor: &Visitor) -> Outcome {
    let handle = visitor.handle(&visitor.query()?)?;
    let likely = likely_name(visitor.call.user_agent.as_deref());
    match asked(visitor).await? {
        Ok((me, question)) => {
            let page = new_page(visitor, &me, (question, handle), (likely, None));
            Ok(visitor.show(StatusCode::OK, &page))
        }
        Err(gate) => Ok(elsewhere(visitor, gate)),
    }
}

async fn make(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.handle(&params)?;
    let given = params.get("name").unwrap_or_default().to_owned();
    let Ok(name) = given.parse::<PasskeyName>() else {
        return again(visitor, handle, given, PasskeyNewProblem::Name).await;
    };
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (rules, life) = (visitor.edge.passkeys.clone(), visitor.edge.authorize.interaction);
    let (answer, called) = (answer(&params), name.clone());
    let added = visitor.edge.database.write_directory(move |tx| {
        let browser = Browser { cookie_hash: &cookie, then: PasskeyNewPage::PATH, life };
        add(tx, &call, &rules, browser, (&answer, called))
    });
    match visitor.sound(added.await)? {
        Err(gate) => Ok(elsewhere(visitor, gate)),
        Ok(Ok(added)) => {
            let codes = added.sheet.map(|sheet| sheet.codes).unwrap_or_default();
            let page = PasskeyAddedPage {
                frame: visitor.frame(None),
                name: name.as_str().to_owned(),
                codes,
                onward: handle.map(|handle| login::onward(Some(handle))),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        }
        Ok(Err(AddRefusal::Known)) => again(visitor, handle, given, PasskeyNewProblem::Known).await,
        Ok(Err(AddRefusal::Gone | AddRefusal::Expired | AddRefusal::TooMany | AddRefusal::Wrong(_))) => {
            again(visitor, handle, given, PasskeyNewProblem::Wrong).await
        }
    }
}

/// Shows the page with a new question: the one before is spent, or was never answered.
async fn again(
    visitor: &Visitor,
    handle: Option<InteractionHandle>,
    name: String,
    problem: PasskeyNewProblem,
) -> Outcome {
    match asked(visitor).await? {
        Ok((me, question)) => {
            let page = new_page(visitor, &me, (question, handle), (name, Some(problem)));
            Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(gate) => Ok(elsewhere(visitor, gate)),
    }
}

type Asked = Result<(Fresh, Option<Question>), Gate>;

async fn asked(visitor: &Visitor) -> Result<Asked, Detour> {
    let leave = visitor.may_begin().await?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (rules, life) = (visitor.edge.passkeys.clone(), visitor.edge.authorize.interaction);
    let asked: Result<Asked, Failure> = visitor
        .edge
        .database
        .write_directory(move |tx| {
            let browser = Browser { cookie_hash: &cookie, then: PasskeyNewPage::PATH, life };
            ask_to_add(tx, &call, &rules, browser)
        })
        .await;
    if let Some(leave) = leave {
        leave.end(matches!(asked, Ok(Err(Gate::Stale(_)))));
    }
    visitor.sound(asked)
}

fn new_page(
    visitor: &Visitor,
    me: &Fresh,
    (question, handle): (Option<Question>, Option<InteractionHandle>),
    (name, problem): (String, Option<PasskeyNewProblem>),
) -> PasskeyNewPage {
    visitor.note_user(me.scope().id(), me.user().id);
    PasskeyNewPage {
        frame: visitor.frame_of(Some(me.scope()), None),
        form: visitor.hidden(handle.map(|handle| handle.to_string())),
        person: person(me.signed_in()),
        passkey: question.map(prompt),
        name,
        problem,
    }
}

/// To where the right to a change is got.
fn elsewhere(visitor: &Visitor, gate: Gate) -> HttpResponse {
    match gate {
        Gate::Nobody => visitor.to(&LocalPath::page(IdentifierPage::PATH)),
        Gate::Stale(handle) => visitor.to(&going_on(FactorPage::PATH, handle)),
    }
}

fn list(notice: Option<PasskeysNotice>) -> LocalPath {
    let page = LocalPath::page(PasskeysPage::PATH);
    match notice {
        Some(notice) => page.with(DONE, notice.as_str()),
        None => page,
    }
}

fn person(me: &SignedIn) -> Person {
    Person {
        name: me.user().profile.display_name(),
        email: me.user().email.clone(),
        tenant: me.scope().tenant().name.clone(),
    }
}
