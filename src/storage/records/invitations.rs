//! Invitations, by the hash of the link of each. Accepted by one conditional update.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::users::read_roles;
use super::{from_json, stored, to_json};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{InvitationId, UserId};
use crate::model::invitation::{Invitation, InvitationState, Origin, Standing};
use crate::model::time::Timestamp;
use crate::storage::rows::{Ask, OrFailure, delete_some, update_rows};
use crate::storage::schema::invitations;
use crate::storage::tx::{TenantTx, sealed::Connected};

const OPEN: &str = InvitationState::Open.as_str();

#[derive(Queryable, Insertable)]
#[diesel(table_name = invitations)]
struct Row {
    tenant_id: String,
    id: String,
    token_hash: String,
    origin: String,
    email: String,
    email_canonical: String,
    roles: String,
    group_ids: String,
    language: String,
    invited_by: Option<String>,
    state: String,
    sent: i64,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<Invitation, Failure> {
        let inviter = self.invited_by.as_deref().map(|id| stored(id, "invitations.invited_by"));
        Ok(Invitation {
            id: stored(&self.id, "invitations.id")?,
            origin: stored(&self.origin, "invitations.origin")?,
            email: self.email,
            email_canonical: self.email_canonical,
            roles: read_roles(&self.roles, "invitations.roles")?,
            groups: from_json(&self.group_ids, "invitations.group_ids")?,
            language: self.language,
            invited_by: inviter.transpose()?,
            state: InvitationState::from_stored(&self.state, self.ended_at.map(Timestamp::from_naive)),
            sent: u32::try_from(self.sent).unwrap_or(u32::MAX),
            created_at: Timestamp::from_naive(self.created_at),
            expires_at: Timestamp::from_naive(self.expires_at),
        })
    }
}

/// Adds an invitation under the hash of its link.
pub fn insert(tx: &mut TenantTx<'_>, invitation: &Invitation, hash: &str) -> Result<(), Failure> {
    let row = Row {
        tenant_id: tx.tenant(),
        id: invitation.id.to_string(),
        token_hash: hash.to_owned(),
        origin: invitation.origin.as_str().to_owned(),
        email: invitation.email.clone(),
        email_canonical: invitation.email_canonical.clone(),
        roles: to_json(&invitation.roles, "invitations.roles")?,
        group_ids: to_json(&invitation.groups, "invitations.group_ids")?,
        language: invitation.language.clone(),
        invited_by: invitation.invited_by.map(|id| id.to_string()),
        state: invitation.state.as_str().to_owned(),
        sent: i64::from(invitation.sent),
        created_at: invitation.created_at.to_naive(),
        expires_at: invitation.expires_at.to_naive(),
        ended_at: invitation.state.ended_at().map(Timestamp::to_naive),
    };
    diesel::insert_into(invitations::table).values(row).run(tx.conn()).or_failure("adding an invitation")?;
    Ok(())
}

/// The invitation with this id.
pub fn find(tx: &mut TenantTx<'_>, id: InvitationId) -> Result<Option<Invitation>, Failure> {
    let row: Option<Row> = tx
        .rows::<invitations::table>()
        .filter(invitations::id.eq(id.to_string()))
        .one(tx.conn())
        .optional()
        .or_failure("reading an invitation")?;
    row.map(Row::read).transpose()
}

/// The invitation whose link has this hash, whatever became of it.
pub fn find_by_hash(tx: &mut TenantTx<'_>, hash: &str) -> Result<Option<Invitation>, Failure> {
    let row: Option<Row> = tx
        .rows::<invitations::table>()
        .filter(invitations::token_hash.eq(hash))
        .one(tx.conn())
        .optional()
        .or_failure("reading an invitation")?;
    row.map(Row::read).transpose()
}

/// The invitation of this origin that is open for a canonical address (D3), expired though it may be: there is one at most.
pub fn find_open(
    tx: &mut TenantTx<'_>,
    canonical: &str,
    origin: Origin,
) -> Result<Option<Invitation>, Failure> {
    let row: Option<Row> = tx
        .rows::<invitations::table>()
        .filter(invitations::email_canonical.eq(canonical))
        .filter(invitations::origin.eq(origin.as_str()))
        .filter(invitations::state.eq(OPEN))
        .one(tx.conn())
        .optional()
        .or_failure("reading an invitation")?;
    row.map(Row::read).transpose()
}

/// Which invitations a page of them holds: those that somebody sent.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Those that stand so, at this time.
    pub standing: Option<(Standing, Timestamp)>,
    /// Those to this canonical address (D3).
    pub canonical: Option<&'a str>,
    /// Those behind this one, by id.
    pub after: Option<InvitationId>,
}

