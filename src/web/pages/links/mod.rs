//! What is mailed: the pages that ask for it, and those to which the mails lead. A mailed link does nothing when it is opened:
//! mail scanners open them too (P059).

pub mod ask;
pub mod email;
pub mod factor;
pub mod reset;
pub mod sign_in;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::visitor::{Detour, Visitor};
use crate::flows::links::note_dead;
use crate::model::link::LinkPurpose;
use crate::model::secret::Secret;
use crate::views::error::ErrorKind;

/// The parameter and the field that hold the token of a link.
const TOKEN: &str = "token";

/// A link that is dead, for whatever reason.
fn dead(visitor: &Visitor) -> HttpResponse {
    visitor.note_failure();
    visitor.error(
        StatusCode::GONE,
        ErrorKind::DeadLink,
        ("invalid_request", "The link is unknown, used, or too old."),
    )
}

/// The same for a form, which is recorded.
async fn refused(
    visitor: &Visitor,
    purpose: LinkPurpose,
    token: Secret<String>,
) -> Result<HttpResponse, Detour> {
    let (call, rules) = (visitor.call.clone(), visitor.edge.sign_in.records.clone());
    let database = &visitor.edge.database;
    let noted = database.write_directory(move |tx| note_dead(tx, &call, &rules, (purpose, &token)));
    visitor.sound(noted.await)?;
    Ok(dead(visitor))
}
