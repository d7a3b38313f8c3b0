//! `/account/passkeys`: a person's own passkeys, and `/account/passkeys/new`, where one more is made.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, act, change, visited};
use crate::flows::account::passkeys::{self, Made};
use crate::flows::factors::passkey::{AddRefusal, Question, RemoveRefusal, likely_name};
use crate::model::ids::PasskeyId;
use crate::model::passkey::PasskeyName;
use crate::protocol::params::Params;
use crate::views::account::Section;
use crate::views::passkey::PasskeyPrompt;
use crate::views::passkeys::{PasskeyNewProblem, PasskeyRow, PasskeysNotice};
use crate::views::{PasskeyAddedPage, PasskeyNewPage, PasskeysPage};
use crate::web::pages::passkey::{answer, prompt};
use crate::web::pages::then::Onward;
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// The parameter by which a redirect tells what was done.
const DONE: &str = "done";

/// `GET /account/passkeys`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/passkeys`: names one, or takes one away.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
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
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let who = visited.who.clone();
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| passkeys::of(tx, &who)).await;
    let rows = visitor.sound(read)?.into_iter().map(|passkey| PasskeyRow {
        id: passkey.id.to_string(),
        name: passkey.name.to_string(),
        added: passkey.created_at,
        used: passkey.last_used_at,
    });
    let notice = params.get(DONE).and_then(PasskeysNotice::parse);
    let (frame, account) = visited.frames(visitor, Section::Factors);
    let page = PasskeysPage { frame, account, notice, passkeys: rows.collect() };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    let id = params.get("passkey").and_then(|text| text.parse::<PasskeyId>().ok());
    let notice = match (id, params.get("action")) {
        (Some(id), Some("remove")) => take_away(visitor, &visited, id).await?,
        (Some(id), Some("rename")) => name(visitor, &visited, (id, &params)).await?,
        (Some(_) | None, _) => return Err(visitor.detour(Trouble::Malformed)),
    };
    Ok(visitor.to(&visited.to(PasskeysPage::PATH).with(DONE, notice.as_str())))
}

/// Names one. What is not theirs has no name to tell of, and is not told from what was never there.
async fn name(
    visitor: &Visitor,
    visited: &Visited,
    (id, params): (PasskeyId, &Params),
) -> Result<PasskeysNotice, Detour> {
    let Ok(name) = params.get("name").unwrap_or_default().parse::<PasskeyName>() else {
        return Ok(PasskeysNotice::Name);
    };
    let renamed = act(visitor, visited, PasskeysPage::PATH, move |directory, _, who| {
        passkeys::rename(directory, who, (id, &name))
    });
    if renamed.await? { Ok(PasskeysNotice::Renamed) } else { Err(visitor.detour(Trouble::NotFound)) }
}

/// Takes one away. A form that is sent again finds it gone, and is answered alike.
async fn take_away(visitor: &Visitor, visited: &Visited, id: PasskeyId) -> Result<PasskeysNotice, Detour> {
    let rules = visitor.edge.passkeys.clone();
    let removed = change(visitor, visited, PasskeysPage::PATH, move |directory, call, fresh| {
        passkeys::remove(directory, call, &rules, fresh, id)
    });
    Ok(match removed.await? {
        Ok(()) | Err(RemoveRefusal::NotThere) => PasskeysNotice::Removed,
        Err(RemoveRefusal::LastWayIn) => PasskeysNotice::LastWayIn,
        Err(RemoveRefusal::Needed) => PasskeysNotice::Needed,
    })
}

async fn show_new(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let onward = Onward::read(visitor, &params)?;
    let likely = likely_name(visitor.call.user_agent.as_deref());
    new_page(visitor, &visited, onward, (StatusCode::OK, likely, None)).await
}

async fn make(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    let onward = Onward::read(visitor, &params)?;
    let given = params.get("name").unwrap_or_default().to_owned();
    let again = async |problem| {
        let shown = (StatusCode::UNPROCESSABLE_ENTITY, given.clone(), Some(problem));
        new_page(visitor, &visited, onward, shown).await
    };
    let Ok(name) = given.parse::<PasskeyName>() else { return again(PasskeyNewProblem::Name).await };
    let (rules, cookie) = (visitor.edge.passkeys.clone(), visitor.browser.hash().to_owned());
    let (answer, called) = (answer(&params), name.clone());
    let made = change(visitor, &visited, PasskeyNewPage::PATH, move |directory, call, fresh| {
        passkeys::add(directory, call, &rules, (fresh, &cookie), (&answer, called))
    });
    let (codes, is_again) = match made.await? {
        Made::Added(added) => (added.sheet.map(|sheet| sheet.codes).unwrap_or_default(), false),
        Made::Before => (Vec::new(), true),
        Made::Refused(AddRefusal::Known) => return again(PasskeyNewProblem::Known).await,
        Made::Refused(
            AddRefusal::Gone | AddRefusal::Expired | AddRefusal::TooMany | AddRefusal::Wrong(_),
        ) => return again(PasskeyNewProblem::Wrong).await,
    };
    let (frame, account) = visited.frames(visitor, Section::Factors);
    let page = PasskeyAddedPage {
        frame,
        account,
        name: name.as_str().to_owned(),
        codes,
        is_again,
        onward: onward.place(),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// The page with a new question: the one before is spent, or was never answered.
async fn new_page(
    visitor: &Visitor,
    visited: &Visited,
    onward: Onward,
    (status, name, problem): (StatusCode, String, Option<PasskeyNewProblem>),
) -> Outcome {
    let question = asked(visitor, visited).await?;
    let (frame, account) = visited.frames(visitor, Section::Factors);
    let interaction = onward.handle.map(|handle| handle.to_string());
    let passkey = question.map(|asked| PasskeyPrompt { then: onward.fields(), ..prompt(asked) });
    Ok(visitor.show(status, &PasskeyNewPage { frame, account, interaction, passkey, name, problem }))
}

async fn asked(visitor: &Visitor, visited: &Visited) -> Result<Option<Question>, Detour> {
    let (rules, cookie) = (visitor.edge.passkeys.clone(), visitor.browser.hash().to_owned());
    let asked = change(visitor, visited, PasskeyNewPage::PATH, move |directory, call, fresh| {
        passkeys::ask_to_add(directory, call, &rules, (fresh, &cookie))
    });
    asked.await
}
