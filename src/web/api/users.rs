//! `/api/v1/users`: the people of the tenant.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json, versioned};
use super::described::{Described, Shape};
use super::profile::ProfilePatch;
use super::query::Query;
use super::shapes::{RoleWord, UserPage, UserShape};
use super::user_actions::shown;
use crate::flows::access::{AdmitPeople, ManagePeople, ReadPeople, Refused, RemovePeople};
use crate::flows::people::{self, Filter, Standing};
use crate::flows::provision::NewUser;
use crate::model::email::Email;
use crate::model::ids::UserId;
use crate::model::profile::Profile;
use crate::model::role::Role;

/// What an address must be.
const ADDRESS: &str = "It must be an e-mail address such as `ada@acme.example`.";

/// `GET /api/v1/users`
pub const LIST: Described = Described {
    id: "listUsers",
    tag: "users",
    summary: "The people of the tenant, page by page, without those that were deleted.",
    query: &[
        ("email", "The one account with this address, whatever its case or form."),
        ("status", "Accounts in this state alone: `active`, `suspended` or `deleted`."),
        ("role", "Accounts with this role, by themselves or by a group."),
        ("group", "Accounts in the group with this id."),
        ("limit", "How many at most, from 1 to 200; 50 where it is left out."),
        ("cursor", "The `next` of the page before."),
    ],
    takes: None,
    gives: (200, Some(Shape::of::<UserPage>())),
    refusals: &[400],
    versioned: false,
};

/// Lists people.
pub async fn list(asked: Asked<ReadPeople>) -> HttpResponse {
    answered(listed(&asked).await)
}

async fn listed(asked: &Asked<ReadPeople>) -> Outcome {
    let wanted = asked.query(LIST.query).and_then(|query| wanted(&query));
    let list = asked
        .read(wanted, |tx, right, (filter, after, limit)| people::list(tx, right, &filter, (after, limit)));
    let page = list.await?;
    let next = page.next.map(|id| id.to_string());
    let items = page.items.iter().map(UserShape::from).collect();
    Ok(json(StatusCode::OK, &UserPage { items, next }))
}

fn wanted(query: &Query) -> Result<(Filter, Option<UserId>, u16), Refused> {
    let filter = Filter {
        email: query.parsed("email", ADDRESS)?,
        begins: None,
        status: query.parsed::<Standing>("status", "It must be `active`, `suspended` or `deleted`.")?,
        role: query.parsed("role", "It must be one of the six roles.")?,
        group: query.parsed("group", "It must be the id of a group.")?,
        guests: false,
    };
    Ok((filter, query.cursor()?, query.limit()?))
}

/// `GET /api/v1/users/{user}`
pub const GET: Described = Described {
    id: "getUser",
    tag: "users",
    summary: "One person.",
    query: &[],
    takes: None,
    gives: (200, Some(Shape::of::<UserShape>())),
    refusals: &[404],
    versioned: true,
};

/// Shows one person.
pub async fn get(asked: Asked<ReadPeople>) -> HttpResponse {
    answered(got(&asked).await)
}

async fn got(asked: &Asked<ReadPeople>) -> Outcome {
    let id = asked.id("user");
    let person = asked.read(asked.nothing(), move |tx, right, ()| people::get(tx, right, id)).await?;
    Ok(shown(&person))
}

/// An account that is to be. It has no password: the person is invited, or proves themselves by the address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUserShape {
    /// Its address.
    #[schema(example = "ada@acme.example")]
    email: String,
    /// Its own roles; other than `member` and `readonly` are given by owners.
    #[serde(default)]
    roles: Vec<RoleWord>,
    /// The standard claims.
    #[serde(default)]
    profile: ProfilePatch,
}

impl NewUserShape {
    fn read(self) -> Result<NewUser, Refused> {
        let email = self.email.parse::<Email>().map_err(|_| Refused::invalid("/email", ADDRESS))?;
        let profile = self.profile.apply(Profile::default(), "/profile")?;
        Ok(NewUser { email, profile, roles: self.roles.into_iter().map(Role::from).collect() })
    }
}

/// `POST /api/v1/users`
pub const CREATE: Described = Described {
    id: "createUser",
    tag: "users",
    summary: "Makes an account without a password.",
    query: &[],
    takes: Some(Shape::of::<NewUserShape>()),
    gives: (201, Some(Shape::of::<UserShape>())),
    refusals: &[409],
    versioned: false,
};

/// Makes an account.
pub async fn create(asked: Asked<AdmitPeople>, body: Bytes) -> HttpResponse {
    answered(created(&asked, &body).await)
}

async fn created(asked: &Asked<AdmitPeople>, body: &Bytes) -> Outcome {
    let new = asked.body::<NewUserShape>(body).and_then(NewUserShape::read);
    let call = asked.call.clone();
    let person = asked.write(new, move |tx, right, new| people::create(tx, &call, right, new)).await?;
    Ok(versioned(StatusCode::CREATED, &person.version(), &UserShape::from(&person)))
}

/// What is to change of a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserPatch {
    /// The standard claims.
    profile: ProfilePatch,
}

/// `PATCH /api/v1/users/{user}`
pub const CHANGE: Described = Described {
    id: "changeUser",
    tag: "users",
    summary: "Changes the standard claims of a person.",
    query: &[],
    takes: Some(Shape::of::<UserPatch>()),
    gives: (200, Some(Shape::of::<UserShape>())),
    refusals: &[404, 412],
    versioned: true,
};

/// Changes a person.
pub async fn change(asked: Asked<ManagePeople>, body: Bytes) -> HttpResponse {
    answered(changed(&asked, &body).await)
}

async fn changed(asked: &Asked<ManagePeople>, body: &Bytes) -> Outcome {
    let (call, id, expected) = (asked.call.clone(), asked.id("user"), asked.if_match());
    let person = asked.write(asked.body::<UserPatch>(body), move |tx, right, patch| {
        let change = |before| patch.profile.apply(before, "/profile");
        people::change_profile(tx, &call, right, (id, expected.as_deref()), change)
    });
    Ok(shown(&person.await?))
}

/// `DELETE /api/v1/users/{user}`
pub const DELETE: Described = Described {
    id: "deleteUser",
    tag: "users",
    summary: "Deletes an account, with its sessions and tokens; for 30 days it can be restored. The last owner stays.",
    query: &[],
    takes: None,
    gives: (204, None),
    refusals: &[404, 409],
    versioned: false,
};

/// Deletes an account.
pub async fn delete(asked: Asked<RemovePeople>) -> HttpResponse {
    answered(deleted(&asked).await)
}

async fn deleted(asked: &Asked<RemovePeople>) -> Outcome {
    let (call, clock, id) = (asked.call.clone(), Arc::clone(&asked.edge.clock), asked.id("user"));
    asked.write(asked.nothing(), move |tx, right, ()| people::delete(tx, (&call, &clock), right, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
