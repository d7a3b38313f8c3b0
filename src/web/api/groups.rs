//! `/api/v1/groups`: groups, what they give, and who is in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json, versioned};
use super::described::{Described, Shape};
use super::shapes::{RoleWord, UserPage, UserShape};
use crate::flows::access::{Fault, ManageGroups, ReadGroups, ReadPeople, Refused};
use crate::flows::people::{self, GroupPatch, GroupView, NewGroup};
use crate::flows::provision::declaration::{Access, Contexts};
use crate::model::ids::Slug;
use crate::model::role::Role;

/// A workspace that a group gives.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkspaceOfGroup)]
struct PlaceShape {
    /// Its slug.
    #[schema(example = "sales")]
    workspace: String,
    /// The slugs of its contexts; all of them, those made later too, where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contexts: Option<Vec<String>>,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
struct GroupShape {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Roles that its members have.
    roles: Vec<RoleWord>,
    /// Workspaces that its members may enter.
    workspaces: Vec<PlaceShape>,
}

impl From<&GroupView> for GroupShape {
    fn from(view: &GroupView) -> Self {
        let place = |(slug, contexts): (&Slug, &Contexts)| PlaceShape {
            workspace: slug.to_string(),
            contexts: match contexts {
                Contexts::All => None,
                Contexts::Only(only) => Some(only.iter().map(ToString::to_string).collect()),
            },
        };
        Self {
            id: view.group.id.to_string(),
            name: view.group.name.clone(),
            roles: view.group.roles.iter().copied().map(RoleWord::from).collect(),
            workspaces: view.workspaces.iter().map(place).collect(),
        }
    }
}

/// Groups, a page of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupPage)]
struct PageShape {
    /// The groups of this page, in the order in which they were made.
    items: Vec<GroupShape>,
    /// The `cursor` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A group that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroup)]
struct NewShape {
    /// Its name.
    #[schema(example = "Sales")]
    name: String,
    /// Roles of its members; other than `member` and `readonly` are given by owners.
    #[serde(default)]
    roles: Vec<RoleWord>,
    /// Workspaces of its members.
    #[serde(default)]
    workspaces: Vec<PlaceShape>,
}

/// What is to change of a group. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GroupPatch)]
struct PatchShape {
    /// Its name.
    #[serde(default)]
    name: Option<String>,
    /// All roles of its members.
    #[serde(default)]
    roles: Option<Vec<RoleWord>>,
    /// All workspaces of its members.
    #[serde(default)]
    workspaces: Option<Vec<PlaceShape>>,
}

impl NewShape {
    fn read(self) -> Result<NewGroup, Refused> {
        Ok(NewGroup { name: self.name, roles: roles(self.roles), workspaces: access(self.workspaces)? })
    }
}

impl PatchShape {
    fn read(self) -> Result<GroupPatch, Refused> {
        Ok(GroupPatch {
            name: self.name,
            roles: self.roles.map(roles),
            workspaces: self.workspaces.map(access).transpose()?,
        })
    }
}

fn roles(words: Vec<RoleWord>) -> BTreeSet<Role> {
    words.into_iter().map(Role::from).collect()
}

fn access(places: Vec<PlaceShape>) -> Result<Access, Refused> {
    const SLUG: &str = "It must be a slug: lower-case letters, digits and hyphens.";
    let (mut access, mut faults) = (Access::new(), Vec::new());
    for (index, place) in places.into_iter().enumerate() {
        let at = format!("/workspaces/{index}");
        let Ok(slug) = place.workspace.parse::<Slug>() else {
            faults.push(Fault::at(format!("{at}/workspace"), SLUG));
            continue;
        };
        let contexts = match place.contexts {
            None => Contexts::All,
            Some(only) if only.is_empty() => {
                let words = "Name one context at least, or leave this out for all of them.";
                faults.push(Fault::at(format!("{at}/contexts"), words));
                continue;
            }
            Some(only) => {
                let read: Result<BTreeSet<Slug>, _> = only.iter().map(|slug| slug.parse()).collect();
                let Ok(only) = read else {
                    faults.push(Fault::at(format!("{at}/contexts"), SLUG));
                    continue;
                };
                Contexts::Only(only)
            }
        };
        if access.insert(slug, contexts).is_some() {
            faults.push(Fault::at(at, "This workspace stands in the list twice."));
        }
    }
    if faults.is_empty() { Ok(access) } else { Err(Refused::Invalid(faults)) }
}

const fn described(
    id: &'static str,
    summary: &'static str,
    gives: (u16, Option<Shape>),
    refusals: &'static [u16],
) -> Described {
    Described { id, tag: "groups", summary, query: &[], takes: None, gives, refusals, versioned: false }
}

const SHOWN: (u16, Option<Shape>) = (200, Some(Shape::of::<GroupShape>()));
const PAGED: &[(&str, &str)] = &[
    ("limit", "How many at most, from 1 to 200; 50 where it is left out."),
    ("cursor", "The `next` of the page before."),
];

fn shown(status: StatusCode, view: &GroupView) -> HttpResponse {
    versioned(status, &view.version(), &GroupShape::from(view))
}

/// `GET /api/v1/groups`
pub const LIST: Described = Described {
    query: PAGED,
    ..described(
        "listGroups",
        "The groups of the tenant, page by page.",
        (200, Some(Shape::of::<PageShape>())),
        &[400],
    )
};

/// Lists groups.
pub async fn list(asked: Asked<ReadGroups>) -> HttpResponse {
    answered(listed(&asked).await)
}

async fn listed(asked: &Asked<ReadGroups>) -> Outcome {
    let wanted = asked.query(LIST.query).and_then(|query| Ok((query.cursor()?, query.limit()?)));
    let page = asked.read(wanted, people::list_groups).await?;
    let next = page.next.map(|id| id.to_string());
    Ok(json(StatusCode::OK, &PageShape { items: page.items.iter().map(GroupShape::from).collect(), next }))
}

/// `POST /api/v1/groups`
pub const CREATE: Described = Described {
    takes: Some(Shape::of::<NewShape>()),
    ..described(
        "createGroup",
        "Makes a group without members.",
        (201, Some(Shape::of::<GroupShape>())),
        &[409],
    )
};

/// Makes a group.
pub async fn create(asked: Asked<ManageGroups>, body: Bytes) -> HttpResponse {
    answered(created(&asked, &body).await)
}

async fn created(asked: &Asked<ManageGroups>, body: &Bytes) -> Outcome {
    let new = asked.body::<NewShape>(body).and_then(NewShape::read);
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let made = asked.write(new, move |tx, right, new| people::create_group(tx, (&call, &clock), right, new));
    Ok(shown(StatusCode::CREATED, &made.await?))
}

/// `GET /api/v1/groups/{group}`
pub const GET: Described =
    Described { versioned: true, ..described("getGroup", "One group.", SHOWN, &[404]) };

/// Shows one group.
pub async fn get(asked: Asked<ReadGroups>) -> HttpResponse {
    answered(got(&asked).await)
}

async fn got(asked: &Asked<ReadGroups>) -> Outcome {
    let id = asked.id("group");
    let view = asked.read(asked.nothing(), move |tx, right, ()| people::get_group(tx, right, id)).await?;
    Ok(shown(StatusCode::OK, &view))
}

/// `PATCH /api/v1/groups/{group}`
pub const CHANGE: Described = Described {
    takes: Some(Shape::of::<PatchShape>()),
    versioned: true,
    ..described(
        "changeGroup",
        "Changes a group. One that gives more than `member` and `readonly` is changed by owners; nobody changes what a group gives that they are in.",
        SHOWN,
        &[404, 409, 412],
    )
};

/// Changes a group.
pub async fn change(asked: Asked<ManageGroups>, body: Bytes) -> HttpResponse {
    answered(changed(&asked, &body).await)
}

async fn changed(asked: &Asked<ManageGroups>, body: &Bytes) -> Outcome {
    let patch = asked.body::<PatchShape>(body).and_then(PatchShape::read);
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let (id, expected) = (asked.id("group"), asked.if_match());
    let view = asked.write(patch, move |tx, right, patch| {
        people::change_group(tx, (&call, &clock), right, (id, expected.as_deref()), patch)
    });
    Ok(shown(StatusCode::OK, &view.await?))
}

/// `DELETE /api/v1/groups/{group}`
pub const DELETE: Described = Described {
    versioned: true,
    ..described("deleteGroup", "Deletes a group, and what it gave to its members.", (204, None), &[404, 412])
};

/// Deletes a group.
pub async fn delete(asked: Asked<ManageGroups>) -> HttpResponse {
    answered(deleted(&asked).await)
}

async fn deleted(asked: &Asked<ManageGroups>) -> Outcome {
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let (id, expected) = (asked.id("group"), asked.if_match());
    let gone = asked.write(asked.nothing(), move |tx, right, ()| {
        people::remove_group(tx, (&call, &clock), right, (id, expected.as_deref()))
    });
    gone.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/groups/{group}/members`
pub const MEMBERS: Described = Described {
    query: PAGED,
    ..described(
        "listGroupMembers",
        "Who is in a group, page by page.",
        (200, Some(Shape::of::<UserPage>())),
        &[400, 404],
    )
};

/// Lists the members of a group.
pub async fn members(asked: Asked<ReadPeople>) -> HttpResponse {
    answered(members_listed(&asked).await)
}

async fn members_listed(asked: &Asked<ReadPeople>) -> Outcome {
    let id = asked.id("group");
    let wanted = asked.query(MEMBERS.query).and_then(|query| Ok((query.cursor()?, query.limit()?)));
    let list = asked.read(wanted, move |tx, right, page| people::members_of_group(tx, right, id, page));
    let page = list.await?;
    let next = page.next.map(|id| id.to_string());
    Ok(json(StatusCode::OK, &UserPage { items: page.items.iter().map(UserShape::from).collect(), next }))
}

/// `PUT /api/v1/groups/{group}/members/{user}`
pub const ADD: Described = described(
    "addGroupMember",
    "Puts somebody else into a group; whoever is in it stays. Into one that gives more than `member` and `readonly` owners put people.",
    (204, None),
    &[404],
);

/// Puts somebody into a group.
pub async fn add(asked: Asked<ManageGroups>) -> HttpResponse {
    answered(added(&asked).await)
}

async fn added(asked: &Asked<ManageGroups>) -> Outcome {
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let member = (asked.id("group"), asked.id("user"));
    let done = asked.write(asked.nothing(), move |tx, right, ()| {
        people::add_to_group(tx, (&call, &clock), right, member)
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/v1/groups/{group}/members/{user}`
pub const REMOVE: Described =
    described("removeGroupMember", "Takes somebody else out of a group.", (204, None), &[404]);

/// Takes somebody out of a group.
pub async fn remove(asked: Asked<ManageGroups>) -> HttpResponse {
    answered(removed(&asked).await)
}

async fn removed(asked: &Asked<ManageGroups>) -> Outcome {
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let member = (asked.id("group"), asked.id("user"));
    let done = asked.write(asked.nothing(), move |tx, right, ()| {
        people::remove_from_group(tx, (&call, &clock), right, member)
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}
