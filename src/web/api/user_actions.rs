//! What is done to one person: `/api/v1/users/{user}/…`.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, versioned};
use super::described::{Described, Shape};
use super::shapes::{RoleWord, UserShape};
use crate::flows::access::{AdmitPeople, ChangeRoles, MailPeople, ManagePeople, RemovePeople, UnlockPeople};
use crate::flows::links::by_admin::AdminLink;
use crate::flows::people::{self, Person};
use crate::model::role::Role;

/// The roles of an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Roles {
    /// All of its own roles: those that it has and that are not here are taken away.
    roles: Vec<RoleWord>,
}

const SHOWN: (u16, Option<Shape>) = (200, Some(Shape::of::<UserShape>()));

const fn action(id: &'static str, summary: &'static str, refusals: &'static [u16]) -> Described {
    Described { id, tag: "users", summary, query: &[], takes: None, gives: SHOWN, refusals, versioned: false }
}

/// `PUT /api/v1/users/{user}/roles`
pub const ROLES: Described = Described {
    takes: Some(Shape::of::<Roles>()),
    versioned: true,
    ..action(
        "setUserRoles",
        "Gives an account exactly these roles of its own. Owners do that, and not to themselves; the last owner stays one.",
        &[404, 409, 412],
    )
};

/// Sets the roles of an account.
pub async fn roles(asked: Asked<ChangeRoles>, body: Bytes) -> HttpResponse {
    answered(set_roles(&asked, &body).await)
}

async fn set_roles(asked: &Asked<ChangeRoles>, body: &Bytes) -> Outcome {
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let (id, expected) = (asked.id("user"), asked.if_match());
    let changed = asked.write(asked.body::<Roles>(body), move |tx, right, wanted| {
        let wanted: BTreeSet<Role> = wanted.roles.into_iter().map(Role::from).collect();
        people::set_roles(tx, (&call, &clock), right, (id, expected.as_deref()), wanted)
    });
    Ok(shown(&changed.await?))
}

/// `POST /api/v1/users/{user}/suspend`
pub const SUSPEND: Described = action(
    "suspendUser",
    "Suspends an account: nobody signs in with it, and its sessions and tokens end. The last owner is not suspended.",
    &[404, 409],
);

/// Suspends an account.
pub async fn suspend(asked: Asked<RemovePeople>) -> HttpResponse {
    answered(suspended(&asked).await)
}

async fn suspended(asked: &Asked<RemovePeople>) -> Outcome {
    let (call, clock, id) = (asked.call.clone(), Arc::clone(&asked.edge.clock), asked.id("user"));
    let done = asked
        .write(asked.nothing(), move |tx, right, ()| people::suspend(tx, (&call, &clock), right, id))
        .await?;
    Ok(shown(&done))
}

/// `POST /api/v1/users/{user}/resume`
pub const RESUME: Described = action(
    "resumeUser",
    "Lets a suspended account in again. Sessions and tokens that ended stay ended.",
    &[404, 409],
);

/// Resumes an account.
pub async fn resume(asked: Asked<ManagePeople>) -> HttpResponse {
    answered(resumed(&asked).await)
}

async fn resumed(asked: &Asked<ManagePeople>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("user"));
    Ok(shown(&asked.write(asked.nothing(), move |tx, right, ()| people::resume(tx, &call, right, id)).await?))
}

/// `POST /api/v1/users/{user}/restore`
pub const RESTORE: Described = action(
    "restoreUser",
    "Brings back an account that was deleted less than 30 days ago: with its own roles, without password, factors and groups.",
    &[404, 409],
);

/// Restores an account.
pub async fn restore(asked: Asked<AdmitPeople>) -> HttpResponse {
    answered(restored(&asked).await)
}

async fn restored(asked: &Asked<AdmitPeople>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("user"));
    Ok(shown(
        &asked.write(asked.nothing(), move |tx, right, ()| people::restore(tx, &call, right, id)).await?,
    ))
}

/// `POST /api/v1/users/{user}/unlock`
pub const UNLOCK: Described = Described {
    gives: (204, None),
    ..action("unlockUser", "Forgets the failed sign-ins of an account, and with them its lock.", &[404])
};

/// Unlocks an account.
pub async fn unlock(asked: Asked<UnlockPeople>) -> HttpResponse {
    answered(unlocked(&asked).await)
}

async fn unlocked(asked: &Asked<UnlockPeople>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("user"));
    let names = asked.edge.sign_in.records.names.clone();
    asked.write(asked.nothing(), move |tx, right, ()| people::unlock(tx, &call, right, (id, &names))).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/users/{user}/factor-link`
pub const FACTOR_LINK: Described = Described {
    gives: (204, None),
    ..action(
        "mailFactorLink",
        "Mails somebody else, who has none, a link by which they set up their first second factor once they have signed in with the first.",
        &[404, 409],
    )
};

/// Mails a link for a first second factor.
pub async fn factor_link(asked: Asked<MailPeople>) -> HttpResponse {
    answered(mailed(&asked, AdminLink::FirstFactor).await)
}

/// `POST /api/v1/users/{user}/reset-mail`
pub const RESET_MAIL: Described = Described {
    gives: (204, None),
    ..action(
        "mailPasswordReset",
        "Mails somebody else a link by which they set a new password; until they do, nothing changes.",
        &[404, 409],
    )
};

/// Mails a link for a new password.
pub async fn reset_mail(asked: Asked<MailPeople>) -> HttpResponse {
    answered(mailed(&asked, AdminLink::PasswordReset).await)
}

async fn mailed(asked: &Asked<MailPeople>, wanted: AdminLink) -> Outcome {
    let (call, terms, id) = (asked.call.clone(), asked.edge.links.clone(), asked.id("user"));
    let sent = asked.write(asked.nothing(), move |tx, right, ()| {
        people::mail_link(tx, &call, right, &terms, (id, wanted))
    });
    sent.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The answer that shows a person.
pub(super) fn shown(person: &Person) -> HttpResponse {
    versioned(StatusCode::OK, &person.version(), &UserShape::from(person))
}
