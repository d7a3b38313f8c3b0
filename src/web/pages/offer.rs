//! `/login/offer`: a passkey for whoever signed in without one, between the sign-in and what it was for.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::login;
use super::visitor::{Detour, INTERACTION, Outcome, Visitor, answered};
use crate::flows::account::offer::{decline, is_due};
use crate::flows::login::proved::Proved;
use crate::flows::login::visit::Visit;
use crate::model::ids::{InteractionHandle, SessionId};
use crate::protocol::params::Params;
use crate::views::account::frame::ACCOUNT;
use crate::views::link::LocalPath;
use crate::views::{OfferPage, PasskeyNewPage};
use crate::web::guard::browser::Browser;

/// The field in which the script of a sign-in page says that this device could make a passkey.
const DEVICE: &str = "device";

/// `GET /login/offer`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /login/offer`: not now.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(later(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let (handle, account) = (visitor.handle(&params)?, named(&params));
    visitor.refuse_unless_signed_in()?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let opened =
        visitor.edge.database.read_directory(move |tx| Visit::open(tx, &call, handle, &cookie)).await;
    let visit = visitor.sound(opened)?.ok_or_else(|| Detour::from(visitor.expired()))?;
    let page = OfferPage {
        frame: login::frame(visitor, &visit),
        form: visitor.hidden(handle.map(|handle| handle.to_string())),
        account: account.map(|sid| sid.to_string()),
        add: with(LocalPath::page(PasskeyNewPage::PATH), handle, account),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn later(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let (handle, account) = (visitor.handle(&params)?, named(&params));
    visitor.refuse_unless_signed_in()?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let names = visitor.edge.sign_in.records.names.clone();
    let declined =
        visitor.edge.database.write_directory(move |tx| decline(tx, &call, &names, (&cookie, account)));
    visitor.sound(declined.await)?;
    Ok(visitor.to(&login::onward(handle)))
}

/// Goes on after a proof as ever, but for somebody who is signed in now and is to be offered a passkey.
pub(super) async fn after_proof(
    visitor: &Visitor,
    proved: &Proved,
    renewed: &Browser,
    params: &Params,
) -> Outcome {
    let onward = login::after_proof(visitor, proved, renewed);
    let can = params.get(DEVICE) == Some("passkey") && visitor.edge.passkeys.verifier().is_some();
    let signed_in = match proved {
        Proved::SignedIn(signed_in) if can && signed_in.then.is_none() => signed_in,
        Proved::SignedIn(_) | Proved::More(_) => return Ok(onward),
    };
    let (call, account) = (visitor.call.clone(), signed_in.admitted.account);
    let names = visitor.edge.sign_in.records.names.clone();
    let due = visitor.edge.database.read_directory(move |tx| is_due(tx, &call, &names, account)).await;
    if visitor.sound(due)? {
        let offer = with(LocalPath::page(OfferPage::PATH), signed_in.goes_on, Some(account.sid));
        return Ok(visitor.to_with(&offer, renewed));
    }
    Ok(onward)
}

/// The account that it is offered to, by its session.
fn named(params: &Params) -> Option<SessionId> {
    params.get(ACCOUNT)?.parse().ok()
}

/// The same page for the request that waits, and for this account.
fn with(page: LocalPath, handle: Option<InteractionHandle>, account: Option<SessionId>) -> LocalPath {
    let page = match handle {
        Some(handle) => page.with(INTERACTION, &handle.to_string()),
        None => page,
    };
    match account {
        Some(sid) => page.with(ACCOUNT, &sid.to_string()),
        None => page,
    }
}
