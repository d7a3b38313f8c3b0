//! `/account/factors/recovery-codes`: how many are left, and a new sheet, shown once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Bytes;

use super::entry::{Visited, change, visited};
use super::factors;
use crate::flows::Call;
use crate::flows::account::Fresh;
use crate::flows::factors::recovery_codes::{self, Sheet};
use crate::model::secret::Secret;
use crate::storage::Directory;
use crate::views::RecoveryCodesPage;
use crate::views::account::Section;
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// `GET /account/factors/recovery-codes`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/factors/recovery-codes`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let visited = visited(visitor, &visitor.query()?).await?;
    let own = factors::read(visitor, visited.who.scope(), visited.who.user().id).await?;
    let (frame, account) = visited.frames(visitor, Section::Factors);
    let left = own.codes.map(factors::codes_left);
    let page = RecoveryCodesPage { frame, account, fresh: None, with_totp: false, left };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    match (params.get("action"), params.secret("codes")) {
        (Some("make"), None) => {
            let terms = visitor.edge.mail.clone();
            let renew = move |directory: &mut Directory<'_>, call: &Call, fresh: &Fresh| {
                recovery_codes::renew(directory, call, &terms, fresh)
            };
            let made = change(visitor, &visited, RecoveryCodesPage::PATH, renew).await?;
            Ok(match made {
                Some(sheet) => fresh(visitor, &visited, sheet, false),
                None => visitor.to(&visited.to(RecoveryCodesPage::PATH)),
            })
        }
        (Some("file"), Some(codes)) => file(visitor, &visited, codes).await,
        _ => Err(visitor.detour(Trouble::Malformed)),
    }
}

/// The page with codes that were just made.
pub(super) fn fresh(visitor: &Visitor, visited: &Visited, sheet: Sheet, with_totp: bool) -> HttpResponse {
    let (frame, account) = visited.frames(visitor, Section::Factors);
    let page = RecoveryCodesPage { frame, account, fresh: Some(sheet.codes), with_totp, left: None };
    visitor.show(StatusCode::OK, &page)
}

/// The codes of the form as a file: only where they are this person's, so that nobody else's text is ever written into one.
async fn file(visitor: &Visitor, visited: &Visited, codes: Secret<String>) -> Outcome {
    let user = visited.who.user();
    let id = user.id;
    let read =
        visitor.edge.database.read(visited.who.scope(), move |tx| recovery_codes::again(tx, id, &codes));
    let Some(sheet) = visitor.sound(read.await)? else {
        return Ok(visitor.to(&visited.to(RecoveryCodesPage::PATH)));
    };
    let (frame, _) = visited.frames(visitor, Section::Factors);
    let whose = (user.email.as_str(), visitor.edge.issuer.as_str());
    let text = RecoveryCodesPage::file(&frame, whose, &sheet.codes);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"recovery-codes.txt\""))
        .body(text.expose().clone()))
}
