//! `/account/data`: the person's data as a file, and the end of the account.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Bytes;

use super::entry::{Visited, act_among_others, change, proved, visited};
use crate::flows::account::data;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::views::account::Section;
use crate::views::account::data::DataStays;
use crate::views::{AccountDeletedPage, DataPage};
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// `GET /account/data`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/data`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let visited = visited(visitor, &visitor.query()?).await?;
    page(visitor, &visited, StatusCode::OK, false).await
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    match params.get("action") {
        Some("download") => download(visitor, &visited).await,
        Some("delete") => {
            // Before the address is judged: who is not the owner learns nothing by it.
            proved(visitor, &visited, DataPage::PATH).await?;
            let typed = params.get("confirm").and_then(|typed| typed.parse::<Email>().ok());
            if typed.is_none_or(|typed| typed.canonical() != visited.who.user().email_canonical) {
                return page(visitor, &visited, StatusCode::UNPROCESSABLE_ENTITY, true).await;
            }
            delete(visitor, &visited).await
        }
        Some(_) | None => Err(visitor.detour(Trouble::Malformed)),
    }
}

async fn download(visitor: &Visitor, visited: &Visited) -> Outcome {
    let exported = change(visitor, visited, DataPage::PATH, data::export).await?;
    let text = serde_json::to_string_pretty(&exported)
        .map_err(|error| Failure::internal("writing an export").because(error));
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""))
        .body(visitor.sound(text)?))
}

async fn delete(visitor: &Visitor, visited: &Visited) -> Outcome {
    let (clock, mail) = (Arc::clone(&visitor.edge.clock), visitor.edge.mail.clone());
    let deleted = act_among_others(visitor, visited, DataPage::PATH, move |directory, call, who| {
        who.fresh(call).map(|fresh| data::delete(directory, (call, &clock), &mail, &fresh)).transpose()
    });
    let deleted = deleted.await?;
    match deleted.ok_or_else(|| Detour::from(visitor.to(&visited.to(DataPage::PATH))))? {
        Ok(()) => {
            let (frame, _) = visited.frames(visitor, Section::Data);
            let page = AccountDeletedPage { frame, days: data::recovery_days() };
            Ok(visitor.show(StatusCode::OK, &page))
        }
        Err(_stays) => page(visitor, visited, StatusCode::CONFLICT, false).await,
    }
}

async fn page(visitor: &Visitor, visited: &Visited, status: StatusCode, is_unconfirmed: bool) -> Outcome {
    let who = visited.who.clone();
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| data::stays(tx, who.user()));
    let stays = visitor.sound(read.await)?.map(|why| match why {
        data::Stays::LastOwner => DataStays::LastOwner,
        data::Stays::BreakGlass => DataStays::BreakGlass,
        data::Stays::Guest => DataStays::Guest,
    });
    let (frame, account) = visited.frames(visitor, Section::Data);
    let days = data::recovery_days();
    Ok(visitor.show(status, &DataPage { frame, account, days, stays, is_unconfirmed }))
}
