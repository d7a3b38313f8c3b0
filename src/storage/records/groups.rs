//! Groups and their members.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use super::users::read_roles;
use super::{stored, to_json};
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, UserId};
use crate::model::role::Role;
use crate::model::workspace::Group;
use crate::storage::rows::{Ask, OrFailure, insert_rows, update_rows};
use crate::storage::schema::{group_members, groups};
use crate::storage::tx::{TenantTx, sealed::Connected};

/// Members that one statement adds.
const MEMBERS_AT_ONCE: usize = 1000;

/// Every group of the tenant, by name.
pub fn all(tx: &mut TenantTx<'_>) -> Result<Vec<Group>, Failure> {
    let rows: Vec<(String, String, String)> = tx
        .rows::<groups::table>()
        .order(groups::name)
        .select((groups::id, groups::name, groups::roles))
        .every(tx.conn())
        .or_failure("listing groups")?;
    rows.into_iter().map(read).collect()
}

/// The group with this id.
pub fn find(tx: &mut TenantTx<'_>, id: GroupId) -> Result<Option<Group>, Failure> {
    let row: Option<(String, String, String)> = tx
        .rows::<groups::table>()
        .filter(groups::id.eq(id.to_string()))
        .select((groups::id, groups::name, groups::roles))
        .one(tx.conn())
        .optional()
        .or_failure("reading a group")?;
    row.map(read).transpose()
}

/// The id of the group with this name.
pub fn named(tx: &mut TenantTx<'_>, name: &str) -> Result<Option<GroupId>, Failure> {
    let id: Option<String> = tx
        .rows::<groups::table>()
        .filter(groups::name.eq(name))
        .select(groups::id)
        .one(tx.conn())
        .optional()
        .or_failure("reading a group by name")?;
    id.map(|id| stored(&id, "groups.id")).transpose()
}

/// Groups behind this one, in the order of their ids.
pub fn page(tx: &mut TenantTx<'_>, after: Option<GroupId>, limit: i64) -> Result<Vec<Group>, Failure> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<(String, String, String)> = tx
        .rows::<groups::table>()
        .filter(groups::id.gt(after))
        .order(groups::id)
        .limit(limit)
        .select((groups::id, groups::name, groups::roles))
        .every(tx.conn())
        .or_failure("listing groups")?;
    rows.into_iter().map(read).collect()
}

/// How many groups there are.
pub fn count(tx: &mut TenantTx<'_>) -> Result<i64, Failure> {
    tx.rows::<groups::table>().count().one(tx.conn()).or_failure("counting groups")
}

/// Everybody in the group.
pub fn members(tx: &mut TenantTx<'_>, id: GroupId) -> Result<BTreeSet<UserId>, Failure> {
    let rows: Vec<String> = tx
        .rows::<group_members::table>()
        .filter(group_members::group_id.eq(id.to_string()))
        .select(group_members::user_id)
        .every(tx.conn())
        .or_failure("listing the members of a group")?;
    rows.iter().map(|user| stored(user, "group_members.user_id")).collect()
}

/// Takes somebody out of a group; false where they were not in it.
pub fn remove_member(tx: &mut TenantTx<'_>, id: GroupId, user: UserId) -> Result<bool, Failure> {
    let row = tx
        .rows::<group_members::table>()
        .filter(group_members::group_id.eq(id.to_string()))
        .filter(group_members::user_id.eq(user.to_string()));
    let gone = diesel::delete(row).run(tx.conn()).or_failure("removing a member of a group")?;
    Ok(gone == 1)
}

fn read((id, name, roles): (String, String, String)) -> Result<Group, Failure> {
    Ok(Group { id: stored(&id, "groups.id")?, name, roles: read_roles(&roles, "groups.roles")? })
}

/// Adds the group, or changes the one with its id.
pub fn put(tx: &mut TenantTx<'_>, group: &Group) -> Result<(), Failure> {
    let roles = to_json(&group.roles, "groups.roles")?;
    let changed = update_rows(tx.rows::<groups::table>().filter(groups::id.eq(group.id.to_string())))
        .set((groups::name.eq(&group.name), groups::roles.eq(&roles)))
        .execute(tx.conn())
        .or_failure("changing a group")?;
    if changed == 0 {
        diesel::insert_into(groups::table)
            .values((
                groups::tenant_id.eq(tx.tenant()),
                groups::id.eq(group.id.to_string()),
                groups::name.eq(&group.name),
                groups::roles.eq(&roles),
            ))
            .run(tx.conn())
            .or_failure("adding a group")?;
    }
    Ok(())
}

