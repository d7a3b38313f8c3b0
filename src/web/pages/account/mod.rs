//! `/account`: the pages on which people look after their own account.

pub mod applications;
pub mod data;
pub mod email;
pub(super) mod entry;
pub mod factors;
pub mod history;
pub mod organisations;
pub mod passkeys;
pub mod password;
pub mod profile;
pub mod recovery_codes;
pub mod sessions;
pub mod tokens;
pub mod totp;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::card;
use super::visitor::{Outcome, Visitor, answered};
use crate::flows::session::live_accounts;
use crate::model::ids::SessionId;
use crate::protocol::params::Params;
use crate::views::account::factors::FactorsNotice;
use crate::views::account::frame::ACCOUNT;
use crate::views::link::LocalPath;
use crate::views::{AccountStartPage, FactorsPage, IdentifierPage};

/// The parameter by which a redirect tells that a form was saved.
const CHANGED: &str = "saved";

/// Whether these are the fields of a form and no others: those that every form here has, and its own.
fn is_form_of(params: &Params, is_own: impl Fn(&str) -> bool) -> bool {
    params.iter().all(|(name, _)| matches!(name, "csrf" | ACCOUNT) || is_own(name))
}

/// `GET /account`: on to the one account of this browser, or the question which.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(start(&visitor).await)
}

async fn start(visitor: &Visitor) -> Outcome {
    if !visitor.browser.has_signed_in() {
        return Ok(visitor.to(&LocalPath::page(IdentifierPage::PATH)));
    }
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let read =
        visitor.edge.database.read_directory(move |directory| live_accounts(directory, &call, &cookie));
    let accounts = visitor.sound(read.await)?;
    visitor.note_account(&accounts);
    match accounts.len() {
        0 => Ok(visitor.to(&LocalPath::page(IdentifierPage::PATH))),
        1 => Ok(visitor.to(&LocalPath::page(FactorsPage::PATH))),
        _ => {
            let named =
                accounts.iter().map(|account| (account.session.id.to_string(), card::person(account)));
            let page = AccountStartPage { frame: visitor.frame(None), accounts: named.collect() };
            Ok(visitor.show(StatusCode::OK, &page))
        }
    }
}

/// Where somebody is led who signed in with a recovery code: what was lost wants a successor (D33).
pub(super) fn recovered(account: SessionId) -> LocalPath {
    factors::with_notice(LocalPath::page(FactorsPage::PATH), FactorsNotice::Recovered)
        .with(ACCOUNT, &account.to_string())
}
