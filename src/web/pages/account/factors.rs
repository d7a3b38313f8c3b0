//! `/account/factors`: the ways to sign in, with their dates.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::entry::visited;
use crate::flows::factors::overview::{Overview, overview};
use crate::flows::factors::recovery_codes::Left;
use crate::model::ids::UserId;
use crate::model::passkey::Passkey;
use crate::model::session::Factor;
use crate::storage::TenantScope;
use crate::views::FactorsPage;
use crate::views::account::Section;
use crate::views::account::factors::{FactorsNotice, Used};
use crate::views::account::recovery_codes::CodesLeft;
use crate::views::link::LocalPath;
use crate::views::moment::Moment;
use crate::web::pages::visitor::{Detour, Outcome, Visitor, answered};

/// The parameter by which a page before says what was done.
const DONE: &str = "done";

/// `GET /account/factors`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let own = read(visitor, visited.who.scope(), visited.who.user().id).await?;
    let (frame, account) = visited.frames(visitor, Section::Factors);
    let page = FactorsPage {
        frame,
        account,
        notice: params.get(DONE).and_then(FactorsNotice::parse),
        password: own.password.map(Moment::from),
        takes_passwords: visited.who.policy().allows(Factor::Password),
        passkeys: own.passkeys.iter().map(passkey).collect(),
        totp: used(&own),
        codes: own.codes.map(codes_left),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// The same page, which then says this.
pub(super) fn with_notice(place: LocalPath, notice: FactorsNotice) -> LocalPath {
    place.with(DONE, notice.as_str())
}

/// What the person has.
pub(super) async fn read(visitor: &Visitor, scope: &TenantScope, user: UserId) -> Result<Overview, Detour> {
    let call = visitor.call.clone();
    let read = visitor.edge.database.read(scope, move |tx| overview(tx, &call, user));
    visitor.sound(read.await)
}

/// The dates of an authenticator that is set up.
pub(super) fn used(own: &Overview) -> Option<Used> {
    let factor = own.totp.as_ref()?;
    Some(Used { since: factor.confirmed_at?.into(), last: factor.last_used_at.map(Moment::from) })
}

fn passkey(passkey: &Passkey) -> (String, Used) {
    let last = passkey.last_used_at.map(Moment::from);
    (passkey.name.to_string(), Used { since: passkey.created_at.into(), last })
}

pub(super) fn codes_left(left: Left) -> CodesLeft {
    CodesLeft { count: u32::try_from(left.count).unwrap_or(u32::MAX), made_at: left.made_at.into() }
}
