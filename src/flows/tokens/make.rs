//! Making a personal access token. The right to it is a sign-in of a moment ago, on a page or behind an access token; no
//! personal access token has it (P114).

use std::collections::BTreeSet;
use std::time::Duration;

use crate::flows::access::{Authorized, MakeToken};
use crate::flows::account::Fresh;
use crate::flows::call::Call;
use crate::flows::mail::{self, Mail, MailTerms, Recipient};
use crate::flows::policy::roles_of;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::mail::MailKind;
use crate::model::personal_token::PersonalToken;
use crate::model::profile_rules::LABEL;
use crate::model::role::{Permission, Role};
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::api_scope::ApiScope;
use crate::protocol::opaque::{self, TenantKind};
use crate::protocol::resource::ResourceIndicator;
use crate::storage::TenantTx;
use crate::storage::records::{personal_access_tokens as tokens, resource_servers, users};

/// The longest life of a token (D34).
pub const LONGEST_LIFE: Duration = Duration::from_hours(366 * 24);

/// The most tokens of one person.
const MOST: usize = 50;

/// The most scopes or resource servers of one token.
const MOST_NAMED: usize = 64;

/// Who makes a token: for themselves, and for nobody else (P113).
#[derive(Debug, Clone)]
pub struct Maker<'a> {
    user: &'a User,
    proofs: Vec<Factor>,
}

impl<'a> Maker<'a> {
    /// A person on a page of ours.
    pub fn of_page(fresh: &'a Fresh) -> Self {
        let proofs = fresh.signed_in().session().proofs.iter().map(|proof| proof.factor).collect();
        Self { user: fresh.user(), proofs }
    }

    /// A person by an access token.
    pub fn of_api(right: &'a Authorized<MakeToken>) -> Self {
        Self { user: right.user(), proofs: right.proofs().to_vec() }
    }
}

/// A token that is to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<String>,
    /// The resource servers that it may be exchanged for.
    pub resources: BTreeSet<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a token is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// The name breaks the rule for names, or is a secret.
    Name,
    /// There is no scope, or one that the person's roles or the resource servers named do not give.
    Scope,
    /// A resource server that is not open to the tenant.
    Resource,
    /// It would end in the past, or after more than a year.
    Expiry,
    /// The person has as many as one may have.
    TooMany,
    /// The account may not be used any more.
    Gone,
}

/// Makes a token, shown once and never again. Its owner is told by mail.
///
/// # Errors
/// The database fails.
pub fn make(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    maker: Maker<'_>,
    new: NewToken,
) -> Result<Result<(PersonalToken, Secret<String>), TokenFault>, Failure> {
    // Whoever suspends the account meanwhile waits, and finds what was made.
    if !users::hold_active(tx, maker.user.id)? {
        return Ok(Err(TokenFault::Gone));
    }
    if let Some(fault) = judge(tx, call, maker.user, &new)? {
        return Ok(Err(fault));
    }
    let secret = opaque::issue(TenantKind::PersonalToken, tx.scope().id(), call.secret_bytes().expose());
    let token = PersonalToken {
        id: call.id(),
        user_id: maker.user.id,
        name: new.name,
        scopes: new.scopes,
        resources: new.resources,
        proofs: maker.proofs,
        created_at: call.now,
        expires_at: new.expires_at,
        last_used_at: None,
    };
    tokens::insert(tx, &token, &opaque::hash(secret.expose()))?;
    let event = call
        .event(EventKind::PersonalTokenChanged, EventResult::Success, Actor::User(maker.user.id))
        .on("personal_access_token", token.id)
        .with("action", "make")
        .with("scopes", token.scopes.iter().cloned().collect::<Vec<_>>())
        .with("expires_at", token.expires_at.to_string())
        .with_personal("name", token.name.as_str());
    tx.record(event);
    let notice = Mail {
        to: Recipient::user(maker.user),
        language: None,
        kind: MailKind::TokenMade { name: token.name.clone() },
    };
    mail::queue(tx, call, terms, notice)?;
    Ok(Ok((token, secret)))
}

fn judge(
    tx: &mut TenantTx<'_>,
    call: &Call,
    user: &User,
    new: &NewToken,
) -> Result<Option<TokenFault>, Failure> {
    if !(LABEL.holds)(&new.name) || opaque::is_any(&new.name) {
        return Ok(Some(TokenFault::Name));
    }
    if new.expires_at <= call.now || new.expires_at > call.now + LONGEST_LIFE {
        return Ok(Some(TokenFault::Expiry));
    }
    if new.scopes.is_empty() || new.scopes.len() > MOST_NAMED {
        return Ok(Some(TokenFault::Scope));
    }
    if new.resources.len() > MOST_NAMED {
        return Ok(Some(TokenFault::Resource));
    }
    let named: Vec<String> = new.resources.iter().cloned().collect();
    if named.iter().any(|name| name.parse::<ResourceIndicator>().is_err()) {
        return Ok(Some(TokenFault::Resource));
    }
    let tenant = tx.scope().id();
    let mut open = resource_servers::usable(tx, &named)?;
    open.retain(|server| server.is_open_to(tenant));
    if open.len() != named.len() {
        return Ok(Some(TokenFault::Resource));
    }
    let roles = roles_of(tx, user)?;
    let defined = |name: &String| open.iter().any(|server| server.scopes.iter().any(|own| own.name == *name));
    let given = |name: &String| match ApiScope::parse(name) {
        Some(scope) => may_put(&roles, scope),
        None => defined(name),
    };
    if !new.scopes.iter().all(given) {
        return Ok(Some(TokenFault::Scope));
    }
    let have = tokens::of_user(tx, user.id)?.iter().filter(|token| token.expires_at > call.now).count();
    Ok((have >= MOST).then_some(TokenFault::TooMany))
}

/// Whether somebody with these roles may put a scope of our API into a token.
pub(super) fn may_put(roles: &BTreeSet<Role>, scope: ApiScope) -> bool {
    needed(scope).is_none_or(|permission| roles.iter().any(|role| role.allows(permission)))
}

/// What somebody's roles must allow before they may put a scope of our API into a token: less than this, and it would open
/// nothing. Their roles are asked again at each use.
const fn needed(scope: ApiScope) -> Option<Permission> {
    match scope {
        ApiScope::PeopleRead | ApiScope::GroupsRead => Some(Permission::ReadPeople),
        ApiScope::PeopleWrite => Some(Permission::ManagePeople),
        ApiScope::InvitationsRead | ApiScope::InvitationsWrite | ApiScope::GroupsWrite => {
            Some(Permission::ManageOwners)
        }
        ApiScope::PolicyRead => Some(Permission::ReadPolicy),
        ApiScope::PolicyWrite => Some(Permission::ManagePolicy),
        ApiScope::SessionsRead | ApiScope::SessionsWrite => Some(Permission::ManageSessions),
        ApiScope::AccountRead | ApiScope::AccountWrite => None,
    }
}
