//! People's accounts.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
};

use super::{from_json, stored, tenants, to_json};
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, TenantId, UserId};
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::status::Status;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::TenantScope;
use crate::storage::rows::{Ask, OrFailure, held_row, insert_rows, update_rows};
use crate::storage::schema::{group_members, groups, users};
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Queryable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct Row {
    tenant_id: String,
    id: String,
    email: String,
    email_canonical: String,
    email_verified: bool,
    profile: String,
    roles: String,
    status: String,
    status_since: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    proofs_since: Option<NaiveDateTime>,
    break_glass: bool,
    home_tenant_id: Option<String>,
}

impl Row {
    fn of(tenant_id: String, user: &User) -> Result<Self, Failure> {
        Ok(Self {
            tenant_id,
            id: user.id.to_string(),
            email: user.email.clone(),
            email_canonical: user.email_canonical.clone(),
            email_verified: user.email_verified,
            profile: to_json(&user.profile, "users.profile")?,
            roles: to_json(&user.roles, "users.roles")?,
            status: user.status.as_str().to_owned(),
            status_since: user.status.since().map(Timestamp::to_naive),
            created_at: user.created_at.to_naive(),
            proofs_since: user.proofs_since.map(Timestamp::to_naive),
            break_glass: user.break_glass,
            home_tenant_id: user.home_tenant_id.map(|home| home.to_string()),
        })
    }

    /// The account, as it stands where it is owned too (D4).
    fn read(self, tx: &mut TenantTx<'_>) -> Result<User, Failure> {
        let user = self.here()?;
        let Some(home) = user.home_tenant_id else { return Ok(user) };
        // Where they are a guest no more, nothing of what they are at home is told.
        if matches!(user.status, Status::Deleted { .. }) {
            return Ok(user);
        }
        let gone = Status::Deleted { since: user.created_at };
        let Some(tenant) = tenants::find(tx, home)? else { return Ok(User { status: gone, ..user }) };
        let of_home = tenant.status;
        let at_home = tx.beside(&TenantScope::of_any(tenant), |tx| find_here(tx, user.id))?;
        let Some(at_home) = at_home.filter(|at_home| !at_home.is_guest()) else {
            return Ok(User { status: gone, ..user });
        };
        let proved = |since: Option<Timestamp>| match since {
            Some(since) => Status::Resumed { since },
            None => Status::Active,
        };
        let stands_on = [at_home.status, of_home, proved(at_home.proofs_since), proved(user.proofs_since)];
        Ok(User {
            email: at_home.email,
            // The home may say any address of its people, and nobody here has seen to it.
            email_verified: false,
            profile: at_home.profile,
            status: stands_on.into_iter().fold(user.status, Status::and),
            ..user
        })
    }

    /// The account as its row has it.
    fn here(self) -> Result<User, Failure> {
        Ok(User {
            tenant_id: stored(&self.tenant_id, "users.tenant_id")?,
            id: stored(&self.id, "users.id")?,
            email: self.email,
            email_canonical: self.email_canonical,
            email_verified: self.email_verified,
            profile: from_json(&self.profile, "users.profile")?,
            roles: read_roles(&self.roles, "users.roles")?,
            status: Status::from_stored(&self.status, self.status_since.map(Timestamp::from_naive)),
            created_at: Timestamp::from_naive(self.created_at),
            proofs_since: self.proofs_since.map(Timestamp::from_naive),
            break_glass: self.break_glass,
            home_tenant_id: self
                .home_tenant_id
                .map(|home| stored(&home, "users.home_tenant_id"))
                .transpose()?,
        })
    }
}

/// Reads stored roles; an unknown word is `readonly` (docs/architecture.md, Words).
pub(super) fn read_roles(text: &str, column: &'static str) -> Result<BTreeSet<Role>, Failure> {
    let words: Vec<String> = from_json(text, column)?;
    Ok(words.iter().map(|word| Role::parse_or_readonly(word)).collect())
}

