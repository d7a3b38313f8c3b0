//! `/login/accounts`: the accounts that were proved in this browser, where they are guests, and nothing else (D1, D4).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Detour, Outcome, Visitor, answered, going_on};
use super::{card, login};
use crate::flows::interaction::Problem;
use crate::flows::login::choose::{Choice, Choices, ChooseRefusal, Chosen, choices, choose};
use crate::flows::login::guests::Guest;
use crate::flows::session::CookieChange;
use crate::model::ids::InteractionHandle;
use crate::protocol::params::Params;
use crate::views::accounts::AccountChoice;
use crate::views::{AccountsPage, IdentifierPage};
use crate::web::trouble::Trouble;

/// `GET /login/accounts`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /login/accounts`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    match visitor.handle(&params)? {
        Some(handle) => page(visitor, handle).await,
        None => Ok(visitor.to(&login::onward(None))),
    }
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.needed_handle(&params)?;
    visitor.refuse_unless_signed_in()?;
    if login::is_cancel(&params) {
        return login::cancel(visitor, Some(handle)).await;
    }
    let choice = read(&params).ok_or_else(|| visitor.detour(Trouble::Malformed))?;
    let renewed = visitor.renewed(&params, handle);
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let new_hash = renewed.hash().to_owned();
    let rules = visitor.edge.sign_in.clone();
    let chosen = visitor.edge.database.write_directory(move |directory| {
        choose(directory, (&call, &rules), handle, choice, CookieChange { old: &cookie, new: &new_hash })
    });
    match visitor.sound(chosen.await)? {
        Ok(Chosen::Account(handle, tenant, user)) => {
            visitor.note_user(tenant, user);
            Ok(visitor.to_with(&login::onward(Some(handle)), &renewed))
        }
        Ok(Chosen::Guest(proved)) => Ok(login::after_proof(visitor, &proved, &renewed)),
        Ok(Chosen::SignIn(handle)) => Ok(visitor.to(&going_on(IdentifierPage::PATH, handle))),
        Err(ChooseRefusal::Expired) => Ok(login::look_again(visitor, handle)),
        // It was signed out meanwhile, or is not let in: the list as it is now.
        Err(ChooseRefusal::NotHere | ChooseRefusal::NotAdmitted) => {
            Ok(visitor.to(&going_on(AccountsPage::PATH, handle)))
        }
    }
}

fn read(params: &Params) -> Option<Choice> {
    match (params.get("account"), params.get("action")) {
        (Some(account), None) => match account.split_once('.') {
            Some((home, host)) => Some(Choice::Guest(home.parse().ok()?, host.parse().ok()?)),
            None => account.parse().ok().map(Choice::Account),
        },
        (None, Some("other")) => Some(Choice::Other),
        _ => None,
    }
}

async fn page(visitor: &Visitor, handle: InteractionHandle) -> Outcome {
    visitor.refuse_unless_signed_in()?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let opened =
        visitor.edge.database.read_directory(move |directory| choices(directory, &call, handle, &cookie));
    let found = visitor.sound(opened.await)?.ok_or_else(|| Detour::from(visitor.expired()))?;
    let Choices { visit, accounts, guests } = found;
    let own = accounts.iter().map(|account| AccountChoice {
        value: account.session.id.to_string(),
        person: card::person(account),
    });
    let page = AccountsPage {
        frame: login::frame(visitor, &visit),
        form: visitor.hidden(Some(handle.to_string())),
        client: card::asker(visitor, &visit).await,
        asked_for_another: visit.asked_for_another(),
        not_admitted: visit.told().is_some_and(|told| told.problem == Problem::NoSecondFactor),
        accounts: own.chain(guests.iter().map(guest)).collect(),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// A place where an account of this browser is a guest: named by its session and the host.
fn guest(guest: &Guest) -> AccountChoice {
    AccountChoice {
        value: format!("{}.{}", guest.home.session.id, guest.scope.id()),
        person: card::person_in(&guest.user, &guest.scope),
    }
}
