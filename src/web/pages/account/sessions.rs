//! `/account/sessions`: where the person is signed in and remembered, and how to end that.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, act, visited};
use crate::flows::account::sessions::{self, Ended};
use crate::flows::people::OpenSession;
use crate::model::device;
use crate::model::ids::SessionId;
use crate::views::SessionsPage;
use crate::views::account::Section;
use crate::views::account::sessions::{SessionRow, SessionsNotice};
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// The parameter by which a redirect tells what was done.
const DONE: &str = "done";

/// `GET /account/sessions`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/sessions`: ends one, or all others, or forgets the devices.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let (call, who) = (visitor.call.clone(), visited.who.clone());
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| {
        Ok((sessions::of(tx, &call, &who)?, sessions::remembered(tx, &call, &who)?))
    });
    let here = visited.who.session().id;
    let (open, devices) = visitor.sound(read.await)?;
    let rows = open.iter().map(|open| row(open, here)).collect();
    let devices = u32::try_from(devices).unwrap_or(u32::MAX);
    let (frame, account) = visited.frames(visitor, Section::Sessions);
    let notice = params.get(DONE).and_then(SessionsNotice::parse);
    Ok(visitor.show(StatusCode::OK, &SessionsPage { frame, account, notice, sessions: rows, devices }))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    match (params.get("action"), params.get("session")) {
        (Some("end"), Some(sid)) => end(visitor, &visited, sid).await,
        (Some("end_others"), None) => {
            act(visitor, &visited, SessionsPage::PATH, sessions::end_others).await?;
            Ok(told(visitor, &visited, SessionsNotice::OthersEnded))
        }
        (Some("forget_devices"), None) => {
            act(visitor, &visited, SessionsPage::PATH, sessions::forget_devices).await?;
            Ok(told(visitor, &visited, SessionsNotice::DevicesForgotten))
        }
        _ => Err(visitor.detour(Trouble::Malformed)),
    }
}

/// Ends one; what is no session of theirs is none (P075).
async fn end(visitor: &Visitor, visited: &Visited, sid: &str) -> Outcome {
    let Ok(sid) = sid.parse::<SessionId>() else { return Err(visitor.detour(Trouble::NotFound)) };
    let ended = act(visitor, visited, SessionsPage::PATH, move |directory, call, who| {
        sessions::end(directory, call, who, sid)
    });
    match ended.await? {
        Ended::Over => Ok(told(visitor, visited, SessionsNotice::Ended)),
        Ended::NotTheirs => Err(visitor.detour(Trouble::NotFound)),
    }
}

fn told(visitor: &Visitor, visited: &Visited, notice: SessionsNotice) -> HttpResponse {
    visitor.to(&visited.to(SessionsPage::PATH).with(DONE, notice.as_str()))
}

fn row(open: &OpenSession, here: SessionId) -> SessionRow {
    SessionRow {
        id: open.session.id.to_string(),
        device: open.whereabouts.user_agent.as_deref().and_then(device::describe),
        address: open.whereabouts.address.clone(),
        since: open.session.created_at.into(),
        seen: open.session.last_seen_at.into(),
        is_here: open.session.id == here,
    }
}
