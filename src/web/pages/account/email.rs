//! `/account/email`: the address of the account, confirmed and changed (P060, P061).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, act, proved, visited};
use crate::flows::account::email::{AskRefusal, ask_change, ask_verification, pending, withdraw};
use crate::model::email::Email;
use crate::model::link::LinkPurpose;
use crate::views::EmailPage;
use crate::views::account::Section;
use crate::views::account::email::{EmailChangeProblem, EmailNotice};
use crate::views::link::LocalPath;
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// The parameter by which a page before says what was done.
const DONE: &str = "done";

/// `GET /account/email`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/email`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

/// The same page, which then says this.
pub(in crate::web::pages) fn with_notice(place: LocalPath, notice: EmailNotice) -> LocalPath {
    place.with(DONE, notice.as_str())
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let page = page(visitor, &visited).await?;
    let notice = params.get(DONE).and_then(EmailNotice::parse);
    Ok(visitor.show(StatusCode::OK, &EmailPage { notice, ..page }))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    match params.get("action") {
        Some("verify") => verify(visitor, &visited).await,
        Some("change") => change(visitor, &visited, params.get("email").unwrap_or_default()).await,
        Some("withdraw") => {
            let gone = act(visitor, &visited, EmailPage::PATH, |directory, _, who| withdraw(directory, who));
            gone.await?;
            Ok(done(visitor, &visited, EmailNotice::Withdrawn))
        }
        Some(_) | None => Err(visitor.detour(Trouble::Malformed)),
    }
}

async fn verify(visitor: &Visitor, visited: &Visited) -> Outcome {
    // Each ask counts at this door, whatever comes of it.
    visitor.note_failure();
    let (call, cookie, named) = (visitor.call.clone(), visitor.browser.hash().to_owned(), visited.named);
    let (terms, language) = (visitor.edge.links.clone(), visitor.frame(None).text.lang());
    let asked = visitor.edge.database.write_directory(move |directory| {
        ask_verification(directory, &call, &terms, (&cookie, named), language)
    });
    let told = visitor.sound(asked.await)?.is_ok().then_some(EmailNotice::Sent);
    Ok(told.map_or_else(|| back(visitor, visited), |notice| done(visitor, visited, notice)))
}

async fn change(visitor: &Visitor, visited: &Visited, typed: &str) -> Outcome {
    // Before the address is judged: who has only found an open session learns nothing by it.
    proved(visitor, visited, EmailPage::PATH).await?;
    let Ok(email) = typed.parse::<Email>() else {
        return problem(visitor, visited, EmailChangeProblem::Invalid, typed).await;
    };
    visitor.note_failure();
    let (call, cookie, named) = (visitor.call.clone(), visitor.browser.hash().to_owned(), visited.named);
    let (terms, language) = (visitor.edge.links.clone(), visitor.frame(None).text.lang());
    let asked = visitor.edge.database.write_directory(move |directory| {
        ask_change(directory, &call, &terms, (&cookie, named), (&email, language))
    });
    match visitor.sound(asked.await)? {
        Ok(()) => Ok(done(visitor, visited, EmailNotice::Asked)),
        Err(AskRefusal::Same) => problem(visitor, visited, EmailChangeProblem::Same, typed).await,
        Err(AskRefusal::Outside) => problem(visitor, visited, EmailChangeProblem::Outside, typed).await,
        Err(AskRefusal::BreakGlass) => problem(visitor, visited, EmailChangeProblem::BreakGlass, typed).await,
        Err(AskRefusal::Gone | AskRefusal::NotFresh) => Ok(back(visitor, visited)),
    }
}

async fn problem(visitor: &Visitor, visited: &Visited, problem: EmailChangeProblem, typed: &str) -> Outcome {
    let page = page(visitor, visited).await?;
    let page = EmailPage { problem: Some(problem), typed: typed.to_owned(), ..page };
    Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

fn back(visitor: &Visitor, visited: &Visited) -> HttpResponse {
    visitor.to(&visited.to(EmailPage::PATH))
}

fn done(visitor: &Visitor, visited: &Visited, notice: EmailNotice) -> HttpResponse {
    visitor.to(&with_notice(visited.to(EmailPage::PATH), notice))
}

async fn page(visitor: &Visitor, visited: &Visited) -> Result<EmailPage, Detour> {
    let (call, who) = (visitor.call.clone(), visited.who.clone());
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| pending(tx, &call, &who));
    let pending = visitor.sound(read.await)?;
    let (frame, account) = visited.frames(visitor, Section::Email);
    Ok(EmailPage {
        frame,
        account,
        is_verified: visited.who.user().email_verified,
        pending,
        notice: None,
        problem: None,
        typed: String::new(),
        minutes: visitor.edge.links.lives.minutes(LinkPurpose::ChangeEmail),
    })
}
