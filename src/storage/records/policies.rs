//! A tenant's sign-in policy: one versioned document.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};

use super::{from_json, to_json};
use crate::model::failure::Failure;
use crate::model::policy::Policy;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, update_rows};
use crate::storage::schema::policies;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// The tenant's policy; the default where none was ever set. One that cannot be read is a failure, never a pass.
pub fn find(tx: &mut TenantTx<'_>) -> Result<Policy, Failure> {
    let document: Option<String> = tx
        .rows::<policies::table>()
        .select(policies::document)
        .one(tx.conn())
        .optional()
        .or_failure("reading a policy")?;
    document.map_or_else(|| Ok(Policy::default()), |text| from_json(&text, "policies.document"))
}

/// The policy with its version, which is 0 where none was ever set.
pub fn find_versioned(tx: &mut TenantTx<'_>) -> Result<(Policy, i64), Failure> {
    let version: Option<i64> = tx
        .rows::<policies::table>()
        .select(policies::version)
        .one(tx.conn())
        .optional()
        .or_failure("reading the version of a policy")?;
    Ok((find(tx)?, version.unwrap_or_default()))
}

/// Stores the policy as the next version.
pub fn put(tx: &mut TenantTx<'_>, policy: &Policy, now: Timestamp) -> Result<(), Failure> {
    let document = to_json(policy, "policies.document")?;
    let changed = update_rows(tx.rows::<policies::table>())
        .set((
            policies::version.eq(policies::version + 1),
            policies::document.eq(&document),
            policies::changed_at.eq(now.to_naive()),
        ))
        .execute(tx.conn())
        .or_failure("changing a policy")?;
    if changed == 0 {
        diesel::insert_into(policies::table)
            .values((
                policies::tenant_id.eq(tx.tenant()),
                policies::version.eq(1),
                policies::document.eq(&document),
                policies::changed_at.eq(now.to_naive()),
            ))
            .run(tx.conn())
            .or_failure("setting a policy")?;
    }
    Ok(())
}
