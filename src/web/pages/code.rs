//! `/login/totp` and `/login/recovery-code`: a code as one factor more, for somebody who proved one (P045).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Outcome, Visitor, answered, going_on, later};
use super::{account, card, factor, login, password};
use crate::flows::interaction::Problem;
use crate::flows::login::code::{CodeKind, TypedCode, prove};
use crate::flows::login::proved::Proved;
use crate::flows::login::second::SecondRefusal;
use crate::flows::session::CookieChange;
use crate::model::ids::InteractionHandle;
use crate::views::code::{CodeAsked, CodeProblem};
use crate::views::{FactorPage, RecoveryCodePage, TotpCodePage};

/// `GET /login/totp`.
pub async fn get_totp(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor, CodeKind::Totp).await)
}

/// `POST /login/totp`.
pub async fn post_totp(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body, CodeKind::Totp).await)
}

/// `GET /login/recovery-code`.
pub async fn get_recovery(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor, CodeKind::Recovery).await)
}

/// `POST /login/recovery-code`.
pub async fn post_recovery(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body, CodeKind::Recovery).await)
}

/// The page of a code.
const fn path(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Totp => TotpCodePage::PATH,
        CodeKind::Recovery => RecoveryCodePage::PATH,
    }
}

async fn show(visitor: &Visitor, kind: CodeKind) -> Outcome {
    let handle = visitor.needed_handle(&visitor.query()?)?;
    page(visitor, handle, kind, None).await
}

async fn submit(visitor: &Visitor, body: &Bytes, kind: CodeKind) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.needed_handle(&params)?;
    if login::is_cancel(&params) {
        return login::cancel(visitor, Some(handle)).await;
    }
    let Some(text) = params.secret("code") else {
        let missing = (StatusCode::UNPROCESSABLE_ENTITY, CodeProblem::Missing);
        return page(visitor, handle, kind, Some(missing)).await;
    };
    let renewed = visitor.renewed(&params, handle);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (rules, factors) = (visitor.edge.sign_in.clone(), visitor.edge.factor_rules());
    let typed = TypedCode { kind, text };
    let judged = visitor.edge.database.write_directory(move |directory| {
        let cookie = CookieChange { old: &old, new: &new };
        prove(directory, &call, (&rules, &factors), (handle, cookie), &typed)
    });
    match visitor.sound(judged.await)? {
        Ok(Proved::SignedIn(signed_in))
            if kind == CodeKind::Recovery && signed_in.goes_on.is_none() && signed_in.then.is_none() =>
        {
            visitor.note_user(signed_in.admitted.account.tenant_id, signed_in.user);
            Ok(visitor.to_with(&account::recovered(signed_in.admitted.account.sid), &renewed))
        }
        Ok(proved) => Ok(login::after_proof(visitor, &proved, &renewed)),
        Err(SecondRefusal::Expired) => Ok(login::look_again(visitor, handle)),
        Err(SecondRefusal::Wrong) => {
            visitor.note_failure();
            Ok(visitor.to(&going_on(path(kind), handle)))
        }
        Err(SecondRefusal::TooMany { until }) => {
            visitor.note_failure();
            let (seconds, minutes) = password::wait(until, visitor.call.now);
            let locked = (StatusCode::TOO_MANY_REQUESTS, CodeProblem::TooManyTries { minutes });
            Ok(later(page(visitor, handle, kind, Some(locked)).await?, seconds))
        }
    }
}

/// The page, with what was wrong: now, or with the form before.
async fn page(
    visitor: &Visitor,
    handle: InteractionHandle,
    kind: CodeKind,
    now: Option<(StatusCode, CodeProblem)>,
) -> Outcome {
    let challenge = factor::challenge(visitor, handle).await?;
    let ways = going_on(FactorPage::PATH, handle);
    if !challenge.ways.contains(&kind.factor()) {
        return Ok(visitor.to(&ways));
    }
    let told = challenge.visit.told().map(|told| told.problem);
    let before = told.filter(|problem| *problem == Problem::CodeWrong).map(|_| CodeProblem::Wrong);
    let status = now.map_or(StatusCode::OK, |(status, _)| status);
    let asked = CodeAsked {
        frame: login::frame(visitor, &challenge.visit),
        form: visitor.hidden(Some(handle.to_string())),
        client: card::asker(visitor, &challenge.visit).await,
        username: challenge.user.email,
        others: ways.with(factor::OTHER, "1"),
        problem: now.map(|(_, problem)| problem).or(before),
    };
    Ok(match kind {
        CodeKind::Totp => visitor.show(status, &TotpCodePage::from(asked)),
        CodeKind::Recovery => visitor.show(status, &RecoveryCodePage::from(asked)),
    })
}