/// The account with this id, whatever its status.
pub fn find(tx: &mut TenantTx<'_>, id: UserId) -> Result<Option<User>, Failure> {
    let row: Option<Row> = tx
        .rows::<users::table>()
        .filter(users::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a user")?;
    row.map(|row| row.read(tx)).transpose()
}

/// The state of the account by its own row: a guest's here, whatever it is at home.
///
/// # Errors
/// The database fails.
pub fn own_status(tx: &mut TenantTx<'_>, id: UserId) -> Result<Option<Status>, Failure> {
    Ok(find_here(tx, id)?.map(|user| user.status))
}

fn find_here(tx: &mut TenantTx<'_>, id: UserId) -> Result<Option<User>, Failure> {
    let row: Option<Row> = tx
        .rows::<users::table>()
        .filter(users::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a user at home")?;
    row.map(Row::here).transpose()
}

/// Whether the account may be used, asked by who is about to give it something new: on PostgreSQL the row stays locked
/// until commit, so that whoever suspends the account waits, and finds what was given. What a guest was given is judged by the
/// state of the home at every use.
pub fn hold_active(tx: &mut TenantTx<'_>, id: UserId) -> Result<bool, Failure> {
    let active = tx
        .rows::<users::table>()
        .filter(users::id.eq(id.to_string()))
        .filter(users::status.eq(Status::Active.as_str()))
        .select(users::home_tenant_id);
    let held: Option<Option<String>> =
        held_row!(tx.conn(), active).optional().or_failure("holding a user")?;
    match held {
        Some(Some(_)) => Ok(find(tx, id)?.is_some_and(|guest| guest.status.is_active())),
        held => Ok(held.is_some()),
    }
}

/// The account with this canonical address (D3), whatever its status. No guest has one: by nothing that is proved of an address is
/// anybody let in as a guest.
pub fn find_by_email(tx: &mut TenantTx<'_>, canonical: &str) -> Result<Option<User>, Failure> {
    let row: Option<Row> = tx
        .rows::<users::table>()
        .filter(users::email_canonical.eq(canonical))
        .one(tx.conn())
        .optional()
        .or_failure("reading a user")?;
    row.map(|row| row.read(tx)).transpose()
}

/// Which of these canonical addresses (D3) some account has, whatever its status.
pub fn taken(tx: &mut TenantTx<'_>, canonical: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let taken: Vec<String> = tx
        .rows::<users::table>()
        .filter(users::email_canonical.eq_any(canonical))
        .select(users::email_canonical)
        .every(tx.conn())
        .or_failure("asking which addresses are taken")?;
    Ok(taken.into_iter().collect())
}

/// Accounts that were deleted before this time and are not erased, the longest ago first; so many of them.
pub fn deleted_before(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<Vec<UserId>, Failure> {
    let ids: Vec<String> = tx
        .rows::<users::table>()
        .filter(users::status.eq("deleted"))
        .filter(users::status_since.lt(Some(before.to_naive())))
        .filter(users::email.ne(""))
        .order((users::status_since, users::id))
        .limit(limit)
        .select(users::id)
        .every(tx.conn())
        .or_failure("listing deleted users")?;
    ids.iter().map(|id| stored(id, "users.id")).collect()
}

/// Every account of the tenant, by address.
pub fn all(tx: &mut TenantTx<'_>) -> Result<Vec<User>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<users::table>()
        .order(users::email_canonical)
        .every(tx.conn())
        .or_failure("listing users")?;
    rows.into_iter().map(|row| row.read(tx)).collect()
}

/// What stands before the id where an erased account had its address. No address begins so.
const ERASED: &str = "erased:";
const ERASED_LENGTH: i32 = 7;

/// Which accounts a page of them holds.
#[derive(Debug)]
pub struct Listed<'a> {
    /// Those in these states.
    pub status: &'a [&'static str],
    /// Those with this role, by themselves or by a group.
    pub role: Option<Role>,
    /// Those in this group.
    pub group: Option<GroupId>,
    /// Those whose address begins so, in the form that decides equality (D3).
    pub begins: Option<&'a str>,
    /// Guests alone.
    pub guests: bool,
    /// Those behind this one, by id.
    pub after: Option<UserId>,
}

diesel::define_sql_function! {
    /// So many characters of a text, from this one on; the first is 1.
    fn substr(text: diesel::sql_types::Text, from: diesel::sql_types::Integer, count: diesel::sql_types::Integer) -> diesel::sql_types::Text;
}

/// Accounts in the order of their ids, so many at most; none that is erased.
pub fn page(tx: &mut TenantTx<'_>, listed: &Listed<'_>, limit: i64) -> Result<Vec<User>, Failure> {
    let after = listed.after.map(|id| id.to_string()).unwrap_or_default();
    let group = listed.group.map(|id| id.to_string());
    let sets = listed.role.map(sets_with).transpose()?;
    let with_role = tx
        .rows::<groups::table>()
        .filter(groups::roles.eq_any(sets.clone().unwrap_or_default()))
        .select(groups::id);
    let by_group = tx
        .rows::<group_members::table>()
        .filter(group_members::group_id.eq_any(with_role))
        .select(group_members::user_id);
    let members = tx
        .rows::<group_members::table>()
        .filter(group_members::group_id.eq(group.clone().unwrap_or_default()))
        .select(group_members::user_id);
    let begins = listed.begins.unwrap_or_default();
    let length = i32::try_from(begins.chars().count()).unwrap_or(i32::MAX);
    let kinds: &[bool] = if listed.guests { &[true] } else { &[true, false] };
    let found = tx
        .rows::<users::table>()
        .filter(users::id.gt(after))
        // Not by a range: the rows are read in the order of their ids, whatever is looked for.
        .filter(substr(users::email_canonical, 1, length).eq(begins))
        .filter(substr(users::email_canonical, 1, ERASED_LENGTH).ne(ERASED))
        .filter(users::status.eq_any(listed.status))
        .filter(users::home_tenant_id.is_not_null().eq_any(kinds))
        .order(users::id)
        .limit(limit);
    let rows: Result<Vec<Row>, _> = match (sets, group) {
        (None, None) => found.every(tx.conn()),
        (None, Some(_)) => found.filter(users::id.eq_any(members)).every(tx.conn()),
        (Some(sets), None) => {
            found.filter(users::roles.eq_any(sets).or(users::id.eq_any(by_group))).every(tx.conn())
        }
        (Some(sets), Some(_)) => found
            .filter(users::roles.eq_any(sets).or(users::id.eq_any(by_group)))
            .filter(users::id.eq_any(members))
            .every(tx.conn()),
    };
    rows.or_failure("listing users")?.into_iter().map(|row| row.read(tx)).collect()
}

/// Every set of roles that holds this one, as the column has it: there are few roles, and the database looks for whole values.
fn sets_with(role: Role) -> Result<Vec<String>, Failure> {
    let mut sets = vec![BTreeSet::from([role])];
    for other in Role::ALL.into_iter().filter(|other| *other != role) {
        let with: Vec<BTreeSet<Role>> =
            sets.iter().map(|set| set.union(&[other].into()).copied().collect()).collect();
        sets.extend(with);
    }
    sets.iter().map(|set| to_json(set, "users.roles")).collect()
}

/// Adds an account. Its tenant is the transaction's, whatever the value says.
pub fn insert(tx: &mut TenantTx<'_>, user: &User) -> Result<(), Failure> {
    insert_many(tx, std::slice::from_ref(user))
}

/// Adds accounts with one statement: some hundreds at most, since a statement takes so many values.
pub fn insert_many(tx: &mut TenantTx<'_>, users: &[User]) -> Result<(), Failure> {
    let rows = users.iter().map(|user| Row::of(tx.tenant(), user)).collect::<Result<Vec<_>, _>>()?;
    insert_rows!(tx.conn(), users::table, rows).or_failure("adding users")?;
    Ok(())
}

/// Lets nothing count that was proved for this account before `now`.
pub fn forget_proofs(tx: &mut TenantTx<'_>, id: UserId, now: Timestamp) -> Result<(), Failure> {
    update_rows(tx.rows::<users::table>().filter(users::id.eq(id.to_string())))
        .set(users::proofs_since.eq(Some(now.to_naive())))
        .execute(tx.conn())
        .or_failure("ending what was proved for a user")?;
    Ok(())
}

/// Stores everything about the account but its id, when it was made and since when proofs count, which [`forget_proofs`] alone
/// says; false when it is not there. Nor for a guest, of whom the home keeps the most: [`set_roles`] and [`set_status`] are for
/// every account.
pub fn update(tx: &mut TenantTx<'_>, user: &User) -> Result<bool, Failure> {
    let own = tx
        .rows::<users::table>()
        .filter(users::id.eq(user.id.to_string()))
        .filter(users::home_tenant_id.is_null());
    let changed = update_rows(own)
        .set((
            users::email.eq(&user.email),
            users::email_canonical.eq(&user.email_canonical),
            users::email_verified.eq(user.email_verified),
            users::profile.eq(to_json(&user.profile, "users.profile")?),
            users::roles.eq(to_json(&user.roles, "users.roles")?),
            users::status.eq(user.status.as_str()),
            users::status_since.eq(user.status.since().map(Timestamp::to_naive)),
            users::break_glass.eq(user.break_glass),
        ))
        .execute(tx.conn())
        .or_failure("changing a user")?;
    Ok(changed == 1)
}

/// Gives the account exactly these roles of its own; false when it is not there.
pub fn set_roles(tx: &mut TenantTx<'_>, id: UserId, roles: &BTreeSet<Role>) -> Result<bool, Failure> {
    let changed = update_rows(tx.rows::<users::table>().filter(users::id.eq(id.to_string())))
        .set(users::roles.eq(to_json(roles, "users.roles")?))
        .execute(tx.conn())
        .or_failure("changing the roles of a user")?;
    Ok(changed == 1)
}

/// Says whether the account may be used; a guest's here, whatever it is at home. False when it is not there.
pub fn set_status(tx: &mut TenantTx<'_>, id: UserId, status: Status) -> Result<bool, Failure> {
    let changed = update_rows(tx.rows::<users::table>().filter(users::id.eq(id.to_string())))
        .set((
            users::status.eq(status.as_str()),
            users::status_since.eq(status.since().map(Timestamp::to_naive)),
        ))
        .execute(tx.conn())
        .or_failure("changing the state of a user")?;
    Ok(changed == 1)
}

/// Lets an account of another tenant in as a guest, with these roles. One that was here before and left begins anew: nothing of
/// before counts.
pub fn let_in(
    tx: &mut TenantTx<'_>,
    (id, home): (UserId, TenantId),
    roles: &BTreeSet<Role>,
    now: Timestamp,
) -> Result<(), Failure> {
    let name = format!("guest:{id}");
    let guest = User {
        tenant_id: tx.scope().id(),
        id,
        email: name.clone(),
        email_canonical: name,
        email_verified: false,
        profile: Profile::default(),
        roles: roles.clone(),
        status: Status::Active,
        proofs_since: None,
        break_glass: false,
        home_tenant_id: Some(home),
        created_at: now,
    };
    if find_here(tx, id)?.is_none() {
        return insert(tx, &guest);
    }
    update_rows(tx.rows::<users::table>().filter(users::id.eq(id.to_string())))
        .set((
            users::email.eq(&guest.email),
            users::email_canonical.eq(&guest.email_canonical),
            users::roles.eq(to_json(roles, "users.roles")?),
            users::status.eq(guest.status.as_str()),
            users::status_since.eq(Some(now.to_naive())),
            users::proofs_since.eq(Some(now.to_naive())),
            users::home_tenant_id.eq(Some(home.to_string())),
        ))
        .execute(tx.conn())
        .or_failure("letting a guest in again")?;
    Ok(())
}

/// Keeps the address under which a guest was here, who is one no more: by it they are erased (P145).
pub fn keep_address(tx: &mut TenantTx<'_>, id: UserId, address: &str) -> Result<(), Failure> {
    let guest = tx
        .rows::<users::table>()
        .filter(users::id.eq(id.to_string()))
        .filter(users::home_tenant_id.is_not_null());
    update_rows(guest)
        .set(users::email.eq(address))
        .execute(tx.conn())
        .or_failure("keeping the address of a guest")?;
    Ok(())
}

/// Leaves of the account an id that leads nowhere; its state stays.
pub fn erase(tx: &mut TenantTx<'_>, id: UserId) -> Result<(), Failure> {
    update_rows(tx.rows::<users::table>().filter(users::id.eq(id.to_string())))
        .set((
            users::email.eq(""),
            users::email_canonical.eq(format!("{ERASED}{id}")),
            users::email_verified.eq(false),
            users::profile.eq(to_json(&Profile::default(), "users.profile")?),
            users::roles.eq("[]"),
            users::break_glass.eq(false),
            users::home_tenant_id.eq(None::<String>),
        ))
        .execute(tx.conn())
        .or_failure("erasing a user")?;
    Ok(())
}
