//! What happened to a person's account, by the record itself: their own, and nothing of anybody else (P144).

use serde_json::Value;

use super::SignedIn;
use crate::model::audit::ChainedEvent;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::time::Timestamp;
use crate::storage::TenantTx;
use crate::storage::records::audit;

/// Events of one page.
const PAGE: usize = 25;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The person.
    You,
    /// Somebody who proved nothing.
    Nobody,
    /// Somebody of their organisation, an operator, or the product.
    Others,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// The word in the record.
    pub what: String,
    /// What was done, where the record has a word for it.
    pub action: Option<String>,
    /// Whether it was refused.
    pub is_refused: bool,
    /// Who did it.
    pub by: By,
    /// The factor that it was about.
    pub factor: Option<String>,
    /// The address it came from. That of others is nobody's business here.
    pub address: Option<String>,
    /// What the browser called itself, likewise.
    pub user_agent: Option<String>,
}

/// A page of it.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// What happened, the latest first.
    pub happened: Vec<Happened>,
    /// Where the next page begins, where there is one.
    pub next: Option<i64>,
}

/// What happened to the account before this place in the record; without one, the latest.
///
/// # Errors
/// The database fails.
pub fn of(tx: &mut TenantTx<'_>, who: &SignedIn, before: Option<i64>) -> Result<History, Failure> {
    let user = who.user().id;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut events = audit::of_user(tx, user, before, limit)?;
    let is_more = events.len() > PAGE;
    events.truncate(PAGE);
    let next = events.last().filter(|_| is_more).map(|event| event.seq);
    let happened = events.iter().map(|event| read(event, user)).collect::<Result<_, _>>()?;
    Ok(History { happened, next })
}

fn read(event: &ChainedEvent, user: UserId) -> Result<Happened, Failure> {
    let parse = |text: &str| {
        serde_json::from_str::<Value>(text)
            .map_err(|error| Failure::internal("reading an audit event").because(error))
    };
    let body = parse(&event.body)?;
    let word = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let actor = (word("/actor/type"), word("/actor/id"));
    let by = match (actor.0.as_deref(), actor.1) {
        (Some("user"), Some(id)) if id == user.to_string() => By::You,
        (Some("anonymous"), _) => By::Nobody,
        (Some(_) | None, _) => By::Others,
    };
    let facts = match event.personal.as_ref().filter(|_| by != By::Others) {
        Some(personal) => parse(&personal.facts)?,
        None => Value::Null,
    };
    let fact = |name: &str| facts.get(name).and_then(Value::as_str).map(str::to_owned);
    let at = word("/at").and_then(|at| Timestamp::parse_rfc3339(&at));
    Ok(Happened {
        at: at.ok_or_else(|| Failure::internal("an audit event without a time"))?,
        what: word("/kind").unwrap_or_default(),
        action: word("/details/action"),
        is_refused: word("/result").as_deref() == Some("denied"),
        by,
        factor: word("/details/factor"),
        address: fact("address"),
        user_agent: fact("user_agent"),
    })
}
