//! Personal access tokens, by the hash of each.

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
};

use super::{from_json, stored, to_json};
use crate::model::failure::Failure;
use crate::model::ids::{PersonalTokenId, UserId};
use crate::model::personal_token::PersonalToken;
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, update_rows};
use crate::storage::schema::personal_access_tokens as tokens;
use crate::storage::tx::{TenantTx, sealed::Connected};

#[derive(Queryable, Insertable)]
#[diesel(table_name = tokens)]
struct Row {
    tenant_id: String,
    id: String,
    user_id: String,
    token_hash: String,
    name: String,
    scopes: String,
    resources: String,
    proofs: String,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    last_used_at: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<PersonalToken, Failure> {
        Ok(PersonalToken {
            id: stored(&self.id, "personal_access_tokens.id")?,
            user_id: stored(&self.user_id, "personal_access_tokens.user_id")?,
            name: self.name,
            scopes: from_json(&self.scopes, "personal_access_tokens.scopes")?,
            resources: from_json(&self.resources, "personal_access_tokens.resources")?,
            proofs: from_json(&self.proofs, "personal_access_tokens.proofs")?,
            created_at: Timestamp::from_naive(self.created_at),
            expires_at: Timestamp::from_naive(self.expires_at),
            last_used_at: self.last_used_at.map(Timestamp::from_naive),
        })
    }
}

/// Adds a token under its hash.
pub fn insert(tx: &mut TenantTx<'_>, token: &PersonalToken, hash: &str) -> Result<(), Failure> {
    let row = Row {
        tenant_id: tx.tenant(),
        id: token.id.to_string(),
        user_id: token.user_id.to_string(),
        token_hash: hash.to_owned(),
        name: token.name.clone(),
        scopes: to_json(&token.scopes, "personal_access_tokens.scopes")?,
        resources: to_json(&token.resources, "personal_access_tokens.resources")?,
        proofs: to_json(&token.proofs, "personal_access_tokens.proofs")?,
        created_at: token.created_at.to_naive(),
        expires_at: token.expires_at.to_naive(),
        last_used_at: None,
    };
    diesel::insert_into(tokens::table)
        .values(row)
        .run(tx.conn())
        .or_failure("adding a personal access token")?;
    Ok(())
}

/// The token with this hash, expired though it may be.
pub fn find(tx: &mut TenantTx<'_>, hash: &str) -> Result<Option<PersonalToken>, Failure> {
    let row: Option<Row> = tx
        .rows::<tokens::table>()
        .filter(tokens::token_hash.eq(hash))
        .one(tx.conn())
        .optional()
        .or_failure("reading a personal access token")?;
    row.map(Row::read).transpose()
}

/// The tokens of a person, the newest first, those that have expired among them.
pub fn of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<PersonalToken>, Failure> {
    let rows: Vec<Row> = tx
        .rows::<tokens::table>()
        .filter(tokens::user_id.eq(user.to_string()))
        .order(tokens::id.desc())
        .every(tx.conn())
        .or_failure("listing personal access tokens")?;
    rows.into_iter().map(Row::read).collect()
}

/// Forgets a token of this person; false where they have none of this id.
pub fn remove(tx: &mut TenantTx<'_>, user: UserId, id: PersonalTokenId) -> Result<bool, Failure> {
    let mine = tx
        .rows::<tokens::table>()
        .filter(tokens::id.eq(id.to_string()))
        .filter(tokens::user_id.eq(user.to_string()));
    let gone = diesel::delete(mine).run(tx.conn()).or_failure("removing a personal access token")?;
    Ok(gone == 1)
}

/// Forgets every token of this person; says how many there were.
pub fn remove_of_user(tx: &mut TenantTx<'_>, user: UserId) -> Result<usize, Failure> {
    diesel::delete(tx.rows::<tokens::table>().filter(tokens::user_id.eq(user.to_string())))
        .run(tx.conn())
        .or_failure("removing personal access tokens")
}

/// Notes that a token was used, if that was last noted before this time.
pub fn touch(
    tx: &mut TenantTx<'_>,
    id: PersonalTokenId,
    (before, now): (Timestamp, Timestamp),
) -> Result<(), Failure> {
    let due = tx
        .rows::<tokens::table>()
        .filter(tokens::id.eq(id.to_string()))
        .filter(tokens::last_used_at.is_null().or(tokens::last_used_at.lt(before.to_naive())));
    update_rows(due)
        .set(tokens::last_used_at.eq(Some(now.to_naive())))
        .execute(tx.conn())
        .or_failure("using a personal access token")?;
    Ok(())
}

/// Forgets up to `limit` of the tokens that ended before this time; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<tokens::table>().filter(tokens::expires_at.lt(before.to_naive())),
        tokens::id,
        limit
    )
    .or_failure("pruning personal access tokens")
}
