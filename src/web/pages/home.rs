//! `/`: who is signed in in this browser, or the way to sign in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::card;
use super::visitor::{Outcome, Visitor, answered};
use crate::flows::session::live_accounts;
use crate::views::HomePage;

/// `GET /`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let accounts = if visitor.browser.has_signed_in() {
        let read =
            visitor.edge.database.read_directory(move |directory| live_accounts(directory, &call, &cookie));
        visitor.sound(read.await)?
    } else {
        Vec::new()
    };
    visitor.note_account(&accounts);
    let page = HomePage { frame: visitor.frame(None), accounts: accounts.iter().map(card::person).collect() };
    Ok(visitor.show(StatusCode::OK, &page))
}
