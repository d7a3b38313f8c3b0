//! Who a credential is, at this moment.

use super::credential::{Credential, InBrowser};
use super::refusal::Refused;
use super::right::Demand;
use crate::flows::account::SignedIn;
use crate::flows::bearer::{self, Bearer, Holder};
use crate::flows::call::Call;
use crate::flows::tokens::{self, Live};
use crate::model::failure::Failure;
use crate::model::ids::{PersonalTokenId, SessionId};
use crate::model::session::{Factor, Session};
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::acr::{Acr, acr};
use crate::protocol::opaque::Presented;
use crate::storage::records::sessions;
use crate::storage::{Directory, TenantScope};

/// A person, read and active, and what their credential says of how they proved themselves.
pub(super) struct Standing {
    pub(super) scope: TenantScope,
    pub(super) user: User,
    /// What was proved in the session behind it; nothing where that is not known any more.
    pub(super) proofs: Vec<Factor>,
    /// The id of the session behind it.
    pub(super) sid: Option<SessionId>,
    /// That session, where it is known.
    pub(super) session: Option<Session>,
    /// The sign-in behind it.
    pub(super) signed_in: Option<SignIn>,
    /// The personal access token whose use has to be written down.
    pub(super) due: Option<PersonalTokenId>,
}

/// When somebody proved a factor last, and the strength of what they proved a moment ago.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignIn {
    pub(super) at: Option<Timestamp>,
    pub(super) strength: Option<Acr>,
}

/// Reads who it is, if the credential is good and has the scope.
pub(super) fn of(
    directory: &mut Directory<'_>,
    call: &Call,
    credential: &Credential,
    demand: Demand,
) -> Result<Result<Standing, Refused>, Failure> {
    match credential {
        Credential::Token(bearer) => of_token(directory, call, bearer, demand),
        Credential::PersonalToken(presented) => of_personal_token(directory, call, presented, demand),
        Credential::Browser(browser) => of_browser(directory, call, browser),
    }
}

fn of_token(
    directory: &mut Directory<'_>,
    call: &Call,
    bearer: &Bearer,
    demand: Demand,
) -> Result<Result<Standing, Refused>, Failure> {
    let Some(token) = bearer::live(directory, call, bearer.clone())? else {
        return Ok(Err(Refused::InvalidToken));
    };
    // For us alone: what is for others too could have come from one of them (RFC 9068 §3).
    let for_us = token.claims.aud.iter().all(|audience| audience == call.issuer.as_str());
    if !for_us || !token.claims.scope.contains(demand.scope.as_str()) {
        return Ok(Err(Refused::LacksScope(demand.scope)));
    }
    let Holder::Person(user) = token.holder else { return Ok(Err(Refused::NotAPerson)) };
    let session = match token.claims.sid {
        Some(sid) => sessions::find(&mut directory.enter(&token.scope)?, sid)?,
        None => None,
    };
    let strength = match &session {
        Some(session) => acr(session.fresh(call.now)),
        None => token.claims.acr.as_deref().and_then(|acr| acr.parse().ok()),
    };
    let proofs = session.iter().flat_map(|session| &session.proofs).map(|proof| proof.factor).collect();
    let signed_in = SignIn { at: token.claims.auth_time.map(Timestamp::from_unix), strength };
    Ok(Ok(Standing {
        scope: token.scope,
        user: *user,
        proofs,
        sid: token.claims.sid,
        session,
        signed_in: Some(signed_in),
        due: None,
    }))
}

/// A personal access token is good for what its owner put into it, and never for what asks for a fresh sign-in (P114).
fn of_personal_token(
    directory: &mut Directory<'_>,
    call: &Call,
    presented: &Presented,
    demand: Demand,
) -> Result<Result<Standing, Refused>, Failure> {
    let Some(scope) = directory.tenant(presented.tenant)? else { return Ok(Err(Refused::InvalidToken)) };
    let Some(live) = tokens::live(&mut directory.enter(&scope)?, call, &presented.hash)? else {
        return Ok(Err(Refused::InvalidToken));
    };
    if demand.fresh {
        return Ok(Err(Refused::PersonalToken));
    }
    let due = live.due(call);
    let Live { token, user } = live;
    if !token.scopes.contains(demand.scope.as_str()) {
        return Ok(Err(Refused::LacksScope(demand.scope)));
    }
    Ok(Ok(Standing { scope, user, proofs: token.proofs, sid: None, session: None, signed_in: None, due }))
}

/// A session opens what its person's roles do; scopes are for programs.
fn of_browser(
    directory: &mut Directory<'_>,
    call: &Call,
    browser: &InBrowser,
) -> Result<Result<Standing, Refused>, Failure> {
    let named = Some(browser.account.sid);
    let Ok(who) = SignedIn::of_browser(directory, call, &browser.cookie_hash, named)? else {
        return Ok(Err(Refused::InvalidToken));
    };
    let session = who.session();
    let proofs: Vec<Factor> = session.proofs.iter().map(|proof| proof.factor).collect();
    let signed_in = SignIn { at: Some(session.auth_time()), strength: acr(session.fresh(call.now)) };
    Ok(Ok(Standing {
        scope: who.scope().clone(),
        user: who.user().clone(),
        proofs,
        sid: Some(session.id),
        session: Some(session.clone()),
        signed_in: Some(signed_in),
        due: None,
    }))
}
