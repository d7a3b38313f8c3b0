//! `/api/v1/sessions` and `/api/v1/users/{user}/sessions`: where somebody is signed in.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json};
use super::described::{Described, Shape};
use crate::flows::access::{EndSessions, ManageOwnAccount, ReadOwnAccount, SeeSessions};
use crate::flows::people::{self, OpenSession};
use crate::model::ids::SessionId;
use crate::protocol::acr::amr;

/// One account, signed in in one browser.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionShape {
    /// Its id, the `sid` of its tokens.
    id: String,
    /// When it began (RFC 3339).
    created_at: String,
    /// When it was last used (RFC 3339), to a minute.
    last_seen_at: String,
    /// The address that it was last used from.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What the browser calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// How the person proved themselves (RFC 8176).
    amr: Vec<String>,
    /// Whether it is the one behind the token that asks.
    current: bool,
}

/// Sessions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionList)]
struct SessionList {
    /// The sessions.
    items: Vec<SessionShape>,
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
struct Ended {
    /// Their number.
    sessions: usize,
}

fn listed(sessions: Vec<OpenSession>, current: Option<SessionId>) -> HttpResponse {
    let items = sessions.into_iter().map(|OpenSession { session, whereabouts }| SessionShape {
        id: session.id.to_string(),
        created_at: session.created_at.to_string(),
        last_seen_at: session.last_seen_at.to_string(),
        address: whereabouts.address,
        user_agent: whereabouts.user_agent,
        amr: amr(session.proofs.iter().map(|proof| proof.factor)),
        current: Some(session.id) == current,
    });
    json(StatusCode::OK, &SessionList { items: items.collect() })
}

const fn described(id: &'static str, summary: &'static str, gives: (u16, Option<Shape>)) -> Described {
    Described {
        id,
        tag: "sessions",
        summary,
        query: &[],
        takes: None,
        gives,
        refusals: &[404],
        versioned: false,
    }
}

const LISTED: (u16, Option<Shape>) = (200, Some(Shape::of::<SessionList>()));
const ENDED: (u16, Option<Shape>) = (200, Some(Shape::of::<Ended>()));

/// `GET /api/v1/sessions`
pub const OWN: Described = described("listOwnSessions", "Where you are signed in.", LISTED);

/// Lists the caller's sessions.
pub async fn own(asked: Asked<ReadOwnAccount>) -> HttpResponse {
    answered(own_listed(&asked).await)
}

async fn own_listed(asked: &Asked<ReadOwnAccount>) -> Outcome {
    let call = asked.call.clone();
    let (sessions, current) =
        asked.read(asked.nothing(), move |tx, right, ()| people::own_sessions(tx, &call, right)).await?;
    Ok(listed(sessions, current))
}

/// `DELETE /api/v1/sessions/{session}`
pub const END_OWN: Described = described("endOwnSession", "Signs you out in one browser.", (204, None));

/// Ends one of the caller's sessions.
pub async fn end_own(asked: Asked<ManageOwnAccount>) -> HttpResponse {
    answered(own_ended(&asked).await)
}

async fn own_ended(asked: &Asked<ManageOwnAccount>) -> Outcome {
    let (call, sid) = (asked.call.clone(), asked.id("session"));
    asked.write(asked.nothing(), move |tx, right, ()| people::end_own_session(tx, &call, right, sid)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/v1/sessions`
pub const END_OTHERS: Described =
    described("endOtherSessions", "Signs you out everywhere but in the session behind your token.", ENDED);

/// Ends the caller's other sessions.
pub async fn end_others(asked: Asked<ManageOwnAccount>) -> HttpResponse {
    answered(others_ended(&asked).await)
}

async fn others_ended(asked: &Asked<ManageOwnAccount>) -> Outcome {
    let call = asked.call.clone();
    let sessions = asked
        .write(asked.nothing(), move |tx, right, ()| people::end_other_sessions(tx, &call, right))
        .await?;
    Ok(json(StatusCode::OK, &Ended { sessions }))
}

/// `GET /api/v1/users/{user}/sessions`
pub const OF_USER: Described = described("listUserSessions", "Where a person is signed in.", LISTED);

/// Lists the sessions of a person.
pub async fn of_user(asked: Asked<SeeSessions>) -> HttpResponse {
    answered(listed_of_user(&asked).await)
}

async fn listed_of_user(asked: &Asked<SeeSessions>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("user"));
    let sessions =
        asked.read(asked.nothing(), move |tx, right, ()| people::sessions_of(tx, &call, right, id)).await?;
    Ok(listed(sessions, None))
}

/// `DELETE /api/v1/users/{user}/sessions/{session}`
pub const END_OF_USER: Described =
    described("endUserSession", "Signs a person out in one browser.", (204, None));

/// Ends one session of a person.
pub async fn end_of_user(asked: Asked<EndSessions>) -> HttpResponse {
    answered(ended_of_user(&asked).await)
}

async fn ended_of_user(asked: &Asked<EndSessions>) -> Outcome {
    let (call, ids) = (asked.call.clone(), (asked.id("user"), asked.id("session")));
    asked.write(asked.nothing(), move |tx, right, ()| people::end_session_of(tx, &call, right, ids)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/v1/users/{user}/sessions`
pub const END_ALL_OF_USER: Described = described(
    "endUserSessions",
    "Signs a person out everywhere, and ends every token, those for offline access too.",
    ENDED,
);

/// Ends all sessions of a person.
pub async fn end_all_of_user(asked: Asked<EndSessions>) -> HttpResponse {
    answered(all_ended_of_user(&asked).await)
}

async fn all_ended_of_user(asked: &Asked<EndSessions>) -> Outcome {
    let (call, clock, id) = (asked.call.clone(), Arc::clone(&asked.edge.clock), asked.id("user"));
    let sessions = asked
        .write(asked.nothing(), move |tx, right, ()| people::end_sessions_of(tx, (&call, &clock), right, id))
        .await?;
    Ok(json(StatusCode::OK, &Ended { sessions }))
}
