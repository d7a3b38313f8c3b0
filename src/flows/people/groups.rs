//! Groups and who is in them: what a group gives, its members have. So nobody gives by a group what they could not give to a
//! person, and nobody changes what their own groups give them (P101, R39). Whoever changes a group that carries `owner` is an
//! owner who stands outside of it, and stays one: no tenant loses its last owner here (P102).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use super::change::{PLAIN, target};
use super::list::{self, Filter, Page};
use crate::effects::Clock;
use crate::flows::access::{
    Authorized, Conflict, Kind, ManageGroups, ReadGroups, ReadPeople, Refused, is_version,
};
use crate::flows::call::Call;
use crate::flows::provision::declaration::{Access, Contexts};
use crate::flows::provision::{self, Places};
use crate::model::digest::sha256_hex;
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, UserId};
use crate::model::profile_rules::LABEL;
use crate::model::role::{Permission, Role};
use crate::model::workspace::{Group, WorkspaceAccess};
use crate::storage::TenantTx;
use crate::storage::records::{groups, workspaces};

/// What a change of a group comes to.
type Done<T> = Result<Result<T, Refused>, Failure>;

/// The most groups of a tenant that are made here: each is read where a group is looked for.
const MOST: i64 = 1000;

/// A group, and what it gives.
#[derive(Debug, Clone)]
pub struct GroupView {
    /// The group.
    pub group: Group,
    /// The workspaces that its members may enter, by slug.
    pub workspaces: Access,
}

impl GroupView {
    /// A text that is another after each change of what is shown.
    pub fn version(&self) -> String {
        let places: Vec<(String, Option<Vec<String>>)> = self
            .workspaces
            .iter()
            .map(|(slug, contexts)| match contexts {
                Contexts::All => (slug.to_string(), None),
                Contexts::Only(only) => {
                    (slug.to_string(), Some(only.iter().map(ToString::to_string).collect()))
                }
            })
            .collect();
        let shown = json!([self.group.name, self.group.roles, places]);
        sha256_hex(shown.to_string().as_bytes()).chars().take(32).collect()
    }
}

/// Groups, a page of them.
#[derive(Debug)]
pub struct GroupPage {
    /// The groups, in the order of their ids.
    pub items: Vec<GroupView>,
    /// The last of them, where there are more behind.
    pub next: Option<GroupId>,
}

/// A group that is to be.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// Roles of its members.
    pub roles: BTreeSet<Role>,
    /// Workspaces of its members.
    pub workspaces: Access,
}

/// What is to change of a group. What is left out stays.
#[derive(Debug, Clone, Default)]
pub struct GroupPatch {
    /// Its name.
    pub name: Option<String>,
    /// Roles of its members.
    pub roles: Option<BTreeSet<Role>>,
    /// Workspaces of its members.
    pub workspaces: Option<Access>,
}

/// The groups of the tenant behind `after`, `limit` of them at most.
///
/// # Errors
/// The database fails.
pub fn list(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ReadGroups>,
    (after, limit): (Option<GroupId>, u16),
) -> Done<GroupPage> {
    right.check(tx)?;
    let places = Places::read(tx)?;
    let mut found = groups::page(tx, after, i64::from(limit) + 1)?;
    let more = found.len() > usize::from(limit);
    found.truncate(limit.into());
    let next = found.last().filter(|_| more).map(|group| group.id);
    let mut items = Vec::new();
    for group in found {
        let workspaces = places.named(&workspaces::of_group(tx, group.id)?);
        items.push(GroupView { group, workspaces });
    }
    Ok(Ok(GroupPage { items, next }))
}

/// One group.
///
/// # Errors
/// The database fails.
pub fn get(tx: &mut TenantTx<'_>, right: &Authorized<ReadGroups>, id: Option<GroupId>) -> Done<GroupView> {
    right.check(tx)?;
    find(tx, id)
}

