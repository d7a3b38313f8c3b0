//! Workspaces and their contexts, and who may enter them.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use diesel::{ExpressionMethods, QueryDsl};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::{ContextId, GroupId, UserId, WorkspaceId};
use crate::model::workspace::{Context, ContextAccess, Workspace, WorkspaceAccess};
use crate::storage::rows::{Ask, OrFailure, update_rows};
use crate::storage::schema::{contexts, group_members, group_workspaces, user_workspaces, workspaces};
use crate::storage::tx::{TenantTx, sealed::Connected};

/// What stands in `context_id` where the whole workspace is given, contexts made later included.
const WHOLE: &str = "*";

/// Every workspace of the tenant, by slug.
pub fn all(tx: &mut TenantTx<'_>) -> Result<Vec<Workspace>, Failure> {
    let rows: Vec<(String, String, String)> = tx
        .rows::<workspaces::table>()
        .order(workspaces::slug)
        .select((workspaces::id, workspaces::slug, workspaces::name))
        .every(tx.conn())
        .or_failure("listing workspaces")?;
    rows.into_iter()
        .map(|(id, slug, name)| {
            Ok(Workspace { id: stored(&id, "workspaces.id")?, slug: stored(&slug, "workspaces.slug")?, name })
        })
        .collect()
}

/// Every context of the tenant, by slug.
pub fn all_contexts(tx: &mut TenantTx<'_>) -> Result<Vec<Context>, Failure> {
    let rows: Vec<(String, String, String, String)> = tx
        .rows::<contexts::table>()
        .order((contexts::workspace_id, contexts::slug))
        .select((contexts::id, contexts::workspace_id, contexts::slug, contexts::name))
        .every(tx.conn())
        .or_failure("listing contexts")?;
    rows.into_iter()
        .map(|(id, workspace, slug, name)| {
            Ok(Context {
                id: stored(&id, "contexts.id")?,
                workspace_id: stored(&workspace, "contexts.workspace_id")?,
                slug: stored(&slug, "contexts.slug")?,
                name,
            })
        })
        .collect()
}

/// Adds the workspace, or changes the name of the one with its id.
pub fn put(tx: &mut TenantTx<'_>, workspace: &Workspace) -> Result<(), Failure> {
    let changed =
        update_rows(tx.rows::<workspaces::table>().filter(workspaces::id.eq(workspace.id.to_string())))
            .set(workspaces::name.eq(&workspace.name))
            .execute(tx.conn())
            .or_failure("changing a workspace")?;
    if changed == 0 {
        diesel::insert_into(workspaces::table)
            .values((
                workspaces::tenant_id.eq(tx.tenant()),
                workspaces::id.eq(workspace.id.to_string()),
                workspaces::slug.eq(workspace.slug.as_str()),
                workspaces::name.eq(&workspace.name),
            ))
            .run(tx.conn())
            .or_failure("adding a workspace")?;
    }
    Ok(())
}

/// Adds the context, or changes the name of the one with its id.
pub fn put_context(tx: &mut TenantTx<'_>, context: &Context) -> Result<(), Failure> {
    let changed = update_rows(tx.rows::<contexts::table>().filter(contexts::id.eq(context.id.to_string())))
        .set(contexts::name.eq(&context.name))
        .execute(tx.conn())
        .or_failure("changing a context")?;
    if changed == 0 {
        diesel::insert_into(contexts::table)
            .values((
                contexts::tenant_id.eq(tx.tenant()),
                contexts::id.eq(context.id.to_string()),
                contexts::workspace_id.eq(context.workspace_id.to_string()),
                contexts::slug.eq(context.slug.as_str()),
                contexts::name.eq(&context.name),
            ))
            .run(tx.conn())
            .or_failure("adding a context")?;
    }
    Ok(())
}

/// Removes a workspace with its contexts, and everybody's access to it.
pub fn remove(tx: &mut TenantTx<'_>, id: WorkspaceId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<workspaces::table>().filter(workspaces::id.eq(id.to_string())))
        .run(tx.conn())
        .or_failure("removing a workspace")?;
    Ok(())
}

/// Removes a context, and everybody's access to it.
pub fn remove_context(tx: &mut TenantTx<'_>, id: ContextId) -> Result<(), Failure> {
    let id = id.to_string();
    diesel::delete(tx.rows::<user_workspaces::table>().filter(user_workspaces::context_id.eq(&id)))
        .run(tx.conn())
        .or_failure("removing access to a context")?;
    diesel::delete(tx.rows::<group_workspaces::table>().filter(group_workspaces::context_id.eq(&id)))
        .run(tx.conn())
        .or_failure("removing access to a context")?;
    diesel::delete(tx.rows::<contexts::table>().filter(contexts::id.eq(&id)))
        .run(tx.conn())
        .or_failure("removing a context")?;
    Ok(())
}

/// What each account itself was given, for those that were given anything.
pub fn of_users(tx: &mut TenantTx<'_>) -> Result<BTreeMap<UserId, WorkspaceAccess>, Failure> {
    let rows: Vec<(String, String, String)> = tx
        .rows::<user_workspaces::table>()
        .select((user_workspaces::user_id, user_workspaces::workspace_id, user_workspaces::context_id))
        .every(tx.conn())
        .or_failure("listing users' workspaces")?;
    by_holder(rows, "user_workspaces.user_id")
}

