//! Where the people of a tenant are guests (D4): the declared bridge between tenants, as an index from the home's side. What a guest
//! is at the host stands in the host's row of `users`.

use diesel::dsl::exists;
use diesel::{ExpressionMethods, QueryDsl};

use super::{stored, tenants};
use crate::model::failure::Failure;
use crate::model::ids::{TenantId, UserId};
use crate::storage::TenantScope;
use crate::storage::rows::{Ask, OrFailure};
use crate::storage::schema::memberships;
use crate::storage::tx::{TenantTx, Transaction, sealed::Connected};

/// Lets an account of this home be found as a guest of the transaction's tenant.
pub fn insert(tx: &mut TenantTx<'_>, user: UserId, home: TenantId) -> Result<(), Failure> {
    let values = (
        memberships::tenant_id.eq(tx.tenant()),
        memberships::user_id.eq(user.to_string()),
        memberships::home_tenant_id.eq(home.to_string()),
    );
    diesel::insert_into(memberships::table)
        .values(values)
        .run(tx.conn())
        .or_failure("adding a membership")?;
    Ok(())
}

/// Lets it be found there no more; false where it was not.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId) -> Result<bool, Failure> {
    let theirs = memberships::table
        .filter(memberships::tenant_id.eq(tx.tenant()))
        .filter(memberships::user_id.eq(user.to_string()));
    let gone = diesel::delete(theirs).run(tx.conn()).or_failure("removing a membership")?;
    Ok(gone == 1)
}

/// Whether the transaction's tenant has guests.
pub fn any(tx: &mut TenantTx<'_>) -> Result<bool, Failure> {
    let guests = memberships::table.filter(memberships::tenant_id.eq(tx.tenant()));
    diesel::select(exists(guests)).one(tx.conn()).or_failure("looking for guests")
}

/// The tenants in which an account of this home is a guest, in the order of their ids.
pub fn hosts(tx: &mut impl Transaction, home: TenantId, user: UserId) -> Result<Vec<TenantId>, Failure> {
    let ids: Vec<String> = memberships::table
        .filter(memberships::home_tenant_id.eq(home.to_string()))
        .filter(memberships::user_id.eq(user.to_string()))
        .order(memberships::tenant_id)
        .select(memberships::tenant_id)
        .every(tx.conn())
        .or_failure("listing memberships")?;
    ids.iter().map(|id| stored(id, "memberships.tenant_id")).collect()
}

/// Does this in every tenant in which an account of the transaction's tenant is a guest, whatever the state of that tenant.
///
/// # Errors
/// The work fails, or the database.
pub fn in_hosts(
    tx: &mut TenantTx<'_>,
    user: UserId,
    mut work: impl FnMut(&mut TenantTx<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let home = tx.scope().id();
    for host in hosts(tx, home, user)? {
        if let Some(host) = tenants::find(tx, host)? {
            tx.beside(&TenantScope::of_any(host), &mut work)?;
        }
    }
    Ok(())
}
