//! `/email`: where the links about the address of an account lead. GET asks, POST acts (P059), and only for somebody who is signed
//! in in this browser.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::{TOKEN, dead, refused};
use crate::flows::account::email::{ConfirmRefusal, confirm, open};
use crate::model::link::LinkPurpose;
use crate::model::secret::Secret;
use crate::views::account::email::EmailNotice;
use crate::views::account::frame::ACCOUNT;
use crate::views::link::LocalPath;
use crate::views::{EmailConfirmPage, EmailPage};
use crate::web::pages::account::email::with_notice;
use crate::web::pages::visitor::{Outcome, Visitor, answered};

/// `GET /email?token=…`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /email`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let Some(token) = visitor.query()?.secret(TOKEN) else { return Ok(dead(visitor)) };
    page(visitor, token, StatusCode::OK).await
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let Some(token) = params.secret(TOKEN) else { return Ok(dead(visitor)) };
    if params.get("action") != Some("continue") {
        return page(visitor, token, StatusCode::BAD_REQUEST).await;
    }
    let (call, mail, own) = (visitor.call.clone(), visitor.edge.mail.clone(), token.clone());
    let cookie = visitor.browser.hash().to_owned();
    let confirmed = visitor
        .edge
        .database
        .write_directory(move |directory| confirm(directory, &call, &mail, &own, &cookie));
    match visitor.sound(confirmed.await)? {
        Ok(confirmed) => {
            let notice = if confirmed.is_new { EmailNotice::Changed } else { EmailNotice::Verified };
            let place = LocalPath::page(EmailPage::PATH).with(ACCOUNT, &confirmed.session.to_string());
            Ok(visitor.to(&with_notice(place, notice)))
        }
        Err(ConfirmRefusal::Elsewhere) => page(visitor, token, StatusCode::FORBIDDEN).await,
        Err(ConfirmRefusal::Dead) => refused(visitor, LinkPurpose::ChangeEmail, token).await,
    }
}

async fn page(visitor: &Visitor, token: Secret<String>, status: StatusCode) -> Outcome {
    let (call, cookie, own) = (visitor.call.clone(), visitor.browser.hash().to_owned(), token.clone());
    let opened = visitor.edge.database.read_directory(move |directory| open(directory, &call, &own, &cookie));
    let Some(opened) = visitor.sound(opened.await)? else { return Ok(dead(visitor)) };
    let page = EmailConfirmPage {
        frame: visitor.frame_of(Some(&opened.held.scope), None),
        form: visitor.hidden(None),
        token,
        // Whoever has the mailbox of a mistyped address is told nothing of the account.
        address: opened.session.map(|_| opened.held.link.address),
    };
    Ok(visitor.show(status, &page))
}
