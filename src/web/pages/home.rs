//! `/`: who is signed in in this browser, or the way to sign in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::card;
use super::visitor::{Outcome, Visitor, answered};
use crate::flows::policy::roles_of;
use crate::flows::session::{LiveAccount, live_accounts};
use crate::model::failure::Failure;
use crate::model::role::Permission;
use crate::storage::Directory;
use crate::views::HomePage;

/// `GET /`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let (accounts, console) = if visitor.browser.has_signed_in() {
        let read = visitor.edge.database.read_directory(move |directory| {
            let accounts = live_accounts(directory, &call, &cookie)?;
            let console = administers(directory, &accounts)?;
            Ok((accounts, console))
        });
        visitor.sound(read.await)?
    } else {
        (Vec::new(), false)
    };
    visitor.note_account(&accounts);
    let accounts = accounts.iter().map(card::person).collect();
    let page = HomePage { frame: visitor.frame(None), accounts, console };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// Whether the console is for one of these. It asks again.
fn administers(directory: &mut Directory<'_>, accounts: &[LiveAccount]) -> Result<bool, Failure> {
    for account in accounts {
        let roles = roles_of(&mut directory.enter(&account.scope)?, &account.user)?;
        if roles.iter().any(|role| role.allows(Permission::ManagePeople)) {
            return Ok(true);
        }
    }
    Ok(false)
}