/// Invitations in the order of their ids, so many at most.
pub fn page(tx: &mut TenantTx<'_>, listed: Listed<'_>, limit: i64) -> Result<Vec<Invitation>, Failure> {
    let after = listed.after.map(|id| id.to_string()).unwrap_or_default();
    let mut found = tx
        .rows::<invitations::table>()
        .filter(invitations::origin.eq(Origin::Invited.as_str()))
        .filter(invitations::id.gt(after))
        .order(invitations::id)
        .limit(limit)
        .into_boxed();
    if let Some(canonical) = listed.canonical {
        found = found.filter(invitations::email_canonical.eq(canonical));
    }
    if let Some((standing, now)) = listed.standing {
        let word = if standing == Standing::Expired { OPEN } else { standing.as_str() };
        found = found.filter(invitations::state.eq(word));
        found = match standing {
            Standing::Open => found.filter(invitations::expires_at.gt(now.to_naive())),
            Standing::Expired => found.filter(invitations::expires_at.le(now.to_naive())),
            Standing::Accepted | Standing::Withdrawn => found,
        };
    }
    let rows: Vec<Row> = found.load(tx.conn()).or_failure("listing invitations")?;
    rows.into_iter().map(Row::read).collect()
}

/// Accepts the invitation whose link has this hash, once: true for exactly one caller, whatever races.
pub fn accept(tx: &mut TenantTx<'_>, hash: &str, now: Timestamp) -> Result<bool, Failure> {
    let open = tx
        .rows::<invitations::table>()
        .filter(invitations::token_hash.eq(hash))
        .filter(invitations::state.eq(OPEN))
        .filter(invitations::expires_at.gt(now.to_naive()));
    let changed = update_rows(open)
        .set((
            invitations::state.eq(InvitationState::Accepted { at: now }.as_str()),
            invitations::ended_at.eq(Some(now.to_naive())),
        ))
        .execute(tx.conn())
        .or_failure("accepting an invitation")?;
    Ok(changed == 1)
}

/// Takes back an open invitation, expired though it may be; false where there is none with this id.
pub fn withdraw(tx: &mut TenantTx<'_>, id: InvitationId, now: Timestamp) -> Result<bool, Failure> {
    let open = tx
        .rows::<invitations::table>()
        .filter(invitations::id.eq(id.to_string()))
        .filter(invitations::state.eq(OPEN));
    let changed = update_rows(open)
        .set((
            invitations::state.eq(InvitationState::Withdrawn { at: now }.as_str()),
            invitations::ended_at.eq(Some(now.to_naive())),
        ))
        .execute(tx.conn())
        .or_failure("withdrawing an invitation")?;
    Ok(changed == 1)
}

/// What an invitation gets when it is sent again.
#[derive(Debug, Clone, Copy)]
pub struct Renewed<'a> {
    /// The hash of its new link.
    pub hash: &'a str,
    /// Who sends it now.
    pub by: Option<UserId>,
    /// Until when it stands.
    pub expires_at: Timestamp,
}

/// Gives an open invitation another link and more time; the link before is dead with that. False where there is none with
/// this id.
pub fn renew(tx: &mut TenantTx<'_>, id: InvitationId, renewed: Renewed<'_>) -> Result<bool, Failure> {
    let open = tx
        .rows::<invitations::table>()
        .filter(invitations::id.eq(id.to_string()))
        .filter(invitations::state.eq(OPEN));
    let changed = update_rows(open)
        .set((
            invitations::token_hash.eq(renewed.hash),
            invitations::invited_by.eq(renewed.by.map(|id| id.to_string())),
            invitations::expires_at.eq(renewed.expires_at.to_naive()),
            invitations::sent.eq(invitations::sent + 1),
        ))
        .execute(tx.conn())
        .or_failure("renewing an invitation")?;
    Ok(changed == 1)
}

/// Removes the invitation by which this person came, and those that went to their address: the person is erased.
pub fn remove_of_person(tx: &mut TenantTx<'_>, user: UserId, address: Option<&str>) -> Result<(), Failure> {
    let came = tx.rows::<invitations::table>().filter(invitations::id.eq(user.to_string()));
    diesel::delete(came).run(tx.conn()).or_failure("removing the invitation of a user")?;
    if let Some(canonical) = address.and_then(|address| address.parse::<Email>().ok()) {
        let there =
            tx.rows::<invitations::table>().filter(invitations::email_canonical.eq(canonical.canonical()));
        diesel::delete(there).run(tx.conn()).or_failure("removing the invitations to an address")?;
    }
    Ok(())
}

/// Forgets up to `limit` of the invitations that expired before this time; says how many.
pub fn prune(tx: &mut TenantTx<'_>, before: Timestamp, limit: i64) -> Result<usize, Failure> {
    delete_some!(
        tx,
        tx.rows::<invitations::table>().filter(invitations::expires_at.lt(before.to_naive())),
        invitations::id,
        limit
    )
    .or_failure("pruning invitations")
}
