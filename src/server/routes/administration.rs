//! The JSON API for groups, the sign-in policy, and what people prove themselves by, with the page that a link leads to.

use super::{DELETE, PATCH, POST, PUT, Route};
use crate::flows::access::{
    ChangePolicy, MailPeople, ManageGroups, ReadGroups, ReadPeople, ReadPolicy, ResetFactors, RevokeTokens,
    SeeFactors, SeeTokens,
};
use crate::web::api::{factors, groups, policy, tokens, user_actions};
use crate::web::limits::Door;
use crate::web::middleware::gate::Guard;
use crate::web::pages;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new("/api/v1/groups", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadGroups, _, _>(&groups::LIST, groups::list)
            .writes::<ManageGroups, _, _>(POST, &groups::CREATE, groups::create),
        Route::new("/api/v1/groups/{group}", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadGroups, _, _>(&groups::GET, groups::get)
            .writes::<ManageGroups, _, _>(PATCH, &groups::CHANGE, groups::change)
            .writes::<ManageGroups, _, _>(DELETE, &groups::DELETE, groups::delete),
        Route::new("/api/v1/groups/{group}/members", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadPeople, _, _>(&groups::MEMBERS, groups::members),
        Route::new("/api/v1/groups/{group}/members/{user}", Guard::Api)
            .door(Door::Bearer)
            .writes::<ManageGroups, _, _>(PUT, &groups::ADD, groups::add)
            .writes::<ManageGroups, _, _>(DELETE, &groups::REMOVE, groups::remove),
        Route::new("/api/v1/policy", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadPolicy, _, _>(&policy::GET, policy::get)
            .writes::<ChangePolicy, _, _>(PUT, &policy::SET, policy::set),
        Route::new("/api/v1/policy/simulate", Guard::Api).door(Door::Bearer).writes::<ReadPolicy, _, _>(
            POST,
            &policy::SIMULATE,
            policy::simulate,
        ),
        Route::new("/api/v1/policy/explain", Guard::Api).door(Door::Bearer).writes::<ReadPolicy, _, _>(
            POST,
            &policy::EXPLAIN,
            policy::explain,
        ),
        Route::new("/api/v1/users/{user}/factors", Guard::Api)
            .door(Door::Bearer)
            .reads::<SeeFactors, _, _>(&factors::LIST, factors::list),
        Route::new("/api/v1/users/{user}/factors/{factor}", Guard::Api)
            .door(Door::Bearer)
            .writes::<ResetFactors, _, _>(DELETE, &factors::RESET, factors::reset),
        Route::new("/api/v1/users/{user}/factor-link", Guard::Api)
            .door(Door::Bearer)
            .writes::<MailPeople, _, _>(POST, &user_actions::FACTOR_LINK, user_actions::factor_link),
        Route::new("/api/v1/users/{user}/reset-mail", Guard::Api)
            .door(Door::Bearer)
            .writes::<MailPeople, _, _>(POST, &user_actions::RESET_MAIL, user_actions::reset_mail),
        Route::new("/factor-link", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::links::factor::get)
            .post(pages::links::factor::post),
        Route::new("/api/v1/users/{user}/tokens", Guard::Api)
            .door(Door::Bearer)
            .reads::<SeeTokens, _, _>(&tokens::OF_USER, tokens::of_user),
        Route::new("/api/v1/users/{user}/tokens/{token}", Guard::Api)
            .door(Door::Bearer)
            .writes::<RevokeTokens, _, _>(DELETE, &tokens::REVOKE_OF_USER, tokens::revoke_of_user),
    ]
}