/// What each group was given, for those that were given anything.
pub fn of_groups(tx: &mut TenantTx<'_>) -> Result<BTreeMap<GroupId, WorkspaceAccess>, Failure> {
    let rows: Vec<(String, String, String)> = tx
        .rows::<group_workspaces::table>()
        .select((group_workspaces::group_id, group_workspaces::workspace_id, group_workspaces::context_id))
        .every(tx.conn())
        .or_failure("listing groups' workspaces")?;
    by_holder(rows, "group_workspaces.group_id")
}

/// What this group was given.
pub fn of_group(tx: &mut TenantTx<'_>, group: GroupId) -> Result<WorkspaceAccess, Failure> {
    let rows: Vec<(String, String)> = tx
        .rows::<group_workspaces::table>()
        .filter(group_workspaces::group_id.eq(group.to_string()))
        .select((group_workspaces::workspace_id, group_workspaces::context_id))
        .every(tx.conn())
        .or_failure("reading a group's workspaces")?;
    gather(rows)
}

/// What the person may enter: their own and their groups' together.
pub fn effective(tx: &mut TenantTx<'_>, user: UserId) -> Result<WorkspaceAccess, Failure> {
    let mut rows: Vec<(String, String)> = tx
        .rows::<user_workspaces::table>()
        .filter(user_workspaces::user_id.eq(user.to_string()))
        .select((user_workspaces::workspace_id, user_workspaces::context_id))
        .every(tx.conn())
        .or_failure("reading a user's workspaces")?;
    let groups = tx
        .rows::<group_members::table>()
        .filter(group_members::user_id.eq(user.to_string()))
        .select(group_members::group_id);
    let given: Vec<(String, String)> = tx
        .rows::<group_workspaces::table>()
        .filter(group_workspaces::group_id.eq_any(groups))
        .select((group_workspaces::workspace_id, group_workspaces::context_id))
        .every(tx.conn())
        .or_failure("reading the workspaces of a user's groups")?;
    rows.extend(given);
    gather(rows)
}

/// Makes exactly this the account's own access.
pub fn set_of_user(tx: &mut TenantTx<'_>, user: UserId, access: &WorkspaceAccess) -> Result<(), Failure> {
    diesel::delete(tx.rows::<user_workspaces::table>().filter(user_workspaces::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("changing a user's workspaces")?;
    for (workspace, context) in spread(access) {
        diesel::insert_into(user_workspaces::table)
            .values((
                user_workspaces::tenant_id.eq(tx.tenant()),
                user_workspaces::user_id.eq(user.to_string()),
                user_workspaces::workspace_id.eq(workspace),
                user_workspaces::context_id.eq(context),
            ))
            .run(tx.conn())
            .or_failure("changing a user's workspaces")?;
    }
    Ok(())
}

/// Makes exactly this the group's access.
pub fn set_of_group(tx: &mut TenantTx<'_>, group: GroupId, access: &WorkspaceAccess) -> Result<(), Failure> {
    diesel::delete(
        tx.rows::<group_workspaces::table>().filter(group_workspaces::group_id.eq(group.to_string())),
    )
    .run(tx.conn())
    .or_failure("changing a group's workspaces")?;
    for (workspace, context) in spread(access) {
        diesel::insert_into(group_workspaces::table)
            .values((
                group_workspaces::tenant_id.eq(tx.tenant()),
                group_workspaces::group_id.eq(group.to_string()),
                group_workspaces::workspace_id.eq(workspace),
                group_workspaces::context_id.eq(context),
            ))
            .run(tx.conn())
            .or_failure("changing a group's workspaces")?;
    }
    Ok(())
}

fn by_holder<Id: FromStr + Ord>(
    rows: Vec<(String, String, String)>,
    column: &'static str,
) -> Result<BTreeMap<Id, WorkspaceAccess>, Failure> {
    let mut held = BTreeMap::<String, Vec<(String, String)>>::new();
    for (holder, workspace, context) in rows {
        held.entry(holder).or_default().push((workspace, context));
    }
    held.into_iter().map(|(holder, rows)| Ok((stored(&holder, column)?, gather(rows)?))).collect()
}

fn gather(rows: Vec<(String, String)>) -> Result<WorkspaceAccess, Failure> {
    let mut access = WorkspaceAccess::new();
    for (workspace, context) in rows {
        let workspace: WorkspaceId = stored(&workspace, "user_workspaces.workspace_id")?;
        let entry = access.entry(workspace).or_insert_with(|| ContextAccess::Only(BTreeSet::new()));
        if context == WHOLE {
            *entry = ContextAccess::All;
        } else if let ContextAccess::Only(contexts) = entry {
            contexts.insert(stored(&context, "user_workspaces.context_id")?);
        }
    }
    Ok(access)
}

fn spread(access: &WorkspaceAccess) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (workspace, contexts) in access {
        match contexts {
            ContextAccess::All => rows.push((workspace.to_string(), WHOLE.to_owned())),
            ContextAccess::Only(contexts) => {
                rows.extend(contexts.iter().map(|context| (workspace.to_string(), context.to_string())));
            }
        }
    }
    rows
}
