//! `/account/organisations`: where the person is a guest, to go there and to leave (D4).

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, act_among_others, visited};
use crate::flows::account::organisations::{self, NotThere, Organisation};
use crate::flows::session::CookieChange;
use crate::model::ids::TenantId;
use crate::protocol::params::Params;
use crate::views::account::Section;
use crate::views::account::organisations::{OrganisationRow, OrganisationsNotice};
use crate::views::link::LocalPath;
use crate::views::{AccountStartPage, OrganisationsPage};
use crate::web::pages::login;
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// The parameter by which a redirect tells what was done.
const DONE: &str = "done";

/// `GET /account/organisations`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/organisations`: goes to one, or leaves it.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let who = visited.who.clone();
    let read = visitor.edge.database.read_directory(move |directory| organisations::of(directory, &who));
    let organisations = visitor.sound(read.await)?.iter().map(row).collect();
    let (frame, account) = visited.frames(visitor, Section::Organisations);
    let notice = params.get(DONE).and_then(OrganisationsNotice::parse);
    Ok(visitor.show(StatusCode::OK, &OrganisationsPage { frame, account, notice, organisations }))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    let host = params.get("organisation").and_then(|id| id.parse::<TenantId>().ok());
    match (params.get("action"), host) {
        (Some("go"), Some(host)) => go(visitor, &visited, host, &params).await,
        (Some("leave"), Some(host)) => {
            let clock = Arc::clone(&visitor.edge.clock);
            let left =
                act_among_others(visitor, &visited, OrganisationsPage::PATH, move |directory, call, who| {
                    organisations::leave(directory, (call, &clock), who, host)
                });
            left.await?;
            Ok(told(visitor, &visited, OrganisationsNotice::Left))
        }
        _ => Err(visitor.detour(Trouble::Malformed)),
    }
}

async fn go(visitor: &Visitor, visited: &Visited, host: TenantId, params: &Params) -> Outcome {
    let leave = visitor.may_begin().await?;
    let renewed = visitor.renewed(params, None);
    let (call, who) = (visitor.call.clone(), visited.who.clone());
    let (old, new) = (visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (rules, life) = (visitor.edge.sign_in.clone(), visitor.edge.authorize.interaction);
    let gone = visitor.edge.database.write_directory(move |directory| {
        organisations::go(
            directory,
            (&call, &rules, life),
            (&who, host),
            CookieChange { old: &old, new: &new },
        )
    });
    let gone = gone.await;
    if let Some(leave) = leave {
        leave.end(matches!(gone, Ok(Ok(_))));
    }
    match visitor.sound(gone)? {
        Ok(proved) => Ok(login::after_proof(visitor, &proved, &renewed)),
        Err(NotThere::Refused) => Ok(told(visitor, visited, OrganisationsNotice::Refused)),
        // In already, or no guest any more: to the accounts of this browser.
        Err(NotThere::Nothing) => Ok(visitor.to(&LocalPath::page(AccountStartPage::PATH))),
    }
}

fn told(visitor: &Visitor, visited: &Visited, notice: OrganisationsNotice) -> HttpResponse {
    visitor.to(&visited.to(OrganisationsPage::PATH).with(DONE, notice.as_str()))
}

fn row(organisation: &Organisation) -> OrganisationRow {
    OrganisationRow {
        id: organisation.scope.id().to_string(),
        name: organisation.scope.tenant().name.clone(),
        roles: organisation.roles.clone(),
        since: organisation.since.into(),
    }
}
