//! What a person allowed a client: one row for each person and client.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};

use super::{from_json, stored, to_json};
use crate::model::consent::Consent;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, ConsentId, UserId};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, update_rows};
use crate::storage::schema::consents;
use crate::storage::tx::{TenantTx, sealed::Connected};

/// What this person allowed this client.
pub fn find(tx: &mut TenantTx<'_>, user: UserId, client: &ClientId) -> Result<Option<Consent>, Failure> {
    let allowed: Option<String> = tx
        .rows::<consents::table>()
        .filter(consents::user_id.eq(user.to_string()))
        .filter(consents::client_id.eq(client.as_str()))
        .select(consents::allowed)
        .one(tx.conn())
        .optional()
        .or_failure("reading a consent")?;
    allowed.map(|allowed| from_json(&allowed, "consents.allowed")).transpose()
}

/// Stores what this person allows this client from now on. The caller holds the person's account, so that nobody else
/// stores the first consent meanwhile.
pub fn put(
    tx: &mut TenantTx<'_>,
    (user, client): (UserId, &ClientId),
    consent: &Consent,
    (id, now): (ConsentId, Timestamp),
) -> Result<(), Failure> {
    let values = (
        consents::allowed.eq(to_json(consent, "consents.allowed")?),
        consents::granted_at.eq(now.to_naive()),
    );
    let changed = update_rows(
        tx.rows::<consents::table>()
            .filter(consents::user_id.eq(user.to_string()))
            .filter(consents::client_id.eq(client.as_str())),
    )
    .set(values.clone())
    .execute(tx.conn())
    .or_failure("changing a consent")?;
    if changed == 0 {
        diesel::insert_into(consents::table)
            .values((
                consents::tenant_id.eq(tx.tenant()),
                consents::id.eq(id.to_string()),
                consents::user_id.eq(user.to_string()),
                consents::client_id.eq(client.as_str()),
                values,
            ))
            .run(tx.conn())
            .or_failure("storing a consent")?;
    }
    Ok(())
}

/// Withdraws what anybody allowed this client.
pub fn remove_of_client(tx: &mut TenantTx<'_>, client: &ClientId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<consents::table>().filter(consents::client_id.eq(client.as_str())))
        .run(tx.conn())
        .or_failure("withdrawing the consents of a client")?;
    Ok(())
}

/// Withdraws a consent; false when there was none.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId, client: &ClientId) -> Result<bool, Failure> {
    let removed = diesel::delete(
        tx.rows::<consents::table>()
            .filter(consents::user_id.eq(user.to_string()))
            .filter(consents::client_id.eq(client.as_str())),
    )
    .run(tx.conn())
    .or_failure("withdrawing a consent")?;
    Ok(removed > 0)
}

/// Removes everything that this person allowed: they are erased.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<(), Failure> {
    diesel::delete(tx.rows::<consents::table>().filter(consents::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing the consents of a user")?;
    Ok(())
}

/// Every consent of this person, by client, and since when.
pub fn of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<(ClientId, Consent, Timestamp)>, Failure> {
    let rows: Vec<(String, String, chrono::NaiveDateTime)> = tx
        .rows::<consents::table>()
        .filter(consents::user_id.eq(user.to_string()))
        .order(consents::client_id)
        .select((consents::client_id, consents::allowed, consents::granted_at))
        .every(tx.conn())
        .or_failure("listing consents")?;
    rows.into_iter()
        .map(|(client, allowed, at)| {
            let client = stored(&client, "consents.client_id")?;
            Ok((client, from_json(&allowed, "consents.allowed")?, Timestamp::from_naive(at)))
        })
        .collect()
}