/// Who is in a group, page by page.
///
/// # Errors
/// The database fails.
pub fn members(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ReadPeople>,
    id: Option<GroupId>,
    page: (Option<UserId>, u16),
) -> Done<Page> {
    right.check(tx)?;
    match find(tx, id)? {
        Ok(view) => list::list(tx, right, &Filter { group: Some(view.group.id), ..Filter::default() }, page),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Makes a group without members.
///
/// # Errors
/// The database fails.
pub fn create(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ManageGroups>,
    new: NewGroup,
) -> Done<GroupView> {
    right.check(tx)?;
    if !may_give(right, &new.roles) {
        return Ok(Err(Refused::Above));
    }
    let group = Group { id: call.id(), name: new.name, roles: new.roles };
    let access = match judged(tx, &group, Some(&new.workspaces))? {
        Ok(access) => access.unwrap_or_default(),
        Err(refused) => return Ok(Err(refused)),
    };
    if groups::count(tx)? >= MOST {
        return Ok(Err(Refused::Conflict(Conflict::TooMany)));
    }
    provision::put_group(tx, (call, clock), &right.actor(), (&group, &access))?;
    find(tx, Some(group.id))
}

/// Changes a group.
///
/// # Errors
/// The database fails.
pub fn change(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ManageGroups>,
    (id, expected): (Option<GroupId>, Option<&str>),
    patch: GroupPatch,
) -> Done<GroupView> {
    let view = match changeable(tx, right, id, expected)? {
        Ok(view) => view,
        Err(refused) => return Ok(Err(refused)),
    };
    let before = view.group;
    let roles = patch.roles.unwrap_or_else(|| before.roles.clone());
    if !may_give(right, &roles) {
        return Ok(Err(Refused::Above));
    }
    let gives = roles != before.roles || patch.workspaces.is_some();
    if gives && groups::members(tx, before.id)?.contains(&right.user().id) {
        return Ok(Err(Refused::OwnAccount));
    }
    let group = Group { id: before.id, name: patch.name.unwrap_or(before.name), roles };
    let access = match judged(tx, &group, patch.workspaces.as_ref())? {
        Ok(Some(access)) => access,
        Ok(None) => workspaces::of_group(tx, group.id)?,
        Err(refused) => return Ok(Err(refused)),
    };
    provision::put_group(tx, (call, clock), &right.actor(), (&group, &access))?;
    find(tx, id)
}

/// Removes a group.
///
/// # Errors
/// The database fails.
pub fn remove(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ManageGroups>,
    (id, expected): (Option<GroupId>, Option<&str>),
) -> Done<()> {
    let group = match changeable(tx, right, id, expected)? {
        Ok(view) => view.group,
        Err(refused) => return Ok(Err(refused)),
    };
    if groups::members(tx, group.id)?.contains(&right.user().id) {
        return Ok(Err(Refused::OwnAccount));
    }
    provision::remove_group(tx, (call, clock), &right.actor(), group.id).map(Ok)
}

/// Puts somebody else into a group; whoever is in it stays.
///
/// # Errors
/// The database fails.
pub fn add_member(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ManageGroups>,
    member: (Option<GroupId>, Option<UserId>),
) -> Done<()> {
    match member_of(tx, right, member)? {
        Ok(member) => provision::add_member(tx, (call, clock), &right.actor(), member).map(|_| Ok(())),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Takes somebody else out of a group.
///
/// # Errors
/// The database fails.
pub fn remove_member(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ManageGroups>,
    member: (Option<GroupId>, Option<UserId>),
) -> Done<()> {
    let member = match member_of(tx, right, member)? {
        Ok(member) => member,
        Err(refused) => return Ok(Err(refused)),
    };
    let gone = provision::remove_member(tx, (call, clock), &right.actor(), member)?;
    Ok(if gone { Ok(()) } else { Err(Refused::NotFound(Kind::User)) })
}

/// The group and the person, where the caller may bring them together and apart.
fn member_of(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ManageGroups>,
    (group, user): (Option<GroupId>, Option<UserId>),
) -> Done<(GroupId, UserId)> {
    let group = match changeable(tx, right, group, None)? {
        Ok(view) => view.group.id,
        Err(refused) => return Ok(Err(refused)),
    };
    Ok(target(tx, right, user, true)?.map(|person| (group, person.user.id)))
}

/// The group with this id, where the caller may give what it gives, and means this version.
fn changeable(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ManageGroups>,
    id: Option<GroupId>,
    expected: Option<&str>,
) -> Done<GroupView> {
    right.check(tx)?;
    let view = match find(tx, id)? {
        Ok(view) => view,
        Err(refused) => return Ok(Err(refused)),
    };
    if !may_give(right, &view.group.roles) {
        return Ok(Err(Refused::Above));
    }
    Ok(if is_version(&view.version(), expected) { Ok(view) } else { Err(Refused::Changed) })
}

fn find(tx: &mut TenantTx<'_>, id: Option<GroupId>) -> Done<GroupView> {
    let group = match id {
        Some(id) => groups::find(tx, id)?,
        None => None,
    };
    let Some(group) = group else { return Ok(Err(Refused::NotFound(Kind::Group))) };
    let workspaces = Places::read(tx)?.named(&workspaces::of_group(tx, group.id)?);
    Ok(Ok(GroupView { group, workspaces }))
}

/// Whether the caller may give these roles: to give more than plain ones is for owners (R39).
fn may_give<R>(right: &Authorized<R>, roles: &BTreeSet<Role>) -> bool {
    let plain = roles.iter().all(|role| PLAIN.contains(role));
    roles.iter().all(|role| right.covers(*role)) && (plain || right.may(Permission::ManageOwners))
}

/// The workspaces by id, where they and the name can be taken.
fn judged(
    tx: &mut TenantTx<'_>,
    group: &Group,
    workspaces: Option<&Access>,
) -> Done<Option<WorkspaceAccess>> {
    if !(LABEL.holds)(&group.name) {
        return Ok(Err(Refused::invalid("/name", format!("It {}.", LABEL.words))));
    }
    if groups::named(tx, &group.name)?.is_some_and(|id| id != group.id) {
        return Ok(Err(Refused::Conflict(Conflict::NameTaken)));
    }
    let Some(wanted) = workspaces else { return Ok(Ok(None)) };
    let known = Places::read(tx)?.ids(wanted);
    Ok(known.map(Some).ok_or_else(|| {
        Refused::invalid("/workspaces", "Each must be a workspace of yours, and each context one of it.")
    }))
}
