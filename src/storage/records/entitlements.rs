//! What a tenant has over its plan.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl};

use crate::model::failure::Failure;
use crate::model::tenant::AddOn;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure};
use crate::storage::schema::tenant_entitlements as table;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// Every add-on, the ended ones too.
pub fn all(tx: &mut TenantTx<'_>) -> Result<Vec<AddOn>, Failure> {
    let rows: Vec<(String, String, Option<NaiveDateTime>)> = tx
        .rows::<table::table>()
        .order((table::product, table::grant_name))
        .select((table::product, table::grant_name, table::expires_at))
        .every(tx.conn())
        .or_failure("listing entitlements")?;
    Ok(rows
        .into_iter()
        .map(|(product, grant, ends)| AddOn { product, grant, expires_at: ends.map(Timestamp::from_naive) })
        .collect())
}

/// Makes exactly these the tenant's add-ons.
pub fn set(tx: &mut TenantTx<'_>, add_ons: &[AddOn]) -> Result<(), Failure> {
    diesel::delete(tx.rows::<table::table>()).run(tx.conn()).or_failure("changing entitlements")?;
    for add_on in add_ons {
        diesel::insert_into(table::table)
            .values((
                table::tenant_id.eq(tx.tenant()),
                table::product.eq(&add_on.product),
                table::grant_name.eq(&add_on.grant),
                table::expires_at.eq(add_on.expires_at.map(Timestamp::to_naive)),
            ))
            .run(tx.conn())
            .or_failure("changing entitlements")?;
    }
    Ok(())
}