/// Removes a group, its memberships and what it gave.
pub fn remove(tx: &mut TenantTx<'_>, id: GroupId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<groups::table>().filter(groups::id.eq(id.to_string())))
        .run(tx.conn())
        .or_failure("removing a group")?;
    Ok(())
}

/// Everybody's groups, for those who are in any.
pub fn memberships(tx: &mut TenantTx<'_>) -> Result<BTreeMap<UserId, BTreeSet<GroupId>>, Failure> {
    let rows: Vec<(String, String)> = tx
        .rows::<group_members::table>()
        .select((group_members::user_id, group_members::group_id))
        .every(tx.conn())
        .or_failure("listing the members of groups")?;
    let mut all = BTreeMap::<UserId, BTreeSet<GroupId>>::new();
    for (user, group) in rows {
        let user = stored(&user, "group_members.user_id")?;
        all.entry(user).or_default().insert(stored(&group, "group_members.group_id")?);
    }
    Ok(all)
}

/// The groups of these people, for those who are in any; by name.
pub fn of_users(tx: &mut TenantTx<'_>, users: &[UserId]) -> Result<BTreeMap<UserId, Vec<Group>>, Failure> {
    let ids: Vec<String> = users.iter().map(UserId::to_string).collect();
    let rows: Vec<(String, String)> = tx
        .rows::<group_members::table>()
        .filter(group_members::user_id.eq_any(ids))
        .select((group_members::user_id, group_members::group_id))
        .every(tx.conn())
        .or_failure("listing the groups of users")?;
    let named: Vec<String> = rows.iter().map(|(_, group)| group.clone()).collect();
    let found: Vec<(String, String, String)> = tx
        .rows::<groups::table>()
        .filter(groups::id.eq_any(named))
        .order(groups::name)
        .select((groups::id, groups::name, groups::roles))
        .every(tx.conn())
        .or_failure("listing the groups of users")?;
    let mut all = BTreeMap::<UserId, Vec<Group>>::new();
    for (id, name, roles) in found {
        let group = Group { id: stored(&id, "groups.id")?, name, roles: read_roles(&roles, "groups.roles")? };
        for (user, _) in rows.iter().filter(|(_, group)| *group == id) {
            all.entry(stored(user, "group_members.user_id")?).or_default().push(group.clone());
        }
    }
    Ok(all)
}

/// Makes exactly these the person's groups.
pub fn set_of_user(tx: &mut TenantTx<'_>, user: UserId, groups: &BTreeSet<GroupId>) -> Result<(), Failure> {
    diesel::delete(tx.rows::<group_members::table>().filter(group_members::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("changing a user's groups")?;
    for group in groups {
        diesel::insert_into(group_members::table)
            .values((
                group_members::tenant_id.eq(tx.tenant()),
                group_members::group_id.eq(group.to_string()),
                group_members::user_id.eq(user.to_string()),
            ))
            .run(tx.conn())
            .or_failure("changing a user's groups")?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = group_members, treat_none_as_default_value = false)]
#[expect(clippy::struct_field_names, reason = "the names of the columns")]
struct MemberRow {
    tenant_id: String,
    group_id: String,
    user_id: String,
}

/// Adds people to groups that they are not in, some thousand at once.
pub fn add_members(tx: &mut TenantTx<'_>, members: &[(GroupId, UserId)]) -> Result<(), Failure> {
    for some in members.chunks(MEMBERS_AT_ONCE) {
        let rows: Vec<MemberRow> = some
            .iter()
            .map(|(group, user)| MemberRow {
                tenant_id: tx.tenant(),
                group_id: group.to_string(),
                user_id: user.to_string(),
            })
            .collect();
        insert_rows!(tx.conn(), group_members::table, rows).or_failure("adding members to groups")?;
    }
    Ok(())
}

/// The roles that the person's groups add to their own.
pub fn roles_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<BTreeSet<Role>, Failure> {
    let mine = tx
        .rows::<group_members::table>()
        .filter(group_members::user_id.eq(user.to_string()))
        .select(group_members::group_id);
    let rows: Vec<String> = tx
        .rows::<groups::table>()
        .filter(groups::id.eq_any(mine))
        .select(groups::roles)
        .every(tx.conn())
        .or_failure("reading the roles of a user's groups")?;
    let mut roles = BTreeSet::new();
    for row in rows {
        roles.extend(read_roles(&row, "groups.roles")?);
    }
    Ok(roles)
}
