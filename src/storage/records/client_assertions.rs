//! Ids of client assertions that were used, so that none is used twice (RFC 7523 §3). Ephemeral: pruned when the
//! assertion has ended.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, insert_once};
use crate::storage::schema::client_assertions as assertions;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// Uses an assertion up, once: false when it was used before, whatever races.
pub fn spend(
    tx: &mut TenantTx<'_>,
    client: &ClientId,
    jti_hash: &str,
    expires_at: Timestamp,
) -> Result<bool, Failure> {
    let tenant = tx.tenant();
    insert_once(tx.conn(), "using an assertion up", |conn| {
        diesel::insert_into(assertions::table)
            .values((
                assertions::tenant_id.eq(tenant),
                assertions::client_id.eq(client.as_str()),
                assertions::jti_hash.eq(jti_hash),
                assertions::expires_at.eq(expires_at.to_naive()),
            ))
            .run(conn)
    })
}

/// Forgets up to `limit` of the assertions that ended before `now`; says how many.
pub fn prune(tx: &mut TenantTx<'_>, now: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<assertions::table>().filter(assertions::expires_at.lt(now.to_naive())),
        assertions::jti_hash,
        limit
    )
    .or_failure("pruning assertions")
}
