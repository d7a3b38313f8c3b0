//! `/account/history`: what happened to the account, page by page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::entry::visited;
use crate::flows::account::history::{self, By, Happened};
use crate::model::device;
use crate::views::HistoryPage;
use crate::views::account::Section;
use crate::views::account::history::{HistoryRow, Who};
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// The parameter that says where a page begins.
const BEFORE: &str = "before";

/// `GET /account/history`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let before = match params.get(BEFORE).map(str::parse::<i64>) {
        None => None,
        Some(Ok(before)) => Some(before),
        Some(Err(_)) => return Err(visitor.detour(Trouble::Malformed)),
    };
    let who = visited.who.clone();
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| history::of(tx, &who, before));
    let history = visitor.sound(read.await)?;
    let place = visited.to(HistoryPage::PATH);
    let (frame, account) = visited.frames(visitor, Section::History);
    let page = HistoryPage {
        frame,
        account,
        rows: history.happened.into_iter().map(row).collect(),
        is_first: before.is_none(),
        older: history.next.map(|next| place.with(BEFORE, &next.to_string())),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

fn row(happened: Happened) -> HistoryRow {
    HistoryRow {
        at: happened.at.into(),
        who: match happened.by {
            By::You => Who::You,
            By::Nobody => Who::Nobody,
            By::Others => Who::Others,
        },
        device: happened.user_agent.as_deref().and_then(device::describe),
        what: happened.what,
        action: happened.action,
        is_refused: happened.is_refused,
        factor: happened.factor,
        address: happened.address,
    }
}
