//! `/login/offer`: a passkey for whoever signed in without one, between the sign-in and what it was for.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::login;
use super::then::{Onward, Then};
use super::visitor::{Detour, Outcome, Visitor, answered};
use crate::flows::account::offer::{decline, is_due};
use crate::flows::login::proved::{Proved, SignedIn};
use crate::flows::login::visit::Visit;
use crate::model::ids::SessionId;
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
    let (onward, account) = (Onward::read(visitor, &params)?, named(&params));
    visitor.refuse_unless_signed_in()?;
    let (call, cookie, handle) = (visitor.call.clone(), visitor.browser.hash().to_owned(), onward.handle);
    let opened =
        visitor.edge.database.read_directory(move |tx| Visit::open(tx, &call, handle, &cookie)).await;
    let visit = visitor.sound(opened)?.ok_or_else(|| Detour::from(visitor.expired()))?;
    let page = OfferPage {
        frame: login::frame(visitor, &visit),
        form: visitor.hidden(handle.map(|handle| handle.to_string())),
        account: account.map(|sid| sid.to_string()),
        then: onward.fields(),
        add: with(PasskeyNewPage::PATH, onward, account),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn later(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let (onward, account) = (Onward::read(visitor, &params)?, named(&params));
    visitor.refuse_unless_signed_in()?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let names = visitor.edge.sign_in.records.names.clone();
    let declined =
        visitor.edge.database.write_directory(move |tx| decline(tx, &call, &names, (&cookie, account)));
    visitor.sound(declined.await)?;
    Ok(visitor.to(&onward.place().unwrap_or_else(|| login::onward(None))))
}

/// Goes on after a proof as ever, but for somebody who signed in and is to be offered a passkey. Who proves a factor once more
/// on the way to a change of their account goes straight on.
pub(super) async fn after_proof(
    visitor: &Visitor,
    proved: &Proved,
    renewed: &Browser,
    params: &Params,
) -> Outcome {
    let place = login::place_after(visitor, proved);
    let can = params.get(DEVICE) == Some("passkey") && visitor.edge.passkeys.verifier().is_some();
    if let Proved::SignedIn(signed_in) = proved
        && can
        && let Some(onward) = leads(signed_in)
    {
        let (call, account) = (visitor.call.clone(), signed_in.admitted.account);
        let names = visitor.edge.sign_in.records.names.clone();
        let due = visitor.edge.database.read_directory(move |tx| is_due(tx, &call, &names, account)).await;
        if visitor.sound(due)? {
            let offer = with(OfferPage::PATH, onward, Some(account.sid));
            return Ok(visitor.to_with(&offer, renewed));
        }
    }
    Ok(visitor.to_with(&place, renewed))
}

/// Where a sign-in leads on to; `None` where it is none, but one more proof for a page of the account.
fn leads(signed_in: &SignedIn) -> Option<Onward> {
    let then = match (signed_in.goes_on, signed_in.then.as_deref()) {
        (None, Some(page)) => Some(Then::of(page)?),
        (Some(_), _) | (None, None) => None,
    };
    Some(Onward { handle: signed_in.goes_on, then })
}

/// The account that it is offered to, by its session.
fn named(params: &Params) -> Option<SessionId> {
    params.get(ACCOUNT)?.parse().ok()
}

/// A page between the sign-in of this account and what it was for.
fn with(path: &'static str, onward: Onward, account: Option<SessionId>) -> LocalPath {
    let page = onward.after(LocalPath::page(path));
    match account {
        Some(sid) => page.with(ACCOUNT, &sid.to_string()),
        None => page,
    }
}
