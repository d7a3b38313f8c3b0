//! `/factor-link`: where an administrator's link leads by which somebody sets up their first second factor (D33). GET asks, POST
//! begins the sign-in (P059).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::{TOKEN, dead, refused};
use crate::flows::links::first_factor::{Begun, begin, open};
use crate::model::link::LinkPurpose;
use crate::views::{FactorLinkPage, PasswordPage};
use crate::web::pages::then::Then;
use crate::web::pages::visitor::{Outcome, Visitor, answered, going_on};

/// `GET /factor-link?token=…`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /factor-link`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let Some(token) = visitor.query()?.secret(TOKEN) else { return Ok(dead(visitor)) };
    let (call, own) = (visitor.call.clone(), token.clone());
    let opened = visitor.edge.database.read_directory(move |directory| open(directory, &call, &own));
    let Some(held) = visitor.sound(opened.await)? else { return Ok(dead(visitor)) };
    let page = FactorLinkPage {
        frame: visitor.frame_of(Some(&held.scope), None),
        form: visitor.hidden(None),
        token,
        username: held.user.email,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let Some(token) = params.secret(TOKEN) else { return Ok(dead(visitor)) };
    let (call, cookie, own) = (visitor.call.clone(), visitor.browser.hash().to_owned(), token.clone());
    let life = visitor.edge.authorize.interaction;
    let begun = visitor
        .edge
        .database
        .write_directory(move |directory| begin(directory, &call, &own, (&cookie, life)));
    match visitor.sound(begun.await)? {
        Some(Begun::Password(handle)) => Ok(visitor.to(&going_on(PasswordPage::PATH, handle))),
        Some(Begun::FromHome(handle)) => Ok(visitor.to(&Then::Accounts(handle).page())),
        Some(Begun::HomeFirst(handle)) => Ok(visitor.to(&Then::Accounts(handle).sign_in())),
        None => refused(visitor, LinkPurpose::FirstFactor, token).await,
    }
}
