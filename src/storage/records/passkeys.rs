//! Passkeys, and the index that tells which tenant one is of (D5).

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable};

use super::stored;
use crate::model::failure::Failure;
use crate::model::ids::{PasskeyId, UserId};
use crate::model::passkey::{CredentialId, Passkey, PasskeyName};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, insert_once, update_rows};
use crate::storage::schema::{passkey_index, passkeys};
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Queryable)]
struct Row {
    _tenant_id: String,
    id: String,
    user_id: String,
    credential_id: String,
    name: String,
    credential: String,
    created_at: NaiveDateTime,
    last_used_at: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<Passkey, Failure> {
        Ok(Passkey {
            id: stored(&self.id, "passkeys.id")?,
            user_id: stored(&self.user_id, "passkeys.user_id")?,
            credential_id: stored(&self.credential_id, "passkeys.credential_id")?,
            name: stored(&self.name, "passkeys.name")?,
            credential: self.credential,
            created_at: Timestamp::from_naive(self.created_at),
            last_used_at: self.last_used_at.map(Timestamp::from_naive),
        })
    }
}

/// The tenant's passkey that its authenticator calls this.
pub fn find(tx: &mut TenantTx<'_>, credential: &CredentialId) -> Result<Option<Passkey>, Failure> {
    let row: Option<Row> = tx
        .rows::<passkeys::table>()
        .filter(passkeys::credential_id.eq(credential.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading a passkey")?;
    row.map(Row::read).transpose()
}

/// The person's passkeys, the oldest first.
pub fn of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<Passkey>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<passkeys::table>()
        .filter(passkeys::user_id.eq(user.to_string()))
        .order((passkeys::created_at, passkeys::id))
        .every(tx.conn())
        .or_failure("listing passkeys")?;
    rows.into_iter().map(Row::read).collect()
}

/// Adds a passkey; false where somebody in the deployment has it already, whatever races.
pub fn insert(tx: &mut TenantTx<'_>, passkey: &Passkey) -> Result<bool, Failure> {
    let (tenant, credential) = (tx.tenant(), passkey.credential_id.to_string());
    insert_once(tx.conn(), "adding a passkey", |conn| {
        diesel::insert_into(passkeys::table)
            .values((
                passkeys::tenant_id.eq(&tenant),
                passkeys::id.eq(passkey.id.to_string()),
                passkeys::user_id.eq(passkey.user_id.to_string()),
                passkeys::credential_id.eq(&credential),
                passkeys::name.eq(passkey.name.as_str()),
                passkeys::credential.eq(&passkey.credential),
                passkeys::created_at.eq(passkey.created_at.to_naive()),
                passkeys::last_used_at.eq(passkey.last_used_at.map(Timestamp::to_naive)),
            ))
            .run(conn)?;
        // In the same savepoint: a passkey that another tenant has is not kept here either.
        diesel::insert_into(passkey_index::table)
            .values((passkey_index::credential_id.eq(&credential), passkey_index::tenant_id.eq(&tenant)))
            .run(conn)
    })
}

/// Stores what a use left of a passkey, where it is still as it was read: of two uses at the same time one counts, and none
/// of a passkey that was removed meanwhile. False where it is not.
pub fn used(
    tx: &mut TenantTx<'_>,
    read: &Passkey,
    credential: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let as_read = tx
        .rows::<passkeys::table>()
        .filter(passkeys::id.eq(read.id.to_string()))
        .filter(passkeys::user_id.eq(read.user_id.to_string()))
        .filter(passkeys::credential.eq(&read.credential));
    let changed = update_rows(as_read)
        .set((passkeys::credential.eq(credential), passkeys::last_used_at.eq(Some(now.to_naive()))))
        .execute(tx.conn())
        .or_failure("noting the use of a passkey")?;
    Ok(changed == 1)
}

/// Names the person's passkey; false when they have none with this id.
pub fn rename(
    tx: &mut TenantTx<'_>,
    user: UserId,
    id: PasskeyId,
    name: &PasskeyName,
) -> Result<bool, Failure> {
    let own = tx
        .rows::<passkeys::table>()
        .filter(passkeys::id.eq(id.to_string()))
        .filter(passkeys::user_id.eq(user.to_string()));
    let changed = update_rows(own)
        .set(passkeys::name.eq(name.as_str()))
        .execute(tx.conn())
        .or_failure("naming a passkey")?;
    Ok(changed == 1)
}

/// Removes the person's passkey, and its place in the index; false when they have none with this id.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId, id: PasskeyId) -> Result<bool, Failure> {
    let own = tx
        .rows::<passkeys::table>()
        .filter(passkeys::id.eq(id.to_string()))
        .filter(passkeys::user_id.eq(user.to_string()));
    let gone = diesel::delete(own).run(tx.conn()).or_failure("removing a passkey")?;
    Ok(gone == 1)
}
