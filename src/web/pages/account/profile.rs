//! `/account/profile`: what people say of themselves, their language and time zone.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::{Visited, act_among_others, visited};
use super::{CHANGED, is_form_of};
use crate::flows::account::profile::{self, Said};
use crate::model::own_claims::OwnClaim;
use crate::protocol::params::Params;
use crate::views::ProfilePage;
use crate::views::account::Section;
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// `GET /account/profile`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /account/profile`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let visited = visited(visitor, &params).await?;
    let said = profile::said(&visited.who.user().profile);
    let page = ProfilePage { is_saved: params.has(CHANGED), ..page(visitor, &visited, said) };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let visited = visited(visitor, &params).await?;
    // What is not theirs to say is refused, not passed over (P063).
    if !is_form_of(&params, |name| OwnClaim::parse(name).is_some()) {
        return Err(visitor.detour(Trouble::Malformed));
    }
    let (said, wanted) = (typed(&params), typed(&params));
    let changed = act_among_others(visitor, &visited, ProfilePage::PATH, move |directory, call, who| {
        profile::change(directory, call, who, said)
    });
    match changed.await? {
        Ok(()) => Ok(visitor.to(&visited.to(ProfilePage::PATH).with(CHANGED, "1"))),
        Err(faults) => {
            let page = ProfilePage { faults, ..page(visitor, &visited, wanted) };
            Ok(visitor.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

fn typed(params: &Params) -> Said {
    let said = |claim: OwnClaim| Some((claim, params.get(claim.as_str())?.trim().to_owned()));
    OwnClaim::ALL.into_iter().filter_map(said).filter(|(_, text)| !text.is_empty()).collect()
}

fn page(visitor: &Visitor, visited: &Visited, said: Said) -> ProfilePage {
    let (frame, account) = visited.frames(visitor, Section::Profile);
    ProfilePage { frame, account, is_saved: false, said, faults: BTreeSet::new() }
}
