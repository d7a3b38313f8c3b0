//! `/console`: the pages on which the owners and admins of a tenant administer it.

mod entry;
pub mod invitations;
pub mod people;
pub mod person;
pub mod policy;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::card;
use super::then::Then;
use super::visitor::{Outcome, Visitor, answered};
use crate::flows::session::live_accounts;
use crate::views::console::{ConsolePeoplePage, ConsoleStartPage};
use crate::views::link::LocalPath;

/// `GET /console`: on to the people of the tenant, or the question for whose.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(start(&visitor).await)
}

async fn start(visitor: &Visitor) -> Outcome {
    if !visitor.browser.has_signed_in() {
        return Ok(visitor.to(&Then::Console.sign_in()));
    }
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let read =
        visitor.edge.database.read_directory(move |directory| live_accounts(directory, &call, &cookie));
    let accounts = visitor.sound(read.await)?;
    visitor.note_account(&accounts);
    match accounts.len() {
        0 => Ok(visitor.to(&Then::Console.sign_in())),
        1 => Ok(visitor.to(&LocalPath::page(ConsolePeoplePage::PATH))),
        _ => {
            let named =
                accounts.iter().map(|account| (account.session.id.to_string(), card::person(account)));
            let page = ConsoleStartPage { frame: visitor.frame(None), accounts: named.collect() };
            Ok(visitor.show(StatusCode::OK, &page))
        }
    }
}
