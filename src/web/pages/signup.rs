//! `/signup`: whoever has an address of a listed domain asks for an account. Nobody learns anything of an address here, and
//! an organisation that does not let people sign up is not told from one that does not exist (P036, P042).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::visitor::{Detour, Outcome, Visitor, answered};
use crate::flows::invitations::{SIGN_UP_MINUTES, is_open, sign_up};
use crate::model::email::Email;
use crate::model::ids::Slug;
use crate::storage::TenantScope;
use crate::views::{SignUpPage, SignUpSentPage};
use crate::web::trouble::Trouble;

/// What the fields take, in characters.
const LONGEST_ADDRESS: usize = 320;
const LONGEST_ORGANISATION: usize = 40;

/// `GET /signup`, perhaps with `organisation`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /signup`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let named = match params.get("organisation") {
        Some(text) => Some(open(visitor, text).await?),
        None => None,
    };
    let organisation = named.map(|scope| scope.tenant().slug.to_string()).unwrap_or_default();
    Ok(visitor.show(StatusCode::OK, &SignUpPage { organisation, ..blank(visitor) }))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let field = |name: &str, most: usize| -> String {
        params.get(name).unwrap_or_default().trim().chars().take(most).collect()
    };
    let (organisation, typed) =
        (field("organisation", LONGEST_ORGANISATION), field("email", LONGEST_ADDRESS));
    let email = typed.parse::<Email>();
    let (organisation_problem, email_problem) = (organisation.is_empty(), email.is_err());
    let (Ok(email), false) = (email, organisation_problem) else {
        let page =
            SignUpPage { organisation, email: typed, organisation_problem, email_problem, ..blank(visitor) };
        return Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let scope = open(visitor, &organisation).await?;
    // Each ask counts, whatever comes of it (P036, P068).
    visitor.note_failure();
    let (call, terms) = (visitor.call.clone(), visitor.edge.mail.clone());
    let (asked, language) = (email.clone(), visitor.frame(None).text.lang());
    let done = visitor.edge.database.write(&scope, move |tx| sign_up(tx, &call, &terms, (&asked, language)));
    visitor.sound(done.await)?;
    let page = SignUpSentPage {
        frame: visitor.frame(None),
        email: email.spelling().to_owned(),
        minutes: SIGN_UP_MINUTES,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// The organisation of this name, where people may sign up.
async fn open(visitor: &Visitor, text: &str) -> Result<TenantScope, Detour> {
    let slug = text.trim().to_lowercase().parse::<Slug>();
    let found = match slug {
        Ok(slug) => {
            let read = visitor.edge.database.read_directory(move |directory| is_open(directory, &slug));
            visitor.sound(read.await)?
        }
        Err(_) => None,
    };
    found.ok_or_else(|| {
        visitor.note_failure();
        visitor.detour(Trouble::NotFound)
    })
}

fn blank(visitor: &Visitor) -> SignUpPage {
    SignUpPage {
        frame: visitor.frame(None),
        form: visitor.hidden(None),
        organisation: String::new(),
        email: String::new(),
        organisation_problem: false,
        email_problem: false,
    }
}
