//! `/link`: where a link that signs in leads. GET asks, POST acts (P059).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::{TOKEN, dead, refused};
use crate::flows::interaction::Interaction;
use crate::flows::login::magic_link::{MagicLinkRefusal, Opened, finish, open};
use crate::flows::session::CookieChange;
use crate::model::link::LinkPurpose;
use crate::model::secret::Secret;
use crate::views::{LinkPage, PasswordPage};
use crate::web::pages::visitor::{Outcome, Visitor, answered, going_on};
use crate::web::pages::{card, login, offer};

/// `GET /link?token=…`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /link`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let Some(token) = visitor.query()?.secret(TOKEN) else { return Ok(dead(visitor)) };
    page(visitor, token, StatusCode::OK).await
}

async fn page(visitor: &Visitor, token: Secret<String>, status: StatusCode) -> Outcome {
    let (call, cookie, own) = (visitor.call.clone(), visitor.browser.hash().to_owned(), token.clone());
    let opened = visitor.edge.database.read_directory(move |directory| open(directory, &call, &own, &cookie));
    let Some(Opened { visit, user }) = visitor.sound(opened.await)? else { return Ok(dead(visitor)) };
    let interaction = visit.as_ref().and_then(|visit| visit.interaction.as_ref()).map(Interaction::handle);
    let page = LinkPage {
        frame: visit.as_ref().map_or_else(|| visitor.frame(None), |visit| login::frame(visitor, visit)),
        form: visitor.hidden(interaction.map(|handle| handle.to_string())),
        client: match &visit {
            Some(visit) => card::asker(visitor, visit).await,
            None => None,
        },
        token,
        username: user.email,
        asks_device: visitor.edge.passkeys.verifier().is_some(),
        is_here: interaction.is_some(),
    };
    Ok(visitor.show(status, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let Some(token) = params.secret(TOKEN) else { return Ok(dead(visitor)) };
    let renewed = visitor.renewed(&params, visitor.handle(&params)?);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (rules, own) = (visitor.edge.sign_in.clone(), token.clone());
    let finished = visitor.edge.database.write_directory(move |directory| {
        finish(directory, &call, &rules, &own, CookieChange { old: &old, new: &new })
    });
    match visitor.sound(finished.await)? {
        Ok(proved) => offer::after_proof(visitor, &proved, &renewed, &params).await,
        Err(MagicLinkRefusal::Dead) => refused(visitor, LinkPurpose::MagicLink, token).await,
        Err(MagicLinkRefusal::Elsewhere) => page(visitor, token, StatusCode::BAD_REQUEST).await,
        Err(MagicLinkRefusal::NoSecondFactor(handle)) => {
            Ok(visitor.to(&going_on(PasswordPage::PATH, handle)))
        }
    }
}
