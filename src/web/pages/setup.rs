//! `/setup`: the first owner, through a link that works once (docs/pages.md).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Detour, Outcome, Visitor, answered};
use crate::crypto::password::{PasswordHash, PasswordRules, Weakness};
use crate::flows::passwords;
use crate::flows::setup::{check_link, complete, note_refusal};
use crate::model::email::Email;
use crate::model::profile::Profile;
use crate::model::secret::Secret;
use crate::views::error::ErrorKind;
use crate::views::setup::{EmailProblem, NewPasswordProblem};
use crate::views::{SetupDonePage, SetupPage};

/// What the field of the address takes, in characters.
const LONGEST_ADDRESS: usize = 320;

/// `GET /setup?token=…`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /setup`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let Some(token) = visitor.query()?.secret("token") else { return Ok(dead(visitor)) };
    let Some(rules) = alive(visitor, &token).await? else { return Ok(dead(visitor)) };
    Ok(visitor.show(StatusCode::OK, &page(visitor, rules, token, String::new())))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let Some(token) = params.secret("token") else { return Ok(dead(visitor)) };
    let Some(asked) = alive(visitor, &token).await? else {
        let (call, rules) = (visitor.call.clone(), visitor.edge.sign_in.records.clone());
        let noted = visitor.edge.database.write_directory(move |tx| note_refusal(tx, &call, &rules, &token));
        visitor.sound(noted.await)?;
        return Ok(dead(visitor));
    };
    let typed = params.get("email").unwrap_or_default();
    let mut page = page(visitor, asked, token.clone(), typed.to_owned());
    let given = params.secret("password").unwrap_or_else(|| Secret::new(String::new()));
    let (email, accepted) = (typed.parse::<Email>(), judge(visitor, &given, (asked, typed)).await?);
    page.email_problem = email.as_ref().err().map(|_| EmailProblem::Invalid);
    page.password_problem = accepted.as_ref().err().copied().map(problem);
    let (Ok(email), Ok(hash)) = (email, accepted) else {
        return Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let (call, owner) = (visitor.call.clone(), email.clone());
    let rules = visitor.edge.sign_in.records.clone();
    let completed = visitor
        .edge
        .database
        .write_directory(move |directory| complete(directory, &call, &rules, &token, (&owner, &hash)));
    match visitor.sound(completed.await)? {
        Ok((tenant, user)) => {
            visitor.note_user(tenant, user);
            let done = SetupDonePage { frame: visitor.frame(None), email: email.spelling().to_owned() };
            Ok(visitor.show(StatusCode::OK, &done))
        }
        Err(_) => Ok(dead(visitor)),
    }
}

/// Judges the password, whatever is wrong with the address that was typed with it, so that the page names every fault.
async fn judge(
    visitor: &Visitor,
    given: &Secret<String>,
    (rules, address): (PasswordRules, &str),
) -> Result<Result<PasswordHash, Weakness>, Detour> {
    let edge = &visitor.edge;
    let address: String = address.chars().take(LONGEST_ADDRESS).collect();
    let organisation = [edge.rules.deployment.as_str(), edge.issuer.authority()];
    let context = passwords::context(&address, &Profile::default(), &organisation);
    let chosen = passwords::choose(&edge.passwords, given, rules, context);
    visitor.sound(chosen.await.map_err(Into::into))
}

/// What a password must be, where the link lives.
async fn alive(visitor: &Visitor, token: &Secret<String>) -> Result<Option<PasswordRules>, Detour> {
    let (call, token) = (visitor.call.clone(), token.clone());
    let checked = visitor.edge.database.read_directory(move |directory| check_link(directory, &call, &token));
    Ok(visitor.sound(checked.await)?.ok())
}

fn dead(visitor: &Visitor) -> HttpResponse {
    visitor.note_failure();
    visitor.error(
        StatusCode::GONE,
        ErrorKind::DeadLink,
        ("invalid_request", "The link is unknown, used, or too old."),
    )
}

fn page(visitor: &Visitor, rules: PasswordRules, token: Secret<String>, email: String) -> SetupPage {
    SetupPage {
        frame: visitor.frame(None),
        form: visitor.hidden(None),
        token,
        email,
        shortest: u32::try_from(rules.least()).unwrap_or(u32::MAX),
        email_problem: None,
        password_problem: None,
    }
}

/// What a page says of a password that was refused.
pub(super) const fn problem(weakness: Weakness) -> NewPasswordProblem {
    match weakness {
        Weakness::TooShort { .. } => NewPasswordProblem::TooShort,
        Weakness::TooLong => NewPasswordProblem::TooLong,
        Weakness::Guessable | Weakness::Contextual => NewPasswordProblem::TooWeak,
    }
}
