//! `/account/tokens`: a person's own tokens for their programs, and `/account/tokens/new`, where one is made (D34).

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, act, change, proved, visited};
use super::{CHANGED, is_form_of};
use crate::flows::tokens::{self, Maker, NewToken, Offered, TokenFault};
use crate::model::ids::PersonalTokenId;
use crate::model::personal_token::PersonalToken;
use crate::protocol::api_scope::is_reserved;
use crate::protocol::params::Params;
use crate::views::account::Section;
use crate::views::account::tokens::{Choice, Days, TokenProblem, TokenRow};
use crate::views::consent::ScopeLine;
use crate::views::moment::Moment;
use crate::views::{TokenMadePage, TokenNewPage, TokensPage};
use crate::web::pages::consent::ours;
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// What the name of a field begins with that holds a choice.
const GRANT: &str = "grant-";

/// `GET /account/tokens`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/tokens`: revokes one.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(revoke(&visitor, &body).await)
}

/// `GET /account/tokens/new`.
pub async fn get_new(visitor: Visitor) -> HttpResponse {
    answered(ask(&visitor).await)
}

/// `POST /account/tokens/new`.
pub async fn post_new(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(make(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let (call, user) = (visitor.call.clone(), visited.who.user().clone());
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| tokens::list(tx, &call, &user));
    let rows = visitor.sound(read.await)?.iter().map(row).collect();
    let (frame, account) = visited.frames(visitor, Section::Tokens);
    let page = TokensPage { frame, account, is_revoked: params.has(CHANGED), tokens: rows };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// Revokes one. A form that is sent again finds none, and is answered alike: it is not theirs any more.
async fn revoke(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    let id = params.get("token").and_then(|id| id.parse::<PersonalTokenId>().ok());
    let (Some(id), true) = (id, is_form_of(&params, |name| name == "token")) else {
        return Err(visitor.detour(Trouble::Malformed));
    };
    let revoked = act(visitor, &visited, TokensPage::PATH, move |directory, call, who| {
        tokens::revoke(&mut directory.enter(who.scope())?, call, who.user(), id)
    });
    revoked.await?;
    Ok(visitor.to(&visited.to(TokensPage::PATH).with(CHANGED, "1")))
}

async fn ask(visitor: &Visitor) -> Outcome {
    let visited = visited(visitor, &visitor.query()?).await?;
    proved(visitor, &visited, TokenNewPage::PATH).await?;
    let asked = Asked { name: String::new(), chosen: BTreeSet::new(), days: Days::default() };
    form(visitor, &visited, StatusCode::OK, (asked, None)).await
}

async fn make(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    // A token for somebody else cannot even be asked for (P113).
    if !is_form_of(&params, |name| matches!(name, "name" | "days") || name.starts_with(GRANT)) {
        return Err(visitor.detour(Trouble::Malformed));
    }
    proved(visitor, &visited, TokenNewPage::PATH).await?;
    let Some(asked) = Asked::read(&params) else { return Err(visitor.detour(Trouble::Malformed)) };
    let (new, terms) = (asked.token(visitor), visitor.edge.mail.clone());
    let made = change(visitor, &visited, TokenNewPage::PATH, move |directory, call, fresh| {
        let tx = &mut directory.enter(fresh.scope())?;
        tokens::make(tx, call, &terms, Maker::of_page(fresh), new)
    });
    match made.await? {
        Ok((token, secret)) => {
            let (frame, account) = visited.frames(visitor, Section::Tokens);
            let page =
                TokenMadePage { frame, account, name: token.name, secret, ends: token.expires_at.into() };
            Ok(visitor.show(StatusCode::OK, &page))
        }
        Err(TokenFault::Gone) => Ok(visitor.to(&visited.to(TokensPage::PATH))),
        Err(fault) => {
            let problem = match fault {
                TokenFault::Name => TokenProblem::Name,
                TokenFault::TooMany => TokenProblem::TooMany,
                TokenFault::Scope | TokenFault::Resource | TokenFault::Expiry | TokenFault::Gone => {
                    TokenProblem::Choice
                }
            };
            form(visitor, &visited, StatusCode::UNPROCESSABLE_ENTITY, (asked, Some(problem))).await
        }
    }
}

/// What the form asks for.
struct Asked {
    name: String,
    /// Each as its field says it: a scope of ours, or a resource server and one of its scopes.
    chosen: BTreeSet<String>,
    days: Days,
}

impl Asked {
    fn read(params: &Params) -> Option<Self> {
        let chosen = params.iter().filter(|(name, _)| name.starts_with(GRANT));
        Some(Self {
            name: params.get("name").unwrap_or_default().trim().to_owned(),
            chosen: chosen.map(|(_, value)| value.to_owned()).collect(),
            days: Days::parse(params.get("days")?)?,
        })
    }

    fn token(&self, visitor: &Visitor) -> NewToken {
        let (mut scopes, mut resources) = (BTreeSet::new(), BTreeSet::new());
        for choice in &self.chosen {
            match choice.split_once(' ') {
                Some((server, scope)) => {
                    resources.insert(server.to_owned());
                    scopes.insert(scope.to_owned());
                }
                None => {
                    scopes.insert(choice.clone());
                }
            }
        }
        let life = Duration::from_hours(24) * self.days.count();
        NewToken { name: self.name.clone(), scopes, resources, expires_at: visitor.call.now + life }
    }
}

async fn form(
    visitor: &Visitor,
    visited: &Visited,
    status: StatusCode,
    (asked, problem): (Asked, Option<TokenProblem>),
) -> Outcome {
    let offered = offered(visitor, visited).await?;
    let (frame, account) = visited.frames(visitor, Section::Tokens);
    let choices = choices(&offered, &asked.chosen);
    let page = TokenNewPage { frame, account, name: asked.name, choices, days: asked.days, problem };
    Ok(visitor.show(status, &page))
}

async fn offered(visitor: &Visitor, visited: &Visited) -> Result<Offered, Detour> {
    let user = visited.who.user().clone();
    let read = visitor.edge.database.read(visited.who.scope(), move |tx| tokens::offered(tx, &user));
    visitor.sound(read.await)
}

fn choices(offered: &Offered, chosen: &BTreeSet<String>) -> Vec<Choice> {
    let choice = |value: String, line: ScopeLine| Choice { is_chosen: chosen.contains(&value), value, line };
    let api = offered.api.iter().map(|scope| choice(scope.as_str().to_owned(), ScopeLine::OfApi(*scope)));
    let defined = offered.servers.iter().flat_map(|server| {
        server.scopes.iter().map(move |scope| {
            let line = ScopeLine::Api { api: server.name.clone(), description: scope.description.clone() };
            (format!("{} {}", server.identifier, scope.name), line)
        })
    });
    api.chain(defined.map(|(value, line)| choice(value, line))).collect()
}

fn row(token: &PersonalToken) -> TokenRow {
    let names: BTreeSet<&str> = token.scopes.iter().map(String::as_str).collect();
    let lines: Vec<ScopeLine> = ours(&names).collect();
    let others = names.iter().filter(|name| !is_reserved(name));
    TokenRow {
        id: token.id.to_string(),
        name: token.name.clone(),
        lines,
        others: others.map(|name| (*name).to_owned()).collect(),
        resources: token.resources.iter().cloned().collect(),
        made: token.created_at.into(),
        ends: token.expires_at.into(),
        used: token.last_used_at.map(Moment::from),
    }
}
