//! `/account/password`: a new password, and `/.well-known/change-password`, by which password managers find it (W3C, "A
//! Well-Known URL for Changing Passwords").

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, change, proved, visited};
use super::factors;
use crate::crypto::password::PasswordRules;
use crate::flows::account::password;
use crate::flows::passwords;
use crate::model::secret::Secret;
use crate::views::account::Section;
use crate::views::account::factors::FactorsNotice;
use crate::views::link::LocalPath;
use crate::views::setup::NewPasswordProblem;
use crate::views::{FactorsPage, OwnPasswordPage};
use crate::web::pages::setup::problem;
use crate::web::pages::visitor::{Outcome, Visitor, answered};

/// `GET /.well-known/change-password`.
pub async fn well_known(visitor: Visitor) -> HttpResponse {
    visitor.to_without_cookie(&LocalPath::page(OwnPasswordPage::PATH))
}

/// `GET /account/password`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/password`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let visited = visited(visitor, &visitor.query()?).await?;
    let Some(rules) = password::rules(&visited.who) else {
        return Ok(page(visitor, &visited, StatusCode::OK, (None, None)));
    };
    // Before anything is typed: it would be lost on the way to a proof.
    proved(visitor, &visited, OwnPasswordPage::PATH).await?;
    Ok(page(visitor, &visited, StatusCode::OK, (Some(rules), None)))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    let Some(rules) = password::rules(&visited.who) else {
        return Ok(page(visitor, &visited, StatusCode::CONFLICT, (None, None)));
    };
    // Before the hash, which costs something.
    proved(visitor, &visited, OwnPasswordPage::PATH).await?;
    let typed = params.secret("password").unwrap_or_else(|| Secret::new(String::new()));
    let edge = &visitor.edge;
    let (user, tenant) = (visited.who.user(), visited.who.scope().tenant());
    let organisation = [
        edge.rules.deployment.as_str(),
        edge.issuer.authority(),
        tenant.name.as_str(),
        visited.who.scope().slug().as_str(),
    ];
    let context = passwords::context(&user.email, &user.profile, &organisation);
    let chosen = passwords::choose(&edge.passwords, &typed, rules, context).await;
    let hash = match visitor.sound(chosen.map_err(Into::into))? {
        Ok(hash) => hash,
        Err(weakness) => {
            let shown = (Some(rules), Some(problem(weakness)));
            return Ok(page(visitor, &visited, StatusCode::UNPROCESSABLE_ENTITY, shown));
        }
    };
    let mail = edge.mail.clone();
    let changed = change(visitor, &visited, OwnPasswordPage::PATH, move |directory, call, fresh| {
        password::change(directory, call, &mail, fresh, &hash)
    });
    changed.await?;
    let place = visited.to(FactorsPage::PATH);
    Ok(visitor.to(&factors::with_notice(place, FactorsNotice::PasswordChanged)))
}

fn page(
    visitor: &Visitor,
    visited: &Visited,
    status: StatusCode,
    (rules, problem): (Option<PasswordRules>, Option<NewPasswordProblem>),
) -> HttpResponse {
    let (frame, account) = visited.frames(visitor, Section::Factors);
    let shortest = rules.map(|rules| u32::try_from(rules.least()).unwrap_or(u32::MAX));
    visitor.show(status, &OwnPasswordPage { frame, account, shortest, problem })
}
