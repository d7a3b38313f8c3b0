//! `/account/applications`: what people let in, and how to take that back.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{act, visited};
use super::{CHANGED, is_form_of};
use crate::flows::account::applications::{self, Application};
use crate::model::ids::ClientId;
use crate::views::ApplicationsPage;
use crate::views::account::Section;
use crate::views::account::applications::ApplicationCard;
use crate::views::moment::Moment;
use crate::web::pages::consent::{of_server, ours};
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// `GET /account/applications`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/applications`: takes everything back from one.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(withdraw(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let (call, who) = (visitor.call.clone(), visited.who.clone());
    let read =
        visitor.edge.database.read_directory(move |directory| applications::of(directory, &call, &who)).await;
    let applications = visitor.sound(read)?.iter().map(card).collect();
    let (frame, account) = visited.frames(visitor, Section::Applications);
    let page = ApplicationsPage { frame, account, is_withdrawn: params.has(CHANGED), applications };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn withdraw(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    let client = params.get("application").and_then(|id| id.parse::<ClientId>().ok());
    let (Some(client), true) = (client, is_form_of(&params, |name| name == "application")) else {
        return Err(visitor.detour(Trouble::Malformed));
    };
    let withdrawn = act(visitor, &visited, ApplicationsPage::PATH, move |directory, call, who| {
        applications::withdraw(directory, call, who, &client)
    });
    withdrawn.await?;
    Ok(visitor.to(&visited.to(ApplicationsPage::PATH).with(CHANGED, "1")))
}

fn card(application: &Application) -> ApplicationCard {
    let own = words(&application.ours);
    let mut scopes: Vec<_> = ours(&own).collect();
    for (server, of_it) in &application.at {
        scopes.extend(of_server(server, &words(of_it)));
    }
    ApplicationCard {
        id: application.id.to_string(),
        name: application.name.clone().unwrap_or_else(|| application.id.to_string()),
        scopes,
        allowed: application.allowed_at.map(Moment::from),
        used: application.used_at.map(Moment::from),
    }
}

fn words(scopes: &BTreeSet<String>) -> BTreeSet<&str> {
    scopes.iter().map(String::as_str).collect()
}
