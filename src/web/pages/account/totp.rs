//! `/account/factors/totp`: an authenticator is set up in two steps, and taken away after a question.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, change, visited};
use super::{factors, recovery_codes};
use crate::flows::factors::totp::{self, BeginRefusal, ConfirmRefusal, RemoveRefusal};
use crate::model::secret::Secret;
use crate::views::account::Section;
use crate::views::account::factors::FactorsNotice;
use crate::views::account::totp::{CodeProblem, TotpStage};
use crate::views::qr::QrCode;
use crate::views::{FactorsPage, TotpPage, TotpRemovePage};
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// `GET /account/factors/totp`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/factors/totp`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

/// `GET /account/factors/totp/remove`.
pub async fn get_remove(visitor: Visitor) -> HttpResponse {
    answered(ask(&visitor).await)
}

/// `POST /account/factors/totp/remove`.
pub async fn post_remove(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(remove(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let visited = visited(visitor, &visitor.query()?).await?;
    let own = factors::read(visitor, visited.who.scope(), visited.who.user().id).await?;
    let stage = match factors::used(&own) {
        Some(used) => TotpStage::Active(used),
        None if own.totp_waits => TotpStage::Waiting,
        None => TotpStage::Begin,
    };
    Ok(page(visitor, &visited, StatusCode::OK, (stage, None)))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    match (params.get("action"), params.secret("code")) {
        (Some("begin"), None) => begin(visitor, &visited).await,
        (Some("confirm"), Some(code)) => confirm(visitor, &visited, code).await,
        (Some("confirm"), None) => Ok(wrong(visitor, &visited, CodeProblem::Missing)),
        _ => Err(visitor.detour(Trouble::Malformed)),
    }
}

async fn begin(visitor: &Visitor, visited: &Visited) -> Outcome {
    let rules = visitor.edge.factor_rules();
    let issuer = format!("{} ({})", visited.who.scope().tenant().name, visitor.edge.rules.deployment);
    let begun = change(visitor, visited, TotpPage::PATH, move |directory, call, fresh| {
        totp::begin(directory, call, &rules, fresh, &issuer)
    });
    match begun.await? {
        Ok(made) => {
            let stage = TotpStage::Shown { qr: QrCode::of(made.uri.expose()), key: made.typed };
            Ok(page(visitor, visited, StatusCode::OK, (stage, None)))
        }
        Err(BeginRefusal::Gone | BeginRefusal::SetUp) => Ok(visitor.to(&visited.to(TotpPage::PATH))),
    }
}

async fn confirm(visitor: &Visitor, visited: &Visited, code: Secret<String>) -> Outcome {
    let rules = visitor.edge.factor_rules();
    let confirmed = change(visitor, visited, TotpPage::PATH, move |directory, call, fresh| {
        totp::confirm(directory, call, &rules, fresh, &code)
    });
    match confirmed.await? {
        Ok(Some(sheet)) => Ok(recovery_codes::fresh(visitor, visited, sheet, true)),
        Ok(None) => {
            let place = visited.to(FactorsPage::PATH);
            Ok(visitor.to(&factors::with_notice(place, FactorsNotice::TotpAdded)))
        }
        Err(ConfirmRefusal::WrongCode) => Ok(wrong(visitor, visited, CodeProblem::Wrong)),
        Err(ConfirmRefusal::Gone | ConfirmRefusal::NotBegun) => Ok(visitor.to(&visited.to(TotpPage::PATH))),
    }
}

async fn ask(visitor: &Visitor) -> Outcome {
    let visited = visited(visitor, &visitor.query()?).await?;
    let user = visited.who.user().clone();
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| {
        Ok((totp::confirmed(tx, user.id)?.is_some(), totp::is_needed(tx, &user)?))
    });
    let (is_there, is_needed) = visitor.sound(read.await)?;
    if !is_there {
        return Ok(visitor.to(&visited.to(FactorsPage::PATH)));
    }
    Ok(question(visitor, &visited, StatusCode::OK, is_needed))
}

async fn remove(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    let rules = visitor.edge.factor_rules();
    let removed = change(visitor, &visited, TotpRemovePage::PATH, move |directory, call, fresh| {
        totp::remove(directory, call, &rules, fresh)
    });
    match removed.await? {
        Ok(()) => {
            let place = visited.to(FactorsPage::PATH);
            Ok(visitor.to(&factors::with_notice(place, FactorsNotice::TotpRemoved)))
        }
        Err(RemoveRefusal::NotThere) => Ok(visitor.to(&visited.to(FactorsPage::PATH))),
        Err(RemoveRefusal::Needed) => Ok(question(visitor, &visited, StatusCode::CONFLICT, true)),
    }
}

fn wrong(visitor: &Visitor, visited: &Visited, problem: CodeProblem) -> HttpResponse {
    let shown = (TotpStage::Waiting, Some(problem));
    page(visitor, visited, StatusCode::UNPROCESSABLE_ENTITY, shown)
}

fn page(
    visitor: &Visitor,
    visited: &Visited,
    status: StatusCode,
    (stage, problem): (TotpStage, Option<CodeProblem>),
) -> HttpResponse {
    let (frame, account) = visited.frames(visitor, Section::Factors);
    visitor.show(status, &TotpPage { frame, account, stage, problem })
}

fn question(visitor: &Visitor, visited: &Visited, status: StatusCode, is_needed: bool) -> HttpResponse {
    let (frame, account) = visited.frames(visitor, Section::Factors);
    visitor.show(status, &TotpRemovePage { frame, account, is_needed })
}
