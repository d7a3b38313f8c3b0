//! `/login/enrol`: the first second factor of somebody who came by an invitation to a tenant that asks for two (D33).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::login;
use super::passkey::{answer, prompt};
use super::visitor::{Detour, Outcome, Visitor, answered};
use crate::flows::factors::passkey::likely_name;
use crate::flows::factors::recovery_codes::Sheet;
use crate::flows::factors::totp::ConfirmRefusal;
use crate::flows::login::enrol::{
    Choice, EnrolRefusal, Enrolled, add_passkey, begin_totp, choice, confirm_totp,
};
use crate::flows::login::proved::Proved;
use crate::flows::session::CookieChange;
use crate::model::ids::InteractionHandle;
use crate::model::passkey::PasskeyName;
use crate::model::secret::Secret;
use crate::protocol::params::Params;
use crate::views::account::totp::{CodeProblem, TotpStage};
use crate::views::qr::QrCode;
use crate::views::{EnrolPage, EnrolledPage};
use crate::web::guard::browser::Browser;

/// `GET /login/enrol`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /login/enrol`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

/// What is said beside the choice.
#[derive(Default)]
struct Said {
    shown: Option<TotpStage>,
    code: Option<CodeProblem>,
    passkey: bool,
}

async fn show(visitor: &Visitor) -> Outcome {
    let handle = visitor.needed_handle(&visitor.query()?)?;
    page(visitor, handle, StatusCode::OK, Said::default()).await
}

async fn page(visitor: &Visitor, handle: InteractionHandle, status: StatusCode, said: Said) -> Outcome {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let passkeys = visitor.edge.passkeys.clone();
    let found = visitor
        .edge
        .database
        .read_directory(move |directory| choice(directory, &call, &passkeys, (handle, &cookie)));
    let found: Option<Choice> = visitor.sound(found.await)?;
    let Some(found) = found else { return Ok(login::look_again(visitor, handle)) };
    let stage = match said.shown {
        Some(stage) => stage,
        None if found.totp_waits => TotpStage::Waiting,
        None => TotpStage::Begin,
    };
    let page = EnrolPage {
        frame: visitor.frame_of(Some(&found.challenge.scope), None),
        form: visitor.hidden(Some(handle.to_string())),
        username: found.challenge.user.email,
        totp: found.totp.then_some(stage),
        code_problem: said.code,
        passkey: found.passkey.map(prompt),
        passkey_problem: said.passkey,
    };
    Ok(visitor.show(status, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let handle = visitor.needed_handle(&params)?;
    match (params.get("action"), params.secret("code")) {
        (Some("cancel"), _) => login::cancel(visitor, Some(handle)).await,
        (Some("begin"), None) => begin(visitor, handle).await,
        (Some("confirm"), Some(code)) => confirm(visitor, handle, &params, code).await,
        (Some("confirm"), None) => {
            let said = Said { code: Some(CodeProblem::Missing), ..Said::default() };
            page(visitor, handle, StatusCode::UNPROCESSABLE_ENTITY, said).await
        }
        _ => make(visitor, handle, &params).await,
    }
}

async fn begin(visitor: &Visitor, handle: InteractionHandle) -> Outcome {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (rules, deployment) = (visitor.edge.factor_rules(), visitor.edge.rules.deployment.clone());
    let begun = visitor.edge.database.write_directory(move |directory| {
        begin_totp(directory, &call, &rules, (handle, &cookie), |tenant| format!("{tenant} ({deployment})"))
    });
    match visitor.sound(begun.await)? {
        Ok(made) => {
            let shown = TotpStage::Shown { qr: QrCode::of(made.uri.expose()), key: made.typed };
            page(visitor, handle, StatusCode::OK, Said { shown: Some(shown), ..Said::default() }).await
        }
        Err(_) => Ok(login::look_again(visitor, handle)),
    }
}

async fn confirm(
    visitor: &Visitor,
    handle: InteractionHandle,
    params: &Params,
    code: Secret<String>,
) -> Outcome {
    let renewed = visitor.renewed(params, handle);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (rules, factors) = (visitor.edge.sign_in.clone(), visitor.edge.factor_rules());
    let confirmed = visitor.edge.database.write_directory(move |directory| {
        let cookie = CookieChange { old: &old, new: &new };
        confirm_totp(directory, &call, (&rules, &factors), (handle, cookie), &code)
    });
    match visitor.sound(confirmed.await)? {
        Ok(enrolled) => Ok(done(visitor, enrolled, &renewed)),
        Err(EnrolRefusal::Totp(ConfirmRefusal::WrongCode)) => {
            let said = Said { code: Some(CodeProblem::Wrong), ..Said::default() };
            page(visitor, handle, StatusCode::UNPROCESSABLE_ENTITY, said).await
        }
        Err(EnrolRefusal::Totp(ConfirmRefusal::NotBegun)) => {
            page(visitor, handle, StatusCode::OK, Said::default()).await
        }
        Err(
            EnrolRefusal::Totp(ConfirmRefusal::Gone)
            | EnrolRefusal::Expired
            | EnrolRefusal::Method
            | EnrolRefusal::Passkey(_),
        ) => Ok(login::look_again(visitor, handle)),
    }
}

async fn make(visitor: &Visitor, handle: InteractionHandle, params: &Params) -> Outcome {
    let renewed = visitor.renewed(params, handle);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (rules, passkeys) = (visitor.edge.sign_in.clone(), visitor.edge.passkeys.clone());
    let (answer, name) = (answer(params), own_name(visitor)?);
    let added = visitor.edge.database.write_directory(move |directory| {
        let cookie = CookieChange { old: &old, new: &new };
        add_passkey(directory, &call, (&rules, &passkeys), (handle, cookie), (&answer, name))
    });
    match visitor.sound(added.await)? {
        Ok(enrolled) => Ok(done(visitor, enrolled, &renewed)),
        Err(EnrolRefusal::Passkey(_)) => {
            let said = Said { passkey: true, ..Said::default() };
            page(visitor, handle, StatusCode::UNPROCESSABLE_ENTITY, said).await
        }
        Err(EnrolRefusal::Expired | EnrolRefusal::Method | EnrolRefusal::Totp(_)) => {
            Ok(login::look_again(visitor, handle))
        }
    }
}

/// What the browser's first passkey is called until its owner says otherwise.
pub(super) fn own_name(visitor: &Visitor) -> Result<PasskeyName, Detour> {
    let name = likely_name(visitor.call.user_agent.as_deref()).parse();
    visitor.sound(name.map_err(|_| crate::model::failure::Failure::internal("naming a passkey")))
}

fn done(visitor: &Visitor, enrolled: Enrolled, renewed: &Browser) -> HttpResponse {
    match enrolled.sheet {
        Some(sheet) => codes(visitor, (&enrolled.proved, sheet), renewed),
        None => login::after_proof(visitor, &enrolled.proved, renewed),
    }
}

/// Shows the codes that came with a new factor, on the way to where the proof leads.
pub(super) fn codes(visitor: &Visitor, (proved, sheet): (&Proved, Sheet), renewed: &Browser) -> HttpResponse {
    let page = EnrolledPage {
        frame: visitor.frame(None),
        codes: sheet.codes,
        onward: login::place_after(visitor, proved),
    };
    visitor.show_with(&page, renewed)
}
