//! `/login/totp`, `/login/recovery-code` and `/login/email-code`: a code as one factor more, for somebody who proved one (P045).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Detour, Outcome, Visitor, answered, going_on, later};
use super::{account, card, factor, login, offer, password};
use crate::flows::factors::devices;
use crate::flows::interaction::Problem;
use crate::flows::links;
use crate::flows::links::code::CodeRefusal;
use crate::flows::login::code::{CodeKind, TypedCode, prove};
use crate::flows::login::proved::Proved;
use crate::flows::login::second::{Challenge, SecondRefusal};
use crate::flows::session::CookieChange;
use crate::model::ids::InteractionHandle;
use crate::model::link::LinkPurpose;
use crate::protocol::opaque;
use crate::views::code::{CodeAsked, CodeProblem};
use crate::views::{EmailCodePage, FactorPage, RecoveryCodePage, TotpCodePage};
use crate::web::cookies;

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

/// `GET /login/email-code`. It sends nothing: a page that is only looked at changes nothing.
pub async fn get_email(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor, CodeKind::Email).await)
}

/// `POST /login/email-code`: mails a code, or judges one.
pub async fn post_email(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body, CodeKind::Email).await)
}

/// The page of a code.
const fn path(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Totp => TotpCodePage::PATH,
        CodeKind::Recovery => RecoveryCodePage::PATH,
        CodeKind::Email => EmailCodePage::PATH,
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
    if kind == CodeKind::Email && params.get("action") == Some("send") {
        return send(visitor, handle).await;
    }
    let Some(text) = params.secret("code") else {
        let missing = (StatusCode::UNPROCESSABLE_ENTITY, CodeProblem::Missing);
        return page(visitor, handle, kind, Some(missing)).await;
    };
    let renewed = visitor.renewed(&params, handle);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (rules, factors) = (visitor.edge.sign_in.clone(), visitor.edge.factor_rules());
    let device = params.has("remember").then(|| renewed.device(&visitor.edge));
    let remember = device.as_ref().map(|secret| opaque::hash(secret.expose()));
    let typed = TypedCode { kind, text, remember };
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
        Ok(proved) => {
            let mut response = offer::after_proof(visitor, &proved, &renewed, &params).await?;
            if let (Proved::SignedIn(signed_in), Some(secret)) = (&proved, device) {
                let whose = (signed_in.admitted.account.tenant_id, signed_in.user);
                let cookie = cookies::device(&visitor.edge.issuer, whose, (&secret, devices::LONGEST));
                // Its name and value are of our own making; a cookie of them cannot fail.
                let _infallible = response.add_cookie(&cookie);
            }
            Ok(response)
        }
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

/// Mails a code, and shows the page that asks for it.
async fn send(visitor: &Visitor, handle: InteractionHandle) -> Outcome {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let terms = visitor.edge.links.clone();
    let language = visitor.frame(None).text.lang();
    let sent = visitor.edge.database.write_directory(move |directory| {
        links::code::send(directory, &call, &terms, (handle, &cookie), Some(language))
    });
    match visitor.sound(sent.await)? {
        Ok(()) => Ok(visitor.to(&going_on(EmailCodePage::PATH, handle))),
        Err(CodeRefusal::Expired) => Ok(login::look_again(visitor, handle)),
        Err(CodeRefusal::Enough) => {
            let enough = (StatusCode::TOO_MANY_REQUESTS, CodeProblem::MailedEnough);
            page(visitor, handle, CodeKind::Email, Some(enough)).await
        }
    }
}

/// For how many minutes the code works that waits for this person; `None` where none was mailed.
async fn sent_for(
    visitor: &Visitor,
    handle: InteractionHandle,
    challenge: Challenge,
) -> Result<Option<u32>, Detour> {
    let call = visitor.call.clone();
    let is_sent = visitor
        .edge
        .database
        .read_directory(move |directory| links::code::is_sent(directory, &call, &challenge, handle));
    let minutes = visitor.edge.links.lives.minutes(LinkPurpose::EmailCode);
    Ok(visitor.sound(is_sent.await)?.then_some(minutes))
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
        username: challenge.user.email.clone(),
        asks_device: visitor.edge.passkeys.verifier().is_some(),
        others: ways.with(factor::OTHER, "1"),
        remember_days: challenge.remember_days.filter(|_| kind.is_lasting()),
        problem: now.map(|(_, problem)| problem).or(before),
    };
    Ok(match kind {
        CodeKind::Totp => visitor.show(status, &TotpCodePage::from(asked)),
        CodeKind::Recovery => visitor.show(status, &RecoveryCodePage::from(asked)),
        CodeKind::Email => {
            let sent_for = sent_for(visitor, handle, challenge).await?;
            visitor.show(status, &EmailCodePage::new(asked, sent_for))
        }
    })
}
