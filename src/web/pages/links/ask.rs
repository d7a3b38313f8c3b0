//! `/login/link` and `/login/reset`: anybody asks for a mail, and sees the same whoever's address it is (P036, P068).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use crate::flows::links::ask::{AskRefusal, Wanted, ask};
use crate::flows::login::visit::Visit;
use crate::model::ids::InteractionHandle;
use crate::views::links::LinkAsked;
use crate::views::{IdentifierPage, LinkAskPage, PasswordPage, ResetAskPage};
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered, going_on};
use crate::web::pages::{card, login};

/// The parameter by which the page says that a mail was asked for.
const SENT: &str = "sent";

/// `GET /login/link`.
pub async fn get_link(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor, Wanted::MagicLink).await)
}

/// `POST /login/link`.
pub async fn post_link(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body, Wanted::MagicLink).await)
}

/// `GET /login/reset`.
pub async fn get_reset(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor, Wanted::PasswordReset).await)
}

/// `POST /login/reset`.
pub async fn post_reset(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body, Wanted::PasswordReset).await)
}

const fn path(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::MagicLink => LinkAskPage::PATH,
        Wanted::PasswordReset => ResetAskPage::PATH,
    }
}

async fn show(visitor: &Visitor, wanted: Wanted) -> Outcome {
    let params = visitor.query()?;
    let handle = visitor.needed_handle(&params)?;
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let opened = visitor.edge.database.read_directory(move |directory| {
        let Some(visit) = Visit::open(directory, &call, Some(handle), &cookie)? else { return Ok(None) };
        let offers = visit.offers(directory, wanted.factor())?;
        Ok(Some((visit, offers)))
    });
    let opened = visitor.sound(opened.await)?;
    let (visit, offers) = opened.ok_or_else(|| Detour::from(visitor.expired()))?;
    let typed = visit.interaction.as_ref().and_then(|it| it.progress.identifier.clone());
    let Some(username) = typed else { return Ok(visitor.to(&going_on(IdentifierPage::PATH, handle))) };
    if !offers {
        return Ok(visitor.to(&going_on(PasswordPage::PATH, handle)));
    }
    let asked = LinkAsked {
        frame: login::frame(visitor, &visit),
        form: visitor.hidden(Some(handle.to_string())),
        client: card::asker(visitor, &visit).await,
        username,
        back: going_on(PasswordPage::PATH, handle),
        minutes: visitor.edge.links.lives.minutes(wanted.purpose()),
        sent: params.has(SENT),
    };
    Ok(match wanted {
        Wanted::MagicLink => visitor.show(StatusCode::OK, &LinkAskPage::from(asked)),
        Wanted::PasswordReset => visitor.show(StatusCode::OK, &ResetAskPage::from(asked)),
    })
}

async fn submit(visitor: &Visitor, body: &Bytes, wanted: Wanted) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.needed_handle(&params)?;
    if login::is_cancel(&params) {
        return login::cancel(visitor, Some(handle)).await;
    }
    if params.get("action") != Some("continue") {
        return Ok(login::look_again(visitor, handle));
    }
    // Each ask counts at this door, whatever comes of it.
    visitor.note_failure();
    match ask_for(visitor, handle, wanted).await? {
        Ok(()) => Ok(visitor.to(&going_on(path(wanted), handle).with(SENT, "1"))),
        Err(AskRefusal::NoIdentifier) => Ok(visitor.to(&going_on(IdentifierPage::PATH, handle))),
        Err(AskRefusal::Expired) => Ok(login::look_again(visitor, handle)),
    }
}

async fn ask_for(
    visitor: &Visitor,
    handle: InteractionHandle,
    wanted: Wanted,
) -> Result<Result<(), AskRefusal>, Detour> {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (rules, terms) = (visitor.edge.sign_in.clone(), visitor.edge.links.clone());
    let language = visitor.frame(None).text.lang();
    let asked = visitor.edge.database.write_directory(move |directory| {
        ask(directory, &call, (&rules, &terms), (handle, &cookie), (wanted, language))
    });
    visitor.sound(asked.await)
}
