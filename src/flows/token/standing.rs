//! Whether a person may still get tokens, and what they may do now: read from the database at every issue (D25, P015).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::refusal::GrantFault;
use crate::flows::authorization::Authorization;
use crate::flows::authorize::wanted::{Wanted, asked_scopes};
use crate::flows::call::Call;
use crate::flows::known::KnownClient;
use crate::flows::revocation;
use crate::flows::session::{self, LiveAccount, NotLive, Seen};
use crate::model::failure::Failure;
use crate::model::ids::{ContextId, WorkspaceId};
use crate::model::role::Role;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::model::workspace::{ContextAccess, WorkspaceAccess};
use crate::protocol::revocation_feed::RevokedKind;
use crate::protocol::token_claims::WorkspaceClaims;
use crate::storage::TenantTx;
use crate::storage::records::{consents, groups, users, workspaces};

/// An active person and what they may do.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) user: User,
    pub(super) roles: BTreeSet<Role>,
    pub(super) workspaces: WorkspaceClaims,
    /// The account with the session that the grant lives by, if it does.
    pub(super) signed_in: Option<LiveAccount>,
    /// The longest life that the tenant's policy gives an access token.
    pub(super) longest: Option<Duration>,
}

impl Standing {
    /// The life of an access token, where the client has this one.
    pub(super) fn life(&self, of_client: Duration) -> Duration {
        self.longest.map_or(of_client, |longest| longest.min(of_client))
    }
}

/// What a person granted, by a code or to a refresh family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant<'a> {
    pub(super) authorization: &'a Authorization,
    /// When the code was issued or the family begun.
    pub(super) at: Timestamp,
    pub(super) bond: Bond,
}

/// Whether a grant needs its session to be alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// It dies with the session.
    Session,
    /// It outlives the session (`offline_access`, D12).
    Offline,
}

/// The latest cut-off of the session and the person. Asked before [`of_person`] ([`revocation::dated`]).
pub(super) fn cut_off(
    tx: &mut TenantTx<'_>,
    authorization: &Authorization,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let sid = authorization.sid.to_string();
    let subject = authorization.user_id.to_string();
    let stands_on = [(RevokedKind::Session, sid.as_str()), (RevokedKind::Subject, subject.as_str())];
    revocation::cut_off(tx, stands_on, now)
}

/// Reads the person behind a grant, and checks tenant, client, person, session and consent: none of them was
/// switched off since it was given, offline though it may be (D12).
pub(super) fn of_person(
    tx: &mut TenantTx<'_>,
    grant: Grant<'_>,
    known: &KnownClient,
    call: &Call,
) -> Result<Result<Standing, GrantFault>, Failure> {
    let Grant { authorization, at, bond } = grant;
    if !tx.scope().tenant().status.stood_at(at) {
        return Ok(Err(GrantFault::Tenant));
    }
    let client = &known.client;
    if !client.serves(tx.scope().id()) || !client.status.stood_at(at) {
        return Ok(Err(GrantFault::Client));
    }
    let user = users::find(tx, authorization.user_id)?.filter(|user| user.status.stood_at(at));
    let Some(user) = user else { return Ok(Err(GrantFault::Person)) };
    let seen = if client.is_confidential() { Seen::InTheBrowser } else { Seen::Here };
    let (signed_in, policy) = match bond {
        Bond::Offline => {
            let proved = (authorization.sid, authorization.factors.as_slice());
            match session::policy_for_offline(tx, call, proved, (&user, seen))? {
                Some(policy) => (None, policy),
                None => return Ok(Err(GrantFault::Policy)),
            }
        }
        Bond::Session => match session::live_of(tx, call, authorization.sid, (&user, seen))? {
            Ok(account) => {
                let policy = account.policy.clone();
                (Some(account), policy)
            }
            Err(NotLive::Over) => return Ok(Err(GrantFault::Session)),
            Err(NotLive::Policy) => return Ok(Err(GrantFault::Policy)),
        },
    };
    if !is_consented(tx, authorization, known)? {
        return Ok(Err(GrantFault::Consent));
    }
    let mut roles = user.roles.clone();
    roles.extend(groups::roles_of_user(tx, user.id)?);
    let access = workspaces::effective(tx, user.id)?;
    let workspaces = spelled_out(tx, access)?;
    let longest = policy.tokens.access_seconds.map(Duration::from_secs);
    Ok(Ok(Standing { user, roles, workspaces, signed_in, longest }))
}

/// Whether what was granted is covered by the person's consent as it stands now, at each resource server that may be told still;
/// the platform's own first-party clients need none (D17).
fn is_consented(
    tx: &mut TenantTx<'_>,
    authorization: &Authorization,
    known: &KnownClient,
) -> Result<bool, Failure> {
    let client = &known.client;
    if client.is_first_party() {
        return Ok(true);
    }
    let given = consents::find(tx, authorization.user_id, &client.client_id)?;
    let asked = asked_scopes(&authorization.scope, &authorization.claims);
    let open = known.resources_for(tx.scope().id());
    let servers = open.filter(|server| authorization.resources.contains(&server.identifier));
    let wanted = Wanted::of(client, &authorization.redirect_uri, &asked, servers);
    Ok(given.is_some_and(|given| wanted.is_covered_by(&given)))
}

/// What the person may enter at this moment, context by context.
pub fn workspaces_of(tx: &mut TenantTx<'_>, user: &User) -> Result<WorkspaceClaims, Failure> {
    let access = workspaces::effective(tx, user.id)?;
    spelled_out(tx, access)
}

fn spelled_out(tx: &mut TenantTx<'_>, access: WorkspaceAccess) -> Result<WorkspaceClaims, Failure> {
    let mut all: BTreeMap<WorkspaceId, BTreeSet<ContextId>> = BTreeMap::new();
    if access.values().any(|contexts| *contexts == ContextAccess::All) {
        for context in workspaces::all_contexts(tx)? {
            all.entry(context.workspace_id).or_default().insert(context.id);
        }
    }
    Ok(access
        .into_iter()
        .map(|(workspace, contexts)| match contexts {
            ContextAccess::All => (workspace, all.remove(&workspace).unwrap_or_default()),
            ContextAccess::Only(contexts) => (workspace, contexts),
        })
        .collect())
}
