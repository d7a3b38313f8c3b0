//! `/api/v1/memberships`: the guests of the tenant (D4). They come by an invitation that they accept, and are changed as everybody
//! else is, at `/api/v1/users`.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json};
use super::described::{Described, Shape};
use super::shapes::{RoleWord, StatusWord};
use crate::flows::access::{ReadPeople, RemovePeople};
use crate::flows::people::{self, Membership};

/// Where the account of a guest is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HomeTenant)]
struct HomeShape {
    /// The id of the tenant, the `home_tenant_id` of the guest's tokens.
    #[schema(example = "0191c7b2-7a00-7000-8000-000000000001")]
    id: String,
    /// Its slug, while it is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    /// Its name, while it is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// A guest: an account of another tenant that accepted an invitation to this one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
struct MembershipShape {
    /// The id of the account, the same as at home.
    #[schema(example = "0191c7b2-7a00-7000-8000-000000000001")]
    user: String,
    /// Its address, as the home has it.
    #[schema(example = "ada@acme.example")]
    email: String,
    /// Where it is.
    home: HomeShape,
    /// Whether it may be used here; never where it may not be used at home.
    status: StatusWord,
    /// The roles that it has here by itself.
    roles: Vec<RoleWord>,
    /// When it came first (RFC 3339).
    #[schema(example = "2026-01-31T12:00:00.000000Z")]
    created_at: String,
}

impl From<&Membership> for MembershipShape {
    fn from(it: &Membership) -> Self {
        let user = &it.person.user;
        Self {
            user: user.id.to_string(),
            email: user.email.clone(),
            home: HomeShape {
                id: it.home_tenant_id.to_string(),
                slug: it.home.as_ref().map(|home| home.slug.to_string()),
                name: it.home.as_ref().map(|home| home.name.clone()),
            },
            status: user.status.into(),
            roles: user.roles.iter().copied().map(RoleWord::from).collect(),
            created_at: user.created_at.to_string(),
        }
    }
}

/// Guests, a page of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MembershipPage)]
struct MembershipPage {
    /// The guests of this page, in the order of their ids.
    items: Vec<MembershipShape>,
    /// The `cursor` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /api/v1/memberships`
pub const LIST: Described = Described {
    id: "listMemberships",
    tag: "memberships",
    summary: "The guests of the tenant, page by page, without those who left.",
    query: &[
        ("limit", "How many at most, from 1 to 200; 50 where it is left out."),
        ("cursor", "The `next` of the page before."),
    ],
    takes: None,
    gives: (200, Some(Shape::of::<MembershipPage>())),
    refusals: &[400],
    versioned: false,
};

/// Lists guests.
pub async fn list(asked: Asked<ReadPeople>) -> HttpResponse {
    answered(listed(&asked).await)
}

async fn listed(asked: &Asked<ReadPeople>) -> Outcome {
    let wanted = asked.query(LIST.query).and_then(|query| Ok((query.cursor()?, query.limit()?)));
    let page = asked.read(wanted, people::list_memberships).await?;
    let next = page.next.map(|id| id.to_string());
    let items = page.items.iter().map(MembershipShape::from).collect();
    Ok(json(StatusCode::OK, &MembershipPage { items, next }))
}

/// `GET /api/v1/memberships/{user}`
pub const GET: Described = Described {
    id: "getMembership",
    tag: "memberships",
    summary: "One guest.",
    query: &[],
    takes: None,
    gives: (200, Some(Shape::of::<MembershipShape>())),
    refusals: &[404],
    versioned: false,
};

/// Shows one guest.
pub async fn get(asked: Asked<ReadPeople>) -> HttpResponse {
    answered(got(&asked).await)
}

async fn got(asked: &Asked<ReadPeople>) -> Outcome {
    let id = asked.id("user");
    let found =
        asked.read(asked.nothing(), move |tx, right, ()| people::get_membership(tx, right, id)).await?;
    Ok(json(StatusCode::OK, &MembershipShape::from(&found)))
}

/// `DELETE /api/v1/memberships/{user}`
pub const END: Described = Described {
    id: "endMembership",
    tag: "memberships",
    summary: "Shows a guest out, with their sessions and tokens here. Their account at home stays as it is.",
    query: &[],
    takes: None,
    gives: (204, None),
    refusals: &[404, 409],
    versioned: false,
};

/// Shows a guest out.
pub async fn end(asked: Asked<RemovePeople>) -> HttpResponse {
    answered(ended(&asked).await)
}

async fn ended(asked: &Asked<RemovePeople>) -> Outcome {
    let (call, clock, id) = (asked.call.clone(), Arc::clone(&asked.edge.clock), asked.id("user"));
    let ended = asked
        .write(asked.nothing(), move |tx, right, ()| people::end_membership(tx, (&call, &clock), right, id));
    ended.await?;
    Ok(HttpResponse::NoContent().finish())
}
