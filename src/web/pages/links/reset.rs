//! `/reset`: a new password by the link in a mail. GET asks, POST sets it (P059, P065).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::{TOKEN, dead, refused};
use crate::crypto::password::{PasswordHash, Weakness};
use crate::flows::links::reset::{Done, Opened, complete, open};
use crate::flows::login::visit::Visit;
use crate::flows::passwords;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::link::LinkPurpose;
use crate::model::secret::Secret;
use crate::views::link::LocalPath;
use crate::views::{IdentifierPage, PasswordPage, ResetDonePage, ResetPage};
use crate::web::pages::setup::problem;
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered, going_on};

/// `GET /reset?token=…`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /reset`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let Some(token) = visitor.query()?.secret(TOKEN) else { return Ok(dead(visitor)) };
    match opened(visitor, &token).await? {
        Some(opened) => Ok(visitor.show(StatusCode::OK, &page(visitor, &opened, token))),
        None => Ok(dead(visitor)),
    }
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    const PURPOSE: LinkPurpose = LinkPurpose::PasswordReset;
    let params = visitor.form(body)?;
    let Some(token) = params.secret(TOKEN) else { return Ok(dead(visitor)) };
    let Some(opened) = opened(visitor, &token).await? else { return refused(visitor, PURPOSE, token).await };
    let given = params.secret("password").unwrap_or_else(|| Secret::new(String::new()));
    let hash = match judge(visitor, &opened, &given).await? {
        Ok(hash) => hash,
        Err(weakness) => {
            let page = ResetPage { problem: Some(problem(weakness)), ..page(visitor, &opened, token) };
            return Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let (call, terms, own) = (visitor.call.clone(), visitor.edge.links.clone(), token.clone());
    let completed = visitor
        .edge
        .database
        .write_directory(move |directory| complete(directory, &call, &terms, (&own, &hash)));
    match visitor.sound(completed.await)? {
        Some(done) => finished(visitor, done, opened.held.link.interaction).await,
        None => refused(visitor, PURPOSE, token).await,
    }
}

/// The page that says so, in the colours of the tenant, with the way on where the sign-in of this browser still waits.
async fn finished(visitor: &Visitor, done: Done, handle: Option<InteractionHandle>) -> Outcome {
    visitor.note_user(done.scope.id(), done.user.id);
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let waiting = visitor.edge.database.read_directory(move |directory| match handle {
        Some(handle) => Ok(Visit::open(directory, &call, Some(handle), &cookie)?.and(Some(handle))),
        None => Ok(None),
    });
    let waiting = visitor.sound(waiting.await)?;
    let onward = waiting
        .map_or_else(|| LocalPath::page(IdentifierPage::PATH), |handle| going_on(PasswordPage::PATH, handle));
    let frame = visitor.frame_of(Some(&done.scope), None);
    Ok(visitor.show(StatusCode::OK, &ResetDonePage { frame, tokens: done.tokens, onward }))
}

async fn opened(visitor: &Visitor, token: &Secret<String>) -> Result<Option<Opened>, Detour> {
    let (call, token) = (visitor.call.clone(), token.clone());
    let opened = visitor.edge.database.read_directory(move |directory| open(directory, &call, &token));
    visitor.sound(opened.await)
}

/// Judges the password by the rules of the tenant, and hashes it (P040).
async fn judge(
    visitor: &Visitor,
    opened: &Opened,
    given: &Secret<String>,
) -> Result<Result<PasswordHash, Weakness>, Detour> {
    let (edge, tenant) = (&visitor.edge, opened.held.scope.tenant());
    let organisation =
        [tenant.name.as_str(), tenant.slug.as_str(), edge.rules.deployment.as_str(), edge.issuer.authority()];
    let user = &opened.held.user;
    let context = passwords::context(&user.email, &user.profile, &organisation);
    let chosen = passwords::choose(&edge.passwords, given, opened.rules, context);
    visitor.sound(chosen.await.map_err(Failure::from))
}

fn page(visitor: &Visitor, opened: &Opened, token: Secret<String>) -> ResetPage {
    ResetPage {
        frame: visitor.frame_of(Some(&opened.held.scope), None),
        form: visitor.hidden(None),
        token,
        username: opened.held.user.email.clone(),
        shortest: u32::try_from(opened.rules.least()).unwrap_or(u32::MAX),
        problem: None,
    }
}
