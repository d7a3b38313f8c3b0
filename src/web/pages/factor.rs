//! `/login/factor`: which way to prove one factor more, for somebody who proved one (P045).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Detour, Outcome, Visitor, answered, going_on};
use super::{card, login};
use crate::flows::login::second::Challenge;
use crate::model::ids::InteractionHandle;
use crate::views::factor::Way;
use crate::views::{EnrolPage, FactorPage};

/// The parameter by which a page of one factor leads back to all of them.
pub(super) const OTHER: &str = "other";

/// `GET /login/factor`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /login/factor`: the way out.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.needed_handle(&params)?;
    if login::is_cancel(&params) {
        return login::cancel(visitor, Some(handle)).await;
    }
    Ok(visitor.to(&going_on(FactorPage::PATH, handle)))
}

/// Goes straight to the best way; the others are shown to whoever asks for them.
async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let handle = visitor.needed_handle(&params)?;
    let challenge = challenge(visitor, handle).await?;
    if challenge.may_enrol() {
        return Ok(visitor.to(&going_on(EnrolPage::PATH, handle)));
    }
    let ways = challenge.ways.iter().filter_map(|factor| {
        let page = FactorPage::page_of(*factor)?;
        Some(Way { factor: *factor, page: going_on(page, handle) })
    });
    let ways: Vec<Way> = ways.collect();
    if let (Some(best), false) = (ways.first(), params.has(OTHER)) {
        return Ok(visitor.to(&best.page));
    }
    let page = FactorPage {
        frame: login::frame(visitor, &challenge.visit),
        form: visitor.hidden(Some(handle.to_string())),
        client: card::asker(visitor, &challenge.visit).await,
        username: challenge.user.email,
        ways,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// The person who has to prove more; whoever has nothing to prove here is told that it is over.
pub(super) async fn challenge(visitor: &Visitor, handle: InteractionHandle) -> Result<Challenge, Detour> {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let opened = visitor
        .edge
        .database
        .read_directory(move |directory| Challenge::open(directory, &call, handle, &cookie));
    visitor.sound(opened.await)?.ok_or_else(|| Detour::from(visitor.expired()))
}
